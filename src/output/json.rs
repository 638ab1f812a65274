//! Notes and errors as JSON (RFC 8259): one value and one line feed at its end, or one value a line.
//!
//! A terminal gets it pretty-printed and with control characters escaped; a pipe gets it compact.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Selection, Stream, sanitize};
use crate::note::Note;

/// A note as in the HTTP API, or its selected fields in that order, `null` where it has none.
pub(crate) struct Fields<'a>(pub(crate) &'a Note, pub(crate) Option<&'a Selection>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(note, selection) = self;
        match selection {
            None => note.serialize(serializer),
            Some(selection) => {
                serializer.collect_map(selection.names().map(|name| (name, note.field(name))))
            }
        }
    }
}

/// Writes any value and a line feed.
pub(crate) fn write<T: Serialize + ?Sized>(
    out: &mut dyn Write,
    value: &T,
    stream: &Stream,
) -> io::Result<()> {
    if stream.terminal {
        let laid_out = serde_json::to_string_pretty(value)?;
        return writeln!(out, "{}", sanitize::json(&laid_out));
    }
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    out.write_all(&text)
}

/// Writes some items of an array, after its beginning unless that is written.
pub(crate) fn write_items<T: Serialize>(
    out: &mut dyn Write,
    items: impl Iterator<Item = T>,
    begun: bool,
    stream: &Stream,
) -> io::Result<()> {
    let mut text = Vec::new();
    let mut before: &[u8] = if begun { b"," } else { b"[" };
    for item in items {
        text.extend_from_slice(std::mem::replace(&mut before, b","));
        if stream.terminal {
            let laid_out = serde_json::to_string_pretty(&item)?.replace('\n', "\n  ");
            text.extend_from_slice(b"\n  ");
            text.extend_from_slice(sanitize::json(&laid_out).as_bytes());
        } else {
            serde_json::to_writer(&mut text, &item)?;
        }
    }
    if before == b"[" {
        text.extend_from_slice(b"[");
    }
    out.write_all(&text)
}

/// Ends an array; `is_empty` is true if it has no item.
pub(crate) fn end_items(out: &mut dyn Write, is_empty: bool, stream: &Stream) -> io::Result<()> {
    let end: &[u8] = if stream.terminal && !is_empty {
        b"\n]\n"
    } else {
        b"]\n"
    };
    out.write_all(end)
}

/// Writes notes as JSON Lines (<https://jsonlines.org>): a compact object a line, on a terminal too.
pub(crate) fn write_lines<T: Serialize>(
    out: &mut dyn Write,
    notes: impl Iterator<Item = T>,
    stream: &Stream,
) -> io::Result<()> {
    for note in notes {
        let mut line = serde_json::to_string(&note)?;
        line.push('\n');
        write_text(out, &line, stream)?;
    }
    Ok(())
}

/// Returns an object with its selected members alone.
pub(crate) fn select(object: Value, selection: Option<&Selection>) -> Value {
    let Some(selection) = selection else {
        return object;
    };
    let mut selected = Map::new();
    for name in selection.names() {
        selected.insert(name.to_owned(), object[name].clone());
    }
    Value::Object(selected)
}

/// Writes text that is JSON already.
pub(crate) fn write_text(out: &mut dyn Write, text: &str, stream: &Stream) -> io::Result<()> {
    out.write_all(stream.safe(text, sanitize::json).as_bytes())
}

/// Writes an error as `{"error":{"code":…,"message":…,"id":…}}`; `id` is there only for an error about
/// one note.
///
/// `code` is for programs, such as `not_found`; `message` is for people.
pub(crate) fn write_error(
    out: &mut dyn Write,
    code: &str,
    message: &str,
    id: Option<&str>,
    stream: &Stream,
) -> io::Result<()> {
    let mut error = json!({ "code": code, "message": message });
    if let Some(id) = id {
        error["id"] = id.into();
    }
    write(out, &json!({ "error": error }), stream)
}

#[cfg(test)]
mod tests;
