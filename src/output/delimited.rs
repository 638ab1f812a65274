//! Notes as lines of separated values, for spreadsheets (CSV, RFC 4180) and for shell tools (tabs).
//!
//! Tab-separated, a note is exactly one line: in a value a backslash is written `\\`, a tab `\t`, a
//! line feed `\n` and a carriage return `\r`, as text/tab-separated-values cannot quote them.

use std::io::{self, Write};

use super::Stream;
use crate::note::Note;

/// The columns of the list that other programs read.
pub(crate) const LIST: [&str; 4] = ["id", "title", "updated_at", "content"];

/// How much CSV is gathered before it goes to the writer, in bytes.
const CSV_BUFFER: usize = 64 * 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Comma,
    Tab,
}

/// Writes the named fields of notes, in that order. A field that a note lacks is empty.
pub(crate) fn write(
    out: &mut dyn Write,
    notes: &[Note],
    names: &[&str],
    header: bool,
    separator: Separator,
    stream: &Stream,
) -> io::Result<()> {
    let head = header.then(|| names.to_vec());
    let rows = head.into_iter().chain(notes.iter().map(|note| {
        let values = names.iter().map(|name| note.field(name));
        values.map(Option::unwrap_or_default).collect()
    }));
    if separator == Separator::Tab {
        for row in rows {
            write_row(out, &row, stream)?;
        }
        return Ok(());
    }
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(CSV_BUFFER)
        .from_writer(out);
    for row in rows {
        for value in row {
            let value = stream.multi_line(value);
            writer.write_field(value.as_bytes()).map_err(cause)?;
        }
        writer.write_record(None::<&[u8]>).map_err(cause)?;
    }
    writer.flush()
}

/// The error of the writer itself, which callers tell apart by its kind.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Writes one line of values, escaped.
pub(crate) fn write_row(out: &mut dyn Write, values: &[&str], stream: &Stream) -> io::Result<()> {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_all(b"\t")?;
        }
        if stream.terminal {
            let mut escaped = Vec::with_capacity(value.len());
            write_escaped(&mut escaped, value)?;
            let escaped = String::from_utf8_lossy(&escaped);
            out.write_all(stream.one_line(&escaped).as_bytes())?;
        } else {
            write_escaped(out, value)?;
        }
    }
    out.write_all(b"\n")
}

/// Writes a value so that it holds no tab and no line break.
fn write_escaped(out: &mut dyn Write, value: &str) -> io::Result<()> {
    let ends = |byte: &u8| escape(*byte).is_some();
    for part in value.as_bytes().split_inclusive(ends) {
        match part.split_last() {
            Some((last, clean)) if let Some(escape) = escape(*last) => {
                out.write_all(clean)?;
                out.write_all(escape)?;
            }
            _ => out.write_all(part)?,
        }
    }
    Ok(())
}

fn escape(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'\\' => Some(b"\\\\"),
        b'\t' => Some(b"\\t"),
        b'\n' => Some(b"\\n"),
        b'\r' => Some(b"\\r"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
