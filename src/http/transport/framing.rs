//! The end of a request's body (RFC 9112, 6), and of its connection (9.3). A request that two programs could
//! read in two ways is refused, as far as `tiny_http` lets it be seen.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use chunked_transfer::Decoder;

use crate::http::error::Failure;
use crate::http::limits::Limits;

/// The most bytes that a chunk of one byte takes on the way: `1\r\nx\r\n`, with room for a short extension.
const BYTES_PER_CHUNK: u64 = 16;

/// The length of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// By `Content-Length`. A number too large to count is [`u64::MAX`].
    Bytes(u64),
    Chunked,
}

/// Returns the length of a body by every `Content-Length` and `Transfer-Encoding` of its request.
pub(super) fn length(
    is_http_1_0: bool,
    lengths: &[String],
    encodings: &[String],
) -> Result<Length, Failure> {
    let problem = match (lengths, encodings) {
        ([], []) => return Ok(Length::Bytes(0)),
        ([length], []) => {
            if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) {
                return Ok(Length::Bytes(length.parse().unwrap_or(u64::MAX)));
            }
            "Content-Length is not a number"
        }
        // A program that knows HTTP/1.0 alone reads the chunks as the next request (RFC 9112, 6.1).
        ([], _) if is_http_1_0 => "HTTP/1.0 has no Transfer-Encoding",
        ([], [encoding]) if encoding.eq_ignore_ascii_case("chunked") => return Ok(Length::Chunked),
        ([], [_]) => "the only Transfer-Encoding that is understood is chunked",
        _ => "Content-Length and Transfer-Encoding say more than once where the body ends",
    };
    Err(Failure::new(400, problem))
}

/// Reads a body of that length, if it is not too long.
pub(super) fn read(
    length: Length,
    reader: &mut dyn Read,
    limits: &Limits,
) -> Result<Vec<u8>, Failure> {
    let most = match length {
        Length::Bytes(length) if length > limits.body => return Err(too_large(limits)),
        Length::Bytes(length) => length,
        Length::Chunked => limits.body.saturating_add(1),
    };
    let until = Instant::now() + limits.transfer;
    let mut reader = Timed {
        stream: reader,
        until,
    }
    .take(most);
    let mut body = Vec::new();
    let read = reader.read_to_end(&mut body);
    match read.map_err(|error| error.kind()) {
        Ok(_) => {}
        Err(ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            return Err(Failure::new(408, "the request did not arrive in time"));
        }
        Err(_) => return Err(Failure::new(400, "the body cannot be read to its end")),
    }
    match (length, reader.limit()) {
        (Length::Bytes(_), 1..) => Err(Failure::new(400, "the body ended before its length")),
        (Length::Chunked, 0) => Err(too_large(limits)),
        _ => Ok(body),
    }
}

/// Reads a body in chunks from a reader that `tiny_http` left undecoded. Nothing after it may be read as a request:
/// the decoder takes malformed sizes for sizes.
pub(super) fn read_chunks(reader: &mut dyn Read, limits: &Limits) -> Result<Vec<u8>, Failure> {
    let until = Instant::now() + limits.transfer;
    let most = limits
        .body
        .saturating_mul(BYTES_PER_CHUNK)
        .saturating_add(1_024);
    let mut decoder = Decoder::new(
        Timed {
            stream: reader,
            until,
        }
        .take(most),
    );
    read(Length::Chunked, &mut decoder, limits)
}

fn too_large(limits: &Limits) -> Failure {
    let limit = limits.body;
    let text = format!("the body is longer than the {limit} bytes that are taken");
    Failure::new(413, text)
}

/// A reader or writer that fails once a deadline has passed.
pub(super) struct Timed<S> {
    pub(super) stream: S,
    pub(super) until: Instant,
}

impl<S: Read> Read for Timed<S> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(bytes)?;
        // Bytes that came in time count, also if they are the last.
        if count > 0 && Instant::now() > self.until {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(count)
    }
}

impl<S: Write> Write for Timed<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if Instant::now() > self.until {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Returns true if the client's `Connection` header ends the connection after the response. A client that
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

    fn length(lengths: &[&str], encodings: &[&str]) -> Result<Length, ()> {
        let owned = |values: &[&str]| values.iter().map(|&value| value.into()).collect::<Vec<_>>();
        super::length(false, &owned(lengths), &owned(encodings)).map_err(drop)
    }

    #[test]
    fn a_body_ends_in_one_way_or_the_request_is_refused() {
        assert_eq!(length(&[], &[]), Ok(Length::Bytes(0)));
        assert_eq!(length(&["007"], &[]), Ok(Length::Bytes(7)));
        assert_eq!(length(&[], &["chunked"]), Ok(Length::Chunked));
        assert_eq!(length(&[], &["Chunked"]), Ok(Length::Chunked));
        let huge = "99999999999999999999999999";
        assert_eq!(length(&[huge], &[]), Ok(Length::Bytes(u64::MAX)));
        for text in ["", "abc", "-5", "+5", "5, 5", "0x5", "5 "] {
            assert_eq!(length(&[text], &[]), Err(()), "{text}");
        }
        assert_eq!(length(&["5", "5"], &[]), Err(()));
        assert_eq!(length(&["5"], &["chunked"]), Err(()));
        for encoding in ["", "identity", "gzip, chunked", "chunked, identity"] {
            assert_eq!(length(&[], &[encoding]), Err(()), "{encoding}");
        }
        assert_eq!(length(&[], &["chunked", "chunked"]), Err(()));
        assert!(super::length(true, &[], &["chunked".into()]).is_err());
        assert!(super::length(true, &["5".into()], &[]).is_ok());
    }
}
