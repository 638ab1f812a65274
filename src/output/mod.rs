//! The output formats of notes, one file each; every one writes to a given writer.
//!
//! Nothing here reads the environment or the clock. Writers are not buffered here: the caller passes a
//! buffered one and flushes it.
//!
//! One rule holds in every format: text from Redis is made safe on a terminal, and is left as it is
//! stored everywhere else (see [`sanitize`]).

mod age;
pub(crate) mod candidates;
mod columns;
pub(crate) mod delimited;
pub(crate) mod detail;
pub(crate) mod events;
pub(crate) mod facts;
mod hyperlinks;
pub(crate) mod json;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod markdown;
pub(crate) mod matches;
mod options;
mod rows;
pub(crate) mod sanitize;
pub(crate) mod steps;
mod stream;
pub(crate) mod table;
pub(crate) mod tags;
pub(crate) mod tasks;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::note::Note;
use crate::note::text::heading;

pub(crate) use console::measure_text_width;

pub(crate) use age::ShownTime;
pub(crate) use columns::{Selection, SelectionError, names, other_fields};
pub(crate) use options::{Json, OutputOptions};
pub(crate) use stream::{Stream, Style};

/// Returns the beginning of an id for people: 8 characters, or as many as make it unique.
pub(crate) fn short_id(note: &Note, abbreviation: usize) -> String {
    shortened(&note.id, abbreviation)
}

fn shortened(id: &str, abbreviation: usize) -> String {
    id.chars().take(abbreviation.max(8)).collect()
}

/// Writes a line of a plan for people: the action, the short id and the title.
pub(crate) fn write_action(
    out: &mut dyn Write,
    [action, id, title]: [&str; 3],
    stream: &Stream,
) -> io::Result<()> {
    let id = shortened(id, 0);
    let line = format!("{action:<9}  {id}  {}", heading(title));
    writeln!(out, "{}", stream.cut(&sanitize::one_line(&line)))
}
