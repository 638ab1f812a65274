//! The note: the one type that the store, the commands and the HTTP API share.
//!
//! It knows nothing of Redis, terminals or HTTP.
//!
//! - `raw`: a note byte for byte · `change`: a note before and after a change · `changes`: many of them
//! - `new_text`: the text that a note gets · `edit`: how that is made of the old one
//! - `etag`: the digest by which a change is noticed
//! - `text`: title and content as one text · `merge`: two changes of one text
//! - `tag`, `link`, `task`: the tags, links and tasks in it · `markdown`: its code

mod change;
mod changes;
pub(crate) mod edit;
pub(crate) mod etag;
pub(crate) mod link;
mod markdown;
pub(crate) mod merge;
mod new_text;
mod raw;
pub(crate) mod tag;
pub(crate) mod task;
pub(crate) mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use uuid::Uuid;

pub(crate) use self::change::{ChangeKind, NoteChange};
#[cfg(test)]
pub(crate) use self::changes::MOST_IN_MEMORY;
pub(crate) use self::changes::{Changes, TemporaryFileError};
pub(crate) use self::new_text::{NewText, Unfit, refuse_altered};
pub(crate) use self::raw::{JsonBytes, RawNote};
use crate::unicode::nfc;

/// The namespace of the ids that [`Note::named`] makes.
const NAMED: Uuid = Uuid::from_u128(0x9f0c_5a3e_41d7_4b6c_8e52_7a60_d1b3_94fe);

/// The names of the five fields every note is meant to have, in the order in which they are shown.
pub(crate) const FIELDS: [&str; 5] = ["id", "title", "content", "created_at", "updated_at"];

/// A note as Redis holds it.
///
/// A field that another program left out is `None`; fields that it added are in `other`. Times are the
/// stored text, so that a note is written back as it was read. Serialized, it is the object of the HTTP
/// API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Note {
    /// The id by which the note is found: the part of its key after `note:`.
    pub id: String,
    /// One line of text; other writers may have put more than one in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text below the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The time of its creation: see [`timestamp`](crate::timestamp).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// The time of its last change: see [`timestamp`](crate::timestamp).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The fields of other writers.
    #[serde(flatten)]
    pub other: BTreeMap<String, String>,
    /// The names of the fields whose stored bytes are not UTF-8. Their text here differs from the stored
    /// bytes, and must not be written back.
    #[serde(skip)]
    pub altered: BTreeSet<String>,
}

impl Note {
    /// Makes a new note with a random id, made and changed at `now` (see [`timestamp`](crate::timestamp)).
    pub(crate) fn new(title: String, content: String, now: &str) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            title: Some(title),
            content: Some(content),
            created_at: Some(now.to_owned()),
            updated_at: Some(now.to_owned()),
            ..Self::default()
        }
    }

    /// Makes the new note that is found by its title: the id comes from the title, so that two who make
    /// it at once make the same note.
    pub(crate) fn named(title: String, now: &str) -> Self {
        let id = Uuid::new_v5(&NAMED, nfc(&title).as_bytes()).to_string();
        Self {
            id,
            ..Self::new(title, String::new(), now)
        }
    }

    /// Returns the title, or an empty text.
    pub(crate) fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_default()
    }

    /// Returns the title as people read it: see [`text::heading`].
    pub(crate) fn heading(&self) -> &str {
        text::heading(self.title())
    }

    /// Returns the content, or an empty text.
    pub(crate) fn content(&self) -> &str {
        self.content.as_deref().unwrap_or_default()
    }

    /// Returns a field, one of the five or another writer's.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        match name {
            "id" => Some(&self.id),
            "title" => self.title.as_deref(),
            "content" => self.content.as_deref(),
            "created_at" => self.created_at.as_deref(),
            "updated_at" => self.updated_at.as_deref(),
            other => self.other.get(other).map(String::as_str),
        }
    }

    /// Sets a field. The id comes from the key and cannot be set.
    pub(crate) fn set_field(&mut self, name: &str, value: String) {
        match name {
            "id" => {}
            "title" => self.title = Some(value),
            "content" => self.content = Some(value),
            "created_at" => self.created_at = Some(value),
            "updated_at" => self.updated_at = Some(value),
            other => {
                self.other.insert(other.to_owned(), value);
            }
        }
    }

    /// Returns the size of all names and values, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.fields()
            .map(|(name, value)| name.len() + value.len())
            .sum()
    }

    /// Returns the fields that the note has: the five first, then those of other writers by name.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let other = self.other.keys().map(String::as_str);
        let names = FIELDS.into_iter().chain(other);
        names.filter_map(|name| Some((name, self.field(name)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serializes_as_a_flat_object_without_the_fields_it_lacks() {
        let mut note = Note {
            id: "a".into(),
            title: Some("T".into()),
            ..Note::default()
        };
        note.set_field("tags", "x,y".into());
        assert_eq!(
            serde_json::to_string(&note).unwrap(),
            r#"{"id":"a","title":"T","tags":"x,y"}"#
        );
        let fields: Vec<_> = note.fields().collect();
        assert_eq!(fields, [("id", "a"), ("title", "T"), ("tags", "x,y")]);
    }

    #[test]
    fn a_new_note_has_a_random_version_4_id_and_one_time() {
        let note = Note::new("T".into(), String::new(), "2024-01-15T10:30:00+00:00");
        let id = Uuid::parse_str(&note.id).unwrap();
        assert_eq!(id.get_version_num(), 4);
        assert_eq!(note.id, id.to_string());
        assert_eq!(note.created_at, note.updated_at);
        assert_eq!(note.content.as_deref(), Some(""));
    }
}
