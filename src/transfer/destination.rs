//! Where an export goes: a file or a directory that is there as a whole, or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

/// How much is gathered before it is written, in bytes.
const BUFFER: usize = 64 * 1024;

/// What the name of something begins with that is not whole yet.
const PREFIX: &str = ".notes-export-";

/// A file that takes its place when it is whole.
pub(crate) enum NewFile {
    Beside {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
    },
    /// What is no regular file, such as a pipe, is written to as it is.
    Through(BufWriter<File>),
}

impl NewFile {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let there = fs::metadata(path).ok();
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::Error::other("is a directory; add --format md"));
        }
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self::Through(BufWriter::with_capacity(BUFFER, file)));
        }
        // A link stays one.
        let target = match there {
            Some(_) => fs::canonicalize(path)?,
            None => path.to_owned(),
        };
        let permissions = there.map_or(Permissions::from_mode(0o666), |there| there.permissions());
        let file = Builder::new()
            .prefix(PREFIX)
            .permissions(permissions)
            .tempfile_in(directory_of(&target))
            .map_err(cause)?;
        let file = BufWriter::with_capacity(BUFFER, file);
        Ok(Self::Beside { file, target })
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Through(mut file) => file.flush(),
            Self::Beside { file, target } => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(target)?;
                Ok(())
            }
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside { file, .. } => file.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside { file, .. } => file.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

/// A directory that takes its place when all its files are there. What is there already may only be
/// an empty directory.
pub(crate) struct NewDirectory {
    directory: TempDir,
    target: PathBuf,
}

impl NewDirectory {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        match fs::read_dir(path).map(Iterator::count) {
            Ok(0) => {}
            Ok(_) => return Err(io::Error::other("it is not empty; name a new directory")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let directory = Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o777))
            .tempdir_in(directory_of(&target))
            .map_err(cause)?;
        Ok(Self { directory, target })
    }

    /// Writes a file under the first of the names that is free.
    pub(crate) fn add(&self, names: &[String], bytes: &[u8]) -> io::Result<()> {
        let mut taken = io::ErrorKind::AlreadyExists.into();
        for name in names {
            match File::create_new(self.directory.path().join(name)) {
                Ok(mut file) => return file.write_all(bytes),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
                Err(error) => return Err(error),
            }
        }
        Err(taken)
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        fs::rename(self.directory.path(), self.target)?;
        // There is nothing left under its first name to remove.
        let _ = self.directory.keep();
        Ok(())
    }
}

/// The error without the name of the file that is not whole yet, which nobody chose.
fn cause(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((cause, _)) => io::Error::new(error.kind(), cause),
        None => error,
    }
}

/// The directory that a path lies in.
fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
