//! Notes in files: what is read from a stranger's file, and how it is bounded.
//!
//! Pure over readers and paths: it knows neither Redis nor the terminal.

mod document;
mod folder;
mod foreign;
#[cfg(test)]
mod foreign_tests;
pub(crate) mod jrnl;
pub(crate) mod keep;
pub(crate) mod memos;
pub(crate) mod simplenote;
pub(crate) mod text;

use std::fmt;
use std::path::PathBuf;

use crate::store::RawNote;

/// The largest note that is taken, in bytes.
const MAX_NOTE: u64 = 16 << 20;

/// The largest file that has to be read whole, in bytes.
const MAX_DOCUMENT: u64 = 256 << 20;

/// How many directories deep a file may be.
const MAX_DEPTH: usize = 32;

/// Where something stands, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// `None` is standard input.
    pub(crate) file: Option<PathBuf>,
    pub(crate) line: Option<u64>,
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
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) origin: Origin,
    pub(crate) id: String,
    pub(crate) note: RawNote,
}

/// A note, or a whole file, that cannot be read: the others still go in.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

impl Unread {
    fn new(origin: Origin, message: impl Into<String>) -> Self {
        Self {
            origin,
            message: message.into(),
        }
    }
}

/// What a reader yields, note by note.
pub(crate) type Entries<'a> = Box<dyn Iterator<Item = Result<Entry, Unread>> + 'a>;
