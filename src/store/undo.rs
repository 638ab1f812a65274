//! Undoes a step of the journal, if Redis still holds the notes as the step left them.

use super::{Error, JournaledStore};
use crate::exit::Exit;
use crate::journal::undoing::{NoSuchStep, choose, made_last, refuse_undone};
use crate::journal::{self, Journal, Summary};
use crate::note::{Changes, NoteChange};

/// The most notes that an error names.
const NAMED: usize = 3;

/// The notes that changed after a step, and the word for each change.
type LaterChanges = Vec<(String, &'static str)>;

/// The result of undoing a step.
#[derive(Debug)]
pub(crate) struct Undone {
    pub(crate) step: u64,
    pub(crate) by: String,
    /// The number of the undo itself, by which it can be undone.
    pub(crate) number: Option<u64>,
    /// The changes that it took. Empty if everything was already as before the step: it was never made, or
    /// already undone.
    pub(crate) changes: Changes,
}

/// The reason why a step was not undone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UndoError {
    #[error(transparent)]
    NoSuchStep(#[from] NoSuchStep),
    /// Redis no longer holds the notes as the step left them.
    #[error("step {step} ({by}) was not undone: {}{}", in_words(notes), partly(*made))]
    Overtaken {
        step: u64,
        by: String,
        notes: LaterChanges,
        /// The number of others that were changed back before this.
        made: usize,
    },
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Store(#[from] Error),
}

impl UndoError {
    /// Returns the exit code of a run that fails with this.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::NoSuchStep(_) => Exit::NoSuchNote,
            Self::Overtaken { .. } => Exit::Conflict,
            Self::Journal(_) => Exit::Failed,
            Self::Store(error) => error.exit(),
        }
    }

    /// Returns the note that it is about.
    pub(crate) fn note_id(&self) -> Option<&str> {
        match self {
            Self::Overtaken { notes, .. } => notes.first().map(|(id, _)| id.as_str()),
            Self::Store(error) => error.note_id(),
            _ => None,
        }
    }
}

impl JournaledStore<'_> {
    /// Undoes a step and records that as a step of its own: the one of that number, or the newest
    /// on this server that still holds and is no undo. With `dry_run` it only checks if it could
    /// be.
    ///
    /// Checks every note before it changes one. Of more than [`BATCH`](super::BATCH) notes some may be
    /// changed back when it fails; the journal says which.
    pub(crate) fn undo(&mut self, step: Option<u64>, dry_run: bool) -> Result<Undone, UndoError> {
        let server = self.store.server_name().to_owned();
        let journal = self
            .journal
            .ok_or_else(|| NoSuchStep::nothing(&server, 0))?;
        let history = journal.history()?;
        let step = choose(&history, step, &server)?;
        let (changes, others) = self.compare_with_step(journal, step)?;
        if !others.is_empty() {
            return Err(overtaken(step, others, 0));
        }
        let mut undone = Undone {
            step: step.number,
            by: step.by.clone(),
            number: None,
            changes,
        };
        if dry_run {
            return Ok(undone);
        }
        if undone.changes.is_empty() {
            // Another process may have undone it since. Its undo is in the journal before it is in Redis.
            refuse_undone(&journal.history()?, step)?;
            journal.cancel(step.number);
            return Ok(undone);
        }
        let undoes = made_last(&history, step.number);
        let outcome = self.apply_many(Some(undoes), undone.changes.iter(), |_| {});
        undone.number = self.last_step();
        match outcome.result {
            Ok(()) => Ok(undone),
            // Another writer came between the check and the change.
            Err(Error::Conflict { id }) => {
                Err(overtaken(step, vec![(id, "changed")], outcome.made))
            }
            Err(Error::Vanished { id }) => {
                Err(overtaken(step, vec![(id, "deleted")], outcome.made))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the changes that restore the notes as before the step, and the notes that changed after it.
    fn compare_with_step(
        &mut self,
        journal: &Journal,
        step: &Summary,
    ) -> Result<(Changes, LaterChanges), UndoError> {
        let mut changes = Changes::default();
        let mut others = Vec::new();
        let mut result = Ok(());
        journal.each_part(step.number, step.notes.len(), |notes| {
            if result.is_ok() {
                result = self.compare_part(notes, &mut changes, &mut others);
            }
        })?;
        result?;
        Ok((changes, others))
    }

    /// Adds the changes that restore some notes of a step, without those that are so already because the
    /// step was never made or was cut off. In a cluster the step may have made the hash of a note alone.
    fn compare_part(
        &mut self,
        notes: &[NoteChange],
        changes: &mut Changes,
        others: &mut LaterChanges,
    ) -> Result<(), Error> {
        let ids: Vec<&str> = notes.iter().map(|note| note.id.as_str()).collect();
        let in_cluster = self.store.is_cluster();
        for (note, now) in notes.iter().zip(self.store.raw_notes(&ids)?) {
            if now == note.before {
                continue;
            }
            let is_half = now.has_same_hash(&note.before) || now.has_same_hash(&note.after);
            if now == note.after || (in_cluster && is_half) {
                changes.push(&NoteChange {
                    id: note.id.clone(),
                    before: now,
                    after: note.before.clone(),
                })?;
            } else {
                let word = match (note.after.has_hash(), now.has_hash()) {
                    (true, false) => "deleted",
                    (false, true) => "made again",
                    _ => "changed",
                };
                others.push((note.id.clone(), word));
            }
        }
        Ok(())
    }
}

fn overtaken(step: &Summary, notes: LaterChanges, made: usize) -> UndoError {
    UndoError::Overtaken {
        step: step.number,
        by: step.by.clone(),
        notes,
        made,
    }
}

fn in_words(notes: &[(String, &str)]) -> String {
    let mut text: Vec<String> = notes
        .iter()
        .take(NAMED)
        .map(|(id, word)| format!("note {id} was {word} meanwhile"))
        .collect();
    if let Some(more @ 1..) = notes.len().checked_sub(NAMED) {
        text.push(format!("and {more} more"));
    }
    text.join(", ")
}

fn partly(made: usize) -> String {
    match made {
        0 => String::new(),
        made => format!("; {made} others were changed back"),
    }
}
