//! The socket that a server listens at.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::Context as _;
use socket2::{SockRef, TcpKeepalive};

use crate::http::limits::Limits;

/// The most connections that wait to be accepted.
const BACKLOG: i32 = 1_024;

/// The silence of a connection after which the system probes the client.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Listens at a host and a port; port 0 is any that is free.
pub(crate) fn bind(host: &str, port: u16, limits: &Limits) -> anyhow::Result<TcpListener> {
    let text = "another --port or --host may be free";
    listen(host, port, limits).with_context(|| format!("cannot listen at {host}:{port}; {text}"))
}

/// Sets options that accepted connections inherit.
fn listen(host: &str, port: u16, limits: &Limits) -> io::Result<TcpListener> {
    let mut addresses: Vec<SocketAddr> =
        (without_brackets(host), port).to_socket_addrs()?.collect();
    // If a name has both kinds, clients that know only one know IPv4.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let listener = TcpListener::bind(addresses.as_slice())?;
    let socket = SockRef::from(&listener);
    // A response of several writes would wait for the client's acknowledgement, which takes 40 ms.
    socket.set_tcp_nodelay(true)?;
    socket.set_read_timeout(Some(limits.idle))?;
    socket.set_write_timeout(Some(limits.transfer))?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
    socket.listen(BACKLOG)?;
    // On other systems accepted connections inherit this too, and reads of them would fail.
    if cfg!(target_os = "linux") {
        listener.set_nonblocking(true)?;
    }
    Ok(listener)
}

/// Takes an IPv6 address out of the brackets that it has in a URL.
fn without_brackets(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match inner {
        Some(inner) if inner.parse::<Ipv6Addr>().is_ok() => inner,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_may_be_in_brackets() {
        for (host, expected) in [
            ("[::1]", "::1"),
            ("::1", "::1"),
            ("[localhost]", "[localhost]"),
            ("[::1", "[::1"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(without_brackets(host), expected);
        }
    }
}
