//! The names that programs use in front matter for a note's title, tags, times and key.

use std::ops::Range;

use chrono::{DateTime, TimeZone, Utc};

use super::ForeignNote;
use crate::transfer::front_matter::{Property, Value};
use crate::transfer::labels;
use crate::when;

/// The names for the time of creation, without separators, the preferred one first.
const CREATED: &[&str] = &[
    "created",
    "createdat",
    "createdon",
    "datecreated",
    "createddate",
    "createdtime",
    "creationdate",
    "creationtime",
    "ctime",
    "date",
    "publishdate",
    "pubdate",
];

/// The names for the time of the last change, in the same way.
const UPDATED: &[&str] = &[
    "updated",
    "updatedat",
    "updatedon",
    "dateupdated",
    "lastupdated",
    "updatedtime",
    "modified",
    "modifiedat",
    "datemodified",
    "modifieddate",
    "modificationdate",
    "lastmodified",
    "lastmodifiedat",
    "lastmod",
    "edited",
    "lastedited",
    "lasteditedtime",
    "mtime",
];

/// The names for tags. They may stand in a map of this name too, as in Hugo and Zola.
const TAGS: &[&str] = &[
    "tags",
    "tag",
    "keywords",
    "keyword",
    "categories",
    "category",
];
const TAXONOMIES: &str = "taxonomies";

/// The longest text that is quoted in a message, in characters.
const LONGEST_QUOTE: usize = 60;

/// Copies the properties into the note, unless it has them already. Returns the lines that are not
/// needed any more: they hold nothing else. Adds a notice for each time that cannot be read.
pub(super) fn take<Z: TimeZone>(
    properties: &[Property],
    zone: &Z,
    note: &mut ForeignNote,
) -> Vec<Range<usize>> {
    let created = best_time(properties, CREATED, zone);
    let updated = best_time(properties, UPDATED, zone);
    let mut taken = Vec::new();
    for (at, property) in properties.iter().enumerate() {
        let is_taken = property.value.is_empty()
            || take_time(created, at, &mut note.created)
            || take_time(updated, at, &mut note.updated)
            || take_text(property, note);
        if is_taken && !property.has_more {
            taken.push(property.lines.clone());
        } else if !is_taken {
            note.notices.extend(unread_time(property, zone));
        }
    }
    taken
}

/// Finds the time under the first of the names that has one, and its place among the properties.
fn best_time<Z: TimeZone>(
    properties: &[Property],
    names: &[&str],
    zone: &Z,
) -> Option<(usize, DateTime<Utc>)> {
    let (mut best, mut best_rank) = (None, names.len());
    for (at, property) in properties.iter().enumerate() {
        let name = plain_name(&property.name);
        let rank = names.iter().take(best_rank).position(|it| *it == name);
        if let Some(rank) = rank
            && let Some(text) = property.value.as_text()
            && let Some(time) = parse_time(&text, zone)
        {
            (best, best_rank) = (Some((at, time)), rank);
        }
    }
    best
}

/// Takes the time of the property at this place.
fn take_time(
    best: Option<(usize, DateTime<Utc>)>,
    place: usize,
    time: &mut Option<DateTime<Utc>>,
) -> bool {
    match best {
        Some((at, found)) if at == place && time.is_none() => {
            *time = Some(found);
            true
        }
        _ => false,
    }
}

/// Takes the title, the key or tags.
fn take_text(property: &Property, note: &mut ForeignNote) -> bool {
    let name = plain_name(&property.name);
    match (name.as_str(), &property.value) {
        ("title", Value::Text(title)) if note.title.is_empty() => note.title.clone_from(title),
        ("id", Value::Text(key)) if note.key.is_none() => note.key = Some(key.clone()),
        (name, value) if TAGS.contains(&name) => match labels::read(value) {
            Some(labels) => note.tags.extend(labels),
            None => return false,
        },
        (TAXONOMIES, Value::Map(values)) => {
            let mut are_all_tags = true;
            for (name, value) in values {
                let is_tags = TAGS.contains(&plain_name(name).as_str());
                match labels::read(value).filter(|_| is_tags) {
                    Some(labels) => note.tags.extend(labels),
                    None => are_all_tags = false,
                }
            }
            return are_all_tags;
        }
        _ => return false,
    }
    true
}

/// Returns the name in lower case without separators: `Date created` and `date_created` are the same.
pub(super) fn plain_name(name: &str) -> String {
    name.to_lowercase().replace([' ', '-', '_'], "")
}

/// Returns the notice for a property that should be a time and is none.
fn unread_time<Z: TimeZone>(property: &Property, zone: &Z) -> Option<String> {
    let name = plain_name(&property.name);
    if !CREATED.contains(&name.as_str()) && !UPDATED.contains(&name.as_str()) {
        return None;
    }
    let text = property.value.as_text().unwrap_or_else(|| "...".to_owned());
    if parse_time(&text, zone).is_some() {
        return None;
    }
    let text: String = text.chars().take(LONGEST_QUOTE).collect();
    Some(format!(
        "`{}: {text}` is not a date such as 2024-01-31 or 31 January 2024; it is kept as text",
        property.name
    ))
}

/// Reads a time in any form that tells the year from the month and the day; without a zone it is local.
fn parse_time<Z: TimeZone>(text: &str, zone: &Z) -> Option<DateTime<Utc>> {
    let text = text.trim().trim_matches(['"', '\'']);
    let text = match text.strip_prefix("[[").and_then(|it| it.strip_suffix("]]")) {
        Some(link) => link.split('|').next().unwrap_or(link),
        None => text,
    };
    // JavaScript adds the name of the zone in brackets.
    let text = text
        .strip_suffix(')')
        .and_then(|it| it.rsplit_once(" ("))
        .map_or(text, |it| it.0);
    // Logseq names its journals so.
    let text = &text.replace('_', "-");
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && text.len() > 8 {
        return parse_stamp(text, zone).or_else(|| parse_epoch(text));
    }
    when::date(text, zone).map(|span| span.first)
}

/// Reads `202401151030` or `20240115103000`, as the notes of a Zettelkasten are numbered.
fn parse_stamp<Z: TimeZone>(digits: &str, zone: &Z) -> Option<DateTime<Utc>> {
    if !matches!(digits.len(), 12 | 14) {
        return None;
    }
    let (day, clock) = digits.split_at(8);
    let (hour, rest) = clock.split_at(2);
    let (minute, second) = rest.split_at(2);
    let second = if second.is_empty() { "00" } else { second };
    let text = format!("{day} {hour}:{minute}:{second}");
    let first = when::date(&text, zone)?.first;
    (digits.starts_with("19") || digits.starts_with("20")).then_some(first)
}

/// Reads seconds, milliseconds or microseconds since the start of 1970.
fn parse_epoch(digits: &str) -> Option<DateTime<Utc>> {
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        ..12 => DateTime::from_timestamp(number, 0),
        12..15 => DateTime::from_timestamp_millis(number),
        15..18 => DateTime::from_timestamp_micros(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
