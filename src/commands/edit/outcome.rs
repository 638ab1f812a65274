//! The outcome of an edit.

use crate::note::Note;

/// A note after an edit.
pub(super) struct Edited {
    pub(super) note: Note,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Added,
    Changed,
    Merged,
    Unchanged,
}

impl Outcome {
    /// Returns the words that go before the name of the note.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Merged => "changed, and merged with another change:",
            Self::Unchanged => "unchanged",
        }
    }
}
