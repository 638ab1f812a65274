//! Where the body of a request ends (RFC 9112, 6), and reading it up to there.
//!
//! The headers that tell are read more strictly here than by what reads the request: a length that
//! it takes for none would make the body the next request. Nothing here knows a socket.

use std::io::{ErrorKind, Read};
use std::time::Instant;

use super::error::Failure;

/// How much of a body is read at once.
const PIECE: usize = 16 * 1_024;

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length in bytes; 0 where there is none.
    Length(u64),
    /// By its last chunk.
    Chunked,
}

/// The headers that tell where a body ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FramingHeaders<'a> {
    /// The value of the first `Content-Length`.
    pub(super) length: Option<&'a str>,
    /// Whether there is another one.
    pub(super) has_second_length: bool,
    /// The value of `Transfer-Encoding`.
    pub(super) encoding: Option<&'a str>,
    /// The value of `Connection`.
    pub(super) connection: Option<&'a str>,
}

impl Framing {
    /// There is no body.
    pub(super) const NONE: Self = Self::Length(0);

    /// Reads it from the headers; refuses what two programs could read in two ways, and a body of
    /// more than `limit` bytes.
    pub(super) fn of(headers: FramingHeaders<'_>, limit: u64) -> Result<Self, Failure> {
        let bad = |problem| Err(Failure::Framing { problem });
        match (headers.length, headers.encoding) {
            (Some(_), Some(_)) => bad("Content-Length and Transfer-Encoding exclude each other"),
            (Some(_), None) if headers.has_second_length => bad("two Content-Length headers"),
            (Some(length), None) => {
                if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
                    return bad("Content-Length is not a number");
                }
                // More digits than fit are more bytes than are taken.
                match length.parse() {
                    Ok(length) if length <= limit => Ok(Self::Length(length)),
                    _ => Err(Failure::TooLarge { limit }),
                }
            }
            (None, Some(encoding)) => {
                if !encoding.trim().eq_ignore_ascii_case("chunked") {
                    return bad("Transfer-Encoding must be chunked and nothing else");
                }
                // What reads the request leaves the chunks of such a request as they are.
                if headers.connection.is_some_and(asks_for_upgrade) {
                    return bad("Upgrade is not supported together with chunks");
                }
                Ok(Self::Chunked)
            }
            (None, None) => Ok(Self::NONE),
        }
    }

    /// Reads the body, which must be there before `until` and have no more than `limit` bytes.
    ///
    /// The reader may go on after the body where that has a length, and must end with it where it
    /// has chunks.
    pub(super) fn read(
        self,
        reader: impl Read,
        limit: u64,
        until: Instant,
    ) -> Result<Vec<u8>, Failure> {
        let most = match self {
            Self::Length(length) => length,
            Self::Chunked => limit.saturating_add(1),
        };
        let body = read_to_end(reader.take(most), until)?;
        let count = u64::try_from(body.len()).unwrap_or(u64::MAX);
        match self {
            Self::Length(length) if count < length => Err(Failure::Framing {
                problem: "the body is shorter than its Content-Length",
            }),
            Self::Chunked if count > limit => Err(Failure::TooLarge { limit }),
            _ => Ok(body),
        }
    }
}

fn read_to_end(mut reader: impl Read, until: Instant) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let mut piece = [0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(body),
            Ok(count) => body.extend_from_slice(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Err(Failure::TooSlow);
            }
            Err(_) => {
                return Err(Failure::Framing {
                    problem: "the body cannot be read to its end",
                });
            }
        }
        if Instant::now() > until {
            return Err(Failure::TooSlow);
        }
    }
}

fn asks_for_upgrade(connection: &str) -> bool {
    connection.to_ascii_lowercase().contains("upgrade")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length: Option<&str>, encoding: Option<&str>) -> Result<Framing, u16> {
        let headers = FramingHeaders {
            length,
            encoding,
            ..FramingHeaders::default()
        };
        Framing::of(headers, 10).map_err(|failure| failure.status().code())
    }

    #[test]
    fn a_body_has_a_length_or_chunks_or_is_none() {
        assert_eq!(of(None, None), Ok(Framing::Length(0)));
        assert_eq!(of(Some("0"), None), Ok(Framing::Length(0)));
        assert_eq!(of(Some("10"), None), Ok(Framing::Length(10)));
        assert_eq!(of(None, Some("Chunked")), Ok(Framing::Chunked));
    }

    #[test]
    fn a_body_is_read_as_far_as_it_goes() {
        let later = Instant::now() + std::time::Duration::from_secs(20);
        let read = |framing: Framing, bytes: &[u8], until| {
            framing
                .read(bytes, 5, until)
                .map_err(|failure| failure.status().code())
        };
        let length = Framing::Length(3);
        assert_eq!(read(length, b"abcdef", later), Ok(b"abc".to_vec()));
        assert_eq!(read(length, b"ab", later), Err(400));
        assert_eq!(read(length, b"abc", Instant::now()), Err(408));
        assert_eq!(
            read(Framing::Chunked, b"abcde", later),
            Ok(b"abcde".to_vec())
        );
        assert_eq!(read(Framing::Chunked, b"abcdef", later), Err(413));
    }

    #[test]
    fn a_body_over_the_limit_is_refused_by_its_length() {
        for length in ["11", "1000000000000", "99999999999999999999999999"] {
            assert_eq!(of(Some(length), None), Err(413), "{length}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for length in ["", "-5", "+5", "5, 5", "5 5", "0x5", "abc", "5.0"] {
            assert_eq!(of(Some(length), None), Err(400), "{length}");
        }
        assert_eq!(of(Some("5"), Some("chunked")), Err(400));
        for encoding in ["identity", "gzip", "gzip, chunked", "chunked, chunked", ""] {
            assert_eq!(of(None, Some(encoding)), Err(400), "{encoding}");
        }
        let twice = FramingHeaders {
            length: Some("5"),
            has_second_length: true,
            ..FramingHeaders::default()
        };
        assert!(Framing::of(twice, 10).is_err());
        let upgrade = FramingHeaders {
            encoding: Some("chunked"),
            connection: Some("Upgrade, HTTP2-Settings"),
            ..FramingHeaders::default()
        };
        assert!(Framing::of(upgrade, 10).is_err());
    }
}
