//! The results of the tools. The doc comments are what an agent reads of them.

use std::collections::BTreeMap;

use rmcp::schemars::{self, JsonSchema};
use serde::Serialize;

use super::schema::plain;
use crate::note::etag::entity_tag;
use crate::note::{Note, tag};

/// The most characters of a title or an id in a list.
const SHOWN: usize = 200;

/// The most tags of one note in a list.
const TAGS: usize = 50;

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = plain)]
pub(super) struct Found {
    pub(super) notes: Vec<Head>,
    /// How many further notes there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) more: Option<usize>,
    /// The `cursor` with which the next call goes on; absent after the last note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// A note without its content.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = plain)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) tags: Vec<String>,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    /// The length of the content in bytes.
    pub(super) size: usize,
    pub(super) etag: String,
    /// Lines of the content that match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = plain)]
pub(super) struct Whole {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) content: String,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    /// Fields that other programs added.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) other_fields: BTreeMap<String, String>,
    /// The condition of a change: it stands for the note as it is now.
    pub(super) etag: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    Added,
    Changed,
    Unchanged,
    Deleted,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = plain)]
pub(super) struct Changed {
    pub(super) action: Action,
    pub(super) id: String,
    pub(super) title: String,
    /// The condition of the next change; absent if the note was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    /// The number by which `undo` takes this back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<u64>,
    /// Something to tell the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) warning: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = plain)]
pub(super) struct Undone {
    /// The step that was undone.
    pub(super) step: u64,
    /// The tool that had made it.
    pub(super) by: String,
    /// The number by which `undo` makes the change again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) redo: Option<u64>,
    /// The notes as they are now; empty if nothing had to change.
    pub(super) notes: Vec<Restored>,
    /// Something to tell the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) warning: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = plain)]
pub(super) struct Restored {
    /// `added` is a note that is back, `deleted` one that is gone again.
    pub(super) action: Action,
    pub(super) id: String,
    pub(super) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
}

impl Head {
    pub(super) fn new(note: &Note, lines: Vec<String>) -> Self {
        let tags = tag::of_note(note.title(), note.content());
        Self {
            id: cut(&note.id, SHOWN),
            title: cut(note.title(), SHOWN),
            tags: tags.iter().take(TAGS).map(|tag| cut(tag, SHOWN)).collect(),
            created_at: cut(note.created_at.as_deref().unwrap_or_default(), SHOWN),
            updated_at: cut(note.updated_at.as_deref().unwrap_or_default(), SHOWN),
            size: note.content().len(),
            etag: etag(note),
            lines,
        }
    }
}

impl From<Note> for Whole {
    fn from(note: Note) -> Self {
        Self {
            etag: etag(&note),
            id: note.id,
            title: note.title.unwrap_or_default(),
            content: note.content.unwrap_or_default(),
            created_at: note.created_at.unwrap_or_default(),
            updated_at: note.updated_at.unwrap_or_default(),
            other_fields: note.other,
        }
    }
}

/// Returns what stands between the quotes of the entity tag of a note, which an agent need not escape.
pub(super) fn etag(note: &Note) -> String {
    let json = serde_json::to_vec(note);
    let json = json.expect("strings and maps with text keys always serialize");
    entity_tag(&json).trim_matches('"').to_owned()
}

/// Returns the beginning of a text, with `…` if it is longer.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
