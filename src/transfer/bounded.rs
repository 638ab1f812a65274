//! Reading no more of a file than a note, or a document of many, may have.

use std::io::{self, BufRead, Read};

use super::{LARGEST_ENCODED, Unread, fields};
use crate::input::without_mark;

/// All bytes of a file.
pub(super) fn bytes(input: impl Read, most: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    input.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(Unread::new(format!("larger than {} MiB", most >> 20)));
    }
    Ok(bytes)
}

/// Bytes as text, without a mark of the byte order.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Unread> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("not UTF-8 at byte {}", at + 1)
    })?;
    Ok(without_mark(text))
}

/// The next line with its end, or nothing at the end of the file. One that is too long is passed over,
/// and the inner error says so.
pub(super) fn line(input: &mut impl BufRead) -> io::Result<Result<Vec<u8>, Unread>> {
    line_within(LARGEST_ENCODED, input)
}

fn line_within(most: usize, input: &mut impl BufRead) -> io::Result<Result<Vec<u8>, Unread>> {
    let mut line = Vec::new();
    input
        .by_ref()
        .take(most as u64)
        .read_until(b'\n', &mut line)?;
    if line.len() == most && !line.ends_with(b"\n") && input.skip_until(b'\n')? > 0 {
        return Ok(Err(fields::too_large()));
    }
    Ok(Ok(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut input = &b"1234\n12345\n123456789\n\n12345"[..];
        let (long, end) = (None, Some(""));
        for expected in [Some("1234\n"), long, long, Some("\n"), Some("12345"), end] {
            let line = line_within(5, &mut input).unwrap().ok();
            assert_eq!(line.as_deref(), expected.map(str::as_bytes));
        }
    }
}
