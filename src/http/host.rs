//! Which hosts a request may be for.
//!
//! A web page can have its own name point to 127.0.0.1 and then talk to what listens there as if it
//! were its own server (DNS rebinding). Its browser says in `Host` which name it believes to talk to;
//! that gives it away.

use std::net::{IpAddr, SocketAddr};

use super::error::Failure;

/// Checks the host that a request is for, with or without a port: a server that listens on loopback
/// answers for this machine alone, by a name or address that no other machine has. A request that names
/// none is not a browser's; it is answered, as the original service does, though RFC 9112, 3.2, would
/// have it refused.
pub(super) fn check(listener: IpAddr, host: Option<&str>) -> Result<(), Failure> {
    if !listener.to_canonical().is_loopback() || host.is_none_or(is_local) {
        return Ok(());
    }
    let text = "this server answers requests for localhost alone; check the Host header";
    Err(Failure::new(421, text))
}

fn is_local(host: &str) -> bool {
    let without_port = host.trim_end_matches(|last: char| last.is_ascii_digit());
    let name = without_port.strip_suffix(':').unwrap_or(host);
    let is_loopback = |address: SocketAddr| address.ip().to_canonical().is_loopback();
    // An address with a port is in brackets, if it is one of IPv6.
    name.eq_ignore_ascii_case("localhost") || format!("{name}:0").parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

    #[test]
    fn a_server_on_loopback_answers_for_this_machine_alone() {
        for host in [
            "localhost",
            "LocalHost:5000",
            "127.0.0.1",
            "127.0.0.1:5000",
            "127.1.2.3",
            "[::1]",
            "[::1]:5000",
            "[::ffff:127.0.0.1]:1",
            "localhost:",
        ] {
            assert!(check(LOCAL, Some(host)).is_ok(), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:5000",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "127.0.0.1@evil.example",
            "localhost:5000:1",
            "localhost:x",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "::1",
            "[::1]x",
            "[::1]x:1",
            "[127.0.0.1",
            "2130706433",
            "127.1",
            "localhost,evil.example",
        ] {
            assert!(check(LOCAL, Some(host)).is_err(), "{host}");
            assert!(check(ANY, Some(host)).is_ok(), "{host}");
        }
        assert!(check(LOCAL, None).is_ok());
    }

    #[test]
    fn the_rule_follows_from_where_the_server_listens() {
        for (address, is_local) in [
            ("127.0.0.1", true),
            ("127.8.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("::", false),
            ("192.168.1.1", false),
        ] {
            let foreign = check(address.parse().unwrap(), Some("evil.example"));
            assert_eq!(foreign.is_err(), is_local, "{address}");
        }
    }
}
