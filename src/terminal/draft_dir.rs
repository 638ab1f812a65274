//! A directory of drafts, and the files in it: reads and writes through one open descriptor.
//!
//! [`user_dir`] makes the directory; here it is checked that only the user can enter it. Links are not
//! followed. Files of other users, files that are not regular and files that are too large are not read.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{Dir, Mode, OFlags, open, openat};
use tempfile::{Builder, NamedTempFile};

use crate::user_dir::{self, current_user};

/// The size of the largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Follows no link, and waits for no writer of a FIFO.
const FLAGS: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

#[derive(Debug)]
pub(super) struct DraftDir {
    pub(super) path: PathBuf,
    file: File,
}

impl DraftDir {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = open(path, FLAGS | OFlags::DIRECTORY, Mode::empty())?;
        Self::checked(path.to_owned(), file.into())
    }

    /// Opens it, and makes it first where it is missing. A directory that others can read is closed to
    /// them. One that others can write to is refused: it may hold their files.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        user_dir::create(path, current_user())?;
        let file = File::from(open(path, FLAGS | OFlags::DIRECTORY, Mode::empty())?);
        let metadata = file.metadata()?;
        if metadata.uid() == current_user() && metadata.mode() & 0o022 == 0 {
            file.set_permissions(Permissions::from_mode(0o700))?;
        }
        if let Some(parent) = path.parent().and_then(|parent| File::open(parent).ok()) {
            sync(&parent);
        }
        Self::checked(path.to_owned(), file)
    }

    fn checked(path: PathBuf, file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if metadata.uid() != current_user() || metadata.mode() & 0o077 != 0 {
            let text = "not a directory of your own with the permissions 0700";
            return Err(io::Error::other(text));
        }
        Ok(Self { path, file })
    }

    /// Makes a directory in this one, with a name of its own after the prefix.
    pub(super) fn create_in(&self, prefix: &str) -> io::Result<Self> {
        let directory = Builder::new()
            .prefix(prefix)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&self.path)?;
        sync(&self.file);
        Self::open(&directory.keep())
    }

    /// Opens a directory in this one.
    pub(super) fn open_in(&self, name: &OsStr) -> io::Result<Self> {
        let file = openat(&self.file, name, FLAGS | OFlags::DIRECTORY, Mode::empty())?;
        Self::checked(self.path.join(name), file.into())
    }

    /// Returns the names in it.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.file)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// Reads a file in it.
    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let (file, _) = self.open_file(name)?;
        let mut bytes = Vec::new();
        // The file may have grown since.
        file.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns the metadata of a file in it that can be read.
    pub(super) fn metadata(&self, name: &str) -> io::Result<Metadata> {
        Ok(self.open_file(name)?.1)
    }

    fn open_file(&self, name: &str) -> io::Result<(File, Metadata)> {
        let file = File::from(openat(&self.file, name, FLAGS, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.uid() != current_user() {
            return Err(io::Error::other("not a regular file of your own"));
        }
        if metadata.len() > LARGEST {
            let text = format!("larger than {} MiB", LARGEST >> 20);
            return Err(io::Error::other(text));
        }
        Ok((file, metadata))
    }

    /// Puts a file into it, whole and on the disk, in place of one that is there.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.path)?;
        file.write_all(text.as_bytes())?;
        // Another program that saves the file in this moment gives it a later time.
        let before = SystemTime::now() - Duration::from_secs(1);
        file.as_file().set_modified(before)?;
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        sync(&self.file);
        Ok(())
    }

    /// Locks it for this process until it is dropped. Fails if another process has locked it.
    pub(super) fn lock(&self) -> Result<(), fs::TryLockError> {
        self.file.try_lock()
    }

    /// Returns true if another process has locked it. It cannot do so until this is dropped.
    pub(super) fn is_locked(&self) -> bool {
        matches!(
            self.file.try_lock_shared(),
            Err(fs::TryLockError::WouldBlock)
        )
    }

    /// Removes it with all that it holds.
    pub(super) fn remove(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.path)
    }
}

/// Writes the entries of a directory to the disk. Some file systems refuse it, and nothing more can be
/// done there.
fn sync(directory: &File) {
    let _ = directory.sync_all();
}
