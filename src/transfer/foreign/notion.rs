//! Notion's Markdown: the name of a file ends with the id of its page, and the properties of the page
//! stand below its heading, as lines of `Name: value`.

use std::borrow::Cow;
use std::ops::Range;

use chrono::TimeZone;

use super::logseq::without;
use super::{ForeignNote, properties};
use crate::transfer::front_matter::{Property, Value};

/// The number of hex digits of an id.
const ID_LENGTH: usize = 32;

/// Splits the name of a file into the title and the id of its page.
pub(super) fn split_name(stem: &str) -> Option<(&str, &str)> {
    let (title, id) = stem.rsplit_once(' ')?;
    let is_id = id.len() == ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then_some((title, id))
}

/// Copies the properties of a page into the note and returns the text without them.
pub(super) fn take<'t, Z: TimeZone>(
    text: Cow<'t, str>,
    zone: &Z,
    note: &mut ForeignNote,
) -> Cow<'t, str> {
    let (mut at, mut found) = (0, Vec::new());
    for line in text.split_inclusive('\n') {
        let lines = at..at + line.len();
        at = lines.end;
        let is_above = found.is_empty() && (line.starts_with("# ") || line.trim().is_empty());
        match property(line, lines) {
            Some(property) if !is_above => found.push(property),
            _ if is_above => {}
            _ => break,
        }
    }
    let taken = properties::take(&found, zone, note);
    if taken.is_empty() {
        return text;
    }
    Cow::Owned(without(&text, &taken))
}

fn property(line: &str, lines: Range<usize>) -> Option<Property> {
    let (name, value) = line.split_once(": ")?;
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == ' ');
    // The title is the heading, and the id stands in the name of the file.
    let is_other = !matches!(name.to_lowercase().as_str(), "title" | "id");
    (is_name && is_other).then(|| Property {
        name: name.to_owned(),
        value: Value::Text(value.trim().to_owned()),
        lines,
        line: 1,
        has_more: false,
    })
}
