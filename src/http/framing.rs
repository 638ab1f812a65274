//! Where the body of a request ends (RFC 9112, 6). What two programs could read in two ways is refused.

use super::error::Failure;

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
}

#[cfg(test)]
mod tests {
    use super::*;

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
