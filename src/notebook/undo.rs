//! Taking back a step of the journal, if Redis still holds what it left.

use std::fmt;

use super::Notebook;
use crate::journal::{self, Journal, Kind, NoteChange, State, Step, Summary};
use crate::note::Note;
use crate::store::RawNote;
use crate::store::{self, Restoration, Store};

/// How many notes an error names.
const NAMED: usize = 3;

/// Which step to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The newest on this server that still holds and is no undo.
    Last,
    /// The one of this number.
    Step(u64),
}

/// Whether a step is really taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rehearsal {
    /// It is.
    No,
    /// It is only looked whether it could be.
    Yes,
}

/// What came of taking back a step.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The number of the step.
    pub step: u64,
    /// The command that made it.
    pub by: String,
    /// When it was made.
    pub at: String,
    /// The number of the undo itself, by which it can be taken back.
    pub number: Option<u64>,
    /// What became of which notes: as they are now, or, of those that are gone, as they were. None
    /// if everything was already as before the step: it was never made, or others took it back.
    pub notes: Vec<(Note, Kind)>,
}

/// What happened to a note after the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    /// It was changed.
    Changed,
    /// It was deleted.
    Deleted,
    /// It was deleted by the step, and made again.
    MadeAgain,
}

/// Why a step was not taken back. Nothing was changed, unless the store says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no step of this server left to take back.
    #[error("nothing to undo on {server}{}", elsewhere(*others))]
    Nothing {
        /// The server.
        server: String,
        /// How many steps were made on other servers.
        others: usize,
    },
    /// There is no step of that number.
    #[error("no step {step}; `notes log` shows what there is")]
    NoSuchStep {
        /// The number.
        step: u64,
    },
    /// The step was made on another server.
    #[error("step {step} was made on {server}, not on {here}; name that Redis with --redis-url")]
    Elsewhere {
        /// The number.
        step: u64,
        /// Where it was made.
        server: String,
        /// The server in use.
        here: String,
    },
    /// Redis no longer holds what the step left.
    #[error("step {step} ({by}) was not taken back: {}", named(notes))]
    Overtaken {
        /// The number.
        step: u64,
        /// The command that made it.
        by: String,
        /// What happened to which notes.
        notes: Vec<(String, Meanwhile)>,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// Redis cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Notebook<'_> {
    /// Takes back a step, all of it or nothing, and records that as a step of its own.
    pub fn undo(&mut self, which: Which, rehearsal: Rehearsal) -> Result<Undone, UndoError> {
        let server = self.store.server_name().to_owned();
        let Some(journal) = self.journal else {
            return Err(UndoError::Nothing { server, others: 0 });
        };
        let step = choose(journal, which, server)?;
        let ids: Vec<&str> = step.notes.iter().map(|note| note.id.as_str()).collect();
        let now = self.store.images(&ids)?;
        let changes = to_change(&step, now)?;
        if changes.is_empty() && rehearsal == Rehearsal::No {
            journal.cancel(step.number);
        }
        let mut undone = Undone {
            step: step.number,
            by: step.by,
            at: step.at,
            number: None,
            notes: changes.iter().map(result).collect(),
        };
        if changes.is_empty() || rehearsal == Rehearsal::Yes {
            return Ok(undone);
        }
        let step = self.enter(Some(undone.step), &changes);
        undone.number = step.as_ref().map(|step| step.step);
        let restored = self.store.restore(&restorations(&changes));
        self.settle(step, restored)
            .map_err(|error| overtaken(error, &undone))?;
        Ok(undone)
    }
}

fn choose(journal: &Journal, which: Which, server: String) -> Result<Step, UndoError> {
    let number = match which {
        Which::Step(number) => number,
        Which::Last => last(journal.history()?, server.clone())?,
    };
    let step = journal
        .step(number)?
        .ok_or(UndoError::NoSuchStep { step: number })?;
    if step.server != server {
        return Err(UndoError::Elsewhere {
            step: number,
            server: step.server,
            here: server,
        });
    }
    Ok(step)
}

/// The number of the newest step that still holds and is no undo.
fn last(history: Vec<Summary>, server: String) -> Result<u64, UndoError> {
    let holds = |step: &Summary| step.state == State::Made && step.undoes.is_none();
    let (here, elsewhere): (Vec<_>, Vec<_>) = history
        .into_iter()
        .filter(holds)
        .partition(|step| step.server == server);
    here.last()
        .map(|step| step.number)
        .ok_or(UndoError::Nothing {
            server,
            others: elsewhere.len(),
        })
}

/// What has to change for everything to be as before the step: nothing for a note that is so
/// already, because the step was never made or did not get as far.
fn to_change(step: &Step, now: Vec<RawNote>) -> Result<Vec<NoteChange>, UndoError> {
    let mut changes = Vec::new();
    let mut overtaken = Vec::new();
    for (note, now) in step.notes.iter().zip(now) {
        if now == note.after && note.before != note.after {
            changes.push(NoteChange {
                id: note.id.clone(),
                before: now,
                after: note.before.clone(),
            });
        } else if now != note.before {
            overtaken.push((note.id.clone(), meanwhile(&note.after, &now)));
        }
    }
    if overtaken.is_empty() {
        Ok(changes)
    } else {
        Err(UndoError::Overtaken {
            step: step.number,
            by: step.by.clone(),
            notes: overtaken,
        })
    }
}

fn meanwhile(left: &RawNote, now: &RawNote) -> Meanwhile {
    match (left.has_hash(), now.has_hash()) {
        (true, false) => Meanwhile::Deleted,
        (false, true) => Meanwhile::MadeAgain,
        _ => Meanwhile::Changed,
    }
}

fn restorations(changes: &[NoteChange]) -> Vec<Restoration<'_>> {
    changes
        .iter()
        .map(|change| Restoration {
            id: &change.id,
            expected: &change.before,
            target: &change.after,
        })
        .collect()
}

fn result(change: &NoteChange) -> (Note, Kind) {
    let kind = change.kind();
    let image = match kind {
        Kind::Deleted => &change.before,
        Kind::Added | Kind::Changed => &change.after,
    };
    (Store::note(&change.id, image), kind)
}

/// The error of one who was overtaken between the look at Redis and the change.
fn overtaken(error: store::Error, undone: &Undone) -> UndoError {
    let note = match error {
        store::Error::Conflict { id } => (id, Meanwhile::Changed),
        store::Error::Vanished { id } => (id, Meanwhile::Deleted),
        error => return error.into(),
    };
    UndoError::Overtaken {
        step: undone.step,
        by: undone.by.clone(),
        notes: vec![note],
    }
}

fn elsewhere(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (1 step was made on another Redis)".to_owned(),
        others => format!(" ({others} steps were made on other Redis servers or databases)"),
    }
}

fn named(notes: &[(String, Meanwhile)]) -> String {
    let mut text: Vec<String> = notes
        .iter()
        .take(NAMED)
        .map(|(id, meanwhile)| format!("note {id} was {meanwhile} meanwhile"))
        .collect();
    if let Some(more @ 1..) = notes.len().checked_sub(NAMED) {
        text.push(format!("and {more} more"));
    }
    text.join(", ")
}

impl fmt::Display for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::MadeAgain => "made again",
        })
    }
}
