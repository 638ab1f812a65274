//! A change of one note: the raw form before it and after it. No I/O.

use serde::{Deserialize, Serialize};

use super::Note;
use super::raw::{RawNote, or_null};

/// A change of a note. It is made only if Redis holds exactly `before`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoteChange {
    pub(crate) id: String,
    #[serde(with = "or_null")]
    pub(crate) before: RawNote,
    #[serde(with = "or_null")]
    pub(crate) after: RawNote,
}

impl NoteChange {
    /// Returns the change that stores a new note.
    pub(crate) fn creation(note: &Note) -> Self {
        Self {
            id: note.id.clone(),
            before: RawNote::default(),
            after: RawNote::from_note(note),
        }
    }
}
