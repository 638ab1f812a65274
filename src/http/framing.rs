//! Where the body of a request ends (RFC 9112, 6), and whether its connection does (9.3). What two programs
//! could read in two ways is refused.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use super::error::Failure;
use super::limits::Limits;

/// How much of a body is read at once.
const PIECE: usize = 16 * 1_024;

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes; more than can be counted are [`u64::MAX`].
    Length(u64),
    /// After the last chunk.
    Chunked,
}

impl Framing {
    /// Judges the values of every `Content-Length` and `Transfer-Encoding` of a request.
    pub(super) fn of(
        lengths: &[String],
        encodings: &[String],
        is_http_1_0: bool,
    ) -> Result<Self, Failure> {
        let problem = match (lengths, encodings) {
            ([], []) => return Ok(Self::Length(0)),
            ([length], []) => {
                if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Ok(Self::Length(length.parse().unwrap_or(u64::MAX)));
                }
                "Content-Length is not a number"
            }
            ([], [_]) if is_http_1_0 => "HTTP/1.0 has no Transfer-Encoding",
            ([], [encoding]) if encoding == "chunked" => return Ok(Self::Chunked),
            ([], [_]) => "the only Transfer-Encoding that is understood is chunked",
            _ => "Content-Length and Transfer-Encoding say more than once where the body ends",
        };
        Err(Failure::new(400, problem))
    }

    /// Reads a body, if it may be as long as it says it is.
    pub(super) fn read<'a>(
        self,
        reader: impl FnOnce() -> &'a mut dyn Read,
        limits: &Limits,
    ) -> Result<Vec<u8>, Failure> {
        let until = Instant::now() + limits.transfer;
        let too_large = || {
            let limit = limits.body;
            let text = format!("the body is longer than the {limit} bytes that are taken");
            Failure::new(413, text)
        };
        let too_slow = || Failure::new(408, "the request did not arrive in time");
        let most = match self {
            Self::Length(0) => return Ok(Vec::new()),
            Self::Length(length) if length > limits.body => return Err(too_large()),
            Self::Length(length) => length,
            Self::Chunked => limits.body.saturating_add(1),
        };
        let mut reader = reader().take(most);
        let (mut body, mut piece) = (Vec::new(), [0; PIECE]);
        loop {
            match reader.read(&mut piece).map_err(|error| error.kind()) {
                Ok(0) => break,
                Ok(count) => body.extend_from_slice(&piece[..count]),
                Err(ErrorKind::Interrupted) => {}
                Err(ErrorKind::WouldBlock) => return Err(too_slow()),
                Err(_) => return Err(Failure::new(400, "the body cannot be read to its end")),
            }
            if Instant::now() > until {
                return Err(too_slow());
            }
        }
        match (self, reader.limit()) {
            (Self::Length(_), 1..) => Err(Failure::new(400, "the body ended before its length")),
            (Self::Chunked, 0) => Err(too_large()),
            _ => Ok(body),
        }
    }
}

/// Whether a connection is to end after a response, by what its client says in `Connection`. A client that
/// asks for an upgrade, which it does not get, sends nothing more that would be read.
pub(super) fn closes(is_http_1_0: bool, asked: &str) -> bool {
    let asks = |option: &str| {
        let mut options = asked.split(',').map(str::trim);
        options.any(|asked| asked.eq_ignore_ascii_case(option))
    };
    asks("close") || asks("upgrade") || (is_http_1_0 && !asks("keep-alive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_stays_as_the_client_expects() {
        for (is_http_1_0, asked, expected) in [
            (false, "", false),
            (false, "keep-alive", false),
            (false, "x-close", false),
            (false, "Close", true),
            (false, "Upgrade, HTTP2-Settings", true),
            (true, "", true),
            (true, "Keep-Alive", false),
            (true, "close", true),
        ] {
            let closes = closes(is_http_1_0, asked);
            assert_eq!(closes, expected, "{is_http_1_0} {asked}");
        }
    }

    fn framing(lengths: &[&str], encodings: &[&str]) -> Option<Framing> {
        let owned = |values: &[&str]| values.iter().map(|&value| value.into()).collect::<Vec<_>>();
        Framing::of(&owned(lengths), &owned(encodings), false).ok()
    }

    #[test]
    fn a_body_ends_in_one_way_or_the_request_is_refused() {
        assert_eq!(framing(&[], &[]), Some(Framing::Length(0)));
        assert_eq!(framing(&["007"], &[]), Some(Framing::Length(7)));
        assert_eq!(framing(&[], &["chunked"]), Some(Framing::Chunked));
        let huge = "99999999999999999999999999";
        assert_eq!(framing(&[huge], &[]), Some(Framing::Length(u64::MAX)));
        for length in ["", "abc", "-5", "+5", "5, 5", "0x5", "5 "] {
            assert_eq!(framing(&[length], &[]), None, "{length}");
        }
        assert_eq!(framing(&["5", "5"], &[]), None);
        assert_eq!(framing(&["5"], &["chunked"]), None);
        for encoding in ["", "identity", "gzip, chunked", "chunked, identity"] {
            assert_eq!(framing(&[], &[encoding]), None, "{encoding}");
        }
        assert_eq!(framing(&[], &["chunked", "chunked"]), None);
        assert!(Framing::of(&[], &["chunked".into()], true).is_err());
    }
}
