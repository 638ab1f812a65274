//! The server's process: how it is run, and how its start is watched until it answers.
//!
//! Its caller holds the turn, and has seen to it that nothing else lives in the directory.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

use super::deadline::Deadline;
use super::error::Error;
use super::probe::{self, Listener};
use super::{LOG, PID, SOCKET};

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

/// How long a killed server may take to be gone; one that waits for its disk may take longer.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// A server that was started here.
#[derive(Debug)]
pub(super) struct Server {
    child: Box<dyn ChildWrapper>,
}

impl Server {
    /// Runs `program` in `directory`, in a session and a process group of its own, so that neither
    /// a Ctrl-C nor the end of the terminal reaches it. `life` becomes its standard input, and
    /// `complaints` takes what it writes besides its log.
    pub(super) fn spawn(
        program: &Path,
        directory: &Path,
        life: File,
        complaints: File,
    ) -> io::Result<Self> {
        let also_complaints = complaints.try_clone()?;
        let mut command = Command::new(program);
        command
            .args(OPTIONS.as_flattened())
            .current_dir(directory)
            // Redis from 7.2 on does not start under a locale that the system lacks.
            .env("LC_ALL", "C")
            .stdin(Stdio::from(life))
            .stdout(Stdio::from(complaints))
            .stderr(Stdio::from(also_complaints));
        // A shell's `notes add 9>lock` must not leave its file open in the server for days.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let child = CommandWrap::from(command).wrap(ProcessSession).spawn()?;
        Ok(Self { child })
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server answers, and then lets it run on. One that does not answer is ended,
    /// unless it listens: then it reads its files, which must not be begun again and again.
    pub(super) fn wait_until_up(
        mut self,
        socket: &Path,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let outcome = self.watch(socket, deadline);
        match outcome {
            Ok(()) | Err(Failure::Loading) => self.leave(),
            Err(_) => self.end(),
        }
        outcome
    }

    fn watch(&mut self, socket: &Path, deadline: Deadline) -> Result<(), Failure> {
        let mut listens = false;
        loop {
            // It is our child until it is waited for, so there is nothing else that this can tell.
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::Ended(status));
            }
            match probe::listener(socket, deadline).map_err(Failure::Probe)? {
                Listener::Up => return Ok(()),
                Listener::Loading | Listener::Silent => listens = true,
                Listener::Absent | Listener::Dead => {}
            }
            if deadline.is_over() {
                break;
            }
            deadline.pause();
        }
        Err(if listens {
            Failure::Loading
        } else {
            Failure::NeverListened
        })
    }

    /// Lets the server run on without us. It is waited for in the background, as a process that
    /// itself runs for long would otherwise keep its corpse.
    fn leave(self) {
        let mut child = self.child;
        let waiting = move || child.wait();
        // Without a thread to spare the corpse stays, which harms nobody.
        let _ = thread::Builder::new()
            .name("private-redis".to_owned())
            .spawn(waiting);
    }

    /// Ends the server and what it has started.
    fn end(mut self) {
        let _ = self.child.start_kill();
        let deadline = Deadline::after(LAST_BREATH);
        while matches!(self.child.try_wait(), Ok(None)) {
            if deadline.is_over() {
                return self.leave();
            }
            deadline.pause();
        }
    }
}

/// How a start failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It ended by itself.
    Ended(ExitStatus),
    /// It did not listen in time, and was ended.
    NeverListened,
    /// It listens and does not answer yet, and was left to it.
    Loading,
    /// What happened at its socket.
    Probe(Error),
}
