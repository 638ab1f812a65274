//! The notes and the journal together: the one place where a change is made and recorded.
//!
//! The journal is written ahead: an entry with what Redis holds and what the change will leave goes
//! to the file before the change goes to Redis. So a process that is killed at any moment leaves
//! either no change, or one that can be taken back. What is then known to have failed is cancelled in
//! the journal; what may or may not have happened stays, since an undo looks at Redis anyway.
//!
//! Every operation is that of the [`Store`] with the same guarantees. Without a journal it is nothing
//! else.

mod mending;
#[cfg(test)]
mod tests;
mod undo;

use std::time::{Duration, Instant};

pub use self::undo::{Meanwhile, Rehearsal, UndoError, Undone, Which};
use crate::journal::{Entry, Journal, NoteChange, Recorded};
use crate::note::Note;
use crate::store::RawNote;
use crate::store::{Basis, Change, DELETED_AT_ONCE, Deleted, Error, Restoration, Store};

/// How long a change that fits whatever the note holds is tried again on a note that others change
/// at the same time.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

/// The notes, for one who changes them.
pub struct Notebook<'a> {
    store: &'a mut Store,
    journal: Option<&'a Journal>,
    by: &'a str,
    now: String,
}

impl<'a> Notebook<'a> {
    /// A notebook for a change by the command `by` (`add`, `serve PUT`) at `now`, which is a time as
    /// a note carries it. What cannot be recorded is left for [`Journal::fault`].
    pub fn new(
        store: &'a mut Store,
        journal: Option<&'a Journal>,
        by: &'a str,
        now: impl Into<String>,
    ) -> Self {
        Self {
            store,
            journal,
            by,
            now: now.into(),
        }
    }

    /// Stores a new note: see [`Store::create`].
    pub fn create(&mut self, note: &Note) -> Result<(), Error> {
        let step = self.record(|| {
            vec![NoteChange {
                id: note.id.clone(),
                before: RawNote::default(),
                after: RawNote::of_new(note),
            }]
        });
        let created = self.store.create(note);
        self.settle(step, created)
    }

    /// Changes a note: see [`Store::update`]. `updated_at` is set to the notebook's time.
    ///
    /// With a journal the note is compared to the byte with what was recorded as its state before,
    /// and if another writer was faster it is tried again as long as the basis allows it.
    pub fn update(&mut self, id: &str, change: &Change, basis: Basis<'_>) -> Result<Note, Error> {
        if self.journal.is_none() {
            return self.store.update(id, change, basis, &self.now);
        }
        let until = Instant::now() + RETRY_TIMEOUT;
        loop {
            let before = self.store.images(&[id])?.pop().unwrap_or_default();
            check(id, &before, basis)?;
            let mut after = before.clone();
            for (name, value) in change.fields(&self.now) {
                after.set(name, value);
            }
            let notes = [NoteChange {
                id: id.to_owned(),
                before,
                after,
            }];
            let step = self.enter(None, &notes);
            let [NoteChange { before, .. }] = &notes;
            let updated = self
                .store
                .update(id, change, Basis::Exactly(before), &self.now);
            match self.settle(step, updated) {
                Err(Error::Conflict { .. }) if Instant::now() < until => {}
                updated => return updated,
            }
        }
    }

    /// Deletes notes: see [`Store::delete`]. They are one step of the journal.
    ///
    /// With a journal it fails with [`Error::WrongType`], and deletes nothing, if one of the keys
    /// holds something other than a note, which could not be brought back.
    pub fn delete<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Deleted>, Error> {
        if self.journal.is_none() {
            return self.store.delete(ids);
        }
        let expected = deletions(ids, self.store.images(ids)?);
        self.delete_expecting(ids, &expected)
    }

    /// Deletes a note if Redis still holds exactly this under its id. Fails with
    /// [`Error::Conflict`], and deletes nothing, if it does not.
    pub fn delete_exactly(&mut self, id: &str, image: &RawNote) -> Result<(), Error> {
        let gone = RawNote::default();
        let step = self.record(|| {
            vec![NoteChange {
                id: id.to_owned(),
                before: image.clone(),
                after: gone.clone(),
            }]
        });
        let deleted = self.store.restore(&[Restoration {
            id,
            expected: image,
            target: &gone,
        }]);
        self.settle(step, deleted)
    }

    /// The notes, for one who reads them.
    pub fn store(&mut self) -> &mut Store {
        self.store
    }

    fn delete_expecting<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        expected: &[NoteChange],
    ) -> Result<Vec<Deleted>, Error> {
        let step = if expected.is_empty() {
            None
        } else {
            self.enter(None, expected)
        };
        let removed = match self.store.remove(ids) {
            Ok(removed) => removed,
            // The notes of an earlier transaction are gone.
            Err(error) if ids.len() > DELETED_AT_ONCE => {
                return self.settle(step, Ok(())).and(Err(error));
            }
            Err(error) => return self.settle(step, Err(error)),
        };
        let (images, deleted): (Vec<_>, Vec<_>) = removed
            .into_iter()
            .map(|removed| (removed.image, removed.deleted))
            .unzip();
        let found = deletions(ids, images);
        if found != expected {
            self.amend(step.as_ref(), &found);
        }
        self.settle(step, Ok(deleted))
    }

    /// Records what was really deleted, where others changed or deleted notes after we looked.
    fn amend(&self, step: Option<&Recorded>, found: &[NoteChange]) {
        match (self.journal, step) {
            (Some(journal), Some(step)) if found.is_empty() => journal.cancel(step.step),
            (Some(journal), Some(step)) => journal.correct(step.step, found),
            _ => {
                self.enter(None, found);
            }
        }
    }

    /// Records notes that are made only if there is a journal.
    fn record(&self, notes: impl FnOnce() -> Vec<NoteChange>) -> Option<Recorded> {
        self.journal.and_then(|_| self.enter(None, &notes()))
    }

    fn enter(&self, undoes: Option<u64>, notes: &[NoteChange]) -> Option<Recorded> {
        self.journal?.record(&Entry {
            at: &self.now,
            by: self.by,
            server: self.store.server_name(),
            undoes,
            notes,
        })
    }

    /// Has a step that was made on the disk, and cancels one of which it is certain that it was not.
    fn settle<T>(&self, step: Option<Recorded>, result: Result<T, Error>) -> Result<T, Error> {
        if let (Some(journal), Some(step)) = (self.journal, step) {
            match &result {
                Err(error) if error.changed_nothing() => journal.cancel(step.step),
                _ => journal.confirm(&step),
            }
        }
        result
    }
}

/// Whether a note, as Redis holds it, is one that the basis allows to change.
fn check(id: &str, image: &RawNote, basis: Basis<'_>) -> Result<(), Error> {
    let id = id.to_owned();
    if !image.has_hash() {
        return Err(Error::Vanished { id });
    }
    let holds = match basis {
        Basis::Presence => true,
        Basis::Unchanged(read) => ["title", "content"]
            .into_iter()
            .filter(|field| !read.altered.contains(*field))
            .all(|field| image.field(field) == read.field(field).map(str::as_bytes)),
        Basis::Exactly(read) => {
            let listed = image.listed;
            let fields = read.fields.clone();
            *image == RawNote { listed, fields }
        }
    };
    if holds {
        Ok(())
    } else {
        Err(Error::Conflict { id })
    }
}

/// The deletions of those that are there.
fn deletions<S: AsRef<str>>(ids: &[S], images: Vec<RawNote>) -> Vec<NoteChange> {
    ids.iter()
        .zip(images)
        .filter(|(_, image)| !image.is_nothing())
        .map(|(id, before)| NoteChange {
            id: id.as_ref().to_owned(),
            before,
            after: RawNote::default(),
        })
        .collect()
}
