//! The store with its journal: commands and the HTTP API change notes through it alone.
//!
//! The journal is written ahead: an entry with the notes before and after the change goes to the file
//! before the change goes to Redis. So a process that is killed at any moment leaves either no change,
//! or one that can be undone. A change that failed is cancelled in the journal. One in doubt stays,
//! since an undo compares with Redis anyway. Without a journal the changes are the same.
//!
//! Three floors: the verbs (`update`, `delete`, ...), `replace`, which reads and retries, and `apply`,
//! which records and swaps.

use std::time::{Duration, Instant};

use super::swap::parts;
use super::{Error, Store};
use crate::journal::{Journal, Recorded, Step};
use crate::note::{NewText, Note, NoteChange, RawNote};

/// The time to retry after conflicts.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

/// A store that records each change in the journal.
pub(crate) struct JournaledStore<'a> {
    pub(super) store: &'a mut Store,
    pub(super) journal: Option<&'a Journal>,
    by: &'a str,
    pub(super) now: String,
    last_step: Option<u64>,
}

/// The condition of an update.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Basis<'a> {
    /// The note is there.
    Presence,
    /// The note is there. It was just read as this, so the update need not read it again.
    JustRead(&'a RawNote),
    /// Its title and content are those of this note, as it was read.
    Unchanged(&'a Note),
    /// Its hash is this one, to the last byte; the set of ids does not count.
    Exactly(&'a RawNote),
}

/// The result of changes that were recorded as one step.
pub(crate) struct Outcome {
    pub(crate) recorded: Option<Recorded>,
    /// The number of changes that were made, from the first on.
    pub(crate) made: usize,
    pub(crate) result: Result<(), Error>,
}

impl<'a> JournaledStore<'a> {
    /// Wraps the store for changes by the command `by` (`add`, `serve PUT`) at `now`, a time as a note
    /// carries it. [`Journal::fault`] reports what could not be recorded.
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
            last_step: None,
        }
    }

    /// Returns the number in the journal of the last change that was made through this.
    pub(crate) fn last_step(&self) -> Option<u64> {
        self.last_step
    }

    /// Reads a note as [`Store::raw_notes`] does.
    pub(crate) fn raw_note(&mut self, id: &str) -> Result<RawNote, Error> {
        let mut found = self.store.raw_notes(&[id])?;
        Ok(found.pop().expect("one id has one answer"))
    }

    /// Stores a new note: its hash and its id in the set, both or neither.
    pub(crate) fn create(&mut self, note: &Note) -> Result<(), Error> {
        let change = [NoteChange::creation(note)];
        let recorded = self.record(None, &change);
        let result = self.store.create(note);
        // A change that may have been made stays in the journal.
        let is_kept = result.as_ref().err().is_none_or(Error::in_doubt);
        self.settle(recorded.as_ref(), change.len(), usize::from(is_kept));
        result
    }

    /// Changes a note and sets its `updated_at`; returns the changed note.
    ///
    /// Fails with [`Error::Vanished`] if the note is not there: it never comes back to life. Fails
    /// with [`Error::Conflict`] if the basis does not hold. Nothing is written then. If another writer
    /// was faster, it retries as long as the basis holds.
    pub(crate) fn update(
        &mut self,
        id: &str,
        new: &NewText,
        basis: Basis<'_>,
    ) -> Result<Note, Error> {
        let now = self.now.clone();
        let mut made = Vec::new();
        self.replace(&[id], basis.just_read(), &mut made, |id, found| {
            let before = found?;
            basis.check(id, &before)?;
            let after = new.applied(&before, &now);
            Ok((before, after))
        })?;
        let made = made.pop().expect("without an error every id has a change");
        Ok(made.after.into_note(id))
    }

    /// Deletes notes, the hash and the id in the set together, and returns what was there under each id.
    ///
    /// Fails with [`Error::WrongType`], and deletes nothing, if one of the keys holds something other
    /// than a note, which could not be brought back. Of more than [`BATCH`](crate::store::BATCH)
    /// notes some may be gone when it fails.
    pub(crate) fn delete<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<RawNote>, Error> {
        let mut made = Vec::with_capacity(ids.len());
        self.replace(ids, None, &mut made, |_, found| {
            Ok((found?, RawNote::default()))
        })?;
        Ok(made.into_iter().map(|it| it.before).collect())
    }

    /// Deletes a note if Redis still holds exactly this under its id, or else fails with
    /// [`Error::Conflict`].
    pub(crate) fn delete_exactly(&mut self, id: &str, note: &RawNote) -> Result<(), Error> {
        let change = NoteChange {
            id: id.to_owned(),
            before: note.clone(),
            after: RawNote::default(),
        };
        self.apply([change]).result
    }

    /// Deletes a key that holds no note, as [`Store::remove_key`] does. The journal cannot record that.
    pub(crate) fn remove_key(&mut self, id: &str) -> Result<bool, Error> {
        self.store.remove_key(id)
    }

    /// Removes a time to live, as [`Store::persist`] does. The journal cannot record that.
    pub(crate) fn persist(&mut self, id: Option<&str>) -> Result<bool, Error> {
        self.store.persist(id)
    }

    /// Replaces notes as one step of the journal. For each id, `new` maps the current note to (before,
    /// after). `just_read` are the notes, if they were just read. Adds to `made` the changes that were made,
    /// in the order of the ids; an error does not undo them.
    ///
    /// A note that another writer changes at the same time is read and replaced again, as a step of its
    /// own.
    pub(crate) fn replace<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        mut just_read: Option<Vec<RawNote>>,
        made: &mut Vec<NoteChange>,
        mut new: impl FnMut(&str, Result<RawNote, Error>) -> Result<(RawNote, RawNote), Error>,
    ) -> Result<(), Error> {
        let until = Instant::now() + RETRY_TIMEOUT;
        while let Some(rest @ [_, ..]) = ids.get(made.len()..) {
            let planned = self.plan(rest, just_read.take(), &mut new)?;
            let changes = planned.iter().filter(|it| it.before != it.after);
            let changes: Vec<&NoteChange> = changes.collect();
            let outcome = self.apply(changes.iter().copied().cloned());
            let unmade = changes.get(outcome.made).map(|change| change.id.clone());
            let planned = planned.into_iter();
            made.extend(planned.take_while(|change| Some(&change.id) != unmade.as_ref()));
            match outcome.result {
                Err(Error::Conflict { .. } | Error::Vanished { .. }) if Instant::now() < until => {}
                result => result?,
            }
        }
        Ok(())
    }

    fn plan<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        just_read: Option<Vec<RawNote>>,
        new: &mut impl FnMut(&str, Result<RawNote, Error>) -> Result<(RawNote, RawNote), Error>,
    ) -> Result<Vec<NoteChange>, Error> {
        let found = match just_read {
            Some(notes) => notes.into_iter().map(Ok).collect(),
            None => self.store.each_raw_note(ids)?,
        };
        let mut changes = Vec::with_capacity(ids.len());
        for (id, found) in ids.iter().zip(found) {
            let id = id.as_ref().to_owned();
            let (before, after) = new(&id, found)?;
            changes.push(NoteChange { id, before, after });
        }
        Ok(changes)
    }

    /// Makes changes as one step of the journal, each of their [`parts`] wholly or not at all.
    pub(crate) fn apply(&mut self, changes: impl IntoIterator<Item = NoteChange>) -> Outcome {
        let changes = changes.into_iter().map(Ok::<_, Error>);
        self.apply_many(None, changes, |_| {})
    }

    /// Makes changes as [`Self::apply`] does, and calls `tell` after each part with the number of changes
    /// made so far. `undoes` is the step that they undo. Records each part before it is made.
    pub(crate) fn apply_many<E: Into<Error>>(
        &mut self,
        undoes: Option<u64>,
        changes: impl Iterator<Item = Result<NoteChange, E>>,
        mut tell: impl FnMut(usize),
    ) -> Outcome {
        let (mut recorded, mut count) = (None, 0);
        let (mut made, mut in_doubt) = (0, 0);
        let mut result = Ok(());
        for part in parts(changes) {
            let part = match part {
                Ok(part) => part,
                Err(error) => {
                    result = Err(error.into());
                    break;
                }
            };
            recorded = match recorded {
                None if count == 0 => self.record(undoes, &part),
                None => None,
                Some(recorded) => self.record_more(recorded, &part),
            };
            count += part.len();
            result = self.store.swap(&part);
            if let Err(error) = &result {
                in_doubt = if error.in_doubt() { part.len() } else { 0 };
                break;
            }
            made += part.len();
            tell(made);
        }
        // A change that may have been made stays in the journal.
        self.settle(recorded.as_ref(), count, made + in_doubt);
        Outcome {
            recorded,
            made,
            result,
        }
    }

    /// Records changes that are about to be made.
    fn record(&mut self, undoes: Option<u64>, changes: &[NoteChange]) -> Option<Recorded> {
        let journal = self.journal.filter(|_| !changes.is_empty())?;
        let recorded = journal.record(Step {
            number: 0,
            at: self.now.as_str().into(),
            by: self.by.into(),
            server: self.store.server_name().into(),
            undoes,
            notes: changes.into(),
        });
        self.last_step = recorded.as_ref().map(|recorded| recorded.step);
        recorded
    }

    /// Records more changes of a step. If that fails, no part of the step can be undone.
    fn record_more(&self, mut recorded: Recorded, changes: &[NoteChange]) -> Option<Recorded> {
        let journal = self.journal?;
        if journal.record_more(&mut recorded, changes) {
            return Some(recorded);
        }
        journal.cancel(recorded.step);
        None
    }

    /// Drops from the journal what was not made: all but the first `kept` of `count` changes.
    fn settle(&self, recorded: Option<&Recorded>, count: usize, kept: usize) {
        let (Some(journal), Some(recorded)) = (self.journal, recorded) else {
            return;
        };
        if kept == 0 && count > 0 {
            journal.cancel(recorded.step);
        } else if kept < count {
            journal.correct(recorded.step, kept);
        }
        if kept > 0 {
            journal.confirm(recorded);
        }
    }
}

impl Basis<'_> {
    fn just_read(self) -> Option<Vec<RawNote>> {
        match self {
            Self::JustRead(note) | Self::Exactly(note) => Some(vec![note.clone()]),
            Self::Presence | Self::Unchanged(_) => None,
        }
    }

    /// Fails if the note, as Redis holds it, may not be changed.
    pub(super) fn check(self, id: &str, found: &RawNote) -> Result<(), Error> {
        let id = id.to_owned();
        if !found.has_hash() {
            return Err(Error::Vanished { id });
        }
        let holds = match self {
            Self::Presence | Self::JustRead(_) => true,
            Self::Unchanged(read) => ["title", "content"]
                .into_iter()
                // The text of such a field was altered when it was read, so it cannot be compared.
                .filter(|field| !read.altered.contains(*field))
                .all(|field| found.field(field) == read.field(field).map(str::as_bytes)),
            Self::Exactly(read) => found.has_same_hash(read),
        };
        if holds {
            Ok(())
        } else {
            Err(Error::Conflict { id })
        }
    }
}
