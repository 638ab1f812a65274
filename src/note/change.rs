//! A change of one note: the raw form before it and after it, and its effect. No I/O.

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

/// The effect of a change on a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Added,
    Changed,
    Deleted,
}

impl ChangeKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
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

    pub(crate) fn kind(&self) -> ChangeKind {
        if self.before.is_nothing() {
            ChangeKind::Added
        } else if self.after.is_nothing() {
            ChangeKind::Deleted
        } else {
            ChangeKind::Changed
        }
    }

    /// Returns the note as it is after the change, or, if it was deleted, as it was.
    pub(crate) fn touched(&self) -> (Note, ChangeKind) {
        let kind = self.kind();
        let note = match kind {
            ChangeKind::Deleted => &self.before,
            ChangeKind::Added | ChangeKind::Changed => &self.after,
        };
        (note.to_note(&self.id), kind)
    }
}
