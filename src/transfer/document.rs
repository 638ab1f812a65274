//! Documents in JSON that hold many notes, each of which is read when its turn comes, so that one that
//! cannot be read does not keep the others out.

use std::fmt;
use std::io::Read;
use std::iter;
use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::foreign::{ForeignNote, Importer};
use super::{Entries, LARGEST_DOCUMENT, Origin, Unread};
use crate::timestamp;

/// Reads a text of at most `limit` bytes.
pub(super) fn read_text(input: impl Read, limit: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    let input = input.take(limit + 1).read_to_end(&mut bytes);
    input.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("larger than {} MiB", limit >> 20));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("not UTF-8 at byte {}", at + 1)
    })?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// A time that is told as text, if it is told.
pub(super) fn date(text: Option<&str>) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match timestamp::parse(text) {
        Some(time) => Ok(Some(time)),
        None => Err(format!("no date: {text}")),
    }
}

/// A whole number, which some versions of a program write as a text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Number {
    Number(i64),
    Text(String),
}

impl Number {
    /// The time that is this many parts of a second after the start of 1970.
    pub(super) fn time(&self, parts_of_a_second: i64) -> Result<DateTime<Utc>, String> {
        let micros = match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        };
        micros
            .and_then(|number| number.checked_mul(1_000_000 / parts_of_a_second))
            .and_then(DateTime::from_timestamp_micros)
            .ok_or_else(|| format!("no date: {self}"))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The parts of a document that holds many notes.
#[derive(Default)]
pub(super) struct Parts<'t> {
    pub(super) notes: Vec<&'t RawValue>,
    /// Why there are notes that the document does not hold.
    pub(super) incomplete: Option<&'static str>,
}

/// The notes of a document.
pub(super) fn document<'a>(
    format: &'static str,
    input: impl Read,
    origin: Origin,
    split: impl FnOnce(&str) -> serde_json::Result<Parts<'_>>,
    note: impl Fn(&str) -> Result<ForeignNote, JsonError> + 'a,
) -> Entries<'a> {
    let text = match read_text(input, LARGEST_DOCUMENT) {
        Ok(text) => text,
        Err(message) => return Box::new(iter::once(Err(Unread::new(origin, message)))),
    };
    let parts = match split(&text) {
        Ok(parts) => parts,
        Err(error) => return Box::new(iter::once(Err(JsonError::from(error).at(origin, 1)))),
    };
    let incomplete = parts.incomplete;
    let incomplete = incomplete.map(|message| Err(Unread::new(origin.clone(), message)));
    let values = parts.notes.iter();
    let places: Vec<_> = values.map(|value| place(value, &text)).collect();

    let mut importer = Importer::new(format);
    let (mut line, mut at) = (1, 0);
    let entries = places.into_iter().map(move |place| {
        line += text.get(at..place.start).map_or(0, line_breaks);
        at = place.start;
        let own = Origin {
            line: Some(line),
            ..origin.clone()
        };
        match note(text.get(place).unwrap_or_default()) {
            Ok(note) => importer.entry(own, &note),
            Err(error) => Err(error.at(origin.clone(), line)),
        }
    });
    Box::new(entries.chain(incomplete))
}

/// Where in the text, of which it is a part, a value stands.
fn place(value: &RawValue, text: &str) -> Range<usize> {
    let start = value
        .get()
        .as_ptr()
        .addr()
        .saturating_sub(text.as_ptr().addr());
    start..start + value.get().len()
}

fn line_breaks(text: &str) -> u64 {
    text.matches('\n').count() as u64
}

/// Why JSON is not a note, and in which of its lines that shows.
#[derive(Debug)]
pub(super) struct JsonError {
    message: String,
    line: usize,
}

impl JsonError {
    /// Names the line in the file, where the JSON begins in line `first`.
    pub(super) fn at(self, origin: Origin, first: u64) -> Unread {
        let line = first + (self.line.max(1) - 1) as u64;
        let origin = Origin {
            line: Some(line),
            ..origin
        };
        Unread::new(origin, self.message)
    }
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        let line = error.line();
        let place = format!(" at line {line} column {}", error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        Self { message, line }
    }
}

impl From<String> for JsonError {
    fn from(message: String) -> Self {
        Self { message, line: 1 }
    }
}
