//! Starting the server, once, whoever else wants it started, and stopping it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

use super::error::Error;
use super::lock::{self, Deadline};
use super::{LOG, PID, PrivateRedis, SERVER_LOCK, SOCKET, START_LOCK};
use super::{directory, log, probe, programs};
use crate::user_dir::current_user;

/// The options that make a server private and durable
/// (<https://redis.io/docs/latest/operate/oss_and_stack/management/config/>). Only what Redis 6
/// knows is used. The paths are relative to the directory that the server runs in, so no name of
/// that directory needs quoting.
const OPTIONS: [[&str; 2]; 12] = [
    ["--port", "0"],
    ["--unixsocket", SOCKET],
    ["--unixsocketperm", "700"],
    ["--dir", "."],
    ["--appendonly", "yes"],
    // A command is answered only when it is on the disk.
    ["--appendfsync", "always"],
    // A snapshot within the file could not be read by an older Redis, nor could Valkey read that of
    // Redis 8.
    ["--aof-use-rdb-preamble", "no"],
    ["--save", ""],
    ["--maxmemory-policy", "noeviction"],
    ["--logfile", LOG],
    ["--pidfile", PID],
    // In the background form a failed start looks like one that worked.
    ["--daemonize", "no"],
];

/// The longest wait for a killed server to end; one that waits for its disk may take longer.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

/// The default port of a Redis.
const USUAL_PORT: u16 = 6379;

impl PrivateRedis {
    /// Sees to it that the server answers commands, within `timeout`. Returns its process if it was
    /// started now.
    ///
    /// Of any number of callers at once, in any number of processes, exactly one starts a server.
    /// The server is in a session of its own and outlives its starter. On success its socket is
    /// there, and so are, on the disk, the directories that lead to its files.
    ///
    /// A server that does not listen in time is ended. One that listens but is still reading its
    /// files is left alone: the reading must not be begun again and again.
    pub(crate) fn ensure_running(&self, timeout: Duration) -> Result<Option<u32>, Error> {
        let deadline = Deadline::after(timeout);
        if !self.dir.exists() {
            // No traces in the home of somebody who has no server.
            self.server_program()?;
        }
        directory::prepare(&self.dir, current_user())?;
        let _lock = self.lock(deadline)?;
        // That no server lives its lock tells, and a dead socket alone does not: two servers would
        // both write the same files.
        let lock = self.wait(deadline, || lock::try_take(&self.dir.join(SERVER_LOCK)))?;
        lock.map(|lock| self.start(lock, deadline)).transpose()
    }

    /// Stops the server and waits, within `timeout`, until its process and its socket are gone.
    /// Returns its process, or nothing if it did not run.
    ///
    /// Starts nothing, and makes no directory. Nothing that was written is lost.
    pub(crate) fn stop(&self, timeout: Duration) -> Result<Option<u32>, Error> {
        let deadline = Deadline::after(timeout);
        if !self.dir.exists() {
            return Ok(None);
        }
        let _lock = self.lock(deadline)?;
        let mut stopped = None;
        if let Some(mut opened) = self.look(deadline)? {
            let refused = |error| self.refused(&error);
            stopped = opened.connection.server().map_err(refused)?.pid;
            opened.connection.shut_down().map_err(refused)?;
        }
        // Its process id would not tell: it may be another's by now.
        match lock::take(&self.dir.join(SERVER_LOCK), deadline)? {
            Some(_) => Ok(stopped),
            None => Err(self.hangs("did not stop", deadline)),
        }
    }

    fn server_program(&self) -> Result<PathBuf, Error> {
        programs::server(&self.search_path).ok_or_else(|| {
            let other = "one answers on localhost:6379: set REDIS_HOST=localhost to use it, or ";
            let answers = probe::answers_on_localhost(USUAL_PORT);
            let other = if answers { other } else { "" };
            Error(format!(
                "there is no redis-server or valkey-server on PATH; {other}{}, or set REDIS_URL to \
                 a Redis server",
                programs::install_server(&self.search_path, current_user())
            ))
        })
    }

    /// Takes the lock of those who start or stop the server.
    fn lock(&self, deadline: Deadline) -> Result<File, Error> {
        let path = self.dir.join(START_LOCK);
        lock::take(&path, deadline)?.ok_or_else(|| {
            Error(format!(
                "another process has been starting or stopping the private Redis for {:?} (it holds \
                 {}); try again, or end that process",
                deadline.timeout,
                path.display()
            ))
        })
    }

    /// Waits until the server answers commands, or until there is something from `alone`, which is
    /// asked whenever nothing listens.
    fn wait<T>(
        &self,
        deadline: Deadline,
        mut alone: impl FnMut() -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let mut is_loading = false;
        let waited = deadline.poll(|| match self.look(deadline) {
            Ok(Some(opened)) if !opened.is_loading => Some(Ok(None)),
            Ok(Some(_)) => {
                is_loading = true;
                None
            }
            Ok(None) => alone().map(|it| it.map(Some)).transpose(),
            // The last look may have had too little time for an answer.
            Err(_) if is_loading => None,
            Err(error) => Some(Err(error)),
        });
        waited.unwrap_or_else(|| {
            Err(if is_loading {
                Error(format!(
                    "the private Redis is still reading its files after {:?}; try again in a \
                     moment, its progress is in {}",
                    deadline.timeout,
                    self.log.display()
                ))
            } else {
                self.hangs("did not listen", deadline)
            })
        })
    }

    /// Starts the server in a directory where none lives. What is at the path of its socket was
    /// found to be the dead one of an earlier server, or nothing.
    fn start(&self, lock: File, deadline: Deadline) -> Result<u32, Error> {
        let program = self.server_program()?;
        let output = log::begin(&self.log).map_err(|error| Error::of_write(&self.log, &error))?;
        // Should this start fail, nothing is left that looks like a server that died.
        let _ = fs::remove_file(&self.socket);
        let mut child = spawn(&program, &self.dir, lock, output).map_err(|error| {
            Error(format!(
                "cannot run {}; reinstall it, or set REDIS_URL to a Redis server: {error}",
                program.display()
            ))
        })?;
        let pid = child.id();
        self.wait::<()>(deadline, || {
            // It is our child, so there is nothing else that this can tell.
            if let Ok(Some(status)) = child.try_wait() {
                return Err(self.failed(&format!("ended as it started ({status})")));
            }
            if deadline.is_over() {
                end(child.as_mut());
                let timeout = deadline.timeout;
                return Err(
                    self.failed(&format!("did not come up within {timeout:?} and was ended"))
                );
            }
            Ok(None)
        })?;
        directory::sync(&self.dir);
        Ok(pid)
    }

    /// The error for a start that failed, with what the log says of it.
    fn failed(&self, what: &str) -> Error {
        let log = self.log.display();
        let words = match self.last_words() {
            Ok(words) => words,
            Err(full) => return full,
        };
        if let Some(damage) = log::damage(&log::tail(&self.log)) {
            return Error::damaged(&self.dir, &damage);
        }
        Error(match words {
            None => format!("the private Redis {what}; its log {log} does not say why"),
            Some(words) => format!("the private Redis {what}; its log {log} ends: {words}"),
        })
    }
}

/// Runs `program` in `directory`, in a session and a process group of its own, so that neither a
/// Ctrl-C nor the end of the terminal reaches it. The lock becomes its standard input, and `output`
/// takes what it writes besides its log.
fn spawn(
    program: &Path,
    directory: &Path,
    lock: File,
    output: File,
) -> io::Result<Box<dyn ChildWrapper>> {
    let mut command = Command::new(program);
    command
        .args(OPTIONS.as_flattened())
        .current_dir(directory)
        // Redis from 7.2 on does not start under a locale that the system lacks.
        .env("LC_ALL", "C")
        .stdin(Stdio::from(lock))
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output));
    // A shell's `notes add 9>lock` must not leave its file open in the server for days.
    close_fds::set_fds_cloexec_threadsafe(3, &[]);
    CommandWrap::from(command).wrap(ProcessSession).spawn()
}

/// Ends the server and what it has started.
fn end(child: &mut dyn ChildWrapper) {
    let _ = child.start_kill();
    Deadline::after(KILL_TIMEOUT).poll(|| child.try_wait().transpose());
}
