//! Notes and errors as JSON (RFC 8259): one value and one line feed at its end, or one value a line.
//!
//! A note is the object that the HTTP API answers with. On a terminal a value is laid out over
//! lines, two spaces a level, and what could harm the terminal is escaped; elsewhere it is compact.
//! Either way it says the same. What the values mean to the user is not known here.

use std::io::{self, BufWriter, IntoInnerError, Write};

use serde::{Serialize, Serializer};

use super::{Selection, Stream, sanitize};
use crate::note::Note;

/// How much JSON is gathered before it goes to the writer, in bytes.
const GATHERED: usize = 64 * 1024;

/// Writes any value and a line feed.
pub fn write<T: Serialize + ?Sized>(
    out: &mut dyn Write,
    value: &T,
    stream: &Stream,
) -> io::Result<()> {
    if stream.terminal {
        let laid_out = serde_json::to_string_pretty(value)?;
        writeln!(out, "{}", sanitize::json(&laid_out))
    } else {
        gathered(out, |out| write_compact(out, value))
    }
}

/// Writes one note, or its selected fields: in the order selected, `null` where it has none.
pub fn write_note(
    out: &mut dyn Write,
    note: &Note,
    selection: Option<&Selection>,
    stream: &Stream,
) -> io::Result<()> {
    match selection {
        None => write(out, note, stream),
        Some(selection) => write(out, &Selected { note, selection }, stream),
    }
}

/// Writes notes as one array, `[]` where there are none; each as [`write_note`] does.
pub fn write_list(
    out: &mut dyn Write,
    notes: &[Note],
    selection: Option<&Selection>,
    stream: &Stream,
) -> io::Result<()> {
    match selection {
        None => write(out, notes, stream),
        Some(selection) => write(out, &SelectedList { notes, selection }, stream),
    }
}

/// Writes notes as JSON Lines (<https://jsonlines.org>): a compact object a line, on a terminal
/// too; nothing where there are none.
pub fn write_lines(
    out: &mut dyn Write,
    notes: &[Note],
    selection: Option<&Selection>,
    stream: &Stream,
) -> io::Result<()> {
    gathered(out, |out| {
        for note in notes {
            match selection {
                None => write_line(out, note, stream)?,
                Some(selection) => write_line(out, &Selected { note, selection }, stream)?,
            }
        }
        Ok(())
    })
}

/// Writes an error as `{"error":{"code":…,"message":…,"id":…}}`, without `id` where it is of no
/// one note.
///
/// `code` is a name for programs, such as `not_found`; `message` is for people.
pub fn write_error(
    out: &mut dyn Write,
    code: &str,
    message: &str,
    id: Option<&str>,
    stream: &Stream,
) -> io::Result<()> {
    let error = Failure { code, message, id };
    write(out, &ErrorObject { error }, stream)
}

fn write_line<T: Serialize>(out: &mut Gathering<'_>, value: &T, stream: &Stream) -> io::Result<()> {
    if stream.terminal {
        let line = serde_json::to_string(value)?;
        writeln!(out, "{}", sanitize::json(&line))
    } else {
        write_compact(out, value)
    }
}

fn write_compact<T: Serialize + ?Sized>(out: &mut Gathering<'_>, value: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// JSON on its way to a writer.
///
/// It comes in pieces of a few bytes, and a writer known only by its trait takes each by a call
/// that cannot be inlined: gathering them here takes a fifth off the time of a long list.
type Gathering<'a> = BufWriter<&'a mut dyn Write>;

/// Hands what `write` wrote on to the writer, without flushing that.
fn gathered<'a>(
    out: &'a mut dyn Write,
    write: impl FnOnce(&mut Gathering<'a>) -> io::Result<()>,
) -> io::Result<()> {
    let mut gathering = BufWriter::with_capacity(GATHERED, out);
    write(&mut gathering)?;
    gathering.into_inner().map_err(IntoInnerError::into_error)?;
    Ok(())
}

struct Selected<'a> {
    note: &'a Note,
    selection: &'a Selection,
}

impl Serialize for Selected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.selection.names();
        serializer.collect_map(fields.map(|name| (name, self.note.field(name))))
    }
}

struct SelectedList<'a> {
    notes: &'a [Note],
    selection: &'a Selection,
}

impl Serialize for SelectedList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let selection = self.selection;
        let notes = self.notes.iter();
        serializer.collect_seq(notes.map(|note| Selected { note, selection }))
    }
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    error: Failure<'a>,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

#[cfg(test)]
mod tests;
