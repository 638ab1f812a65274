//! Notes in files: the formats of `export` and `import`.
//!
//! Pure over readers, writers and paths: no Redis, no terminal; only notes without a date from standard
//! input take the time of the clock. A format is one file here. Files may come from a stranger: all reads
//! are bounded and checked, and a note that cannot be read does not keep the others out.

mod bounded;
mod csv;
mod destination;
mod detect;
mod encode;
mod fields;
mod file_names;
mod files;
mod foreign;
mod front_matter;
mod json;
mod labels;
mod markdown;
mod open;
#[cfg(test)]
mod tests;
mod update;

use std::path::{Path, PathBuf};
use std::{fmt, io, iter};

use chrono::{DateTime, Utc};

pub(crate) use self::csv::Columns;
pub(crate) use self::destination::{NewDirectory, NewFile, Unfinished};
pub(crate) use self::detect::{Format, InputFormat};
pub(crate) use self::encode::Encoder;
#[cfg(any(test, fuzzing))]
pub(crate) use self::open::open;
pub(crate) use self::open::{Source, open_as};
pub(crate) use self::update::{ExistingDirectory, Updated};
pub(crate) use crate::input::LARGEST_NOTE;
use crate::note::RawNote;

/// The most bytes of the largest note in a file, where one byte may become six.
const LARGEST_ENCODED: usize = 8 * LARGEST_NOTE;

/// The largest file of many notes that is read whole, in bytes.
const LARGEST_DOCUMENT: usize = 256 * 1024 * 1024;

/// The deepest directory that is read, counted from the one that was named.
const DEEPEST_DIRECTORY: usize = 32;

/// The place of an entry, for messages: `notes.jsonl line 3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// None is standard input.
    pub(crate) file: Option<PathBuf>,
    /// Counted from 1.
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

/// A note read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) origin: Origin,
    pub(crate) id: String,
    /// The note to store: listed, with every field, `id` among them.
    pub(crate) note: RawNote,
    /// The time at which the file of one note of ours was changed.
    pub(crate) modified: Option<DateTime<Utc>>,
    /// What the user should know of the note, such as a date that was not understood.
    pub(crate) notices: Vec<String>,
}

/// A note, or a file, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {message}")]
pub(crate) struct Unread {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

/// The entries of a file, in order, as it is read; `None` is a note in the trash of another program. The
/// name of the file is added to their origins last.
pub(crate) type Entries<'a> = Box<dyn Iterator<Item = Result<Option<Entry>, Unread>> + 'a>;

impl Entry {
    fn new(id: String, note: RawNote) -> Self {
        Self {
            origin: Origin::default(),
            id,
            note,
            modified: None,
            notices: Vec::new(),
        }
    }
}

impl Unread {
    fn new(message: impl Into<String>) -> Self {
        let (origin, message) = (Origin::default(), message.into());
        Self { origin, message }
    }

    fn at(mut self, line: u64) -> Self {
        self.origin.line = Some(line);
        self
    }

    fn of_file(mut self, file: &Path) -> Self {
        self.origin.file = Some(file.to_owned());
        self
    }
}

impl From<String> for Unread {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Moves the `at line N` of the message into `line`.
impl From<serde_json::Error> for Unread {
    fn from(error: serde_json::Error) -> Self {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message);
        Self::new(message).at(error.line() as u64)
    }
}

/// Adds the name of the file to the origin of an entry.
fn in_file(mut found: Result<Option<Entry>, Unread>, file: &Path) -> Result<Option<Entry>, Unread> {
    match &mut found {
        Ok(Some(Entry { origin, .. })) | Err(Unread { origin, .. }) => {
            origin.file = Some(file.to_owned());
        }
        Ok(None) => {}
    }
    found
}

/// An entry, and the line that it begins in.
type Part = (u64, Result<Entry, Unread>);

/// Yields the entries of `next` until it has no more or fails.
fn entries<'a>(mut next: impl FnMut() -> Result<Option<Part>, Unread> + 'a) -> Entries<'a> {
    let mut is_over = false;
    Box::new(iter::from_fn(move || {
        if is_over {
            return None;
        }
        match next() {
            Ok(Some((line, entry))) => Some(at_line(line, entry)),
            Ok(None) => {
                is_over = true;
                None
            }
            Err(unread) => {
                is_over = true;
                Some(Err(unread))
            }
        }
    }))
}

/// Adds the line to the origin of an entry.
fn at_line(line: u64, entry: Result<Entry, Unread>) -> Result<Option<Entry>, Unread> {
    match entry {
        Ok(mut entry) => {
            entry.origin.line = Some(line);
            Ok(Some(entry))
        }
        Err(mut unread) => {
            let within = unread.origin.line.unwrap_or(1).max(1);
            unread.origin.line = Some(line.saturating_add(within - 1));
            Err(unread)
        }
    }
}

/// Yields the error that kept a whole file from being read.
fn only(unread: Unread) -> Entries<'static> {
    Box::new(iter::once(Err(unread)))
}
