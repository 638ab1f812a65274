//! Ids alone, one a line. It takes ids, not notes, since a removed note has nothing else left.

use std::io::{self, Write};

use super::Stream;

/// Writes each id and a line feed.
pub(crate) fn write<'a>(
    out: &mut dyn Write,
    ids: impl IntoIterator<Item = &'a str>,
    stream: &Stream,
) -> io::Result<()> {
    for id in ids {
        writeln!(out, "{}", stream.one_line(id))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::{Full, TERMINAL, written};

    #[test]
    fn ids_are_made_safe_on_a_terminal_only() {
        let ids = ["6f1c", "\x1b[2J", "é"];
        let bytes = |stream| written(|out| write(out, ids, stream));
        assert_eq!(bytes(&Stream::PIPE), "6f1c\n\x1b[2J\né\n");
        assert_eq!(bytes(&TERMINAL), "6f1c\n^[[2J\né\n");
    }

    #[test]
    fn no_ids_are_no_bytes() {
        assert_eq!(written(|out| write(out, [], &Stream::PIPE)), "");
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let error = write(&mut Full::after(3), ["6f1c"], &Stream::PIPE).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
