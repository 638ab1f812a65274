//! Text on disk until it is safe in Redis: what an editor works on, and what could not be stored.
//!
//! A draft is removed when it is dropped, and stays when it is kept. Its file is for the user alone
//! (mode 0600). This file knows nothing of notes.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// A text in a file of its own.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
}

impl Draft {
    /// Writes a text to a new file, named after `name`, in the first of `directories` that takes it;
    /// a directory is made if need be.
    ///
    /// Fails, with what is wrong with the first, when none does.
    pub fn create(directories: &[PathBuf], name: &str, text: &str) -> io::Result<Self> {
        let mut failure = None;
        for directory in directories {
            match Self::create_in(directory, name, text) {
                Ok(draft) => return Ok(draft),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }

    fn create_in(directory: &Path, name: &str, text: &str) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
        // Only letters, digits and dashes of a name that others may have chosen.
        let name: String = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(36)
            .collect();
        let mut file = Builder::new()
            .prefix(&format!("{name}-"))
            .suffix(".md")
            .tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(Self { file })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// What the file holds now. An editor may have put another file in its place.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(self.path())
    }

    /// Leaves the file where it is, for the user to find.
    pub fn keep(self) -> io::Result<PathBuf> {
        self.file
            .into_temp_path()
            .keep()
            .map_err(|error| error.error)
    }
}
