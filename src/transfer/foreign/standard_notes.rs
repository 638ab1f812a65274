//! Standard Notes: the file `Standard Notes Backup and Import File.txt` of a decrypted backup.
//!
//! The format: <https://standardnotes.com/help/14/how-do-i-create-and-import-backups-of-my-standard-notes-data>.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::document::{Document, Item, parse_date, read_document};
use super::{ForeignNote, MOST_NAMES, html, lexical, marks, short_name};
use crate::transfer::{Entries, Unread};

/// The directory beside the file that has each item as a text too.
pub(in crate::transfer) const TEXTS: &str = "Items";

/// The most tags around a tag.
const DEEPEST_TAG: usize = 16;

#[derive(Deserialize)]
struct Backup<'t> {
    #[serde(borrow)]
    items: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct SyncedItem {
    uuid: String,
    content_type: String,
    /// A text where it is encrypted.
    content: Option<Value>,
    created_at: Option<String>,
    updated_at: Option<String>,
    deleted: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    title: Option<String>,
    /// Of an attachment.
    name: Option<String>,
    text: Option<String>,
    references: Option<Vec<Reference>>,
    app_data: Option<HashMap<String, Value>>,
    trashed: Option<bool>,
    starred: Option<bool>,
    note_type: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    uuid: String,
    content_type: Option<String>,
}

/// The labels of the notes, and what else is known of them before they are read.
#[derive(Default)]
struct Labels {
    /// The name of a tag, and the tag around it.
    tags: HashMap<String, (String, Option<String>)>,
    /// The tags of a note.
    tags_of: HashMap<String, Vec<String>>,
    /// The attachments of a note.
    files_of: HashMap<String, Vec<String>>,
    /// The number of notes that are encrypted.
    encrypted: usize,
}

/// Returns true if a file has the name of a backup: `Standard Notes Backup and Import File.txt`.
pub(in crate::transfer) fn is_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("Standard Notes")
}

/// Reads the notes of a backup.
pub(in crate::transfer) fn entries<'a>(input: impl Read) -> Result<Entries<'a>, Unread> {
    read_document("standard-notes", input, |text| {
        let backup: Backup<'_> = serde_json::from_str(text)?;
        let mut labels = Labels::default();
        for item in &backup.items {
            labels.add(item.get());
        }
        let incomplete = labels.encrypted_message();
        let read = move |item: &str| read_item(item, &labels);
        Ok(Document {
            incomplete,
            ..Document::new(backup.items, read)
        })
    })
}

fn read_item(item: &str, labels: &Labels) -> Result<Item, Unread> {
    let item: SyncedItem = serde_json::from_str(item)?;
    let Some(content @ Value::Object(_)) = &item.content else {
        return Ok(Item::Other);
    };
    if item.content_type != "Note" || item.deleted == Some(true) {
        return Ok(Item::Other);
    }
    let content = Content::deserialize(content)?;
    if content.trashed == Some(true) {
        return Ok(Item::InTrash);
    }
    labels.make_note(item, content).map(Item::from)
}

impl Labels {
    /// Returns the message for the notes that are encrypted.
    fn encrypted_message(&self) -> Option<String> {
        let notes = match self.encrypted {
            0 => return None,
            1 => "1 note is".to_owned(),
            count => format!("{count} notes are"),
        };
        Some(format!(
            "{notes} encrypted; make the backup again in Standard Notes as 'Decrypted'"
        ))
    }

    /// Adds an item, if it is a tag or an attachment, and counts it, if it is encrypted.
    fn add(&mut self, item: &str) {
        let Ok(item) = serde_json::from_str::<SyncedItem>(item) else {
            return;
        };
        if item.content_type == "Note" && item.content.as_ref().is_some_and(Value::is_string) {
            self.encrypted += 1;
        }
        let content = item.content.unwrap_or_default();
        let Ok(content) = serde_json::from_value::<Content>(content) else {
            return;
        };
        let references = content.references.unwrap_or_default();
        match item.content_type.as_str() {
            "Tag" => {
                let around = references
                    .iter()
                    .find(|it| it.content_type.as_deref() == Some("Tag"));
                let around = around.map(|it| it.uuid.clone());
                let title = short_name(&content.title.unwrap_or_default());
                self.tags.insert(item.uuid.clone(), (title, around));
                for note in references {
                    let tags = self.tags_of.entry(note.uuid).or_default();
                    tags.push(item.uuid.clone());
                }
            }
            "SN|File" => {
                for note in references {
                    let files = self.files_of.entry(note.uuid).or_default();
                    files.extend(content.name.as_deref().map(short_name));
                }
            }
            _ => {}
        }
    }

    /// Returns the name of a tag with those of the tags around it.
    fn tag<'a>(&'a self, mut id: &'a str) -> String {
        let mut names = Vec::new();
        while let Some((name, around)) = self.tags.get(id) {
            names.push(name.as_str());
            match around {
                Some(around) if names.len() < DEEPEST_TAG => id = around,
                _ => break,
            }
        }
        names.reverse();
        short_name(&names.join("/"))
    }

    fn make_note(&self, item: SyncedItem, content: Content) -> Result<ForeignNote, Unread> {
        let app = content.app_data.unwrap_or_default();
        let app = app.get("org.standardnotes.sn").unwrap_or(&Value::Null);
        let marks = marks([
            (app["archived"].as_bool(), "archived"),
            (app["pinned"].as_bool(), "pinned"),
            (content.starred, "starred"),
        ]);
        let tags = self.tags_of.get(&item.uuid).into_iter().flatten();
        let tags = tags.take(MOST_NAMES);
        let mut tags: Vec<_> = tags.map(|tag| self.tag(tag)).collect();
        tags.sort();
        let files = self.files_of.get(&item.uuid).into_iter().flatten();
        // The time at which the user changed it, rather than the server.
        let updated = app["client_updated_at"].as_str();
        let text = content.text.unwrap_or_default();
        let text = match content.note_type.as_deref() {
            Some("super") => lexical::to_markdown(&text).unwrap_or(text),
            Some("rich-text") => html::to_markdown(&text, &[]),
            _ => text,
        };
        Ok(ForeignNote {
            title: content.title.unwrap_or_default(),
            content: text,
            tags: tags.into_iter().chain(marks).collect(),
            attachments: files.take(MOST_NAMES).cloned().collect(),
            created: parse_date(item.created_at.as_deref())?,
            updated: parse_date(updated.or(item.updated_at.as_deref()))?,
            identity: item.uuid,
            ..ForeignNote::default()
        })
    }
}
