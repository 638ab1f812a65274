//! A line of the journal as JSON.
//!
//! Every line begins with `{"step":N,`: the number of the step, or, on a line that is about an
//! earlier one, the highest number given so far. So the next number is found by looking at the end
//! of the file alone.

use std::io;

use serde::{Deserialize, Serialize};

use super::Entry;
use crate::store::NoteChange;

/// A change that was recorded, with all that it takes to undo it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// When it was made, as a note carries it.
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) server: String,
    /// The step that it undid, if it was an undo.
    pub(crate) undoes: Option<u64>,
    /// Every note that it touched.
    pub(crate) notes: Vec<NoteChange>,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A change.
    Step(Step),
    /// That step was not made.
    Cancellation { step: u64 },
    /// That step found and left these.
    Correction { step: u64, notes: Vec<NoteChange> },
}

/// A line on its way to the file. The number comes first: see [`number`].
#[derive(Serialize)]
pub(super) struct Written<'a> {
    step: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancels: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a [NoteChange]>,
}

/// A line as it is found. Members that a later version may add are passed over.
#[derive(Deserialize)]
struct Found {
    step: u64,
    cancels: Option<u64>,
    corrects: Option<u64>,
    at: Option<String>,
    by: Option<String>,
    server: Option<String>,
    undoes: Option<u64>,
    notes: Option<Vec<NoteChange>>,
}

impl Line {
    pub(super) fn of_entry<'a>(step: u64, entry: &Entry<'a>) -> Written<'a> {
        Written {
            at: Some(entry.at),
            by: Some(entry.by),
            server: Some(entry.server),
            undoes: entry.undoes,
            notes: Some(entry.notes),
            ..Written::numbered(step)
        }
    }

    pub(super) fn cancelling(highest: u64, step: u64) -> Written<'static> {
        Written {
            cancels: Some(step),
            ..Written::numbered(highest.max(step))
        }
    }

    pub(super) fn correcting(highest: u64, step: u64, notes: &[NoteChange]) -> Written<'_> {
        Written {
            corrects: Some(step),
            notes: Some(notes),
            ..Written::numbered(highest.max(step))
        }
    }

    /// Reads a line; `None` if it is none of a journal.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let found: Found = serde_json::from_slice(bytes).ok()?;
        if let Some(step) = found.cancels {
            return Some(Self::Cancellation { step });
        }
        let notes = found.notes?;
        if let Some(step) = found.corrects {
            return Some(Self::Correction { step, notes });
        }
        Some(Self::Step(Step {
            number: found.step,
            at: found.at?,
            by: found.by?,
            server: found.server?,
            undoes: found.undoes,
            notes,
        }))
    }
}

impl Written<'_> {
    fn numbered(step: u64) -> Self {
        Self {
            step,
            cancels: None,
            corrects: None,
            at: None,
            by: None,
            server: None,
            undoes: None,
            notes: None,
        }
    }

    pub(super) fn to_json(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

/// The most characters that [`number`] looks at.
pub(super) const NUMBER_LENGTH: usize = 32;

/// The number at the beginning of a line, which may be torn after it.
pub(super) fn number(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(br#"{"step":"#)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = digits.split_at_checked(end)?;
    if !rest.starts_with(b",") {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}
