//! What is at the socket of the private Redis, and how its server is.

use std::io::ErrorKind;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::time::Duration;

use super::PrivateRedis;
use super::error::Error;
use super::lock::Deadline;
use crate::store::{self, Address, Store};

/// How long a server may take to say how it is.
const STATUS_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a Redis on localhost, which only a message would name, may take to answer.
const LOCALHOST_TIMEOUT: Duration = Duration::from_millis(100);

/// What is found at the path of a socket.
pub(super) enum Found {
    /// Nothing at all.
    Absent,
    /// The socket of a server that is gone.
    Dead,
    /// A server that gave no answer before the deadline, or hung up.
    Silent,
    /// A server that still reads its files.
    Loading(Store),
    Up(Store),
    /// A server that answers, and refuses.
    Refusing(store::Error),
}

/// How the private Redis is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It answers commands.
    Running {
        pid: u32,
        /// The version, by the numbering of its kind.
        version: String,
        /// `Redis` or `Valkey`.
        kind: &'static str,
    },
    /// It runs and still reads its files; only a few commands are answered.
    Loading { pid: u32 },
    /// Nothing listens at its socket.
    NotRunning,
}

impl PrivateRedis {
    /// Tells how the server is. Starts nothing and makes nothing; takes 2 s at most.
    pub(crate) fn status(&self) -> Result<Status, Error> {
        let deadline = Deadline::after(STATUS_TIMEOUT);
        match self.settled(deadline)? {
            Found::Absent | Found::Dead => Ok(Status::NotRunning),
            Found::Silent => Err(self.silent(deadline)),
            Found::Refusing(error) => Err(self.refused(&error)),
            Found::Loading(mut store) => {
                let (pid, _) = self.server(&mut store)?;
                Ok(Status::Loading { pid })
            }
            Found::Up(mut store) => {
                let (pid, server) = self.server(&mut store)?;
                Ok(Status::Running {
                    pid,
                    version: server.version.unwrap_or_default(),
                    kind: server.kind,
                })
            }
        }
    }

    /// Looks at what is at the socket.
    pub(super) fn look(&self, deadline: Deadline) -> Result<Found, Error> {
        match Store::open_or_loading(&self.address(), deadline.timeout_left()) {
            Ok((store, true)) => Ok(Found::Loading(store)),
            Ok((store, false)) => Ok(Found::Up(store)),
            Err(store::Error::Unreachable { source, .. }) => match source.kind() {
                // Linux refuses a connection to any file that is no socket, too.
                _ if is_something_else(&self.socket) => Err(self.in_the_way()),
                ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(Found::Absent),
                ErrorKind::ConnectionRefused => Ok(Found::Dead),
                _ => {
                    let message = format!(
                        "cannot connect to the private Redis at {}; check who may use that \
                         directory, or set NOTES_DATA_DIR to another",
                        self.socket.display()
                    );
                    Err(Error::because(message, source))
                }
            },
            Err(store::Error::TooSlow { .. } | store::Error::Lost { .. }) => Ok(Found::Silent),
            Err(store::Error::NotRedis(_)) => Err(self.in_the_way()),
            Err(error) => Ok(Found::Refusing(error)),
        }
    }

    /// What is at the socket, once it is more than silence: a server that has hung up is a moment
    /// from being gone.
    pub(super) fn settled(&self, deadline: Deadline) -> Result<Found, Error> {
        let settled = deadline.poll(|| match self.look(deadline) {
            Ok(Found::Silent) => None,
            found => Some(found),
        });
        settled.unwrap_or(Ok(Found::Silent))
    }

    /// What the server says of itself, with its process.
    pub(super) fn server(&self, store: &mut Store) -> Result<(u32, store::Server), Error> {
        let server = store.server().map_err(|error| self.refused(&error))?;
        let pid = server.pid.or_else(|| self.pid());
        let pid = pid.ok_or_else(|| self.refused(&"it does not say which process it is"))?;
        Ok((pid, server))
    }

    fn in_the_way(&self) -> Error {
        Error::new(format!(
            "{} is in the way of the private Redis's socket; move it elsewhere",
            self.socket.display()
        ))
    }

    /// The error for a server that answers, but will not do what was asked.
    pub(super) fn refused(&self, reason: &dyn std::fmt::Display) -> Error {
        let log = self.log.display();
        Error::new(format!("{reason}; the log of the private Redis is {log}"))
    }

    /// The error for a server that listens but does not answer: it is stopped, or hangs.
    pub(super) fn silent(&self, deadline: Deadline) -> Error {
        Error::new(format!(
            "the private Redis at {} did not answer within {:?}; try again, and if that does not \
             help end it{}",
            self.socket.display(),
            deadline.timeout,
            self.by_kill()
        ))
    }

    /// The error for a server that lives but does not listen.
    pub(super) fn unreachable(&self) -> Error {
        Error::new(format!(
            "{} still runs the private Redis, but no longer listens at {}; end it{} and try again",
            process(self.pid()),
            self.socket.display(),
            self.by_kill()
        ))
    }

    /// How to end the server, where its process is known.
    fn by_kill(&self) -> String {
        let kill = self.pid().map(|pid| format!(" with `kill {pid}`"));
        kill.unwrap_or_default()
    }
}

/// Whether a Redis answers at that port of this machine. Takes no longer than 0.2 s.
pub(super) fn answers_on_localhost(port: u16) -> bool {
    use store::Error::{Busy, Refused, Server};
    let address = Address::tcp("127.0.0.1".to_owned(), port, "localhost".to_owned());
    let opened = Store::open(&address, LOCALHOST_TIMEOUT);
    matches!(opened, Ok(_) | Err(Refused { .. } | Busy(_) | Server(_)))
}

/// The words for a process that is known, or not.
pub(super) fn process(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".into(), |pid| format!("process {pid}"))
}

fn is_something_else(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| !metadata.file_type().is_socket())
}
