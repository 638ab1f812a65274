//! A line of the journal as JSON.
//!
//! Every line begins with `{"step":N,`: the number of the step, or, on a line that is about an
//! earlier one, the highest number given so far. So the next number is found by looking at the end
//! of the file alone.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::note::NoteChange;

/// A change, with everything that is needed to undo it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step<'a> {
    /// Its number, from 1; 0 before it is recorded.
    #[serde(rename = "step")]
    pub(crate) number: u64,
    /// The time of the change, in the form of a note's times.
    pub(crate) at: Cow<'a, str>,
    pub(crate) by: Cow<'a, str>,
    /// The server and database, without a password.
    pub(crate) server: Cow<'a, str>,
    /// The step that it undid, if it was an undo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undoes: Option<u64>,
    pub(crate) notes: Cow<'a, [NoteChange]>,
}

/// More notes of an earlier step.
#[derive(Serialize, Deserialize)]
pub(super) struct Part<'a> {
    pub(super) step: u64,
    /// The number of the earlier step.
    pub(super) continues: u64,
    pub(super) notes: Cow<'a, [NoteChange]>,
}

/// One line of the journal. The number comes first: see [`number`]. Unknown members, which a later
/// version may write, are ignored.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line<'a> {
    /// The step `cancels` was not made.
    Cancellation {
        step: u64,
        cancels: u64,
    },
    /// Of the notes of the step `corrects` only the first `keeps` were changed.
    Correction {
        step: u64,
        corrects: u64,
        keeps: usize,
    },
    Part(Part<'a>),
    Step(Step<'a>),
}

impl Line<'static> {
    /// Reads a line; `None` if it is no line of a journal.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        // Long lines by their kind: to try all kinds serde has to copy the line.
        let mut start = bytes.windows(CONTINUES.len()).take(NUMBER_LENGTH);
        let line = if start.any(|name| name == CONTINUES) {
            serde_json::from_slice(bytes).map(Line::Part)
        } else {
            serde_json::from_slice(bytes).map(Line::Step)
        };
        line.or_else(|_| serde_json::from_slice(bytes)).ok()
    }
}

/// The name that follows the number of a [`Part`].
const CONTINUES: &[u8] = br#""continues""#;

/// The most characters that [`number`] looks at.
pub(super) const NUMBER_LENGTH: usize = 32;

/// Returns the number at the beginning of a line, which a crash may have cut short.
pub(super) fn number(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(br#"{"step":"#)?;
    let end = digits.iter().position(|byte| *byte == b',')?;
    str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
}
