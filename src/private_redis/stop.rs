//! Stopping the server, and seeing it gone.

use std::io::ErrorKind;
use std::time::Duration;

use super::deadline::Deadline;
use super::error::Error;
use super::lock::{self, Attempt};
use super::probe::{self, Listener, Reply};
use super::{LIFE, PrivateRedis};

/// What [`PrivateRedis::stop`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It ran and is gone now.
    Stopped {
        /// The process that it was.
        pid: u32,
    },
    /// It did not run.
    NotRunning,
}

impl PrivateRedis {
    /// Stops the server and waits, within `patience`, until its process and its socket are gone.
    ///
    /// Starts nothing, and makes no directory. Nothing that was written is lost.
    pub fn stop(&self, patience: Duration) -> Result<Stop, Error> {
        let deadline = Deadline::after(patience);
        if !self.dir.exists() {
            return Ok(Stop::NotRunning);
        }
        let Some(_turn) = self.turn(deadline)? else {
            return Err(self.turn_is_held(deadline));
        };
        match self.settled(deadline)? {
            Listener::Absent | Listener::Dead => self
                .is_gone_by(deadline)
                .then_some(Stop::NotRunning)
                .ok_or_else(|| self.unreachable()),
            Listener::Silent => Err(self.silent(deadline)),
            Listener::Loading | Listener::Up => {
                let pid = self.shut_down(deadline)?;
                self.is_gone_by(deadline)
                    .then_some(Stop::Stopped { pid })
                    .ok_or(Error::NotStopped { pid, patience })
            }
        }
    }

    /// Tells the server to end, and says which process it is.
    fn shut_down(&self, deadline: Deadline) -> Result<u32, Error> {
        let mut conversation = self.converse(deadline)?;
        let pid = self.about(&mut conversation, deadline)?.pid;
        // NOSAVE is about snapshots, of which there are none; the append-only file is always synced.
        match conversation.ask("SHUTDOWN NOSAVE") {
            Ok(Reply::Text(reply) | Reply::Error(reply)) => Err(self.refused(&reply)),
            Err(error) if is_hang_up(error.kind()) => Ok(pid),
            Err(_) => Err(Error::NotStopped {
                pid,
                patience: deadline.patience(),
            }),
        }
    }

    /// Waits until no server lives; tells whether that came before the deadline.
    ///
    /// Its lock tells: a process id may be another's by now, or a corpse's that was not fetched.
    fn is_gone_by(&self, deadline: Deadline) -> bool {
        let life = self.dir.join(LIFE);
        loop {
            let found = probe::listener(&self.socket, deadline);
            if matches!(found, Ok(Listener::Absent | Listener::Dead))
                && !matches!(lock::try_take(&life), Ok(Attempt::Held))
            {
                return true;
            }
            if deadline.is_over() {
                return false;
            }
            deadline.pause();
        }
    }
}

fn is_hang_up(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
    )
}
