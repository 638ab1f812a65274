//! Which hosts a request may be for.
//!
//! A web page can have its own name point to 127.0.0.1 and then talk to what listens there as if it
//! were its own server (DNS rebinding). Its browser says in `Host` which name it believes to talk to;
//! that gives it away.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::error::Failure;

/// Which hosts a request may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hosts {
    /// This machine by a name or address that no other machine has. What a server that listens on
    /// loopback takes.
    Local,
    /// Any.
    Any,
}

impl Hosts {
    /// The rule for a server that listens at an address.
    pub(super) fn at(address: IpAddr) -> Self {
        if address.to_canonical().is_loopback() {
            Self::Local
        } else {
            Self::Any
        }
    }

    /// Checks the host that a request is for, with or without a port. A request that names none is
    /// not a browser's; it is answered, as the original service does, though RFC 9112, 3.2, would
    /// have it refused.
    pub(super) fn check(self, host: Option<&str>) -> Result<(), Failure> {
        match (self, host) {
            (Self::Any, _) | (Self::Local, None) => Ok(()),
            (Self::Local, Some(host)) if is_local(host) => Ok(()),
            (Self::Local, Some(_)) => Err(Failure::new(
                421,
                "this server answers requests for localhost alone; check the Host header",
            )),
        }
    }
}

fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit())
                && (name.ends_with(']') || !name.contains(':')) =>
        {
            name
        }
        _ => host,
    };
    let bracketed = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = bracketed {
        let address = address.parse::<Ipv6Addr>();
        return address.is_ok_and(|address| address.to_canonical().is_loopback());
    }
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(Hosts::Local.check(Some(host)).is_ok(), "{host}");
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
            assert!(Hosts::Local.check(Some(host)).is_err(), "{host}");
            assert!(Hosts::Any.check(Some(host)).is_ok(), "{host}");
        }
        assert!(Hosts::Local.check(None).is_ok());
    }

    #[test]
    fn the_rule_follows_from_where_the_server_listens() {
        for (address, expected) in [
            ("127.0.0.1", Hosts::Local),
            ("127.8.0.1", Hosts::Local),
            ("::1", Hosts::Local),
            ("::ffff:127.0.0.1", Hosts::Local),
            ("0.0.0.0", Hosts::Any),
            ("::", Hosts::Any),
            ("192.168.1.1", Hosts::Any),
        ] {
            assert_eq!(Hosts::at(address.parse().unwrap()), expected, "{address}");
        }
    }
}
