//! The change that gives a note its new text, and the outcome of an edit.

use crate::input::LARGEST_NOTE;
use crate::note::Note;
use crate::store::{Change, Error};

/// A note after an edit.
pub(super) struct Edited {
    pub(super) note: Note,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Changed,
    Merged,
    Unchanged,
}

impl Outcome {
    /// Returns the words that go before the name of the note.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Merged => "changed, and merged with another change:",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Returns the change after which the note has this title and this content; `None` leaves one as it
/// is.
pub(super) fn change_to(
    title: Option<String>,
    content: Option<String>,
    note: &Note,
) -> Result<Change, Error> {
    let change = Change {
        title: title.filter(|title| differs(note, "title", title)),
        content: content.filter(|content| differs(note, "content", content)),
    };
    let mut size = note.size();
    if let Some(title) = &change.title {
        size = size - note.title().len() + title.len();
    }
    if let Some(content) = &change.content {
        size = size - note.content().len() + content.len();
    }
    // A note that is too large already may shrink.
    if size > LARGEST_NOTE && size > note.size() {
        let id = note.id.clone();
        return Err(Error::TooLarge { id });
    }
    Ok(change)
}

fn differs(note: &Note, field: &str, value: &str) -> bool {
    note.field(field) != Some(value) || note.altered.contains(field)
}

/// Fails if the field is not UTF-8: writing back what was shown would alter it.
pub(super) fn refuse_altered(note: &Note, field: &str) -> Result<(), Error> {
    if note.altered.contains(field) {
        return Err(Error::NotText {
            id: note.id.clone(),
            field: field.to_owned(),
        });
    }
    Ok(())
}
