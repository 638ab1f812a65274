//! The token that a client must show, if one is set (RFC 6750, 2.1).

use subtle::ConstantTimeEq as _;

use super::error::Failure;
use crate::secret::Secret;

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

#[cfg(test)]
mod tests {
    use super::*;

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
