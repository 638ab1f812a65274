//! The private Redis: a server of the user's own, in one directory, started on first need and left
//! running.
//!
//! The steps of a start are lock, probe, clean, spawn, wait; one deadline bounds them all. This module
//! knows processes and paths. It knows nothing of notes or of the origin of settings, and it neither
//! prints nor reads the environment.

mod directory;
mod error;
mod lock;
mod log;
mod probe;
mod programs;
mod server;
#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

pub(crate) use error::Error;
pub(crate) use probe::Running;

use crate::redis_client::Address;
use crate::user_dir::current_user;

const SOCKET: &str = "notes.sock";
const LOG: &str = "redis.log";
const PID: &str = "redis.pid";
/// The lock of a process that starts or stops the server.
const START_LOCK: &str = "redis.lock";
/// The lock of the server, for as long as it lives.
const SERVER_LOCK: &str = "server.lock";

/// The longest path of a Unix socket, in bytes: `sun_path` without the NUL at its end, which some systems
/// need; see unix(7).
const LONGEST_SOCKET_PATH: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    107
} else {
    103
};

/// The private Redis of one data directory, running or not.
///
/// Any number of processes may use it at once.
#[derive(Clone, Debug)]
pub(crate) struct PrivateRedis {
    dir: PathBuf,
    socket: PathBuf,
    log: PathBuf,
    search_path: OsString,
}

impl PrivateRedis {
    /// Makes a handle for the private Redis in the directory `redis` of `data_dir`, an absolute path that
    /// need not exist. Nothing is read from the disk. Programs are searched in `search_path`, which has the
    /// form of `PATH`.
    ///
    /// Fails if the path of the socket would be too long.
    pub(crate) fn new(data_dir: &Path, search_path: &OsStr) -> Result<Self, Error> {
        let dir = data_dir.join("redis");
        let socket = dir.join(SOCKET);
        let length = socket.as_os_str().as_bytes().len();
        if length > LONGEST_SOCKET_PATH {
            return Err(Error(format!(
                "the socket of the private Redis would be {}, which has {length} bytes where the \
                 system allows {LONGEST_SOCKET_PATH}; set NOTES_DATA_DIR to a shorter path",
                socket.display()
            )));
        }
        Ok(Self {
            log: dir.join(LOG),
            dir,
            socket,
            search_path: search_path.to_owned(),
        })
    }

    /// Returns the absolute path of the directory with all files.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(crate) fn address(&self) -> Address {
        Address::unix(self.socket.clone(), "your private Redis".to_owned())
    }

    /// Returns a warning if the last start dropped the incomplete end of a file. After a power failure that
    /// is the last change alone, but a damaged length looks the same.
    pub(crate) fn cut_off(&self) -> Option<String> {
        log::reports_cut(&self.log).then(|| {
            format!(
                "the end of a file in {} was not complete, and Redis cut it off; if notes are missing, \
                 see \"A damaged file\" in docs/safety.md",
                self.dir.display()
            )
        })
    }

    /// Returns the last lines of the log about the end of the server; none after `kill -9`.
    /// Fails if the disk is full.
    pub(crate) fn last_words(&self) -> Result<Option<String>, Error> {
        let lines = log::tail(&self.log);
        if log::reports_full_disk(&lines) || directory::is_full(&self.dir) {
            return Err(Error::disk_full(&self.dir));
        }
        Ok((!lines.is_empty()).then(|| lines.join("; ")))
    }
}

/// Returns the absolute path of `redis-cli` or `valkey-cli` in `search_path`.
pub(crate) fn client(search_path: &OsStr) -> Result<PathBuf, Error> {
    programs::client(search_path).ok_or_else(|| {
        let install = programs::install_client(search_path, current_user());
        let missing = "there is no redis-cli or valkey-cli on PATH";
        Error(format!("{missing}; {install}"))
    })
}
