//! Simplenote's export: the file `source/notes.json` of its archive.

use std::io::Read;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::document::{Document, Item, parse_date, read_document};
use super::{ForeignNote, marks};
use crate::transfer::{Entries, Unread};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export<'t> {
    #[serde(borrow)]
    active_notes: Vec<&'t RawValue>,
    #[serde(default)]
    trashed_notes: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportedNote {
    id: String,
    content: String,
    creation_date: Option<String>,
    last_modified: Option<String>,
    tags: Option<Vec<String>>,
    pinned: Option<bool>,
}

/// Reads the notes of an export.
pub(in crate::transfer) fn entries<'a>(input: impl Read) -> Result<Entries<'a>, Unread> {
    read_document("simplenote", input, |text| {
        let export: Export<'_> = serde_json::from_str(text)?;
        let read = |note: &str| parse_note(note).map(Item::from);
        Ok(Document {
            trashed: export.trashed_notes.len(),
            ..Document::new(export.active_notes, read)
        })
    })
}

fn parse_note(text: &str) -> Result<ForeignNote, Unread> {
    let note: ExportedNote = serde_json::from_str(text)?;
    let pinned = marks([(note.pinned, "pinned")]);
    Ok(ForeignNote {
        identity: note.id,
        // The export writes the note's line feeds as CR LF.
        content: note.content.replace("\r\n", "\n"),
        tags: note.tags.into_iter().flatten().chain(pinned).collect(),
        created: parse_date(note.creation_date.as_deref())?,
        updated: parse_date(note.last_modified.as_deref())?,
        ..ForeignNote::default()
    })
}
