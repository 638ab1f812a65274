//! How a run prints: to which streams, whether as JSON, how much is said.

use super::{Selection, Stream};

/// Whether output is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Off,
    /// The selected fields of a note, or all.
    On(Option<Selection>),
}

#[derive(Clone, Debug)]
pub(crate) struct OutputOptions {
    pub(crate) stdout: Stream,
    pub(crate) stderr: Stream,
    pub(crate) json: Json,
    /// Nothing is said besides errors.
    pub(crate) quiet: bool,
}
