//! Changes the text of notes as one step, each note as it is at that moment.

use super::journaled::{Change, JournaledStore};
use super::{Basis, Error};
use crate::input::LARGEST_NOTE;
use crate::note::edit::{Edit, EditError};
use crate::note::{Note, RawNote};

/// The outcome of an edit for one note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edited {
    Added,
    Changed,
    Unchanged,
}

impl JournaledStore<'_> {
    /// Changes notes as one step, each as `wish` wants it for what the note is; returns the notes as
    /// they are then, in their order. A note of `new` is made if there is none under its id, which `ids`
    /// have too.
    ///
    /// Fails with [`Error::Vanished`] if another note is not there. If another writer was faster, it
    /// retries.
    pub(crate) fn update_each<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        new: &[Note],
        mut wish: impl FnMut(&Note) -> Result<Change, Error>,
    ) -> Result<Vec<(Note, Edited)>, Error> {
        let now = self.now.clone();
        let replaced = self.replace(ids, None, |id, found| {
            let before = found?;
            let new = new.iter().find(|note| note.id == id);
            let after = if let Some(note) = new.filter(|_| !before.has_hash()) {
                let mut made = RawNote::from_note(note);
                made.set("created_at", &now);
                wish(note)?.applied(&made, &now)
            } else {
                Basis::Presence.check(id, &before)?;
                let change = wish(&before.to_note(id))?;
                if change == Change::default() {
                    before.clone()
                } else {
                    change.applied(&before, &now)
                }
            };
            Ok((before, after))
        });
        replaced.result?;
        let notes = replaced.made.into_iter().map(|change| {
            let edited = if !change.before.has_hash() {
                Edited::Added
            } else if change.before == change.after {
                Edited::Unchanged
            } else {
                Edited::Changed
            };
            (change.after.into_note(&change.id), edited)
        });
        Ok(notes.collect())
    }
}

/// Returns the change that an edit makes of a note.
pub(crate) fn change_by(edit: &Edit, note: &Note) -> Result<Change, Error> {
    if edit.needs_content() {
        refuse_altered(note, "content")?;
    }
    if edit.needs_title() {
        refuse_altered(note, "title")?;
    }
    let new = edit.apply(note.title(), note.content());
    let new = new.map_err(|error| match error {
        EditError::TooLarge => Error::TooLarge {
            id: note.id.clone(),
        },
        cause => Error::Unfit {
            id: note.id.clone(),
            cause,
        },
    })?;
    let has_title = edit.title.is_some() || edit.needs_title();
    let has_content = edit.content.is_some() || edit.needs_content();
    let title = has_title.then_some(new.title);
    change_to(title, has_content.then_some(new.content), note)
}

/// Returns the change after which the note has this title and this content; `None` leaves one as it
/// is.
pub(crate) fn change_to(
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
pub(crate) fn refuse_altered(note: &Note, field: &str) -> Result<(), Error> {
    if note.altered.contains(field) {
        return Err(Error::NotText {
            id: note.id.clone(),
            field: field.to_owned(),
        });
    }
    Ok(())
}
