//! The socket that a server listens at: the one file that names socket2.
//!
//! What is set on it is handed down to every connection that it accepts (socket(7), on Linux), which
//! is the only way to set it: nobody sees the socket of a connection.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};

use super::limits::Limits;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1_024;

/// When the system begins to ask whether a silent client is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The host is no address and no name with one.
    #[error("cannot find an address for the host {host}; give --host an address of this machine")]
    Host {
        /// The host.
        host: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The address cannot be listened at.
    #[error("cannot listen at {address}; another --port or --host may be free")]
    Address {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Listens at a host and a port; port 0 is any that is free.
///
/// The listener is for [`serve`](super::serve) with the same limits, which are in its timeouts.
pub fn bind(host: &str, port: u16, limits: &Limits) -> Result<TcpListener, BindError> {
    let unknown = |source| BindError::Host {
        host: host.to_owned(),
        source,
    };
    let mut addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(unknown)?.collect();
    // Where a name has both kinds, clients that know one kind alone know IPv4.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut failure = unknown(ErrorKind::NotFound.into());
    for address in addresses {
        match listen(address, limits) {
            Ok(listener) => return Ok(listener),
            Err(source) => failure = BindError::Address { address, source },
        }
    }
    Err(failure)
}

fn listen(address: SocketAddr, limits: &Limits) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.set_reuse_address(true)?;
    // Without it a response of more than one packet waits for the client's delayed acknowledgement.
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
    socket.set_read_timeout(Some(limits.silence))?;
    socket.set_write_timeout(Some(limits.transfer))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
