//! jrnl's journals, as `jrnl --format json` writes them.

use std::collections::BTreeSet;
use std::io::Read;

use chrono::{DateTime, Datelike as _, NaiveDateTime, TimeZone, Utc};
use serde::Deserialize;

use super::document::{Document, Item, Journal, read_document};
use super::{ForeignNote, marks};
use crate::transfer::{Entries, Unread};
use crate::when;

#[derive(Deserialize)]
struct JournalEntry {
    title: Option<String>,
    body: Option<String>,
    date: String,
    time: String,
    tags: Option<Vec<String>>,
    starred: Option<bool>,
}

/// Reads the entries of a journal. Their times are in `zone`: jrnl writes local times without a zone.
pub(in crate::transfer) fn entries<'a>(
    input: impl Read,
    zone: impl TimeZone + 'a,
) -> Result<Entries<'a>, Unread> {
    read_document("jrnl", input, |text| {
        let journal: Journal<'_> = serde_json::from_str(text)?;
        let read = move |entry: &str| parse_note(entry, &zone).map(Item::from);
        Ok(Document::new(journal.entries, read))
    })
}

fn parse_note(text: &str, zone: &impl TimeZone) -> Result<ForeignNote, Unread> {
    let entry: JournalEntry = serde_json::from_str(text)?;
    let when = format!("{} {}", entry.date, entry.time);
    let title = entry.title.unwrap_or_default();
    let tags = entry.tags.unwrap_or_default();
    // jrnl gives them in another order each time.
    let tags: BTreeSet<String> = tags.iter().map(|tag| without_mark(tag)).collect();
    let tags = tags.into_iter();
    Ok(ForeignNote {
        identity: format!("{when} {title}"),
        content: entry.body.unwrap_or_default(),
        tags: tags.chain(marks([(entry.starred, "starred")])).collect(),
        created: Some(parse_local(&when, zone)?),
        title,
        ..ForeignNote::default()
    })
}

/// Returns a tag without the character before it, which the user chooses in jrnl.
fn without_mark(tag: &str) -> String {
    tag.trim_start_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// Reads a local time.
fn parse_local(text: &str, zone: &impl TimeZone) -> Result<DateTime<Utc>, String> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok();
    let local = local.filter(|local| (0..=9999).contains(&local.year()));
    let time = local.and_then(|local| when::moment(local, zone));
    time.ok_or_else(|| format!("no date and time as in 2024-01-31 23:59: {text}"))
}
