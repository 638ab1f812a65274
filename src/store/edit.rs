//! Changes the text of notes as one step, each note as it is at that moment.

use super::{Basis, Error, JournaledStore};
use crate::note::{NewText, Note, RawNote};

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
        mut wish: impl FnMut(&Note) -> Result<NewText, Error>,
    ) -> Result<Vec<(Note, Edited)>, Error> {
        let now = self.now.clone();
        let mut made = Vec::with_capacity(ids.len());
        self.replace(ids, None, &mut made, |id, found| {
            let before = found?;
            let new = new.iter().find(|note| note.id == id);
            let after = if let Some(note) = new.filter(|_| !before.has_hash()) {
                let mut made = RawNote::from_note(note);
                made.set("created_at", &now);
                wish(note)?.applied(&made, &now)
            } else {
                Basis::Presence.check(id, &before)?;
                let new = wish(&before.to_note(id))?;
                if new == NewText::default() {
                    before.clone()
                } else {
                    new.applied(&before, &now)
                }
            };
            Ok((before, after))
        })?;
        let notes = made.into_iter().map(|change| {
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
