//! Day One: the file `Journal.json` of an export in JSON.
//!
//! The format: <https://dayoneapp.com/guides/tips-and-tutorials/exporting-entries>.

use std::collections::HashMap;
use std::io::Read;

use serde::Deserialize;

use super::document::{Document, Item, Journal, parse_date, read_document};
use super::{ForeignNote, marks, short_name, without_heading_mark};
use crate::transfer::{Entries, LARGEST_NOTE, Unread};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JournalEntry {
    uuid: String,
    creation_date: Option<String>,
    modified_date: Option<String>,
    text: Option<String>,
    tags: Option<Vec<String>>,
    starred: Option<bool>,
    is_pinned: Option<bool>,
    photos: Option<Vec<Attachment>>,
    videos: Option<Vec<Attachment>>,
    audios: Option<Vec<Attachment>>,
    pdf_attachments: Option<Vec<Attachment>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    identifier: Option<String>,
    md5: Option<String>,
    /// The ending of the file's name.
    #[serde(alias = "format")]
    r#type: Option<String>,
    #[serde(alias = "pdfName")]
    filename: Option<String>,
}

/// Reads the entries of a journal.
pub(in crate::transfer) fn entries<'a>(input: impl Read) -> Result<Entries<'a>, Unread> {
    read_document("day-one", input, |text| {
        let journal: Journal<'_> = serde_json::from_str(text)?;
        let read = |entry: &str| read_entry(entry).map(Item::from);
        Ok(Document::new(journal.entries, read))
    })
}

fn read_entry(text: &str) -> Result<ForeignNote, Unread> {
    let entry: JournalEntry = serde_json::from_str(text)?;
    let groups = [
        &entry.photos,
        &entry.videos,
        &entry.audios,
        &entry.pdf_attachments,
    ];
    let (mut names, mut attachments) = (HashMap::new(), Vec::new());
    for file in groups.into_iter().flatten().flatten() {
        let name = file.name();
        if let Some(id) = file.identifier.as_deref() {
            names.insert(id, name.clone());
        }
        attachments.push(name);
    }
    let content = with_names(&entry.text.unwrap_or_default(), &names);
    let marks = marks([(entry.starred, "starred"), (entry.is_pinned, "pinned")]);
    Ok(ForeignNote {
        content: without_heading_mark(without_escapes(&content)),
        tags: entry.tags.into_iter().flatten().chain(marks).collect(),
        attachments,
        created: parse_date(entry.creation_date.as_deref())?,
        updated: parse_date(entry.modified_date.as_deref())?,
        identity: entry.uuid,
        ..ForeignNote::default()
    })
}

impl Attachment {
    fn name(&self) -> String {
        let kind = self.r#type.as_deref().unwrap_or_default();
        let packed = self.md5.as_deref().map(|md5| format!("{md5}.{kind}"));
        let name = self.filename.clone().or(packed);
        let name = name.or_else(|| self.identifier.clone());
        short_name(name.unwrap_or_default().trim_end_matches('.'))
    }
}

/// Puts the names of files in the place of Day One's addresses: `![](dayone-moment://ID)`, and others with
/// a kind before the ID.
fn with_names(text: &str, names: &HashMap<&str, String>) -> String {
    let mut parts = text.split("](dayone-moment:");
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        replaced.push_str("](");
        let address = part
            .split_once(')')
            .filter(|_| replaced.len() <= LARGEST_NOTE);
        let Some((address, rest)) = address else {
            replaced.push_str(part);
            continue;
        };
        let id = address.rsplit('/').next().unwrap_or(address);
        replaced.push_str(names.get(id).map_or(id, String::as_str));
        replaced.push(')');
        replaced.push_str(rest);
    }
    replaced
}

/// Removes the backslashes that Day One writes before signs, but for those in code.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut is_code = false;
    for line in text.split_inclusive('\n') {
        is_code ^= line.trim_start().starts_with("```");
        let mut characters = line.chars().peekable();
        while let Some(c) = characters.next() {
            let is_escape = characters.peek().is_some_and(char::is_ascii_punctuation);
            if c == '\\' && is_escape && !is_code {
                plain.extend(characters.next());
            } else {
                plain.push(c);
            }
        }
    }
    plain
}
