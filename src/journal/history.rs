//! The history: a summary of every step, and its state.

use std::collections::HashSet;

use super::line::Line;
use crate::note::{ChangeKind, NoteChange};

/// The longest title in a summary, in characters.
const TITLE_LENGTH: usize = 200;

/// A [`Step`](super::Step) without its notes' text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) number: u64,
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) server: String,
    pub(crate) undoes: Option<u64>,
    pub(crate) state: StepState,
    pub(crate) notes: Vec<Touched>,
}

/// A note that a step changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) id: String,
    /// The beginning of its title after the step, or, where there is none, before it.
    pub(crate) title: String,
    pub(crate) kind: ChangeKind,
}

/// The state of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepState {
    /// It was made, or is in doubt, and was not undone.
    Made,
    Undone,
    /// It was recorded, but not made.
    Cancelled,
}

impl StepState {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Undone => "undone",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The steps, built line by line from the journal.
#[derive(Default)]
pub(super) struct History {
    steps: Vec<Summary>,
    cancelled: HashSet<u64>,
}

impl History {
    pub(super) fn add(&mut self, line: Line<'_>) {
        match line {
            Line::Step(step) => self.steps.push(Summary {
                number: step.number,
                at: step.at.into_owned(),
                by: step.by.into_owned(),
                server: step.server.into_owned(),
                undoes: step.undoes,
                state: StepState::Made,
                notes: step.notes.iter().map(summarize).collect(),
            }),
            Line::Cancellation { cancels, .. } => {
                self.cancelled.insert(cancels);
            }
            Line::Correction {
                corrects, keeps, ..
            } => {
                if let Some(known) = self.find(corrects) {
                    known.notes.truncate(keeps);
                }
            }
            Line::Part(part) => {
                if let Some(known) = self.find(part.continues) {
                    known.notes.extend(part.notes.iter().map(summarize));
                }
            }
        }
    }

    fn find(&mut self, number: u64) -> Option<&mut Summary> {
        let mut known = self.steps.iter_mut().rev();
        known.find(|known| known.number == number)
    }

    /// Returns the steps in the order of the file, each with its state.
    ///
    /// An undo that was undone does not count: the step that it undid is in force again.
    pub(super) fn steps(mut self) -> Vec<Summary> {
        let mut undone = HashSet::new();
        for step in self.steps.iter_mut().rev() {
            if self.cancelled.contains(&step.number) {
                step.state = StepState::Cancelled;
            } else if undone.contains(&step.number) {
                step.state = StepState::Undone;
            } else {
                undone.extend(step.undoes);
            }
        }
        self.steps
    }
}

fn summarize(note: &NoteChange) -> Touched {
    let title = note.after.text("title");
    let title = title.or_else(|| note.before.text("title"));
    let title = title.unwrap_or_default();
    Touched {
        id: note.id.clone(),
        title: title.chars().take(TITLE_LENGTH).collect(),
        kind: note.kind(),
    }
}
