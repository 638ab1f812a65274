//! The two locks of the directory: whose turn it is, and whether a server lives.
//!
//! Both are locks of the operating system on open files, which end with the processes that hold
//! them, however those end. A Unix socket is no such lock: `redis-server` removes the one that it
//! finds in its place, even one that is in use.
//!
//! The turn is held by the process that starts or stops the server. The life is held by the server
//! itself, as its standard input, so that it is known to live even when its socket is gone.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::deadline::Deadline;

/// An attempt to take a lock.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It is ours until the file, and every copy of it that a child has, is closed.
    Taken(File),
    /// Another has it.
    Held,
}

/// Takes the lock on the file at `path`, which is made where it is missing, if nobody has it.
pub(super) fn try_take(path: &Path) -> io::Result<Attempt> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Attempt::Taken(file)),
        Err(TryLockError::WouldBlock) => Ok(Attempt::Held),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes the lock as soon as nobody has it, until the deadline.
pub(super) fn take(path: &Path, deadline: Deadline) -> io::Result<Attempt> {
    loop {
        let attempt = try_take(path)?;
        if matches!(attempt, Attempt::Taken(_)) || deadline.is_over() {
            return Ok(attempt);
        }
        deadline.pause();
    }
}

/// Writes into a lock's file which process has it, for those who wait in vain.
pub(super) fn sign(mut file: &File, pid: u32) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{pid}")
}

/// The process that a lock's file, or a pid file, names.
pub(super) fn signature(path: &Path) -> Option<u32> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_had_once_and_names_its_holder() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        assert_eq!(signature(&path), None);
        let Attempt::Taken(file) = try_take(&path).unwrap() else {
            panic!("nobody has it");
        };
        sign(&file, 123_456).unwrap();
        sign(&file, 789).unwrap();
        assert_eq!(signature(&path), Some(789));
        assert!(matches!(try_take(&path).unwrap(), Attempt::Held));
        drop(file);
        assert!(matches!(try_take(&path).unwrap(), Attempt::Taken(_)));
    }
}
