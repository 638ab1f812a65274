//! New text for a note, and why a note cannot get it. No I/O.

use super::edit::{Edit, EditError};
use super::text::quoted;
use super::{Note, RawNote};
use crate::exit::Exit;
use crate::input::LARGEST_NOTE;

/// New text for a note; a field that is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NewText {
    pub(crate) title: Option<String>,
    pub(crate) content: Option<String>,
}

/// An edit that does not fit the note as it is.
#[derive(Debug, thiserror::Error)]
#[error("{}; nothing was written", cause.message_about(&quoted(id)))]
pub(crate) struct Unfit {
    pub(crate) id: String,
    pub(crate) cause: EditError,
}

impl Unfit {
    /// Returns the exit code of a run that fails with this.
    pub(crate) fn exit(&self) -> Exit {
        match self.cause {
            EditError::TooLarge | EditError::NothingToReplace | EditError::BlankTitle => {
                Exit::Usage
            }
            EditError::NotText { .. } => Exit::Failed,
            EditError::Task(_) | EditError::NotOnce { .. } | EditError::NotThere { .. } => {
                Exit::Conflict
            }
        }
    }
}

impl NewText {
    /// Returns the text that an edit makes of that of a note.
    pub(crate) fn from_edit(edit: &Edit, note: &Note) -> Result<Self, Unfit> {
        if edit.needs_content() {
            refuse_altered(note, "content")?;
        }
        if edit.needs_title() {
            refuse_altered(note, "title")?;
        }
        let new = edit.apply(note.title(), note.content());
        let new = new.map_err(|cause| unfit(note, cause))?;
        let has_title = edit.title.is_some() || edit.needs_title();
        let has_content = edit.content.is_some() || edit.needs_content();
        let title = has_title.then_some(new.title);
        Self::from_texts(title, has_content.then_some(new.content), note)
    }

    /// Returns the text after which the note has this title and this content; `None` leaves one as it
    /// is.
    pub(crate) fn from_texts(
        title: Option<String>,
        content: Option<String>,
        note: &Note,
    ) -> Result<Self, Unfit> {
        let new = Self {
            title: title.filter(|title| differs(note, "title", title)),
            content: content.filter(|content| differs(note, "content", content)),
        };
        let mut size = note.size();
        if let Some(title) = &new.title {
            size = size - note.title().len() + title.len();
        }
        if let Some(content) = &new.content {
            size = size - note.content().len() + content.len();
        }
        // A note that is too large already may shrink.
        if size > LARGEST_NOTE && size > note.size() {
            return Err(unfit(note, EditError::TooLarge));
        }
        Ok(new)
    }

    /// Returns the note with this text, as changed at `now`.
    pub(crate) fn applied(&self, note: &RawNote, now: &str) -> RawNote {
        let mut note = note.clone();
        for (name, value) in [("title", &self.title), ("content", &self.content)] {
            if let Some(value) = value {
                note.set(name, value);
            }
        }
        note.set("updated_at", now);
        note
    }
}

fn differs(note: &Note, field: &str, value: &str) -> bool {
    note.field(field) != Some(value) || note.altered.contains(field)
}

/// Fails if the field is not UTF-8: writing back what was shown would alter it.
pub(crate) fn refuse_altered(note: &Note, field: &'static str) -> Result<(), Unfit> {
    if note.altered.contains(field) {
        return Err(unfit(note, EditError::NotText { field }));
    }
    Ok(())
}

fn unfit(note: &Note, cause: EditError) -> Unfit {
    let id = note.id.clone();
    Unfit { id, cause }
}
