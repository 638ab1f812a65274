//! Who may ask: by the host that a request is for, and by the token that it carries.
//!
//! A web page can have its own name point to 127.0.0.1 and then talk to what listens there as if it
//! were its own server (DNS rebinding). Its browser says in `Host` which name it believes to talk to;
//! that gives it away.

use std::net::IpAddr;

use subtle::ConstantTimeEq as _;

use super::error::Failure;
use super::message::Request;
use super::router::Route;
use crate::secret::Secret;

/// The clients that a server answers.
pub(super) struct Access {
    /// The address of the listener, which decides the hosts that are answered.
    pub(super) listener: IpAddr,
    /// The token that requests must carry, if one is set.
    pub(super) token: Option<Token>,
}

/// A token, as RFC 6750, 2.1 has it.
#[derive(Debug)]
pub(crate) struct Token(Secret);

impl Token {
    /// Takes the text of a token file: one line, white space around it left out. Fails with what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let problem = if text.is_empty() {
            "the token is empty; write one into the file, such as `openssl rand -hex 32` makes"
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            "the token may hold visible ASCII characters alone, on one line and without spaces"
        } else {
            return Ok(Self(Secret::from(text)));
        };
        Err(problem)
    }

    /// Checks the value of a request's `Authorization`. How long it takes tells nothing of the
    /// token but its length.
    pub(super) fn check(&self, authorization: Option<&str>) -> Result<(), Failure> {
        let shown = authorization
            .and_then(|value| value.trim().split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, shown)| shown.trim());
        if shown.as_bytes().ct_eq(self.0.expose().as_bytes()).into() {
            return Ok(());
        }
        let text = "a token is required; send it as Authorization: Bearer <token>";
        Err(Failure::new(401, text).with_header("WWW-Authenticate", "Bearer"))
    }
}

impl Access {
    /// Refuses a request for another host, or without the token. Programs that start the server ask for
    /// its health without a token.
    pub(super) fn check(
        &self,
        request: &Request,
        authority: Option<&str>,
        route: Option<&Route>,
    ) -> Result<(), Failure> {
        check_host(self.listener, authority.or(request.host.as_deref()))?;
        match &self.token {
            Some(token) if route != Some(&Route::Health) => {
                token.check(request.authorization.as_deref())
            }
            _ => Ok(()),
        }
    }
}

/// Checks the host that a request is for, with or without a port: a server that listens on loopback
/// answers for this machine alone, by a name or address that no other machine has. A request that names
/// none is not a browser's; it is answered, as the original service does, though RFC 9112, 3.2, would
/// have it refused.
fn check_host(listener: IpAddr, host: Option<&str>) -> Result<(), Failure> {
    if !listener.to_canonical().is_loopback() || host.is_none_or(is_local) {
        return Ok(());
    }
    let text = "this server answers requests for localhost alone; check the Host header";
    Err(Failure::new(421, text))
}

fn is_local(host: &str) -> bool {
    let without_port = host.trim_end_matches(|last: char| last.is_ascii_digit());
    let name = without_port.strip_suffix(':').unwrap_or(host);
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let in_brackets = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = match in_brackets {
        Some(address) => address.parse().map(IpAddr::V6),
        None => name.parse().map(IpAddr::V4),
    };
    address.is_ok_and(|address| address.to_canonical().is_loopback())
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
            assert!(check_host(LOCAL, Some(host)).is_ok(), "{host}");
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
            assert!(check_host(LOCAL, Some(host)).is_err(), "{host}");
            assert!(check_host(ANY, Some(host)).is_ok(), "{host}");
        }
        assert!(check_host(LOCAL, None).is_ok());
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
            let foreign = check_host(address.parse().unwrap(), Some("evil.example"));
            assert_eq!(foreign.is_err(), is_local, "{address}");
        }
    }

    #[test]
    fn the_right_token_lets_in_and_nothing_else_does() {
        let token = Token::parse(" s3cret-Token\n").unwrap();
        for authorization in [
            "Bearer s3cret-Token",
            "bearer s3cret-Token",
            "BEARER  s3cret-Token ",
        ] {
            assert!(token.check(Some(authorization)).is_ok(), "{authorization}");
        }
        for authorization in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer s3cret-token",
            "Bearer s3cret-Toke",
            "Bearer s3cret-Token2",
            "Bearer s3cret-Token s3cret-Token",
            "Basic s3cret-Token",
            "s3cret-Token",
            "Bearers3cret-Token",
        ] {
            assert!(token.check(Some(authorization)).is_err(), "{authorization}");
        }
        assert!(token.check(None).is_err());
    }

    #[test]
    fn a_token_fits_into_a_header_and_is_never_shown() {
        for text in ["", " \n", "two words", "a\nb", "é", "a\u{7f}"] {
            assert!(Token::parse(text).is_err(), "{text:?}");
        }
        let token = Token::parse("hunter2").unwrap();
        assert!(!format!("{token:?}").contains("hunter2"));
    }
}
