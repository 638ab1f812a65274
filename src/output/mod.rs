//! How notes look: one file a format, each writing to the writer it is given.
//!
//! It knows the note, the steps of the journal, and a [`Stream`] for where the bytes go. It knows nothing of Redis, of the
//! command line or of settings, and reads neither the environment nor the clock. Writers are not
//! buffered here: a caller with much to write hands in a buffered one and flushes it.
//!
//! One rule holds in every format: text that others wrote is made safe where the stream is a
//! terminal, and is left as it was stored everywhere else (see [`sanitize`]).

mod age;
mod columns;
pub mod delimited;
pub mod ids;
pub mod json;
mod options;
#[cfg(test)]
mod samples;
pub mod sanitize;
pub mod steps;
mod style;
pub mod table;
mod terminal;
pub mod text;

pub use columns::{Header, Selection, SelectionError};
pub use options::{Json, OutputOptions, Talk};
pub use style::Style;
pub use terminal::{ColorChoice, Stream};
