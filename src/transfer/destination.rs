//! The destination of an export: a file or a directory that appears as a whole, or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::mem;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tempfile::{Builder, TempDir, TempPath};

use super::file_names::FileNames;
use super::markdown;
use crate::note::RawNote;

/// The size of the write buffer, in bytes.
const BUFFER: usize = 64 * 1024;

/// The prefix of the name while the file or directory is incomplete.
const PREFIX: &str = ".notes-export-";

const NOT_EMPTY: &str = "it is not empty; name a new directory, or add --update";

/// The most links that the system follows, see `path_resolution(7)`.
const MOST_LINKS: usize = 40;

/// The temporary path of an incomplete export, for a thread that removes it when the process ends. It is
/// locked during each write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unfinished(Arc<Mutex<Option<PathBuf>>>);

impl Unfinished {
    fn lock(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes it, and blocks all later writes: the process has to end.
    pub(crate) fn remove(&self) {
        let name = self.lock();
        if let Some(path) = &*name {
            // A failure leaves it behind, and cannot be reported here.
            let _ = if path.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            };
        }
        mem::forget(name);
    }
}

/// A file that takes its place when it is whole.
pub(crate) struct NewFile {
    file: BufWriter<File>,
    /// The temporary and the final path; `None` for a pipe or a device, which is written to directly.
    paths: Option<(TempPath, PathBuf)>,
    unfinished: Unfinished,
}

impl NewFile {
    pub(crate) fn create(path: &Path, unfinished: &Unfinished) -> io::Result<Self> {
        let there = match fs::metadata(path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            // The system does not follow the link, for example one of another user in a sticky directory:
            // its target must not be replaced.
            Err(error) => return Err(error),
        };
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::Error::other("is a directory; add --format md"));
        }
        let (file, paths) = if there.as_ref().is_none_or(fs::Metadata::is_file) {
            let mode = Permissions::from_mode(0o666);
            let permissions = there.as_ref().map_or(mode, fs::Metadata::permissions);
            // A link stays one.
            let target = match there {
                Some(_) => fs::canonicalize(path)?,
                None => end_of_links(path)?,
            };
            let mut name = unfinished.lock();
            let file = builder(permissions).tempfile_in(directory_of(&target));
            let (file, temporary) = file.map_err(cause)?.into_parts();
            *name = Some(temporary.to_path_buf());
            (file, Some((temporary, target)))
        } else {
            (OpenOptions::new().write(true).open(path)?, None)
        };
        let file = BufWriter::with_capacity(BUFFER, file);
        let unfinished = unfinished.clone();
        Ok(Self {
            file,
            paths,
            unfinished,
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        // A write to a pipe may block, and there is nothing to remove.
        let _locked = self.paths.as_ref().map(|_| self.unfinished.lock());
        self.file.write_all(bytes)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        let Some((temporary, target)) = self.paths else {
            return self.file.flush();
        };
        let mut name = self.unfinished.lock();
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        temporary.persist(target)?;
        *name = None;
        Ok(())
    }
}

/// A directory that gets its files once all are written. One that exists must be empty, and is kept: it
/// may be a mount point, or the working directory of a shell.
pub(crate) struct NewDirectory {
    directory: TempDir,
    target: PathBuf,
    is_there: bool,
    names: FileNames,
    unfinished: Unfinished,
}

impl NewDirectory {
    pub(crate) fn create(path: &Path, unfinished: &Unfinished) -> io::Result<Self> {
        let is_there = match fs::read_dir(path).map(|mut names| names.next().is_none()) {
            Ok(true) => true,
            Ok(false) => return Err(io::Error::other(NOT_EMPTY)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        let target = path.to_owned();
        let parent = if is_there { path } else { directory_of(path) };
        let mut name = unfinished.lock();
        let directory = builder(Permissions::from_mode(0o777)).tempdir_in(parent);
        let directory = directory.map_err(cause)?;
        *name = Some(directory.path().to_owned());
        Ok(Self {
            directory,
            target,
            is_there,
            names: FileNames::default(),
            unfinished: unfinished.clone(),
        })
    }

    /// Writes the file of a note, with the time of its last change.
    pub(crate) fn add(&mut self, id: &str, note: &RawNote, bytes: &[u8]) -> io::Result<()> {
        let _locked = self.unfinished.lock();
        let title = note.text("title").unwrap_or_default();
        let name = self.names.choose(id, &title);
        let mut file = File::create_new(self.directory.path().join(name))?;
        file.write_all(bytes)?;
        set_time(&file, markdown::modified(note));
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        let mut name = self.unfinished.lock();
        if self.is_there {
            for entry in fs::read_dir(self.directory.path())? {
                let entry = entry?;
                fs::rename(entry.path(), self.target.join(entry.file_name()))?;
            }
            self.directory.close()?;
        } else {
            fs::rename(self.directory.path(), self.target)?;
            // Its temporary path is gone, so there is nothing to remove.
            let _ = self.directory.keep();
        }
        *name = None;
        Ok(())
    }
}

/// Writes a file that appears as a whole, or not at all.
pub(super) fn replace(
    path: &Path,
    bytes: &[u8],
    modified: Option<DateTime<Utc>>,
    unfinished: &Unfinished,
) -> io::Result<()> {
    let there = fs::metadata(path).ok();
    let permissions = there.as_ref().map(fs::Metadata::permissions);
    let mut name = unfinished.lock();
    let permissions = permissions.unwrap_or(Permissions::from_mode(0o666));
    let file = builder(permissions).tempfile_in(directory_of(path));
    let mut file = file.map_err(cause)?;
    *name = Some(file.path().to_owned());
    file.write_all(bytes)?;
    set_time(file.as_file(), modified);
    if there.is_some() {
        file.as_file().sync_all()?;
    }
    file.persist(path)?;
    *name = None;
    Ok(())
}

/// Sets the time of the last change of a file. Some file systems lack times such as those before 1970: then
/// the file has the time at which it was written.
fn set_time(file: &File, modified: Option<DateTime<Utc>>) {
    if let Some(modified) = modified {
        let _ = file.set_modified(modified.into());
    }
}

fn builder(permissions: Permissions) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).permissions(permissions);
    builder
}

/// Returns the error without the temporary path, which means nothing to the user.
fn cause(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((cause, _)) => io::Error::new(error.kind(), cause),
        None => error,
    }
}

/// Follows the links from a path whose target does not exist, and returns the target of the last.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut end = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&end) {
            Ok(next) => end = directory_of(&end).join(next),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(end),
            Err(error) => return Err(error),
        }
    }
    // The system followed them to their end before, so another process has added some.
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Returns the directory that a path lies in.
fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
