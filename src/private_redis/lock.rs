//! Polling with a deadline, and the two locks of the directory: one for a process that starts or stops
//! the server, one for the server itself.
//!
//! Both are locks of the operating system on open files, which end with the processes that hold them. A
//! Unix socket is no such lock: `redis-server` removes one at its path even while another server uses it.
//! The server holds its lock as its standard input, so that it is known to live even without its socket.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::Error;

/// The pause between two polls: a fraction of the 20 ms in which a server starts.
const PAUSE: Duration = Duration::from_millis(5);

/// The shortest timeout of a connection. To find that nothing listens takes far less.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);

/// The one deadline that bounds a start, a stop or a question, however many steps it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    since: Instant,
    /// The time allowed in all.
    pub(super) timeout: Duration,
}

impl Deadline {
    pub(super) fn after(timeout: Duration) -> Self {
        let since = Instant::now();
        Self { since, timeout }
    }

    pub(super) fn is_over(self) -> bool {
        self.left().is_zero()
    }

    /// Returns the time left as the timeout of a connection. It stays long enough to see that nothing
    /// listens: otherwise that would be taken for a server that does not answer.
    pub(super) fn timeout_left(self) -> Duration {
        self.left().max(SHORTEST_TIMEOUT)
    }

    /// Calls `ask` until it returns something, for the last time when the deadline is over.
    pub(super) fn poll<T>(self, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            let is_last = self.is_over();
            let answer = ask();
            if answer.is_some() || is_last {
                return answer;
            }
            self.pause();
        }
    }

    /// Sleeps between two polls.
    pub(super) fn pause(self) {
        thread::sleep(self.left().min(PAUSE));
    }

    fn left(self) -> Duration {
        self.timeout.saturating_sub(self.since.elapsed())
    }
}

/// Takes the lock on the file at `path`, which is made where it is missing, if it is free. It is held
/// until the file is closed, here and in every child that inherited it.
pub(super) fn try_acquire(path: &Path) -> Result<Option<File>, Error> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    let locked = options
        .open(path)
        .map_err(TryLockError::Error)
        .and_then(|file| file.try_lock().map(|()| file));
    match locked {
        Ok(file) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Error::of_write(path, &error)),
    }
}

/// Takes the lock as soon as it is free; `None` if it is not before the deadline.
pub(super) fn acquire(path: &Path, deadline: Deadline) -> Result<Option<File>, Error> {
    deadline.poll(|| try_acquire(path).transpose()).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_had_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let deadline = Deadline::after(Duration::from_millis(20));
        let file = acquire(&path, deadline).unwrap().expect("it is free");
        assert!(acquire(&path, deadline).unwrap().is_none());
        drop(file);
        // A process that another test is starting may hold a copy for a moment.
        let deadline = Deadline::after(Duration::from_secs(20));
        assert!(acquire(&path, deadline).unwrap().is_some());
    }
}
