//! The socket that a server listens at.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::Context as _;
use socket2::{Domain, Socket, TcpKeepalive, Type};

use crate::http::limits::Limits;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1_024;

/// How long a connection carries nothing before the system looks whether the client is there.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// Listens at a host and a port; port 0 is any that is free.
pub(crate) fn bind(host: &str, port: u16, limits: &Limits) -> anyhow::Result<TcpListener> {
    let unknown = || {
        let advice = "give --host an address of this machine";
        format!("cannot find an address for the host {host}; {advice}")
    };
    let addresses = (host, port).to_socket_addrs().with_context(unknown)?;
    let mut addresses: Vec<SocketAddr> = addresses.collect();
    // Where a name has both kinds, clients that know one kind alone know IPv4.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut listener = Err(io::Error::from(io::ErrorKind::NotFound)).with_context(unknown);
    for address in addresses {
        let text = || format!("cannot listen at {address}; another --port or --host may be free");
        listener = listen(address, limits).with_context(text);
        if listener.is_ok() {
            break;
        }
    }
    listener
}

/// What is set here, the connections that are accepted inherit.
fn listen(address: SocketAddr, limits: &Limits) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // A response of several writes would wait for the client's acknowledgement, which takes 40 ms.
    socket.set_tcp_nodelay(true)?;
    socket.set_read_timeout(Some(limits.idle))?;
    socket.set_write_timeout(Some(limits.transfer))?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
