//! Reads a `.env` file into a value, as python-dotenv reads it.
//!
//! The file may be a stranger's. Only names that the caller asks for are taken, nothing is put into
//! the process environment, and nothing but what the caller gives is looked up in it. No error holds
//! any text of the file. Which names there are and what they mean is not known here.
//!
//! The grammar is that of [python-dotenv] 1.2, so that one file serves `notes` and the service that
//! it replaces. `dotenvy` decodes the values; it reads several common lines in another way, or
//! refuses them (`K=p$ss`, `K = v`, `K=a'b`), so it is never shown the file itself, only single
//! lines that have been put into its dialect.
//!
//! [python-dotenv]: https://pypi.org/project/python-dotenv/

mod expand;
mod scan;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

use self::expand::{NoteRef, expand};
use self::scan::{Broken, Scanner, Value};
use crate::secret::Secret;

/// The size in bytes over which a file is refused.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The size in bytes over which a value is refused, so that `A=${A}${A}` repeated cannot fill the
/// memory.
pub const MAX_VALUE_BYTES: usize = 16 * 1024;

/// Why a file, or a line of it, could not be used.
#[derive(Debug, Error)]
pub enum Error {
    /// The file is there, but could not be opened or read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file, as it is shown.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A pipe, a socket or a device, from which a read might never return.
    #[error("{} is not a regular file: replace it by one, or remove it", path.display())]
    NotRegular {
        /// The file, as it is shown.
        path: PathBuf,
    },
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("{} is larger than 1 MiB: keep only settings in it", path.display())]
    TooLarge {
        /// The file, as it is shown.
        path: PathBuf,
    },
    /// The file is not text in UTF-8.
    #[error("{} is not UTF-8 text: save it as UTF-8", path.display())]
    NotUtf8 {
        /// The file, as it is shown.
        path: PathBuf,
    },
    /// A line names a variable that was asked for, but its value could not be made out.
    #[error(
        "the value of {name} cannot be read: check the quotes in line {line} of {}",
        path.display()
    )]
    BrokenLine {
        /// The file, as it is shown.
        path: PathBuf,
        /// The line on which the variable is named, from 1.
        line: usize,
        /// The name, which is one that the caller asked for.
        name: String,
    },
}

/// What a file says about the names that were asked for.
#[derive(Debug)]
pub struct EnvFile {
    shown: PathBuf,
    entries: BTreeMap<String, Entry>,
}

/// The last word of a file on one name: with several lines for a name, the last counts.
#[derive(Debug)]
struct Entry {
    line: usize,
    content: Result<Secret, Broken>,
}

/// A value, and the line that gave it.
#[derive(Debug)]
pub struct Found<'a> {
    /// The value, decoded and expanded.
    pub value: &'a Secret,
    /// The line on which the variable is named, from 1.
    pub line: usize,
}

impl EnvFile {
    /// Reads the file at `path`, or gives `None` where there is no file or a directory.
    ///
    /// Only names for which `wanted` holds are kept. `shown` is the path for messages. `${NAME}` is
    /// looked up with `outside` first, then in earlier lines of the file, as python-dotenv does when
    /// the environment has precedence; `outside` alone decides what a file may learn.
    ///
    /// Fails when the file is there but cannot be used. A broken line is no failure before its
    /// variable is asked for with [`EnvFile::get`].
    pub fn read(
        path: &Path,
        shown: &Path,
        wanted: impl Fn(&str) -> bool,
        outside: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Error> {
        let bytes = match read_bounded(path) {
            Ok(Contents::Bytes(bytes)) => bytes,
            Ok(Contents::Absent) => return Ok(None),
            Ok(Contents::TooMany) => return Err(Error::TooLarge { path: shown.into() }),
            Ok(Contents::NotAFile) => return Err(Error::NotRegular { path: shown.into() }),
            Err(source) => {
                let path = shown.into();
                return Err(Error::Unreadable { path, source });
            }
        };
        let text = String::from_utf8(bytes).map_err(|_| Error::NotUtf8 { path: shown.into() })?;
        Ok(Some(Self::parse(&text, shown, wanted, outside)))
    }

    /// Makes the value of a text, by the rules of [`EnvFile::read`].
    fn parse(
        text: &str,
        shown: &Path,
        wanted: impl Fn(&str) -> bool,
        outside: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Python opens the file with universal newlines, inside quoted values too.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut file = Self {
            shown: shown.to_owned(),
            entries: BTreeMap::new(),
        };
        for statement in Scanner::new(&text).filter(|statement| wanted(statement.name)) {
            let content = statement.value.and_then(|value| match value {
                Value::Absent => Ok(Secret::from("")),
                Value::Present(value) => file.complete(&value.decode()?, &outside),
            });
            let line = statement.line;
            let entry = Entry { line, content };
            file.entries.insert(statement.name.to_owned(), entry);
        }
        file
    }

    fn complete(
        &self,
        value: &str,
        outside: &impl Fn(&str) -> Option<String>,
    ) -> Result<Secret, Broken> {
        let look_up = |name: &str| match (outside(name), self.entries.get(name)) {
            (Some(value), _) => Ok(NoteRef::Known(value)),
            (None, None) => Ok(NoteRef::Unknown),
            (None, Some(entry)) => match &entry.content {
                Ok(value) => Ok(NoteRef::Known(value.expose().to_owned())),
                Err(Broken) => Err(Broken),
            },
        };
        expand(value, MAX_VALUE_BYTES, look_up).map(Secret::from)
    }

    /// The path of the file as it was given for messages.
    #[must_use]
    pub fn shown(&self) -> &Path {
        &self.shown
    }

    /// The value of a variable, empty where the file names it without one.
    ///
    /// Fails when the last line that names it is broken: has an open quote, text behind a quoted
    /// value, no `=`, or a value over [`MAX_VALUE_BYTES`].
    pub fn get(&self, name: &str) -> Result<Option<Found<'_>>, Error> {
        let Some(entry) = self.entries.get(name) else {
            return Ok(None);
        };
        let line = entry.line;
        match &entry.content {
            Ok(value) => Ok(Some(Found { value, line })),
            Err(Broken) => Err(Error::BrokenLine {
                path: self.shown.clone(),
                line,
                name: name.to_owned(),
            }),
        }
    }
}

enum Contents {
    Absent,
    NotAFile,
    TooMany,
    Bytes(Vec<u8>),
}

fn read_bounded(path: &Path) -> io::Result<Contents> {
    // Asked before opening: opening a pipe without a writer never returns.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_absence(&error) => return Ok(Contents::Absent),
        Err(error) => return Err(error),
    };
    if metadata.is_dir() {
        return Ok(Contents::Absent);
    }
    if !metadata.is_file() {
        return Ok(Contents::NotAFile);
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Ok(Contents::TooMany);
    }
    Ok(Contents::Bytes(bytes))
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
