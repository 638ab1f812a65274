//! The output options of a run: its streams, JSON or not, quiet or not.

use super::{Selection, Stream};

/// JSON or text.
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
    /// Prints no messages but errors.
    pub(crate) quiet: bool,
}
