//! A reader that knows in which line it is.

use std::io::{self, BufRead, Read};

/// Counts the line feeds that were read.
pub(super) struct Lines<R> {
    inner: R,
    /// The line that the next byte stands in, counted from 1.
    pub(super) line: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, line: 1 }
    }

    /// The next byte, which stays to be read.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.inner.fill_buf()?.first().copied())
    }

    /// The next line with its end, or nothing at the end of the file. `None` stands for one of more
    /// than `most` bytes, which is passed over.
    pub(super) fn next_line(&mut self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX);
        self.by_ref().take(limit).read_until(b'\n', &mut line)?;
        if line.len() == most && !line.ends_with(b"\n") && self.peek()?.is_some() {
            self.skip_until(b'\n')?;
            return Ok(None);
        }
        Ok(Some(line))
    }
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            let read = buffer.iter().take(count);
            let feeds = read.filter(|byte| **byte == b'\n').count();
            self.line += u64::try_from(feeds).unwrap_or_default();
        }
        self.inner.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut lines = Lines::new(&b"1234\n12345\n123456789\n\n12345"[..]);
        let expected = [
            Some("1234\n"),
            None,
            None,
            Some("\n"),
            Some("12345"),
            Some(""),
        ];
        for (line, expected) in (1..).zip(expected) {
            assert_eq!(lines.line, line.min(5));
            let found = lines.next_line(5).unwrap();
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "line {line}");
        }
    }
}
