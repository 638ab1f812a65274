//! Starts the server, only once however many processes try, and stops it.

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
/// (<https://redis.io/docs/latest/operate/oss_and_stack/management/config/>). Redis 6 knows all of them.
/// Paths are relative to the working directory of the server, so that they need no quoting.
const OPTIONS: [[&str; 2]; 12] = [
    ["--port", "0"],
    ["--unixsocket", SOCKET],
    ["--unixsocketperm", "700"],
    ["--dir", "."],
    ["--appendonly", "yes"],
    // Redis answers a command only after it is on the disk.
    ["--appendfsync", "always"],
    // An older Redis cannot read a snapshot within the file, nor can Valkey read that of Redis 8.
    ["--aof-use-rdb-preamble", "no"],
    ["--save", ""],
    ["--maxmemory-policy", "noeviction"],
    ["--logfile", LOG],
    ["--pidfile", PID],
    // In the background a failed start would look like one that worked.
    ["--daemonize", "no"],
];

/// The longest wait for a killed server. One that waits for its disk may take longer.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

/// The default port of a Redis.
const USUAL_PORT: u16 = 6379;

impl PrivateRedis {
    /// Starts the server unless it runs, and waits until it answers commands, within `timeout`. Returns its
    /// process id if it was started now.
    ///
    /// Of any number of callers in any number of processes, exactly one starts a server. The server is in a
    /// session of its own and outlives its starter. On success its socket exists, and the directories of
    /// its files are synced to the disk.
    ///
    /// A server that does not listen in time is ended. One that listens but still reads its files is left
    /// alone, so that it does not begin again each time.
    pub(crate) fn ensure_running(&self, timeout: Duration) -> Result<Option<u32>, Error> {
        let deadline = Deadline::after(timeout);
        if !self.dir.exists() {
            // Fails before a directory is made if no server is installed.
            self.server_program()?;
        }
        directory::prepare(&self.dir, current_user())?;
        let _lock = self.lock(deadline)?;
        // A dead socket does not prove that no server runs, but a free lock does. Two servers would write
        // the same files.
        match self.wait(deadline, || lock::try_acquire(&self.dir.join(SERVER_LOCK)))? {
            Some(lock) => self.start(lock, deadline).map(Some),
            None => Ok(None),
        }
    }

    /// Stops the server and waits, within `timeout`, until its process and its socket are gone. Returns its
    /// process id; `None` if it did not run.
    ///
    /// Starts nothing, and makes no directory. No write is lost.
    pub(crate) fn stop(&self, timeout: Duration) -> Result<Option<u32>, Error> {
        let deadline = Deadline::after(timeout);
        if !self.dir.exists() {
            return Ok(None);
        }
        let _lock = self.lock(deadline)?;
        let mut stopped = None;
        if let Some(mut opened) = self.look(deadline)? {
            let server = opened.connection.server();
            stopped = server.map_err(|error| self.refused(&error))?.pid;
            let shut_down = opened.connection.shut_down();
            shut_down.map_err(|error| self.refused(&error))?;
        }
        // Not by its process id, which another process may have by now.
        match lock::acquire(&self.dir.join(SERVER_LOCK), deadline)? {
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

    /// Takes the lock for starting and stopping the server.
    fn lock(&self, deadline: Deadline) -> Result<File, Error> {
        let path = self.dir.join(START_LOCK);
        lock::acquire(&path, deadline)?.ok_or_else(|| {
            Error(format!(
                "another process has been starting or stopping the private Redis for {:?} (it holds \
                 {}); try again, or end that process",
                deadline.timeout,
                path.display()
            ))
        })
    }

    /// Waits until the server answers commands, or until `if_silent`, which is called whenever nothing
    /// listens, returns something.
    fn wait<T>(
        &self,
        deadline: Deadline,
        mut if_silent: impl FnMut() -> Result<Option<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let mut is_loading = false;
        loop {
            let is_last = deadline.is_over();
            match self.look(deadline) {
                Ok(Some(opened)) if !opened.is_loading => return Ok(None),
                Ok(Some(_)) => is_loading = true,
                Ok(None) => {
                    if let Some(found) = if_silent()? {
                        return Ok(Some(found));
                    }
                }
                // The last attempt may have had too little time for an answer.
                Err(_) if is_loading => {}
                Err(error) => return Err(error),
            }
            if is_last {
                return Err(self.timed_out(is_loading, deadline));
            }
            deadline.pause();
        }
    }

    fn timed_out(&self, is_loading: bool, deadline: Deadline) -> Error {
        if !is_loading {
            return self.hangs("did not listen", deadline);
        }
        Error(format!(
            "the private Redis is still reading its files after {:?}; try again in a moment, its \
             progress is in {}",
            deadline.timeout,
            self.log.display()
        ))
    }

    /// Starts the server in a directory where none runs: a socket there is the dead one of an earlier
    /// server.
    fn start(&self, lock: File, deadline: Deadline) -> Result<u32, Error> {
        let program = self.server_program()?;
        let output = log::begin(&self.log).map_err(|error| Error::of_write(&self.log, &error))?;
        // If this start fails, the old socket must not look like a server that died.
        let _ = fs::remove_file(&self.socket);
        let mut child = spawn(&program, &self.dir, lock, output).map_err(|error| {
            Error(format!(
                "cannot run {}; reinstall it, or set REDIS_URL to a Redis server: {error}",
                program.display()
            ))
        })?;
        let pid = child.id();
        self.wait::<()>(deadline, || {
            // It cannot fail for a child of this process.
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

    /// Returns the error for a failed start, with the last lines of the log.
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

/// Runs `program` in `directory`, in a session and a process group of its own, so that neither Ctrl-C nor
/// the end of the terminal reaches it. The lock becomes its standard input; `output` takes its standard
/// output and error.
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
    // The server must not keep files open that it inherits, as in `notes add 9>lock`.
    close_fds::set_fds_cloexec_threadsafe(3, &[]);
    CommandWrap::from(command).wrap(ProcessSession).spawn()
}

/// Kills the server and its children.
fn end(child: &mut dyn ChildWrapper) {
    let _ = child.start_kill();
    Deadline::after(KILL_TIMEOUT).poll(|| child.try_wait().transpose());
}
