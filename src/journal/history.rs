//! Which steps there are, in few words, and which of them still hold.

use std::collections::HashSet;

use super::line::{Line, NoteChange, Step};

/// How much of a title is kept, in characters.
const TITLE_LENGTH: usize = 200;

/// A step without its images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its number.
    pub number: u64,
    /// When it was made, as a note carries it.
    pub at: String,
    /// The command that made it.
    pub by: String,
    /// The server and database.
    pub server: String,
    /// The step that it took back, if it was an undo.
    pub undoes: Option<u64>,
    /// Whether it still holds.
    pub state: State,
    /// The notes that it touched.
    pub notes: Vec<Touched>,
}

/// A note that a step touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The note.
    pub id: String,
    /// The beginning of its title after the step, or, where there is none, before it.
    pub title: String,
    /// What became of it.
    pub kind: Kind,
}

/// What became of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was not there before.
    Added,
    /// It was there before and after.
    Changed,
    /// It was not there after.
    Deleted,
}

/// Whether a step still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was made, as far as is known, and not taken back.
    Made,
    /// It was taken back.
    Undone,
    /// It was recorded, but not made.
    Cancelled,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Undone => "undone",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

impl NoteChange {
    /// What becomes of the note.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.before.is_nothing() {
            Kind::Added
        } else if self.after.is_nothing() {
            Kind::Deleted
        } else {
            Kind::Changed
        }
    }
}

/// The steps, while the lines of the journal come in.
#[derive(Default)]
pub(super) struct History {
    steps: Vec<Summary>,
    cancelled: HashSet<u64>,
}

impl History {
    pub(super) fn take(&mut self, line: Line) {
        match line {
            Line::Step(step) => self.steps.push(summary(&step)),
            Line::Cancellation { step } => {
                self.cancelled.insert(step);
            }
            Line::Correction { step, notes } => {
                let known = self.steps.iter_mut().rev();
                if let Some(known) = known.into_iter().find(|known| known.number == step) {
                    known.notes = notes.iter().map(touched).collect();
                }
            }
        }
    }

    /// The steps in the order of the file, each with its state.
    ///
    /// An undo that was undone itself no longer counts, so the step that it took back holds again.
    pub(super) fn steps(mut self) -> Vec<Summary> {
        let mut undone = HashSet::new();
        for step in self.steps.iter_mut().rev() {
            if self.cancelled.contains(&step.number) {
                step.state = State::Cancelled;
            } else if undone.contains(&step.number) {
                step.state = State::Undone;
            } else {
                undone.extend(step.undoes);
            }
        }
        self.steps
    }
}

fn summary(step: &Step) -> Summary {
    Summary {
        number: step.number,
        at: step.at.clone(),
        by: step.by.clone(),
        server: step.server.clone(),
        undoes: step.undoes,
        state: State::Made,
        notes: step.notes.iter().map(touched).collect(),
    }
}

fn touched(note: &NoteChange) -> Touched {
    let title = note.after.text("title");
    let title = title.or_else(|| note.before.text("title"));
    Touched {
        id: note.id.clone(),
        title: title
            .unwrap_or_default()
            .chars()
            .take(TITLE_LENGTH)
            .collect(),
        kind: note.kind(),
    }
}
