//! Starting the server, once, whoever else wants it started, and stopping it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

use super::error::Error;
use super::lock::{self, Deadline};
use super::probe::{self, Found};
use super::{LOG, PID, PrivateRedis, SERVER_LOCK, SOCKET, START_LOCK, directory, log};

/// The options that make a server private and durable
/// (<https://redis.io/docs/latest/operate/oss_and_stack/management/config/>). Only what Redis 6
/// knows is used. The paths are relative to the directory that the server runs in, so no name of
/// that directory needs quoting.
const OPTIONS: [[&str; 2]; 14] = [
    ["--port", "0"],
    ["--unixsocket", SOCKET],
    ["--unixsocketperm", "700"],
    ["--dir", "."],
    ["--appendonly", "yes"],
    // A command is answered only when it is on the disk.
    ["--appendfsync", "always"],
    ["--save", ""],
    ["--maxmemory-policy", "noeviction"],
    ["--logfile", LOG],
    ["--pidfile", PID],
    // In the background form a failed start looks like one that worked.
    ["--daemonize", "no"],
    ["--supervised", "no"],
    ["--always-show-logo", "no"],
    ["--loglevel", "notice"],
];

/// How long a look may take at a server that another process is starting.
const LOOK_TIMEOUT: Duration = Duration::from_millis(200);

/// How long a killed server may take to be gone; one that waits for its disk may take longer.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

/// Where a Redis that somebody set up listens by default.
const USUAL_PORT: u16 = 6379;

/// How a start failed.
enum Failure {
    /// The server ended by itself, or did not listen in time: what it did, for a message.
    Down(String),
    /// It listens and does not answer yet.
    Loading,
    /// What happened at its socket.
    Socket(Error),
}

impl PrivateRedis {
    /// Sees to it that the server answers commands, within `timeout`. Returns its process if it was
    /// started now.
    ///
    /// Of any number of callers at once, in any number of processes, exactly one starts a server.
    /// The server is in a session of its own and outlives its starter. On success its socket is
    /// there, and so are, on the disk, the directories that lead to its files.
    ///
    /// A server that does not listen in time is ended. One that listens but is still reading its
    /// files is left alone.
    pub(crate) fn ensure_running(&self, timeout: Duration) -> Result<Option<u32>, Error> {
        let deadline = Deadline::after(timeout);
        if !self.dir.exists() {
            // No traces in the home of somebody who has no server.
            self.server_program()?;
        }
        directory::prepare(&self.dir, self.user)?;
        let Some(_lock) = lock::take(&self.dir.join(START_LOCK), deadline)? else {
            return match self.look(Deadline::after(LOOK_TIMEOUT))? {
                Found::Up(_) | Found::Refusing(_) => Ok(None),
                Found::Loading(_) => Err(self.still_loading(deadline)),
                Found::Absent | Found::Dead | Found::Silent => Err(self.lock_is_held(deadline)),
            };
        };
        match self.server_lock(deadline)? {
            Some(lock) => self.start(lock, deadline).map(Some),
            None => Ok(None),
        }
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
        let Some(_lock) = lock::take(&self.dir.join(START_LOCK), deadline)? else {
            return Err(self.lock_is_held(deadline));
        };
        match self.settled(deadline)? {
            Found::Absent | Found::Dead if self.is_gone_by(deadline) => Ok(None),
            Found::Absent | Found::Dead => Err(self.unreachable()),
            Found::Silent => Err(self.silent(deadline)),
            Found::Refusing(error) => Err(self.refused(&error)),
            Found::Loading(mut store) | Found::Up(mut store) => {
                let (pid, _) = self.server(&mut store)?;
                store.shut_down().map_err(|error| self.refused(&error))?;
                if self.is_gone_by(deadline) {
                    return Ok(Some(pid));
                }
                Err(Error::new(format!(
                    "the private Redis did not stop within {timeout:?}; try again, or end it with \
                     `kill {pid}`"
                )))
            }
        }
    }

    fn server_program(&self) -> Result<PathBuf, Error> {
        self.programs.server().ok_or_else(|| {
            let other = "one answers on localhost:6379: set REDIS_HOST=localhost to use it, or ";
            let answers = probe::answers_on_localhost(USUAL_PORT);
            let other = if answers { other } else { "" };
            Error::new(format!(
                "there is no redis-server or valkey-server on PATH; {other}{}, or set REDIS_URL to \
                 a Redis server",
                self.programs.install_server(self.user)
            ))
        })
    }

    fn lock_is_held(&self, deadline: Deadline) -> Error {
        let lock = self.dir.join(START_LOCK);
        Error::new(format!(
            "{} has been starting or stopping the private Redis for {:?} (it holds {}); try again, \
             or end that process",
            probe::process(lock::pid_in(&lock)),
            deadline.timeout,
            lock.display()
        ))
    }

    /// Waits until a server answers, or until it is certain that none lives, which its lock tells: a
    /// dead socket alone does not, and two servers would both write the same files.
    fn server_lock(&self, deadline: Deadline) -> Result<Option<File>, Error> {
        let path = self.dir.join(SERVER_LOCK);
        let mut is_loading = false;
        loop {
            let found = self.look(deadline)?;
            match found {
                Found::Up(_) | Found::Refusing(_) => return Ok(None),
                Found::Loading(_) => is_loading = true,
                Found::Silent => {}
                Found::Absent | Found::Dead => {
                    let lock = lock::try_take(&path)?;
                    if lock.is_some() {
                        return Ok(lock);
                    }
                }
            }
            if deadline.is_over() {
                return Err(match found {
                    Found::Absent | Found::Dead => self.unreachable(),
                    // The last look may have had too little time for an answer.
                    _ if is_loading => self.still_loading(deadline),
                    _ => self.silent(deadline),
                });
            }
            deadline.pause();
        }
    }

    /// Starts the server in a directory where none lives. What is at the path of its socket was
    /// found to be the dead one of an earlier server, or nothing.
    fn start(&self, lock: File, deadline: Deadline) -> Result<u32, Error> {
        let program = self.server_program()?;
        let output = log::open(&self.log).map_err(|source| Error::of_write(&self.log, source))?;
        let log_end = log::length(&self.log);
        // Should this start fail, nothing is left that looks like a server that died.
        let _ = fs::remove_file(&self.socket);
        let mut child = spawn(&program, &self.dir, lock, output).map_err(|source| {
            let program = program.display();
            let message =
                format!("cannot run {program}; reinstall it, or set REDIS_URL to a Redis server");
            Error::because(message, source)
        })?;
        let pid = child.id();
        match self.watch(child.as_mut(), deadline) {
            Ok(()) => {
                wait_in_background(child);
                directory::sync(&self.dir);
                Ok(pid)
            }
            // It reads its files, which must not be begun again and again.
            Err(Failure::Loading) => {
                wait_in_background(child);
                Err(self.still_loading(deadline))
            }
            Err(Failure::Socket(error)) => {
                end(child);
                Err(error)
            }
            Err(Failure::Down(what)) => {
                end(child);
                Err(self.explained(&what, log_end))
            }
        }
    }

    /// Waits until the server answers.
    fn watch(&self, child: &mut dyn ChildWrapper, deadline: Deadline) -> Result<(), Failure> {
        let mut listens = false;
        loop {
            // It is our child until it is waited for, so there is nothing else that this can tell.
            if let Ok(Some(status)) = child.try_wait() {
                return Err(Failure::Down(format!("ended as it started ({status})")));
            }
            match self.look(deadline).map_err(Failure::Socket)? {
                Found::Up(_) | Found::Refusing(_) => return Ok(()),
                Found::Loading(_) | Found::Silent => listens = true,
                Found::Absent | Found::Dead => {}
            }
            if deadline.is_over() && listens {
                return Err(Failure::Loading);
            }
            if deadline.is_over() {
                let timeout = deadline.timeout;
                let what = format!("did not come up within {timeout:?} and was ended");
                return Err(Failure::Down(what));
            }
            deadline.pause();
        }
    }

    /// The error for a start that failed, with what the log says of it.
    fn explained(&self, what: &str, log_end: u64) -> Error {
        let log = self.log.display();
        let why = match self.log_since(log_end) {
            Ok(Some(tail)) => format!("its log {log} ends: {tail}"),
            Ok(None) => format!("its log {log} does not say why"),
            Err(full) => return full,
        };
        Error::new(format!("the private Redis {what}; {why}"))
    }

    fn still_loading(&self, deadline: Deadline) -> Error {
        Error::new(format!(
            "the private Redis is still reading its files after {:?}; try again in a moment, its \
             progress is in {}",
            deadline.timeout,
            self.log.display()
        ))
    }

    /// Waits until no server lives; tells whether that came before the deadline.
    ///
    /// Its lock tells: a process id may be another's by now, or a corpse's that was not fetched.
    fn is_gone_by(&self, deadline: Deadline) -> bool {
        let lock = self.dir.join(SERVER_LOCK);
        let gone = deadline.poll(|| {
            let is_away = matches!(self.look(deadline), Ok(Found::Absent | Found::Dead));
            (is_away && !matches!(lock::try_take(&lock), Ok(None))).then_some(())
        });
        gone.is_some()
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

/// Lets the server run on without us. It is waited for, as a process that itself runs for long would
/// otherwise keep its corpse.
fn wait_in_background(mut child: Box<dyn ChildWrapper>) {
    // Without a thread to spare the corpse stays, which harms nobody.
    let _ = thread::Builder::new().spawn(move || child.wait());
}

/// Ends the server and what it has started.
fn end(mut child: Box<dyn ChildWrapper>) {
    let _ = child.start_kill();
    let ended = Deadline::after(KILL_TIMEOUT).poll(|| child.try_wait().transpose());
    if ended.is_none() {
        wait_in_background(child);
    }
}
