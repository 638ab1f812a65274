//! A body in chunks (RFC 9112, 7.1), put together.
//!
//! Extensions of chunks and the headers after the last one are read past. Nothing here knows a
//! socket.

use httparse::Status;

use super::error::Failure;

/// How many bytes the line before a chunk may have, with its extensions.
const LONGEST_LINE: usize = 256;

/// How many bytes may follow the last chunk.
const LONGEST_TRAILER: usize = 4 * 1_024;

const NO_SIZE: &str = "the line before a chunk does not tell its size";

/// Where the reading of a body in chunks is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunks {
    /// Before the line of a chunk.
    Line,
    /// In a chunk that has so many bytes left.
    Data(u64),
    /// Before the line end that ends a chunk.
    End,
    /// After the last chunk, with so many bytes of its trailer read.
    Trailer(usize),
    /// After the end.
    Over,
}

impl Chunks {
    /// Moves what is in the chunks from the front of `input` into `body`, which may have `limit`
    /// bytes, and returns how many bytes of the input that were. Fewer than there are: the rest is
    /// not all there yet, or the body is over.
    pub(super) fn take(
        &mut self,
        input: &[u8],
        body: &mut Vec<u8>,
        limit: u64,
    ) -> Result<usize, Failure> {
        let mut rest = input;
        while let Some(count) = self.step(rest, body, limit)? {
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(input.len() - rest.len())
    }

    /// One step; how far it went, or nothing where there is not enough input for one.
    fn step(
        &mut self,
        input: &[u8],
        body: &mut Vec<u8>,
        limit: u64,
    ) -> Result<Option<usize>, Failure> {
        match *self {
            // A line without a digit would be taken for the last chunk.
            Self::Line if input.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) => {
                Err(malformed(NO_SIZE))
            }
            Self::Line => match httparse::parse_chunk_size(input) {
                Ok(Status::Complete((length, _))) if !is_line(input, length) => {
                    Err(malformed(NO_SIZE))
                }
                Ok(Status::Complete((length, size))) => {
                    let held = u64::try_from(body.len()).unwrap_or(u64::MAX);
                    if held.saturating_add(size) > limit {
                        return Err(Failure::TooLarge { limit });
                    }
                    *self = match size {
                        0 => Self::Trailer(0),
                        size => Self::Data(size),
                    };
                    Ok(Some(length))
                }
                Ok(Status::Partial) if input.len() < LONGEST_LINE => Ok(None),
                Ok(Status::Partial) => Err(malformed("the line before a chunk is too long")),
                Err(_) => Err(malformed(NO_SIZE)),
            },
            Self::Data(_) if input.is_empty() => Ok(None),
            Self::Data(left) => {
                let most = usize::try_from(left).unwrap_or(usize::MAX);
                let data = input.get(..most).unwrap_or(input);
                body.extend_from_slice(data);
                *self = match left - data.len() as u64 {
                    0 => Self::End,
                    left => Self::Data(left),
                };
                Ok(Some(data.len()))
            }
            Self::End => {
                if input.starts_with(b"\r\n") {
                    *self = Self::Line;
                    Ok(Some(2))
                } else if b"\r\n".starts_with(input) {
                    Ok(None)
                } else {
                    Err(malformed("a chunk is longer than the line before it tells"))
                }
            }
            Self::Trailer(read) => self.trailer(input, read),
            Self::Over => Ok(None),
        }
    }

    fn trailer(&mut self, input: &[u8], read: usize) -> Result<Option<usize>, Failure> {
        let Some(end) = input.windows(2).position(|two| two == b"\r\n") else {
            if read + input.len() < LONGEST_TRAILER {
                return Ok(None);
            }
            return Err(malformed("too much follows the last chunk"));
        };
        let count = end + 2;
        if !is_line(input, count) {
            return Err(malformed("what follows the last chunk is no header"));
        }
        *self = match end {
            0 => Self::Over,
            _ if read + count < LONGEST_TRAILER => Self::Trailer(read + count),
            _ => return Err(malformed("too much follows the last chunk")),
        };
        Ok(Some(count))
    }
}

/// Whether the first `length` bytes are one line for everybody: a program that takes a lone line feed
/// for the end of a line would see another.
fn is_line(input: &[u8], length: usize) -> bool {
    let text = input.get(..length.saturating_sub(2)).unwrap_or_default();
    input.get(text.len()..length) == Some(b"\r\n")
        && !text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

fn malformed(problem: &'static str) -> Failure {
    Failure::Malformed { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a body is, fed in pieces of `size` bytes: its bytes, and how much of the input it was.
    fn read(input: &[u8], size: usize) -> Result<(Vec<u8>, usize, Chunks), u16> {
        let (mut chunks, mut body) = (Chunks::Line, Vec::new());
        let (mut held, mut taken) = (Vec::new(), 0);
        for piece in input.chunks(size) {
            held.extend_from_slice(piece);
            let count = chunks
                .take(&held, &mut body, 10)
                .map_err(|failure| failure.status().code())?;
            held.drain(..count);
            taken += count;
        }
        Ok((body, taken, chunks))
    }

    #[test]
    fn chunks_are_put_together_however_they_arrive() {
        let input = b"3;name=value\r\nabc\r\n02 \r\nde\r\n0\r\nTrailer: x\r\n\r\nGET / ";
        for size in 1..=input.len() {
            let expected = (b"abcde".to_vec(), input.len() - 6, Chunks::Over);
            assert_eq!(read(input, size), Ok(expected), "{size}");
        }
    }

    #[test]
    fn chunks_that_are_none_are_refused() {
        for (input, status) in [
            (&b"x\r\n"[..], 400),
            (b"-1\r\n", 400),
            (b"\r\n", 400),
            (b" 3\r\nabc\r\n", 400),
            (b";name=value\r\n", 400),
            (b"3;\nabc\r\nabc\r\n", 400),
            (b"0\r\n\nA: b\r\n\r\n", 400),
            (b"3\r\nabcd\r\n", 400),
            (b"3\r\nabc\rx", 400),
            (b"ffffffffffffffffff\r\n", 400),
            (b"b\r\n", 413),
            (b"9\r\nabcdefghi\r\n2\r\n", 413),
            (b"ffffffffffffffff\r\n", 413),
        ] {
            for size in [1, 4, 64] {
                assert_eq!(read(input, size).unwrap_err(), status, "{input:?}");
            }
        }
        let long = format!("3;{}", "x".repeat(LONGEST_LINE));
        assert_eq!(read(long.as_bytes(), 64).unwrap_err(), 400);
        let trailer = format!("0\r\n{}", "A: b\r\n".repeat(1_000));
        assert_eq!(read(trailer.as_bytes(), 64).unwrap_err(), 400);
        let trailer = format!("0\r\n{}", "x".repeat(LONGEST_TRAILER));
        assert_eq!(read(trailer.as_bytes(), 64).unwrap_err(), 400);
    }
}
