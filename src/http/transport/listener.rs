//! The socket that a server listens at.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::time::Duration;

use socket2::{Domain, Socket, TcpKeepalive, Type};

use crate::http::limits::Limits;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1_024;

/// How long a connection carries nothing before the system looks whether the client is there.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// Why a server cannot listen, and what may help.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct BindError {
    text: String,
    source: io::Error,
}

/// Listens at a host and a port; port 0 is any that is free.
pub(crate) fn bind(host: &str, port: u16, limits: &Limits) -> Result<TcpListener, BindError> {
    let unknown = |source| {
        let advice = "give --host an address of this machine";
        let text = format!("cannot find an address for the host {host}; {advice}");
        BindError { text, source }
    };
    let mut addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(unknown)?.collect();
    // Where a name has both kinds, clients that know one kind alone know IPv4.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut failure = unknown(ErrorKind::NotFound.into());
    for address in addresses {
        match listen(address, limits) {
            Ok(listener) => return Ok(listener),
            Err(source) => {
                let text =
                    format!("cannot listen at {address}; another --port or --host may be free");
                failure = BindError { text, source };
            }
        }
    }
    Err(failure)
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
