//! The store with its journal: the one way in which commands and the HTTP API change notes.
//!
//! The journal is written ahead: an entry with what Redis holds and what the change will leave goes
//! to the file before the change goes to Redis. So a process that is killed at any moment leaves
//! either no change, or one that can be undone. What is then known to have failed is cancelled in the
//! journal; what may or may not have happened stays, since an undo looks at Redis anyway. Without a
//! journal the changes are the same.

use std::time::{Duration, Instant};

use super::{Error, Store, count_at_once};
use crate::journal::{Journal, Recorded, Step};
use crate::note::{Note, NoteChange, RawNote};

/// How long a change that fits whatever the note holds is tried again on a note that others change
/// at the same time.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

/// The notes, for one who changes them.
pub(crate) struct JournaledStore<'a> {
    pub(crate) store: &'a mut Store,
    pub(super) journal: Option<&'a Journal>,
    by: &'a str,
    now: String,
}

/// New text for a note; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) content: Option<String>,
}

/// What must still hold for an update to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Basis<'a> {
    Presence,
    /// That its title and content are still those of this note, as it was read.
    Unchanged(&'a Note),
    /// That its hash is still this, to the last byte; the set of ids does not count.
    Exactly(&'a RawNote),
}

/// What came of changes that were recorded as one step.
pub(crate) struct Outcome {
    pub(crate) recorded: Option<Recorded>,
    /// How many of the changes were made, from the first on.
    pub(crate) made: usize,
    pub(crate) result: Result<(), Error>,
}

impl<'a> JournaledStore<'a> {
    /// For a change by the command `by` (`add`, `serve PUT`) at `now`, which is a time as a note
    /// carries it. What cannot be recorded is left for [`Journal::fault`].
    pub(crate) fn new(
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

    /// Stores a new note: its hash and its id in the set, both or neither.
    pub(crate) fn create(&mut self, note: &Note) -> Result<(), Error> {
        let change = NoteChange::creation(note);
        self.record(None, &[change], |store, _| store.create(note))
            .result
    }

    /// Changes a note, and returns it as it is then. `updated_at` is set to the time of the change.
    ///
    /// Fails with [`Error::Vanished`] if the note is not there: it never comes back to life. Fails
    /// with [`Error::Conflict`] if the basis does not hold. Nothing is written then. Where another
    /// writer was faster it is tried again as long as the basis allows it.
    pub(crate) fn update(
        &mut self,
        id: &str,
        change: &Change,
        basis: Basis<'_>,
    ) -> Result<Note, Error> {
        let now = self.now.clone();
        let mut made = Vec::new();
        self.replace(&[id], &mut made, |id, found| {
            let before = found?;
            basis.check(id, &before)?;
            let after = change.applied(&before, &now);
            Ok((before, after))
        })?;
        Ok(made.pop().unwrap_or_default().after.into_note(id))
    }

    /// Changes notes as one step, each as `wish` wants it for what the note is; returns the notes as
    /// they are then, in their order, and whether each was changed.
    ///
    /// Fails with [`Error::Vanished`] if one is not there. Where another writer was faster it is
    /// tried again.
    pub(crate) fn update_each<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        mut wish: impl FnMut(&Note) -> Result<Change, Error>,
    ) -> Result<Vec<(Note, bool)>, Error> {
        let now = self.now.clone();
        let mut made = Vec::new();
        self.replace(ids, &mut made, |id, found| {
            let before = found?;
            Basis::Presence.check(id, &before)?;
            let change = wish(&before.to_note(id))?;
            let is_none = change == Change::default();
            let after = if is_none {
                before.clone()
            } else {
                change.applied(&before, &now)
            };
            Ok((before, after))
        })?;
        let notes = made.into_iter().map(|change| {
            let is_changed = change.before != change.after;
            (change.after.into_note(&change.id), is_changed)
        });
        Ok(notes.collect())
    }

    /// Deletes notes, the hash and the id in the set together, and says for each id what was there.
    ///
    /// Fails with [`Error::WrongType`], and deletes nothing, if one of the keys holds something other
    /// than a note, which could not be brought back. Of more than [`store::BATCH`](crate::store::BATCH) notes
    /// some may be gone when it fails.
    pub(crate) fn delete<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<RawNote>, Error> {
        let mut made = Vec::new();
        self.replace(ids, &mut made, |_, found| Ok((found?, RawNote::default())))?;
        Ok(made.into_iter().map(|change| change.before).collect())
    }

    /// Has `new` make of what is found under each id what is to be replaced and what by, and does so as
    /// one step of the journal. What was done is added to `done`, in the order of the ids; an error
    /// that ends it does not undo it.
    ///
    /// What another writer changes meanwhile is read and made again, and is a step of its own then.
    pub(crate) fn replace<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        done: &mut Vec<NoteChange>,
        mut new: impl FnMut(&str, Result<RawNote, Error>) -> Result<(RawNote, RawNote), Error>,
    ) -> Result<(), Error> {
        let until = Instant::now() + RETRY_TIMEOUT;
        while let Some(rest @ [_, ..]) = ids.get(done.len()..) {
            let mut all = Vec::with_capacity(rest.len());
            for (id, found) in rest.iter().zip(self.store.each_raw_note(rest)?) {
                let id = id.as_ref().to_owned();
                let (before, after) = new(&id, found)?;
                all.push(NoteChange { id, before, after });
            }
            let changes = all.iter().filter(|change| change.before != change.after);
            let changes: Vec<NoteChange> = changes.cloned().collect();
            let Outcome { made, result, .. } = self.apply(None, &changes, |_| {});
            let unmade = changes.get(made).map(|change| change.id.as_str());
            let all = all.into_iter();
            done.extend(all.take_while(|change| Some(change.id.as_str()) != unmade));
            match result {
                Err(Error::Conflict { .. } | Error::Vanished { .. }) if Instant::now() < until => {}
                result => result?,
            }
        }
        Ok(())
    }

    /// Deletes a note if Redis still holds exactly this under its id, or else fails with
    /// [`Error::Conflict`].
    pub(crate) fn delete_exactly(&mut self, id: &str, note: &RawNote) -> Result<(), Error> {
        let change = NoteChange {
            id: id.to_owned(),
            before: note.clone(),
            after: RawNote::default(),
        };
        self.apply(None, &[change], |_| {}).result
    }

    /// Makes changes as one step of the journal, each part that [`count_at_once`] counts wholly or
    /// not at all, and tells after each how many are made. `undoes` is the step that they undo.
    pub(crate) fn apply(
        &mut self,
        undoes: Option<u64>,
        changes: &[NoteChange],
        mut tell: impl FnMut(usize),
    ) -> Outcome {
        let mut made = 0;
        self.record(undoes, changes, |store, part| {
            store.swap(part)?;
            made += part.len();
            tell(made);
            Ok(())
        })
    }

    /// Records changes, makes them part by part, and tells the journal what became of them.
    fn record(
        &mut self,
        undoes: Option<u64>,
        changes: &[NoteChange],
        mut make: impl FnMut(&mut Store, &[NoteChange]) -> Result<(), Error>,
    ) -> Outcome {
        let step = Step {
            number: 0,
            at: self.now.as_str().into(),
            by: self.by.into(),
            server: self.store.server_name().into(),
            undoes,
            notes: changes.into(),
        };
        let journal = self.journal.filter(|_| !changes.is_empty());
        let recorded = journal.and_then(|journal| journal.record(step));
        let (mut done, mut tried) = (0, 0);
        let mut result = Ok(());
        while let Some(rest @ [_, ..]) = changes.get(done..) {
            tried = count_at_once(rest);
            result = make(self.store, rest.get(..tried).unwrap_or(rest));
            if result.is_err() {
                break;
            }
            done += tried;
        }
        if let (Some(journal), Some(recorded)) = (self.journal, &recorded) {
            let in_doubt = result.as_ref().is_err_and(Error::in_doubt);
            // What may have been made stays in the journal with what was made.
            let kept = done + if in_doubt { tried } else { 0 };
            match changes.get(..kept) {
                Some([]) => journal.cancel(recorded.step),
                Some(kept) if kept.len() < changes.len() => journal.correct(recorded.step, kept),
                _ => {}
            }
            if kept > 0 {
                journal.confirm(recorded);
            }
        }
        Outcome {
            recorded,
            made: done,
            result,
        }
    }
}

impl Change {
    fn applied(&self, note: &RawNote, now: &str) -> RawNote {
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

impl Basis<'_> {
    /// Whether the note, as Redis holds it, is one that may be changed.
    fn check(self, id: &str, found: &RawNote) -> Result<(), Error> {
        let id = id.to_owned();
        if !found.has_hash() {
            return Err(Error::Vanished { id });
        }
        let holds = match self {
            Self::Presence => true,
            Self::Unchanged(read) => ["title", "content"]
                .into_iter()
                // What is stored there is not what was read as text, so it cannot be compared.
                .filter(|field| !read.altered.contains(*field))
                .all(|field| found.field(field) == read.field(field).map(str::as_bytes)),
            Self::Exactly(read) => found.has_same_hash(read),
        };
        holds.then_some(()).ok_or(Error::Conflict { id })
    }
}
