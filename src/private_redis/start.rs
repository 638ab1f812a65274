//! Starting the server, once, whoever else wants it started.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use super::deadline::Deadline;
use super::error::Error;
use super::lock::{self, Attempt};
use super::log::Mark;
use super::probe::{self, Listener};
use super::server::{Failure, Server};
use super::{LIFE, PID, PrivateRedis, TURN, directory};

/// How long a look at a server may take that another process is starting.
const GLANCE: Duration = Duration::from_millis(200);

/// What [`PrivateRedis::ensure_running`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It ran already, or another process has just started it.
    Already,
    /// It was started now.
    Started {
        /// Its process.
        pid: u32,
    },
}

/// What came of waiting for the right to start a server.
enum Right {
    /// It is ours for as long as the lock is.
    Ours(File),
    /// There is nothing to start: a server answers.
    NotNeeded,
}

impl PrivateRedis {
    /// Sees to it that the server answers commands, within `patience`.
    ///
    /// Of any number of callers at once, in any number of processes, exactly one starts a server.
    /// The server is in a session of its own and outlives its starter. On success its socket is
    /// there, and so are, on the disk, the directories that lead to its files.
    ///
    /// A server that does not listen in time is ended. One that listens but is still reading its
    /// files is left alone: [`Error::StillLoading`].
    pub fn ensure_running(&self, patience: Duration) -> Result<Start, Error> {
        let deadline = Deadline::after(patience);
        if !self.dir.exists() {
            // No traces in the home of somebody who has no server.
            self.server_program()?;
        }
        directory::prepare(&self.dir, self.user)?;
        let Right::Ours(_turn) = self.take_turn(deadline)? else {
            return Ok(Start::Already);
        };
        let Right::Ours(life) = self.take_life(deadline)? else {
            return Ok(Start::Already);
        };
        self.start(life, deadline)
    }

    fn server_program(&self) -> Result<PathBuf, Error> {
        self.programs.server().ok_or_else(|| Error::NoServer {
            install: self.programs.install_server(self.user),
            localhost: probe::localhost(),
        })
    }

    /// Waits until nobody else starts or stops the server.
    fn take_turn(&self, deadline: Deadline) -> Result<Right, Error> {
        if let Some(turn) = self.turn(deadline)? {
            return Ok(Right::Ours(turn));
        }
        match probe::listener(&self.socket, Deadline::after(GLANCE))? {
            Listener::Up => Ok(Right::NotNeeded),
            Listener::Loading => Err(self.still_loading(deadline)),
            Listener::Absent | Listener::Dead | Listener::Silent => {
                Err(self.turn_is_held(deadline))
            }
        }
    }

    /// The lock of whoever starts or stops the server, if it can be had before the deadline.
    pub(super) fn turn(&self, deadline: Deadline) -> Result<Option<File>, Error> {
        let path = self.dir.join(TURN);
        match lock::take(&path, deadline) {
            Ok(Attempt::Taken(turn)) => {
                // Only a message would miss it.
                let _ = lock::sign(&turn, std::process::id());
                Ok(Some(turn))
            }
            Ok(Attempt::Held) => Ok(None),
            Err(source) => Err(Error::of_write(&path, source)),
        }
    }

    /// The error for a turn that could not be had.
    pub(super) fn turn_is_held(&self, deadline: Deadline) -> Error {
        let lock = self.dir.join(TURN);
        Error::LockHeld {
            holder: lock::signature(&lock),
            lock,
            patience: deadline.patience(),
        }
    }

    /// Waits until a server answers, or until it is certain that none lives: a dead socket alone
    /// does not tell, and two servers would both write the same files.
    fn take_life(&self, deadline: Deadline) -> Result<Right, Error> {
        let path = self.dir.join(LIFE);
        let mut loading = false;
        loop {
            let found = probe::listener(&self.socket, deadline)?;
            match found {
                Listener::Up => return Ok(Right::NotNeeded),
                Listener::Loading => loading = true,
                Listener::Silent => {}
                Listener::Absent | Listener::Dead => {
                    let attempt =
                        lock::try_take(&path).map_err(|source| Error::of_write(&path, source))?;
                    if let Attempt::Taken(life) = attempt {
                        return Ok(Right::Ours(life));
                    }
                }
            }
            if deadline.is_over() {
                return Err(match found {
                    Listener::Absent | Listener::Dead => self.unreachable(),
                    // The last question may have had too little time for an answer.
                    _ if loading => self.still_loading(deadline),
                    _ => self.silent(deadline),
                });
            }
            deadline.pause();
        }
    }

    /// Starts the server in a directory where none lives. What is at the path of its socket was
    /// found to be the dead one of an earlier server, or nothing.
    fn start(&self, life: File, deadline: Deadline) -> Result<Start, Error> {
        let program = self.server_program()?;
        let complaints = self
            .log
            .open()
            .map_err(|source| Error::of_write(self.log.path(), source))?;
        let mark = self.log.mark();
        // Should this start fail, nothing is left that looks like a server that died.
        let _ = fs::remove_file(&self.socket);
        let server = Server::spawn(&program, &self.dir, life, complaints)
            .map_err(|source| Error::Spawn { program, source })?;
        let pid = server.pid();
        match server.wait_until_up(&self.socket, deadline) {
            Ok(()) => {
                directory::sync(&self.dir);
                Ok(Start::Started { pid })
            }
            Err(failure) => Err(self.explain(failure, mark, deadline)),
        }
    }

    /// The error for a start that failed, with what the log says since `mark`.
    fn explain(&self, failure: Failure, mark: Mark, deadline: Deadline) -> Error {
        let tail = self.log.since(mark);
        let ended = matches!(failure, Failure::Ended(_) | Failure::NeverListened);
        if ended && (tail.tells_of_full_disk() || directory::is_full(&self.dir)) {
            return Error::DiskFull {
                path: self.dir.clone(),
            };
        }
        let (log, tail) = (self.log.path().to_owned(), tail.text());
        match failure {
            Failure::Ended(status) => Error::ExitedEarly { status, log, tail },
            Failure::NeverListened => Error::NotReady {
                patience: deadline.patience(),
                log,
                tail,
            },
            Failure::Loading => self.still_loading(deadline),
            Failure::Probe(error) => error,
        }
    }

    fn still_loading(&self, deadline: Deadline) -> Error {
        Error::StillLoading {
            patience: deadline.patience(),
            log: self.log.path().to_owned(),
        }
    }

    /// The error for a server that lives but does not listen.
    pub(super) fn unreachable(&self) -> Error {
        Error::Unreachable {
            socket: self.socket.clone(),
            pid: lock::signature(&self.dir.join(PID)),
        }
    }

    /// The error for a server that listens but does not answer.
    pub(super) fn silent(&self, deadline: Deadline) -> Error {
        Error::Silent {
            socket: self.socket.clone(),
            pid: lock::signature(&self.dir.join(PID)),
            patience: deadline.patience(),
        }
    }
}
