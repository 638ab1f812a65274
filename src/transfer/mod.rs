//! Notes in files: what `export` writes and `import` reads.
//!
//! Pure over readers, writers and paths: no Redis, no terminal, no clock. A format is one file here.
//! Files may come from a stranger, so whatever is read is bounded and checked, and what cannot be
//! read costs itself alone.

mod csv;
mod destination;
mod detect;
mod directory;
mod document;
mod encode;
mod fields;
mod foreign;
#[cfg(test)]
mod foreign_tests;
mod front_matter;
mod jrnl;
mod json;
mod jsonl;
mod keep;
mod lines;
mod markdown;
mod memos;
mod simplenote;
#[cfg(test)]
mod tests;
mod text;
#[cfg(test)]
mod text_tests;

use std::fmt;
use std::path::PathBuf;

pub(crate) use self::csv::Columns;
pub(crate) use self::destination::{NewDirectory, NewFile};
pub(crate) use self::detect::{Format, InputFormat, OpenError, Source, open};
pub(crate) use self::encode::Encoder;
pub(crate) use self::markdown::{encode as markdown, names as markdown_names};
use crate::store::RawNote;

/// The largest note that is read, in bytes over all its fields.
pub(crate) const LARGEST_NOTE: usize = 16 * 1024 * 1024;

/// The most bytes that such a note takes in a file, where a byte may become six.
const LARGEST_ENCODED: usize = 8 * LARGEST_NOTE;

/// The largest file that is read whole, in bytes.
pub(crate) const LARGEST_DOCUMENT: u64 = 256 * 1024 * 1024;

/// How deep directories may lie in the one that is read.
pub(crate) const DEEPEST_DIRECTORY: usize = 32;

/// Where something stands, for messages: `notes.jsonl line 3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// None is standard input.
    pub(crate) file: Option<PathBuf>,
    /// Counted from 1.
    pub(crate) line: Option<u64>,
}

impl Origin {
    /// The same file, at a line of it.
    pub(crate) fn at(&self, line: u64) -> Self {
        Self {
            file: self.file.clone(),
            line: Some(line),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", file.display())?,
            None => f.write_str("standard input")?,
        }
        match self.line {
            Some(line) => write!(f, " line {line}"),
            None => Ok(()),
        }
    }
}

/// A note as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) origin: Origin,
    pub(crate) id: String,
    /// What Redis is to hold of it: listed, with every field, `id` among them.
    pub(crate) note: RawNote,
}

/// A note, or a file, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {message}")]
pub(crate) struct Unread {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

impl Unread {
    fn new(origin: Origin, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { origin, message }
    }
}

/// What a reader yields, one note after the other as the file is read.
pub(crate) type Entries<'a> = Box<dyn Iterator<Item = Result<Entry, Unread>> + 'a>;
