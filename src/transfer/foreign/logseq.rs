//! Logseq's properties: lines of `name:: value`, of a page at its head, of a block anywhere.

use std::borrow::Cow;
use std::ops::Range;

use chrono::TimeZone;
use percent_encoding::percent_decode_str;

use super::{ForeignNote, properties};
use crate::transfer::front_matter::{Property, Value};
use crate::transfer::{file_names, labels};

/// Copies the properties of the page into the note and returns the text without them. The tags of blocks
/// are copied too, and stay in the text.
pub(super) fn take<'t, Z: TimeZone>(
    text: &'t str,
    zone: &Z,
    note: &mut ForeignNote,
) -> Cow<'t, str> {
    if !text.contains(":: ") {
        return Cow::Borrowed(text);
    }
    let (mut page, mut blocks) = (Vec::new(), Vec::new());
    let (mut at, mut is_at_head) = (0, true);
    for line in text.split_inclusive('\n') {
        let lines = at..at + line.len();
        at = lines.end;
        let is_blank = line.trim().is_empty();
        match property(line, lines) {
            Some(property) if is_at_head => page.push(property),
            Some(property) if property.name == "tags" => blocks.push(property),
            _ => is_at_head &= is_blank && page.is_empty(),
        }
    }
    let taken = properties::take(&page, zone, note);
    for block in &blocks {
        note.tags
            .extend(labels::read(&block.value).unwrap_or_default());
    }
    if taken.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(without(text, &taken))
}

/// Reads a line of `name:: value`, which may be indented or the first of a list item.
fn property(line: &str, lines: Range<usize>) -> Option<Property> {
    let (name, value) = line
        .trim_start_matches([' ', '\t', '-'])
        .split_once(":: ")?;
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "-_".contains(c));
    is_name.then(|| Property {
        name: name.to_lowercase(),
        value: Value::Text(value.trim().to_owned()),
        lines,
        line: 1,
        has_more: line.starts_with([' ', '\t', '-']),
    })
}

/// Returns the text without these lines.
pub(super) fn without(text: &str, lines: &[Range<usize>]) -> String {
    let mut kept = String::new();
    let mut at = 0;
    for lines in lines {
        kept.push_str(text.get(at..lines.start).unwrap_or_default());
        at = lines.end;
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}

/// Returns the title for the name of a page's file. That of a day is `2024_01_15`, and a page's has the codes
/// of signs that no name can have.
pub(super) fn title_of_page(path: &str) -> Option<String> {
    let stem = file_names::stem(path);
    match path.rsplit('/').nth(1)? {
        "journals" if is_day(stem) => Some(stem.replace('_', "-")),
        "pages" => {
            let name = stem.replace("___", "/");
            let name = percent_decode_str(&name).decode_utf8().ok()?;
            Some(name.into_owned())
        }
        _ => None,
    }
}

/// Returns true for a text such as `2024_01_15`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('_').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([4, 2, 2]) && parts.concat().bytes().all(|byte| byte.is_ascii_digit())
}
