//! Notes as lines of separated values, for spreadsheets (CSV) and for shell tools (tabs).
//!
//! In the tab-separated forms a note is exactly one line and has no tab but those between its
//! values: inside a value a backslash is written `\\`, a tab `\t`, a line feed `\n` and a carriage
//! return `\r`, as text/tab-separated-values has no way to quote them. CSV quotes as RFC 4180 says
//! and ends its lines with a line feed. Which notes are written, and why, is not known here.

use std::io::{self, Write};

use super::{Header, Selection, Stream, columns};
use crate::note::Note;

/// The columns of [`write_list`].
const LIST: [&str; 4] = ["id", "title", "updated_at", "content"];

/// How much CSV is gathered before it goes to the writer, in bytes.
const CSV_BUFFER: usize = 64 * 1024;

/// Writes the list that other programs read: tab-separated, without a header, nothing cut; the full
/// id, the title, when it was changed as stored, the content. A field that a note lacks is empty.
pub fn write_list(out: &mut dyn Write, notes: &[Note], stream: &Stream) -> io::Result<()> {
    write_rows(out, notes, &LIST, stream)
}

/// Writes notes tab-separated: the selected fields, or the five. A field that a note lacks is
/// empty.
pub fn write_tsv(
    out: &mut dyn Write,
    notes: &[Note],
    selection: Option<&Selection>,
    header: Header,
    stream: &Stream,
) -> io::Result<()> {
    let names = columns::names(selection);
    if header == Header::Shown {
        write_row(out, names.iter().copied(), stream)?;
    }
    write_rows(out, notes, &names, stream)
}

/// Writes notes as CSV: the selected fields, or the five. A field that a note lacks is empty.
pub fn write_csv(
    out: &mut dyn Write,
    notes: &[Note],
    selection: Option<&Selection>,
    header: Header,
    stream: &Stream,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(CSV_BUFFER)
        .from_writer(out);
    let names = columns::names(selection);
    let mut write_record = |values: &mut dyn Iterator<Item = &str>| {
        for value in values {
            writer.write_field(&*stream.multi_line(value))?;
        }
        writer.write_record(None::<&[u8]>)
    };
    if header == Header::Shown {
        write_record(&mut names.iter().copied()).map_err(cause)?;
    }
    for note in notes {
        let mut values = names.iter().map(|name| value(note, name));
        write_record(&mut values).map_err(cause)?;
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

fn write_rows(
    out: &mut dyn Write,
    notes: &[Note],
    names: &[&str],
    stream: &Stream,
) -> io::Result<()> {
    for note in notes {
        write_row(out, names.iter().map(|name| value(note, name)), stream)?;
    }
    Ok(())
}

/// Writes one line of values, escaped.
pub(super) fn write_row<'a>(
    out: &mut dyn Write,
    values: impl Iterator<Item = &'a str>,
    stream: &Stream,
) -> io::Result<()> {
    for (index, value) in values.enumerate() {
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

fn value<'a>(note: &'a Note, name: &str) -> &'a str {
    note.field(name).unwrap_or_default()
}

/// Writes a value so that it holds no tab and no line break.
fn write_escaped(out: &mut dyn Write, value: &str) -> io::Result<()> {
    let mut rest = value.as_bytes();
    while let Some((clean, escape, tail)) = next_escape(rest) {
        out.write_all(clean)?;
        out.write_all(escape)?;
        rest = tail;
    }
    out.write_all(rest)
}

/// The bytes before the first that needs an escape, that escape, and the bytes after.
fn next_escape(bytes: &[u8]) -> Option<(&[u8], &'static [u8], &[u8])> {
    let at = bytes
        .iter()
        .position(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r'))?;
    let (clean, rest) = bytes.split_at(at);
    let (byte, tail) = rest.split_first()?;
    let escape: &[u8] = match byte {
        b'\t' => b"\\t",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        _ => b"\\\\",
    };
    Some((clean, escape, tail))
}

#[cfg(test)]
mod tests;
