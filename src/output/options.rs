//! How a run prints: to which streams, whether as JSON, how much is said.
//!
//! Values alone: the command line and the terminals decide them, the context and the errors go by
//! them.

use crate::output::{Selection, Stream};

/// Whether output is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// It is the command's usual output.
    Off,
    /// It is JSON: the selected fields of a note, or all.
    On(Option<Selection>),
}

/// Whether anything is said besides errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// What happened is said.
    Normal,
    /// Only errors are.
    Quiet,
}

/// How a run prints.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// Standard output.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
    /// Whether output is JSON.
    pub json: Json,
    /// How much is said.
    pub talk: Talk,
}
