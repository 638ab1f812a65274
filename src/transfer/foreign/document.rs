//! JSON documents with many notes. Each note is parsed by itself, so that one that cannot be read does
//! not keep the others out.

use std::io::Read;
use std::iter;
use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::value::{RawValue, Value};

use super::{ForeignNote, Importer};
use crate::timestamp;
use crate::transfer::{Entries, LARGEST_DOCUMENT, Unread, at_line, bounded};

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

/// The parts of a document that holds many notes.
#[derive(Default)]
pub(super) struct Parts<'t> {
    pub(super) notes: Vec<&'t RawValue>,
    /// The number of notes in the trash.
    pub(super) trashed: usize,
    /// The reason why the document lacks some notes.
    pub(super) incomplete: Option<&'static str>,
}

/// Reads the notes of a document.
pub(super) fn read_document<'a>(
    format: &'static str,
    input: impl Read,
    split: impl FnOnce(&str) -> serde_json::Result<Parts<'_>>,
    note: impl Fn(&str) -> Result<ForeignNote, Unread> + 'a,
) -> Result<Entries<'a>, Unread> {
    let text = bounded::text(bounded::bytes(input, LARGEST_DOCUMENT)?)?;
    let parts = split(&text)?;
    let trashed = iter::repeat_n(Ok(None), parts.trashed);
    let incomplete = parts.incomplete.map(|why| Err(Unread::new(why)));
    let values = parts.notes.into_iter();
    let ranges: Vec<_> = values.map(|value| range_in(value, &text)).collect();

    let mut importer = Importer::new(format);
    let (mut line, mut at) = (1, 0);
    let entries = ranges.into_iter().map(move |range| {
        const IN_ORDER: &str = "the notes are parts of the text, in its order";
        let before = text.get(at..range.start).expect(IN_ORDER);
        line += before.matches('\n').count() as u64;
        at = range.start;
        let note = note(text.get(range).expect(IN_ORDER));
        at_line(line, note.and_then(|note| importer.entry(&note)))
    });
    Ok(Box::new(entries.chain(trashed).chain(incomplete)))
}

/// A note, and the line that it begins in.
pub(super) type Found = (u64, Result<ForeignNote, Unread>);

/// Makes entries of notes. Those without a date get the time of the file.
pub(super) fn entries_of(
    format: &'static str,
    modified: Option<DateTime<Utc>>,
    found: Vec<Found>,
) -> Entries<'static> {
    let mut importer = Importer::new(format);
    Box::new(found.into_iter().map(move |(line, note)| {
        let entry = note.and_then(|mut note| {
            note.updated = note.updated.or(note.created).or(modified);
            importer.entry(&note)
        });
        at_line(line, entry)
    }))
}

/// Returns the range of a value in the text that it is borrowed from.
fn range_in(value: &RawValue, text: &str) -> Range<usize> {
    let value = value.get();
    let start = value.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + value.len()
}
