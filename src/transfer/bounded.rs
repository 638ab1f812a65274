//! Bounded reads: no more of a file than a note, or a document of many notes, may have.

use std::io::{self, BufRead, Read};

use super::{LARGEST_ENCODED, Unread};
use crate::input::without_mark;

/// The marks of the byte order in UTF-16.
const LITTLE_ENDIAN: &[u8] = b"\xff\xfe";
const BIG_ENDIAN: &[u8] = b"\xfe\xff";

/// Reads all bytes of a file.
pub(super) fn bytes(input: impl Read, most: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    input.take(most as u64 + 1).read_to_end(&mut bytes)?;
    check(&bytes, most)?;
    Ok(bytes)
}

/// Fails if there are more bytes.
pub(super) fn check(bytes: &[u8], most: usize) -> Result<(), Unread> {
    if bytes.len() > most {
        return Err(Unread::new(too_large(most)));
    }
    Ok(())
}

pub(super) fn too_large(most: usize) -> String {
    format!("larger than {} MiB", most >> 20)
}

/// Returns true if bytes begin with the mark of UTF-16.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(LITTLE_ENDIAN) || bytes.starts_with(BIG_ENDIAN)
}

/// Converts UTF-16 that begins with a mark to UTF-8. Other bytes stay as they are.
pub(super) fn from_utf16(bytes: Vec<u8>) -> Result<Vec<u8>, Unread> {
    let to_unit = match bytes.as_slice() {
        start if start.starts_with(LITTLE_ENDIAN) => u16::from_le_bytes,
        start if start.starts_with(BIG_ENDIAN) => u16::from_be_bytes,
        _ => return Ok(bytes),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().skip(1).map(|pair| to_unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text.into_bytes()),
        _ => Err(Unread::new(
            "it begins as UTF-16, but is not UTF-16 to its end",
        )),
    }
}

/// Decodes bytes as text, without a mark of the byte order.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Unread> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!(
            "not UTF-8 at byte {}; convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
            at + 1
        )
    })?;
    Ok(without_mark(text))
}

/// The result of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line with its end.
    Whole(Vec<u8>),
    /// A line that was skipped, as it is longer than a note may be.
    TooLong,
    EndOfFile,
}

/// Reads the next line.
pub(super) fn line(input: &mut impl BufRead) -> io::Result<Line> {
    line_within(LARGEST_ENCODED, input)
}

fn line_within(most: usize, input: &mut impl BufRead) -> io::Result<Line> {
    let mut line = Vec::new();
    input
        .by_ref()
        .take(most as u64)
        .read_until(b'\n', &mut line)?;
    if line.len() == most && !line.ends_with(b"\n") && input.skip_until(b'\n')? > 0 {
        return Ok(Line::TooLong);
    }
    Ok(if line.is_empty() {
        Line::EndOfFile
    } else {
        Line::Whole(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut input = &b"1234\n12345\n123456789\n\n12345"[..];
        for expected in [
            Line::Whole(b"1234\n".to_vec()),
            Line::TooLong,
            Line::TooLong,
            Line::Whole(b"\n".to_vec()),
            Line::Whole(b"12345".to_vec()),
            Line::EndOfFile,
        ] {
            assert_eq!(line_within(5, &mut input).unwrap(), expected);
        }
    }
}
