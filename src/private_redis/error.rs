//! What can go wrong with the private Redis, each with what to do about it.
//!
//! The texts name the variables that lead out of a failure; nothing here reads them.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use super::programs::Install;

/// Why the private Redis could not be started, stopped or asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory lies too deep for a Unix socket; see `sockaddr_un` in unix(7).
    #[error(
        "the socket of the private Redis would be {path}, which has {length} bytes where the \
         system allows {limit}; set NOTES_DATA_DIR to a shorter path"
    )]
    SocketPathTooLong {
        /// The path that the socket would have.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
        /// The longest path that the system takes, in bytes.
        limit: usize,
    },

    /// A relative data directory could not be made absolute.
    #[error(
        "cannot tell where {path} is, as the working directory is gone; set NOTES_DATA_DIR to an \
         absolute path"
    )]
    NoWorkingDirectory {
        /// The data directory as it was given.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },

    /// The directory is another user's, who could read the notes or plant some.
    #[error(
        "{path} belongs to the user with id {owner} and you are {user}; run notes as that user, \
         or set NOTES_DATA_DIR to a directory of your own"
    )]
    NotOurs {
        /// The directory of the private Redis.
        path: PathBuf,
        /// The id of its owner.
        owner: u32,
        /// The id of the user who asked.
        user: u32,
    },

    /// The directory, or a file in it, cannot be made or written.
    #[error(
        "cannot make or write {path}; set NOTES_DATA_DIR to a directory that you can write, or \
         REDIS_URL to a Redis server"
    )]
    Unwritable {
        /// What could not be made or written.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },

    /// There is no room for what the server must write.
    #[error(
        "the disk that holds {path} is full; make room and try again, or set NOTES_DATA_DIR to a \
         directory elsewhere"
    )]
    DiskFull {
        /// What could not be written.
        path: PathBuf,
    },

    /// No server is installed, or none on the search path.
    #[error(
        "there is no redis-server or valkey-server on PATH; {}{install}, or set REDIS_URL to a \
         Redis server",
        match localhost {
            Localhost::Answers => "one answers on localhost:6379: set REDIS_HOST=localhost to use it, or ",
            Localhost::Silent => "",
        }
    )]
    NoServer {
        /// How to get one on this system.
        install: Install,
        /// Whether one runs already where most do.
        localhost: Localhost,
    },

    /// No client is installed, or none on the search path.
    #[error("there is no redis-cli or valkey-cli on PATH; {install}")]
    NoClient {
        /// How to get one on this system.
        install: Install,
    },

    /// The system would not run the server.
    #[error("cannot run {program}; reinstall it, or set REDIS_URL to a Redis server")]
    Spawn {
        /// The program that was found on the search path.
        program: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },

    /// The server ended before it answered.
    #[error("the private Redis ended as it started ({status}); {}", last_words(tail.as_deref(), log))]
    ExitedEarly {
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The end of what this start wrote there.
        tail: Option<String>,
    },

    /// The server ran but never listened, and was ended.
    #[error(
        "the private Redis did not come up within {patience:?} and was ended; {}",
        last_words(tail.as_deref(), log)
    )]
    NotReady {
        /// How long it was given.
        patience: Duration,
        /// Its log.
        log: PathBuf,
        /// The end of what this start wrote there.
        tail: Option<String>,
    },

    /// The server listens but is still reading its files; it was left to it.
    #[error(
        "the private Redis is still reading its files after {patience:?}; try again in a moment, \
         its progress is in {log}"
    )]
    StillLoading {
        /// How long it was given.
        patience: Duration,
        /// Its log.
        log: PathBuf,
    },

    /// Another process was starting or stopping the server all the while.
    #[error(
        "{} has been starting or stopping the private Redis for {patience:?} (it holds {lock}); \
         try again, or end that process",
        process(*holder)
    )]
    LockHeld {
        /// The lock file.
        lock: PathBuf,
        /// The process that holds it, where it said so.
        holder: Option<u32>,
        /// How long the lock was waited for.
        patience: Duration,
    },

    /// Something that is no Redis has the place of the socket. It is never removed.
    #[error("{path} is in the way of the private Redis's socket; move it elsewhere")]
    InTheWay {
        /// The path of the socket.
        path: PathBuf,
    },

    /// The server runs, but nothing can reach it.
    #[error(
        "{} still runs the private Redis, but no longer listens at {socket}; end it{} and try again",
        process(*pid),
        pid.map(|pid| format!(" with `kill {pid}`")).unwrap_or_default()
    )]
    Unreachable {
        /// The path of the socket.
        socket: PathBuf,
        /// The process, where its pid file names it.
        pid: Option<u32>,
    },

    /// The socket is there, but may not be used.
    #[error(
        "cannot connect to the private Redis at {socket}; check who may use that directory, or \
         set NOTES_DATA_DIR to another"
    )]
    Connect {
        /// The path of the socket.
        socket: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },

    /// The server listens but says nothing: it is stopped, or hangs.
    #[error(
        "the private Redis at {socket} did not answer within {patience:?}; try again, and if that \
         does not help end {}",
        pid.map_or_else(|| "it".to_owned(), |pid| format!("it with `kill {pid}`"))
    )]
    Silent {
        /// The path of the socket.
        socket: PathBuf,
        /// The process, where its pid file names it.
        pid: Option<u32>,
        /// How long an answer was waited for.
        patience: Duration,
    },

    /// The server answers, but will not do what was asked.
    #[error("the private Redis at {socket} refused: {reply}; its log is {log}")]
    Refused {
        /// The path of the socket.
        socket: PathBuf,
        /// Its log.
        log: PathBuf,
        /// What it answered.
        reply: String,
    },

    /// The server was told to stop and did not end.
    #[error(
        "the private Redis did not stop within {patience:?}; try again, or end it with `kill {pid}`"
    )]
    NotStopped {
        /// Its process.
        pid: u32,
        /// How long it was given.
        patience: Duration,
    },
}

impl Error {
    /// The error of a write to `path` that failed.
    pub(super) fn of_write(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if is_full(&source) {
            Self::DiskFull { path }
        } else {
            Self::Unwritable { path, source }
        }
    }
}

/// Whether a write failed as there was no room left, on the disk or in the user's quota.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}

/// Whether a Redis answers on port 6379 of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Localhost {
    /// One does, though it may want a password.
    Answers,
    /// Nothing there answered in time as a Redis does.
    Silent,
}

fn process(pid: Option<u32>) -> String {
    pid.map_or_else(
        || "another process".to_owned(),
        |pid| format!("process {pid}"),
    )
}

fn last_words(tail: Option<&str>, log: &Path) -> String {
    let log = log.display();
    tail.map_or_else(
        || format!("its log {log} does not say why"),
        |tail| format!("its log {log} ends: {tail}"),
    )
}
