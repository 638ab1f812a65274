//! Text on disk until it is safe in Redis: what an editor works on, and what could not be stored.
//!
//! A draft is removed when it is dropped, and stays when it is kept; its origin, what the text
//! started from, then stays beside it. The files are for the user alone (mode 0600). This file knows
//! nothing of notes.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::user_dir;

/// What the name of a draft ends with: editors know Markdown by it.
const TEXT: &str = "md";

/// What the name of its origin ends with.
const ORIGIN: &str = "origin";

#[derive(Debug)]
pub(crate) struct Draft {
    file: NamedTempFile,
    /// What is kept with it, if it is kept.
    pub(crate) origin: Option<String>,
}

/// A draft that was kept by an earlier run.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    pub(crate) origin: String,
}

impl Draft {
    /// Writes a text to a new file, named after `name`, in the first of `directories` that takes it;
    /// a directory is made if need be.
    ///
    /// Fails, with what is wrong with the first, when none does.
    pub(crate) fn create(directories: &[PathBuf], name: &str, text: &str) -> io::Result<Self> {
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
        user_dir::create(directory, user_dir::current_user())?;
        // Only letters, digits and dashes of a name that others may have chosen.
        let name: String = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(36)
            .collect();
        let (prefix, suffix) = (format!("{name}-"), format!(".{TEXT}"));
        let mut file = Builder::new()
            .prefix(&prefix)
            .suffix(&suffix)
            .tempfile_in(directory)?;
        write(&mut file, text)?;
        Ok(Self { file, origin: None })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// What the file holds now. An editor may have put another file in its place.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(self.path())
    }

    /// Leaves the file where it is, for the user to find.
    pub(crate) fn keep(self) -> io::Result<PathBuf> {
        let path = self.file.into_temp_path().keep()?;
        if let Some(origin) = self.origin {
            let directory = path.parent().unwrap_or(Path::new("."));
            let mut file = NamedTempFile::new_in(directory)?;
            write(&mut file, &origin)?;
            file.persist(path.with_extension(ORIGIN))?;
        }
        Ok(path)
    }
}

impl Kept {
    /// The draft kept last in one of the directories among those whose origin is `wanted`.
    ///
    /// A directory that cannot be read holds none.
    pub(crate) fn latest(directories: &[PathBuf], wanted: impl Fn(&str) -> bool) -> Option<Self> {
        let entries = directories.iter().flat_map(fs::read_dir).flatten();
        let kept = entries.flatten().filter_map(|entry| {
            let origin = entry.path();
            if origin.extension()? != ORIGIN {
                return None;
            }
            let path = origin.with_extension(TEXT);
            let changed = fs::metadata(&path).ok()?.modified().ok()?;
            // What is not text is no origin that this program wrote.
            let origin = fs::read_to_string(&origin).ok()?;
            wanted(&origin).then_some((changed, Self { path, origin }))
        });
        Some(kept.max_by_key(|(changed, _)| *changed)?.1)
    }

    /// The text. It may have been changed since it was kept, and need not be UTF-8 any more.
    pub(crate) fn read(&self) -> io::Result<String> {
        fs::read_to_string(&self.path)
    }

    /// Removes the draft: its text is safe elsewhere.
    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(self.path.with_extension(ORIGIN))?;
        fs::remove_file(self.path)
    }
}

fn write(file: &mut NamedTempFile, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()
}
