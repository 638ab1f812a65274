//! The formats of notes, one file each, which write to the writer that they are given.
//!
//! Nothing here reads the environment or the clock. Writers are not buffered here: a caller with much
//! to write hands in a buffered one and flushes it.
//!
//! One rule holds in every format: text that others wrote is made safe where the stream is a
//! terminal, and is left as it was stored everywhere else (see [`sanitize`]).

mod age;
mod columns;
pub(crate) mod delimited;
pub(crate) mod detail;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod matches;
mod options;
mod rows;
#[cfg(test)]
mod samples;
pub(crate) mod sanitize;
pub(crate) mod steps;
mod stream;
pub(crate) mod table;
pub(crate) mod tags;

use crate::note::Note;

pub(crate) use columns::{Selection, SelectionError, names, other_fields};
pub(crate) use options::{Json, OutputOptions};
pub(crate) use stream::{Stream, Style};

/// The beginning of an id, as people see it: 8 characters, or as many as tell the notes apart.
pub(crate) fn short_id(note: &Note, abbreviation: usize) -> String {
    note.id.chars().take(abbreviation.max(8)).collect()
}
