//! Redis replies turned into notes, and what was found odd on the way.
//!
//! Other programs write to the same keys, so nothing here may fail for what a note holds: an odd
//! note is shown as well as it can be, and reported as a [`Fault`].

use redis::Value;

use super::error::Error;
use super::fault::Fault;
use crate::note::{FIELDS, Note};

/// What the reply to an HGETALL of a note was.
pub(super) enum Record {
    Note(Note, Vec<Fault>),
    /// The key does not exist.
    Absent,
    /// The key holds something else.
    Foreign,
    /// Redis refused the command.
    Refused(redis::ServerError),
}

/// Reads the reply to `HGETALL note:<id>`.
pub(super) fn read(id: &str, reply: Value) -> Result<Record, Error> {
    let pairs = match reply {
        Value::ServerError(error) if error.code() == "WRONGTYPE" => return Ok(Record::Foreign),
        Value::ServerError(error) => return Ok(Record::Refused(error)),
        reply => pairs(reply).ok_or(Error::Answer { command: "HGETALL" })?,
    };
    if pairs.is_empty() {
        return Ok(Record::Absent);
    }
    let (note, faults) = note(id, pairs);
    Ok(Record::Note(note, faults))
}

/// The note that the fields of a hash make.
pub(super) fn note(id: &str, pairs: Vec<(Vec<u8>, Vec<u8>)>) -> (Note, Vec<Fault>) {
    let mut note = Note {
        id: id.to_owned(),
        ..Note::default()
    };
    let mut faults = Vec::new();
    let mut is_missing = [true; FIELDS.len()];
    for (name, value) in pairs {
        let (name, _) = text(name);
        let (value, altered) = text(value);
        if altered {
            faults.push(Fault::NotUtf8 {
                id: id.to_owned(),
                field: name.clone(),
            });
            note.altered.insert(name.clone());
        }
        note.set_field(&name, value);
        if let Some(at) = FIELDS.iter().position(|field| *field == name) {
            is_missing[at] = false;
        }
    }
    for (field, is_missing) in FIELDS.into_iter().zip(is_missing) {
        if is_missing {
            faults.push(Fault::MissingField {
                id: id.to_owned(),
                field,
            });
        }
    }
    (note, faults)
}

/// The members of a reply that is a list or a set.
pub(super) fn members(reply: Value) -> Option<Vec<Value>> {
    match reply {
        Value::Array(members) | Value::Set(members) => Some(members),
        _ => None,
    }
}

/// The bytes of a reply that is a string.
pub(super) fn bytes(reply: Value) -> Option<Vec<u8>> {
    match reply {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.into_bytes()),
        Value::Okay => Some(b"OK".to_vec()),
        _ => None,
    }
}

/// The names and values of a reply that is a hash.
pub(super) fn pairs(reply: Value) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut members = members(reply)?.into_iter();
    let mut pairs = Vec::with_capacity(members.len() / 2);
    while let Some(name) = members.next() {
        pairs.push((bytes(name)?, bytes(members.next()?)?));
    }
    Some(pairs)
}

/// The text of some bytes, and whether it had to be altered to be text.
fn text(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    }
}
