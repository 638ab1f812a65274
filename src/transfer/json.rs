//! Notes as JSON: the objects of the HTTP API, in an array, one after the other, or as JSON Lines
//! (<https://jsonlines.org>).

use std::io::{self, BufRead, Read};

use serde::de::Deserialize as _;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Deserializer, Map, Value};

use super::bounded::{self, Line};
use super::fields::{self, REST, Record, Rest};
use super::{Entries, Entry, LARGEST_ENCODED, Part, Unread};
use crate::note::{JsonBytes, RawNote};

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.named {
            map.serialize_entry(name, &JsonBytes::new(value))?;
        }
        if !self.rest.is_empty() {
            map.serialize_entry(REST, &self.rest)?;
        }
        map.end()
    }
}

/// Writes a note as an object on one line, without the line's end.
pub(super) fn encode(id: &str, note: &RawNote) -> Vec<u8> {
    serde_json::to_vec(&Record::new(id, note, |_, _| true))
        .expect("a record has text names, and values that JSON can hold")
}

/// Reads the note of an object.
fn entry(mut object: Map<String, Value>) -> Result<Entry, Unread> {
    let Some(Value::String(id)) = object.remove("id") else {
        return Err(Unread::new("an object without an `id`, which is a string"));
    };
    let (mut rest, mut named) = (Rest::new(), Vec::new());
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::Array(_) if name == REST => {
                let found = serde_json::from_value(value);
                rest = found.map_err(|error| format!("`{REST}` of note {id}: {error}"))?;
            }
            value => {
                let Some(bytes) = serde_json::from_value(value)
                    .ok()
                    .and_then(JsonBytes::into_bytes)
                else {
                    let message = format!("the field `{name}` of note {id} is not a string");
                    return Err(Unread::new(message));
                };
                named.push((name, bytes));
            }
        }
    }
    fields::join(id, named, rest)
}

/// Reads the notes of a file with one on each line. A line that cannot be read is skipped alone.
pub(super) fn lines<'a>(mut input: impl BufRead + 'a) -> Entries<'a> {
    let mut number = 0;
    super::entries(move || {
        loop {
            number += 1;
            let line = bounded::line(&mut input).map_err(|error| Unread::from(error).at(number))?;
            let found = match line {
                Line::EndOfFile => return Ok(None),
                Line::TooLong => Err(fields::too_large()),
                Line::Whole(line) if line.trim_ascii().is_empty() => continue,
                Line::Whole(line) => serde_json::from_slice(&line)
                    .map_err(not_valid)
                    .and_then(entry),
            };
            return Ok(Some((number, found)));
        }
    })
}

/// Reads the notes of a file with arrays of objects, or objects alone.
///
/// One object at a time is in memory. The first text that is no JSON ends the file: the beginning of the
/// next note cannot be found.
pub(super) fn entries<'a>(input: impl BufRead + 'a) -> Entries<'a> {
    let mut objects = Objects {
        input,
        line: 1,
        in_array: false,
    };
    super::entries(move || objects.next().map_err(|unread| unread.at(objects.line)))
}

struct Objects<R> {
    input: R,
    /// The line that the next byte stands in, counted from 1.
    line: u64,
    in_array: bool,
}

impl<R: BufRead> Objects<R> {
    fn next(&mut self) -> Result<Option<Part>, Unread> {
        loop {
            match self.input.fill_buf()?.first() {
                Some(b'{') => return self.object().map(Some),
                Some(b'[') if !self.in_array => self.in_array = true,
                Some(b']') if self.in_array => self.in_array = false,
                Some(b',') if self.in_array => {}
                Some(b'\n') => self.line += 1,
                Some(b' ' | b'\t' | b'\r') => {}
                None if !self.in_array => return Ok(None),
                None => return Err(Unread::new("the file ends within the array")),
                Some(_) => return Err(Unread::new("neither an object nor an array of objects")),
            }
            self.input.consume(1);
        }
    }

    fn object(&mut self) -> Result<Part, Unread> {
        let line = self.line;
        let mut object = self.by_ref().take(LARGEST_ENCODED as u64);
        let read = Map::deserialize(&mut Deserializer::from_reader(&mut object));
        if read.is_err() && object.limit() == 0 {
            return Err(fields::too_large());
        }
        Ok((line, entry(read.map_err(not_valid)?)))
    }
}

/// Counts the lines.
impl<R: BufRead> Read for Objects<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        let read = buffer.iter().take(count);
        self.line += read.filter(|byte| **byte == b'\n').count() as u64;
        Ok(count)
    }
}

fn not_valid(error: serde_json::Error) -> Unread {
    let reason = Unread::from(error).message;
    Unread::new(format!("not valid JSON ({reason})"))
}
