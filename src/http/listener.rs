//! The socket that a server listens at.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};

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
pub fn bind(host: &str, port: u16) -> Result<TcpListener, BindError> {
    let unknown = |source| BindError::Host {
        host: host.to_owned(),
        source,
    };
    let mut addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(unknown)?.collect();
    // Where a name has both kinds, clients that know one kind alone know IPv4.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut failure = unknown(ErrorKind::NotFound.into());
    for address in addresses {
        match TcpListener::bind(address) {
            Ok(listener) => return Ok(listener),
            Err(source) => failure = BindError::Address { address, source },
        }
    }
    Err(failure)
}
