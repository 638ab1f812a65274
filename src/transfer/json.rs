//! Notes as JSON: the objects of the HTTP API, in an array, or one after the other.

use std::io::{BufRead, Read as _};
use std::iter;

use serde::de::Deserialize as _;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Deserializer, Map, Value};

use super::fields::{self, REST, Record, Rest};
use super::lines::Lines;
use super::{Entries, Entry, LARGEST_ENCODED, Origin, Unread};
use crate::store::{JsonBytes, RawNote};

/// A note as an object.
struct Object<'a>(Record<'a>);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", record.id)?;
        for (name, value) in &record.named {
            map.serialize_entry(name, &JsonBytes::of(value))?;
        }
        if !record.rest.is_empty() {
            map.serialize_entry(REST, &record.rest)?;
        }
        map.end()
    }
}

/// The note as an object on one line, without its end.
pub(super) fn encode(id: &str, note: &RawNote) -> Vec<u8> {
    let object = Object(Record::of(id, note, |_, _| true));
    // Nothing in it can fail to be JSON.
    serde_json::to_vec(&object).unwrap_or_default()
}

/// The note that an object tells.
pub(super) fn entry(origin: Origin, mut object: Map<String, Value>) -> Result<Entry, Unread> {
    let unread = |message: String| Unread {
        origin: origin.clone(),
        message,
    };
    let Some(Value::String(id)) = object.remove("id") else {
        return Err(unread(
            "an object without an `id`, which is a string".into(),
        ));
    };
    let mut rest = Rest::new();
    let mut named = Vec::new();
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::String(text) => named.push((name, text.into_bytes())),
            Value::Array(_) if name == REST => {
                let found = serde_json::from_value(value);
                rest = found.map_err(|error| unread(format!("`{REST}` of note {id}: {error}")))?;
            }
            value => {
                let bytes = serde_json::from_value(value).ok();
                let bytes = bytes.and_then(JsonBytes::bytes).ok_or_else(|| {
                    unread(format!("the field `{name}` of note {id} is not a string"))
                })?;
                named.push((name, bytes));
            }
        }
    }
    let note = fields::join(&id, named, rest).map_err(unread)?;
    Ok(Entry { origin, id, note })
}

/// The notes of a file that holds an array of objects, or objects alone.
///
/// One object at a time is in memory. What is no JSON ends it, since it cannot be told where the next
/// note begins.
pub(super) fn entries<'a>(input: impl BufRead + 'a, origin: Origin) -> Entries<'a> {
    let mut reader = Reader {
        input: Lines::new(input),
        in_array: false,
        count: 0,
    };
    let mut is_over = false;
    Box::new(iter::from_fn(move || {
        if is_over {
            return None;
        }
        let next = reader.next();
        is_over = !matches!(next, Ok(Some(_)));
        let line = reader.input.line;
        match next {
            Ok(object) => object.map(|(line, object)| entry(origin.at(line), object)),
            Err(message) => Some(Err(Unread {
                origin: origin.at(line),
                message,
            })),
        }
    }))
}

/// An object, and the line that it begins in.
type Found = (u64, Map<String, Value>);

struct Reader<R> {
    input: Lines<R>,
    in_array: bool,
    /// How many objects were read.
    count: usize,
}

impl<R: BufRead> Reader<R> {
    fn next(&mut self) -> Result<Option<Found>, String> {
        let mut byte = self.peek()?;
        let opens = self.count == 0 && byte == Some(b'[');
        if opens || (self.in_array && self.count > 0 && byte == Some(b',')) {
            self.in_array = true;
            self.input.consume(1);
            byte = self.peek()?;
        }
        match byte {
            Some(b'{') => self.object().map(Some),
            Some(b']') if self.in_array => Ok(None),
            None if !self.in_array => Ok(None),
            None => Err("the file ends within the array".to_owned()),
            Some(_) => Err("neither an object nor an array of objects".to_owned()),
        }
    }

    fn object(&mut self) -> Result<Found, String> {
        let line = self.input.line;
        let most = u64::try_from(LARGEST_ENCODED).unwrap_or(u64::MAX);
        let mut object = (&mut self.input).take(most);
        let read = Map::deserialize(&mut Deserializer::from_reader(&mut object));
        self.count += 1;
        if read.is_err() && object.limit() == 0 {
            return Err(fields::too_large());
        }
        Ok((line, read.map_err(|error| reason(&error))?))
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Result<Option<u8>, String> {
        loop {
            match self.input.peek().map_err(|error| error.to_string())? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.input.consume(1),
                byte => return Ok(byte),
            }
        }
    }
}

/// What is wrong with some JSON, without the place, which is the reader's to tell.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split_once(" at line ").map(|(reason, _)| reason);
    format!("not valid JSON ({})", reason.unwrap_or(&text))
}
