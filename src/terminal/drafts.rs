//! Drafts: texts on disk until they are stored in Redis, for an editor or after a failed write.
//!
//! A draft is a directory with the text and its origin: the text before the edit. It stays until it is
//! removed, however the process ends. This file knows nothing of notes.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::draft_dir::DraftDir;
use crate::user_dir::current_user;

/// The name of the text. Editors know Markdown by the extension, and find their swap files by the name.
const TEXT: &str = "note.md";

/// The name of the origin.
const ORIGIN: &str = ".origin";

/// The directories for drafts, the preferred one first.
#[derive(Debug)]
pub(crate) struct Drafts {
    directories: Vec<PathBuf>,
}

/// A draft that this process has open.
#[derive(Debug)]
pub(crate) struct Draft {
    directory: DraftDir,
    /// The command that continues with it.
    pub(crate) resume: String,
    /// The text is that of an earlier run or of arguments, and is kept until it is stored.
    pub(crate) is_unstored: bool,
}

/// A draft that an earlier run has left, or that another one has open.
#[derive(Debug)]
pub(crate) struct Kept {
    directory: DraftDir,
    pub(crate) origin: String,
    pub(crate) saved_at: SystemTime,
    /// Another run has it open.
    pub(crate) is_open: bool,
}

/// The text of a draft, and what changes when an editor saves the same text again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) text: Vec<u8>,
    file: u64,
    saved_at: SystemTime,
}

impl Drafts {
    /// Chooses a directory among the user's data, then one of the user's own in `temporary`.
    pub(crate) fn new(data_dir: Option<&Path>, temporary: &Path) -> Self {
        let mut directories = Vec::new();
        directories.extend(data_dir.map(|directory| directory.join("drafts")));
        directories.push(temporary.join(format!("notes-{}-drafts", current_user())));
        Self { directories }
    }

    /// Makes a draft in the first directory that it can be written to. `name` is for people who look
    /// there.
    ///
    /// If it can be written to none, the error is that of the first.
    pub(crate) fn create(
        &self,
        name: &str,
        text: &str,
        origin: &str,
        resume: String,
    ) -> io::Result<Draft> {
        let mut failure = None;
        for parent in &self.directories {
            match create_in(parent, name, text, origin) {
                Ok(directory) => {
                    return Ok(Draft {
                        directory,
                        resume,
                        is_unstored: false,
                    });
                }
                Err(error) => {
                    let text = format!("{}: {error}", parent.display());
                    failure.get_or_insert(io::Error::new(error.kind(), text));
                }
            }
        }
        Err(failure.expect("there is a directory among the temporary files"))
    }

    /// Lists the drafts, the one saved last first. A draft that cannot be read is left out.
    pub(crate) fn kept(&self) -> Vec<Kept> {
        let mut kept = Vec::new();
        for parent in &self.directories {
            let Ok(parent) = DraftDir::open(parent) else {
                continue;
            };
            for name in parent.names().unwrap_or_default() {
                kept.extend(parent.open_in(&name).and_then(Kept::read_in));
            }
        }
        kept.sort_by_key(|kept| kept.saved_at);
        kept.reverse();
        kept
    }
}

fn create_in(parent: &Path, name: &str, text: &str, origin: &str) -> io::Result<DraftDir> {
    // Only letters, digits and dashes of a name that others may have chosen.
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(36)
        .collect();
    let directory = DraftDir::create(parent)?.create_in(&format!("{name}-"))?;
    // A file system without locks only lets two runs open one draft.
    let _ = directory.lock();
    // The origin comes last: a text without one is not found.
    let written = directory
        .write(TEXT, text)
        .and_then(|()| directory.write(ORIGIN, origin));
    if written.is_err() {
        let _ = directory.remove();
    }
    written.map(|()| directory)
}

impl Draft {
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path.join(TEXT)
    }

    /// Returns a message with the path of the text and the command that continues with it.
    pub(crate) fn hint(&self) -> String {
        let path = self.path();
        let (path, resume) = (path.display(), &self.resume);
        format!("your text is in {path}; `{resume}` continues with it")
    }

    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        self.directory.read(TEXT)
    }

    /// Reads what the file holds now. An editor may have put another file in its place.
    pub(super) fn state(&self) -> io::Result<State> {
        let metadata = self.directory.metadata(TEXT)?;
        Ok(State {
            text: self.read()?,
            file: metadata.ino(),
            saved_at: metadata.modified()?,
        })
    }

    /// Puts another text in place of this one, which started from another origin.
    pub(crate) fn replace(&self, text: &str, origin: &str) -> io::Result<()> {
        // If only the first is done, the texts are merged once more: that changes nothing.
        self.directory.write(TEXT, text)?;
        self.directory.write(ORIGIN, origin)
    }

    /// Returns true if an editor has left files beside the text, as vim does with what was not saved.
    pub(super) fn has_other_files(&self) -> bool {
        has_other_files(&self.directory)
    }

    /// Removes it, with what the editor left beside it.
    pub(crate) fn remove(&self) -> io::Result<()> {
        self.directory.remove()
    }
}

impl Kept {
    fn read_in(directory: DraftDir) -> io::Result<Self> {
        let origin = String::from_utf8(directory.read(ORIGIN)?);
        Ok(Self {
            origin: origin.map_err(io::Error::other)?,
            saved_at: directory.metadata(TEXT)?.modified()?,
            is_open: directory.is_locked(),
            directory,
        })
    }

    /// Returns true if it holds this text and nothing else.
    pub(crate) fn is_only(&self, text: &str) -> bool {
        let read = self.directory.read(TEXT);
        read.is_ok_and(|read| read == text.as_bytes()) && !has_other_files(&self.directory)
    }

    /// Opens it under the same path, so that an editor finds its files there. `None` if another run has
    /// opened or removed it.
    pub(crate) fn open(self, resume: String, is_unstored: bool) -> Option<Draft> {
        let is_taken = matches!(
            self.directory.lock(),
            Err(std::fs::TryLockError::WouldBlock)
        );
        if is_taken || self.directory.metadata(TEXT).is_err() {
            return None;
        }
        Some(Draft {
            directory: self.directory,
            resume,
            is_unstored,
        })
    }

    pub(crate) fn remove(self) -> io::Result<()> {
        self.directory.remove()
    }
}

fn has_other_files(directory: &DraftDir) -> bool {
    let names = directory.names().unwrap_or_default();
    names.iter().any(|name| name != TEXT && name != ORIGIN)
}
