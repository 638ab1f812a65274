//! Looks at the socket of the private Redis, and asks its server for its state.

use std::fmt::Display;
use std::io::ErrorKind::{ConnectionRefused, NotADirectory, NotFound};
use std::os::unix::fs::FileTypeExt as _;
use std::time::Duration;

use super::error::Error;
use super::lock::Deadline;
use super::{PID, PrivateRedis};
use crate::redis_client::{self, Address, Opened, Server};

/// The longest wait for the state of a server.
const STATUS_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest wait for a Redis on localhost, which only a message would name.
const LOCALHOST_TIMEOUT: Duration = Duration::from_millis(100);

/// The state of a private Redis that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) server: Server,
    /// True while it reads its files; it answers only a few commands then.
    pub(crate) is_loading: bool,
}

impl PrivateRedis {
    /// Tells how the server is, if it runs. Starts nothing and makes nothing.
    pub(crate) fn status(&self) -> Result<Option<Running>, Error> {
        let Some(mut opened) = self.look(Deadline::after(STATUS_TIMEOUT))? else {
            return Ok(None);
        };
        let server = opened.connection.server();
        let server = server.map_err(|error| self.refused(&error))?;
        let is_loading = opened.is_loading;
        Ok(Some(Running { server, is_loading }))
    }

    /// Connects to the server that listens at the socket; returns `None` if there is none.
    pub(super) fn look(&self, deadline: Deadline) -> Result<Option<Opened>, Error> {
        use redis_client::Error::{Lost, NotRedis, TooSlow, Unreachable};
        let (address, socket) = (self.address(), self.socket.display());
        let in_the_way = || {
            let remedy = "is in the way of the private Redis's socket; move it elsewhere";
            Error(format!("{socket} {remedy}"))
        };
        let look = || match redis_client::open(&address, deadline.timeout_left()) {
            Ok(answer) => Some(Ok(Some(answer))),
            // A server that has hung up is a moment from being gone.
            Err(TooSlow { .. } | Lost { .. }) => None,
            Err(NotRedis { .. }) => Some(Err(in_the_way())),
            // Linux refuses a connection to any file that is no socket, too.
            Err(Unreachable { .. }) if self.has_no_socket() => Some(Err(in_the_way())),
            Err(Unreachable { source, .. }) => Some(match source.kind() {
                NotFound | NotADirectory | ConnectionRefused => Ok(None),
                _ => Err(Error(format!(
                    "cannot connect to the private Redis at {socket}; check who may use that \
                     directory, or set NOTES_DATA_DIR to another: {source}"
                ))),
            }),
            Err(error) => Some(Err(self.refused(&error))),
        };
        let looked = deadline.poll(look);
        looked.unwrap_or_else(|| Err(self.hangs("did not answer", deadline)))
    }

    /// Returns true if something other than a socket is in its place.
    fn has_no_socket(&self) -> bool {
        let metadata = self.socket.symlink_metadata();
        metadata.is_ok_and(|metadata| !metadata.file_type().is_socket())
    }

    /// The error for a server that answers, but will not do what was asked.
    pub(super) fn refused(&self, reason: &dyn Display) -> Error {
        let log = self.log.display();
        Error(format!("{reason}; the log of the private Redis is {log}"))
    }

    /// The error for a server that lives but does not do what was asked in time.
    pub(super) fn hangs(&self, what: &str, deadline: Deadline) -> Error {
        let kill = match std::fs::read_to_string(self.dir.join(PID)) {
            Ok(pid) => format!(" with `kill {}`", pid.trim()),
            Err(_) => String::new(),
        };
        Error(format!(
            "the private Redis at {} {what} within {:?}; try again, and if that does not help end \
             it{kill}",
            self.socket.display(),
            deadline.timeout,
        ))
    }
}

/// Returns true if a Redis answers at that port of this machine. Takes 0.2 s at most.
pub(super) fn answers_on_localhost(port: u16) -> bool {
    use redis_client::Error::{Busy, Refused, Server};
    let address = Address::tcp("127.0.0.1".to_owned(), port, "localhost".to_owned());
    let opened = redis_client::open(&address, LOCALHOST_TIMEOUT);
    matches!(opened, Ok(_) | Err(Refused { .. } | Busy(_) | Server(_)))
}
