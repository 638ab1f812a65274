//! Notes as lines of separated values, for spreadsheets (CSV, RFC 4180) and for shell tools (tabs).
//!
//! Tab-separated, a note is exactly one line: in a value a backslash is written `\\`, a tab `\t`, a
//! line feed `\n` and a carriage return `\r`, as text/tab-separated-values cannot quote them.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Stream;
use crate::note::Note;

/// The columns of a list for other programs.
pub(crate) const LIST: [&str; 4] = ["id", "title", "updated_at", "content"];

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
    let mut rows: Vec<Vec<&str>> = Vec::new();
    if header {
        rows.push(names.to_vec());
    }
    for note in notes {
        let values = names.iter().map(|name| note.field(name));
        rows.push(values.map(Option::unwrap_or_default).collect());
    }
    if separator == Separator::Tab {
        for row in rows {
            write_row(out, &row, stream)?;
        }
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        for value in row {
            let value = stream.multi_line(value);
            writer.write_field(value.as_bytes()).map_err(cause)?;
        }
        writer.write_record(None::<&[u8]>).map_err(cause)?;
    }
    writer.flush()
}

/// Returns the error of the writer itself: callers check its kind.
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
        out.write_all(stream.one_line(&escaped(value)).as_bytes())?;
    }
    out.write_all(b"\n")
}

/// Escapes backslashes, tabs and line breaks.
fn escaped(value: &str) -> Cow<'_, str> {
    if !value.contains(['\\', '\t', '\n', '\r']) {
        return Cow::Borrowed(value);
    }
    let escaped = value.replace('\\', "\\\\").replace('\t', "\\t");
    Cow::Owned(escaped.replace('\n', "\\n").replace('\r', "\\r"))
}

#[cfg(test)]
mod tests;
