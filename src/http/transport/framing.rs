//! Where the body of a request ends (RFC 9112, 6), and whether its connection does (9.3). What two programs
//! could read in two ways is refused.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use crate::http::error::Failure;
use crate::http::limits::Limits;

const PIECE: usize = 16 * 1_024;

/// The length of a body by every `Content-Length` and `Transfer-Encoding` of its request; none where it comes
/// in chunks. More than can be counted is [`u64::MAX`].
pub(super) fn length(lengths: &[String], encodings: &[String]) -> Result<Option<u64>, Failure> {
    let problem = match (lengths, encodings) {
        ([], []) => return Ok(Some(0)),
        ([length], []) => {
            if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) {
                return Ok(Some(length.parse().unwrap_or(u64::MAX)));
            }
            "Content-Length is not a number"
        }
        ([], [encoding]) if encoding == "chunked" => return Ok(None),
        ([], [_]) => "the only Transfer-Encoding that is understood is chunked",
        _ => "Content-Length and Transfer-Encoding say more than once where the body ends",
    };
    Err(Failure::new(400, problem))
}

/// Reads a body of that length, if it may be as long.
pub(super) fn read<'a>(
    length: Option<u64>,
    reader: impl FnOnce() -> &'a mut dyn Read,
    limits: &Limits,
) -> Result<Vec<u8>, Failure> {
    let until = Instant::now() + limits.transfer;
    let limit = limits.body;
    let too_large = || {
        let text = format!("the body is longer than the {limit} bytes that are taken");
        Failure::new(413, text)
    };
    let most = match length {
        Some(0) => return Ok(Vec::new()),
        Some(length) if length > limit => return Err(too_large()),
        Some(length) => length,
        None => limit.saturating_add(1),
    };
    let mut reader = reader().take(most);
    let (mut body, mut piece) = (Vec::new(), [0; PIECE]);
    loop {
        let is_late = match reader.read(&mut piece).map_err(|error| error.kind()) {
            Ok(0) => break,
            Ok(count) => {
                body.extend_from_slice(&piece[..count]);
                Instant::now() > until
            }
            Err(ErrorKind::Interrupted) => false,
            Err(ErrorKind::WouldBlock) => true,
            Err(_) => return Err(Failure::new(400, "the body cannot be read to its end")),
        };
        if is_late {
            return Err(Failure::new(408, "the request did not arrive in time"));
        }
    }
    match (length, reader.limit()) {
        (Some(_), 1..) => Err(Failure::new(400, "the body ended before its length")),
        (None, 0) => Err(too_large()),
        _ => Ok(body),
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

    fn length(lengths: &[&str], encodings: &[&str]) -> Result<Option<u64>, ()> {
        let owned = |values: &[&str]| values.iter().map(|&value| value.into()).collect::<Vec<_>>();
        super::length(&owned(lengths), &owned(encodings)).map_err(drop)
    }

    #[test]
    fn a_body_ends_in_one_way_or_the_request_is_refused() {
        assert_eq!(length(&[], &[]), Ok(Some(0)));
        assert_eq!(length(&["007"], &[]), Ok(Some(7)));
        assert_eq!(length(&[], &["chunked"]), Ok(None));
        let huge = "99999999999999999999999999";
        assert_eq!(length(&[huge], &[]), Ok(Some(u64::MAX)));
        for text in ["", "abc", "-5", "+5", "5, 5", "0x5", "5 "] {
            assert_eq!(length(&[text], &[]), Err(()), "{text}");
        }
        assert_eq!(length(&["5", "5"], &[]), Err(()));
        assert_eq!(length(&["5"], &["chunked"]), Err(()));
        for encoding in ["", "identity", "gzip, chunked", "chunked, identity"] {
            assert_eq!(length(&[], &[encoding]), Err(()), "{encoding}");
        }
        assert_eq!(length(&[], &["chunked", "chunked"]), Err(()));
    }
}
