//! JSON documents with many notes. Each note is parsed by itself, so that one that cannot be read does
//! not keep the others out.

use std::io::Read;
use std::iter;
use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;
use serde_json::value::{RawValue, Value};

use super::{ForeignNote, Importer};
use crate::timestamp;
use crate::transfer::{Entries, Entry, LARGEST_DOCUMENT, Unread, at_line, bounded};

/// Reads a time in text, if there is one.
pub(super) fn parse_date(text: Option<&str>) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let time = timestamp::parse(text);
    time.map(Some).ok_or_else(|| format!("no date: {text}"))
}

/// Reads a time in the basic format of ISO 8601: `20240115T103000Z`.
pub(super) fn parse_basic_time(text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok()?;
    Some(time.and_utc())
}

/// Returns a number as text, the form in which some versions of a program write it.
pub(super) fn number_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Reads a time since the start of 1970, in this many parts of a second, if there is one.
pub(super) fn parse_epoch(
    value: Option<&Value>,
    parts_of_a_second: i64,
) -> Result<Option<DateTime<Utc>>, String> {
    let Some(text) = value.map(number_text) else {
        return Ok(None);
    };
    let micros = text.parse::<i64>().ok();
    let micros = micros.and_then(|number| number.checked_mul(1_000_000 / parts_of_a_second));
    let time = micros.and_then(DateTime::from_timestamp_micros);
    time.map(Some).ok_or_else(|| format!("no date: {text}"))
}

/// A document that holds many notes.
pub(super) struct Document<'t, F> {
    /// The values of which `read` makes items, in the order of the text.
    pub(super) values: Vec<&'t RawValue>,
    pub(super) read: F,
    /// The number of notes in the trash that are not among the values.
    pub(super) trashed: usize,
    /// The reason why the document lacks some notes.
    pub(super) incomplete: Option<String>,
}

impl<'t, F> Document<'t, F> {
    pub(super) fn new(values: Vec<&'t RawValue>, read: F) -> Self {
        Self {
            values,
            read,
            trashed: 0,
            incomplete: None,
        }
    }
}

/// The document of a program that keeps a journal.
#[derive(Deserialize)]
pub(super) struct Journal<'t> {
    #[serde(borrow)]
    pub(super) entries: Vec<&'t RawValue>,
}

/// Reads the notes of a document.
pub(super) fn read_document<'a, F>(
    format: &'static str,
    input: impl Read,
    parse: impl FnOnce(&str) -> Result<Document<'_, F>, Unread>,
) -> Result<Entries<'a>, Unread>
where
    F: FnMut(&str) -> Result<Item, Unread> + 'a,
{
    let text = bounded::text(bounded::bytes(input, LARGEST_DOCUMENT)?)?;
    let document = parse(&text)?;
    let trashed = iter::repeat_n(Ok(None), document.trashed);
    let incomplete = document.incomplete.map(|why| Err(Unread::new(why)));
    let values = document.values.into_iter();
    let ranges: Vec<_> = values.map(|value| range_in(value, &text)).collect();

    let mut read = document.read;
    let (mut line, mut at) = (1, 0);
    let found = ranges.into_iter().map(move |range| {
        const IN_ORDER: &str = "the notes are parts of the text, in its order";
        let before = text.get(at..range.start).expect(IN_ORDER);
        line += before.matches('\n').count() as u64;
        at = range.start;
        (line, read(text.get(range).expect(IN_ORDER)))
    });
    let entries = entries_of(format, None, found);
    Ok(Box::new(entries.chain(trashed).chain(incomplete)))
}

/// A part of a file of another program.
#[derive(Debug)]
pub(super) enum Item {
    Note(Box<ForeignNote>),
    InTrash,
    /// No note.
    Other,
}

impl From<ForeignNote> for Item {
    fn from(note: ForeignNote) -> Self {
        Self::Note(Box::new(note))
    }
}

/// An item, and the line that it begins in.
pub(super) type Found = (u64, Result<Item, Unread>);

/// Makes entries of items.
pub(super) fn entries_of<'a>(
    format: &'static str,
    modified: Option<DateTime<Utc>>,
    found: impl Iterator<Item = Found> + 'a,
) -> Entries<'a> {
    let mut importer = Importer::new(format);
    Box::new(found.filter_map(move |(line, item)| {
        let entry = entry_of(item, modified, &mut importer)?;
        Some(match entry {
            Ok(None) => Ok(None),
            Ok(Some(entry)) => at_line(line, Ok(entry)),
            Err(unread) => at_line(line, Err(unread)),
        })
    }))
}

/// Makes the entry of an item; `None` if it is no note. A note without a date gets the time of the file.
pub(super) fn entry_of(
    item: Result<Item, Unread>,
    modified: Option<DateTime<Utc>>,
    importer: &mut Importer,
) -> Option<Result<Option<Entry>, Unread>> {
    match item {
        Ok(Item::Other) => None,
        Ok(Item::InTrash) => Some(Ok(None)),
        Ok(Item::Note(mut note)) => {
            note.updated = note.updated.or(note.created).or(modified);
            Some(importer.entry(&note).map(Some))
        }
        Err(unread) => Some(Err(unread)),
    }
}

/// Splits a text into its JSON values, which may be in arrays, or have white space or commas between them.
pub(super) fn values(text: &str) -> Result<Vec<&RawValue>, Unread> {
    let mut values = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if trimmed.is_empty() {
            return Ok(values);
        }
        at += rest.len() - trimmed.len();
        let mut stream = serde_json::Deserializer::from_str(trimmed).into_iter::<&RawValue>();
        let read = stream.next().unwrap_or_else(|| serde_json::from_str(""));
        let value = read.map_err(|error| {
            let lines = text.get(..at).unwrap_or_default().matches('\n').count();
            let mut unread = Unread::from(error);
            unread.origin.line = unread.origin.line.map(|line| line + lines as u64);
            unread
        })?;
        at += stream.byte_offset();
        if value.get().starts_with('[') {
            values.extend(serde_json::from_str::<Vec<&RawValue>>(value.get())?);
        } else {
            values.push(value);
        }
    }
}

/// Returns the range of a value in the text that it is borrowed from.
fn range_in(value: &RawValue, text: &str) -> Range<usize> {
    let value = value.get();
    let start = value.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + value.len()
}
