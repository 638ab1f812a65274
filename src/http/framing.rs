//! Where the body of a request ends (RFC 9112, 6), and taking it in up to there.
//!
//! Nothing here knows a socket.

use super::chunks::Chunks;
use super::error::Failure;
use super::wire::Version;

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length in bytes; 0 where there is none.
    Length(u64),
    /// By its last chunk.
    Chunked,
}

/// The headers that tell where a body ends.
#[derive(Clone, Debug, Default)]
pub(super) struct FramingHeaders {
    /// The value of `Content-Length`.
    pub(super) length: Option<String>,
    /// The value of `Transfer-Encoding`.
    pub(super) encoding: Option<String>,
    /// Whether one of them came twice.
    pub(super) is_repeated: bool,
}

impl Framing {
    /// There is no body.
    pub(super) const NONE: Self = Self::Length(0);

    /// Reads it from the headers; refuses what two programs could read in two ways, and a body of
    /// more than `limit` bytes.
    pub(super) fn of(
        headers: &FramingHeaders,
        version: Version,
        limit: u64,
    ) -> Result<Self, Failure> {
        let bad = |problem| Err(Failure::Malformed { problem });
        if headers.is_repeated {
            return bad("Content-Length or Transfer-Encoding is there twice");
        }
        match (headers.length.as_deref(), headers.encoding.as_deref()) {
            (Some(_), Some(_)) => bad("Content-Length and Transfer-Encoding exclude each other"),
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
            (None, Some(_)) if version == Version::Http10 => {
                bad("HTTP/1.0 has no Transfer-Encoding")
            }
            (None, Some(encoding)) if encoding.eq_ignore_ascii_case("chunked") => Ok(Self::Chunked),
            (None, Some(_)) => bad("Transfer-Encoding must be chunked and nothing else"),
            (None, None) => Ok(Self::NONE),
        }
    }
}

/// A body on its way in.
#[derive(Debug)]
pub(super) struct Body {
    bytes: Vec<u8>,
    rest: Rest,
    limit: u64,
}

/// What is yet to come.
#[derive(Debug)]
enum Rest {
    Bytes(u64),
    Chunks(Chunks),
}

impl Body {
    /// A body of which nothing has come, that may have `limit` bytes.
    #[must_use]
    pub(super) fn new(framing: Framing, limit: u64) -> Self {
        Self {
            // What is announced is not yet there: no memory is given for it.
            bytes: Vec::new(),
            rest: match framing {
                Framing::Length(length) => Rest::Bytes(length),
                Framing::Chunked => Rest::Chunks(Chunks::Line),
            },
            limit,
        }
    }

    /// Takes from the front of `input` what belongs to the body, and returns how many bytes that
    /// were.
    pub(super) fn take(&mut self, input: &[u8]) -> Result<usize, Failure> {
        match &mut self.rest {
            Rest::Bytes(left) => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX);
                let data = input.get(..most).unwrap_or(input);
                self.bytes.extend_from_slice(data);
                *left -= data.len() as u64;
                Ok(data.len())
            }
            Rest::Chunks(chunks) => chunks.take(input, &mut self.bytes, self.limit),
        }
    }

    /// How many bytes of it have come.
    #[must_use]
    pub(super) fn held(&self) -> usize {
        self.bytes.len()
    }

    /// Whether all of it has come.
    #[must_use]
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.rest, Rest::Bytes(0) | Rest::Chunks(Chunks::Over))
    }

    /// Why a body that ends here is none.
    #[must_use]
    pub(super) fn cut_off(&self) -> Failure {
        Failure::Malformed {
            problem: match self.rest {
                Rest::Bytes(_) => "the body is shorter than its Content-Length",
                Rest::Chunks(_) => "the body ends before its last chunk",
            },
        }
    }

    /// Its bytes.
    #[must_use]
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length: Option<&str>, encoding: Option<&str>) -> Result<Framing, u16> {
        let headers = FramingHeaders {
            length: length.map(str::to_owned),
            encoding: encoding.map(str::to_owned),
            is_repeated: false,
        };
        Framing::of(&headers, Version::Http11, 10).map_err(|failure| failure.status().code())
    }

    #[test]
    fn a_body_has_a_length_or_chunks_or_is_none() {
        assert_eq!(of(None, None), Ok(Framing::Length(0)));
        assert_eq!(of(Some("0"), None), Ok(Framing::Length(0)));
        assert_eq!(of(Some("10"), None), Ok(Framing::Length(10)));
        assert_eq!(of(None, Some("Chunked")), Ok(Framing::Chunked));
    }

    #[test]
    fn a_body_is_taken_as_far_as_it_goes() {
        let mut body = Body::new(Framing::Length(3), 5);
        assert_eq!(body.take(b"ab").unwrap(), 2);
        assert!(!body.is_whole());
        assert_eq!(body.cut_off().status().code(), 400);
        assert_eq!(body.take(b"cdef").unwrap(), 1);
        assert!(body.is_whole());
        assert_eq!(body.into_bytes(), b"abc");
        let mut body = Body::new(Framing::Chunked, 5);
        assert_eq!(body.take(b"2\r\nab\r\n0\r\n\r\nGET").unwrap(), 12);
        assert!(body.is_whole());
        assert_eq!(body.into_bytes(), b"ab");
        assert!(Body::new(Framing::NONE, 5).is_whole());
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
        for encoding in [
            "\u{a0}chunked",
            "identity",
            "gzip",
            "gzip, chunked",
            "chunked, chunked",
            "",
        ] {
            assert_eq!(of(None, Some(encoding)), Err(400), "{encoding}");
        }
        let twice = FramingHeaders {
            length: Some("5".into()),
            is_repeated: true,
            ..FramingHeaders::default()
        };
        assert!(Framing::of(&twice, Version::Http11, 10).is_err());
        let old = FramingHeaders {
            encoding: Some("chunked".into()),
            ..FramingHeaders::default()
        };
        assert!(Framing::of(&old, Version::Http10, 10).is_err());
    }
}
