//! Text on disk until it is safe in Redis: what an editor works on, and what could not be stored.
//!
//! A draft is a directory with the text and its origin, what the text started from. It stays until it
//! is removed, whatever ends the process. This file knows nothing of notes.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::own_dir::OwnDir;
use crate::user_dir::current_user;

/// The name of the text: editors know Markdown by its end, and find their swap files by its whole.
const TEXT: &str = "note.md";

/// The name of the origin.
const ORIGIN: &str = ".origin";

/// Where drafts are kept, the best place first.
#[derive(Debug)]
pub(crate) struct Drafts {
    places: Vec<PathBuf>,
}

/// A draft that this process has open.
#[derive(Debug)]
pub(crate) struct Draft {
    directory: OwnDir,
    /// The command that continues with it.
    pub(crate) resume: String,
    /// The text is that of an earlier run, and is kept until it is stored.
    pub(crate) is_resumed: bool,
}

/// A draft that an earlier run has left, or that another one has open.
#[derive(Debug)]
pub(crate) struct Kept {
    directory: OwnDir,
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
        let mut places = Vec::new();
        places.extend(data_dir.map(|directory| directory.join("drafts")));
        places.push(temporary.join(format!("notes-{}-drafts", current_user())));
        Self { places }
    }

    /// Makes a draft in the first place that takes it. `name` is for people who look for it there.
    ///
    /// Fails, with what is wrong with the first place, when none does.
    pub(crate) fn create(
        &self,
        name: &str,
        text: &str,
        origin: &str,
        resume: String,
    ) -> io::Result<Draft> {
        let mut failure = None;
        for place in &self.places {
            match create_in(place, name, text, origin) {
                Ok(directory) => {
                    return Ok(Draft {
                        directory,
                        resume,
                        is_resumed: false,
                    });
                }
                Err(error) => {
                    let text = format!("{}: {error}", place.display());
                    failure.get_or_insert(io::Error::new(error.kind(), text));
                }
            }
        }
        Err(failure.expect("there is a place among the temporary files"))
    }

    /// Lists the drafts, the one saved last first. A draft that cannot be read is left out.
    pub(crate) fn kept(&self) -> Vec<Kept> {
        let mut kept = Vec::new();
        for place in &self.places {
            let Ok(place) = OwnDir::open(place) else {
                continue;
            };
            for name in place.names().unwrap_or_default() {
                kept.extend(place.open_in(&name).and_then(Kept::read_in));
            }
        }
        kept.sort_by_key(|kept| kept.saved_at);
        kept.reverse();
        kept
    }
}

fn create_in(place: &Path, name: &str, text: &str, origin: &str) -> io::Result<OwnDir> {
    // Only letters, digits and dashes of a name that others may have chosen.
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(36)
        .collect();
    let directory = OwnDir::create(place)?.create_in(&format!("{name}-"))?;
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

    /// Says where the text is, and how to continue with it.
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
    fn read_in(directory: OwnDir) -> io::Result<Self> {
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

    /// Opens it in the same place, so that an editor finds its files there. `None` if another run has
    /// opened or removed it.
    pub(crate) fn open(self, resume: String, is_resumed: bool) -> Option<Draft> {
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
            is_resumed,
        })
    }

    pub(crate) fn remove(self) -> io::Result<()> {
        self.directory.remove()
    }
}

fn has_other_files(directory: &OwnDir) -> bool {
    let names = directory.names().unwrap_or_default();
    names.iter().any(|name| name != TEXT && name != ORIGIN)
}
