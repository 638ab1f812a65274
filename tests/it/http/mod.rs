//! `notes serve` as a process: what those who run it and those who ask it see. What each row of the
//! contract means is shown by the tests of the library, over the same sockets.

mod api;
mod events;
mod load;
mod outages;
mod process;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::NamedTempFile;

use crate::support::http_client::{HttpClient, Reply};
use crate::support::{Sandbox, eventually};

/// How long anything may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `notes serve` on a port of its own; it is killed with the value.
pub(super) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: NamedTempFile,
    address: SocketAddr,
}

impl Served {
    /// Starts it with these options and waits until it says where it listens.
    pub(super) fn start(sandbox: &Sandbox, options: &[&str]) -> Self {
        Self::run(sandbox.command([&["serve", "--port", "0"], options].concat()))
    }

    /// The same for a command line that runs it in its own way.
    pub(super) fn run(mut command: Command) -> Self {
        let stderr = NamedTempFile::new().unwrap();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr.reopen().unwrap())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line
            .strip_prefix("http://")
            .and_then(|rest| rest.strip_suffix('\n')?.parse().ok());
        let Some(address) = address else {
            let status = child.wait().unwrap();
            let log = fs::read_to_string(stderr.path()).unwrap();
            panic!("no address but {line:?}, {status}, {log}");
        };
        Self {
            child,
            stdout,
            stderr,
            address,
        }
    }

    pub(super) fn client(&self) -> HttpClient {
        HttpClient::connect(self.address)
    }

    /// One request on a connection of its own.
    pub(super) fn get(&self, path: &str) -> Reply {
        self.client().request(&format!("GET {path}"), &[], "")
    }

    /// Makes a note and returns its id.
    pub(super) fn add(&self, title: &str) -> String {
        let body = serde_json::json!({ "title": title }).to_string();
        let reply = self.client().json("POST /api/v1/notes", &body);
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.value()["id"].as_str().unwrap().to_owned()
    }

    /// What it has written to standard error so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.stderr.path()).unwrap()
    }

    /// Waits until what is logged contains a text, and returns all of it.
    fn logged(&self, text: &str) -> String {
        eventually(text, || self.log().contains(text));
        self.log()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end. Returns what it still wrote to standard output, too.
    fn end(&mut self) -> (ExitStatus, String) {
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end: {}", self.log());
            thread::yield_now();
        };
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status, rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Either fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
