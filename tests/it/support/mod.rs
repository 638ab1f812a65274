//! A home directory of its own for each test, and `notes` run in it.

pub(crate) mod any_notes;
pub(crate) mod certificates;
pub(crate) mod cluster;
pub(crate) mod committed;
pub(crate) mod fake_redis;
pub(crate) mod http_client;
pub(crate) mod interrupts;
pub(crate) mod lost_terminal;
pub(crate) mod network;
pub(crate) mod redis_server;
mod servers;
pub(crate) mod terminal;
pub(crate) mod watch;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use snapbox::Assert;
use tempfile::TempDir;

use redis_server::RedisServer;
use servers::{kill_servers_in, servers_in};

/// How long a run may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// An empty home directory, and perhaps a Redis that `REDIS_URL` names.
pub(crate) struct Sandbox {
    home: TempDir,
    redis: Option<RedisServer>,
    url: Option<String>,
}

impl Sandbox {
    /// With an empty Redis, which every run is told of by `REDIS_URL`.
    pub(crate) fn with_redis() -> Self {
        let redis = RedisServer::start();
        let mut sandbox = Self::with_url(redis.url());
        sandbox.redis = Some(redis);
        sandbox
    }

    /// With this in `REDIS_URL`.
    pub(crate) fn with_url(url: String) -> Self {
        let mut sandbox = Self::bare();
        sandbox.url = Some(url);
        sandbox
    }

    /// With nothing set up: notes go to the private Redis, which is stopped in the end.
    pub(crate) fn bare() -> Self {
        // Not $TMPDIR, which may be too long for the path of a socket.
        let home = tempfile::Builder::new()
            .prefix("notes-")
            .tempdir_in("/tmp")
            .expect("a directory in /tmp can be made");
        Self {
            home,
            redis: None,
            url: None,
        }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn redis(&self) -> &RedisServer {
        self.redis.as_ref().expect("a sandbox with a Redis")
    }

    /// What `redis-cli` prints for a command to the sandbox's Redis.
    pub(crate) fn redis_cli(&self, arguments: &[&str]) -> String {
        self.redis().command(arguments)
    }

    /// The directory of the private Redis.
    pub(crate) fn private_dir(&self) -> PathBuf {
        self.home().join(".local/share/notes/redis")
    }

    /// The processes of the private Redis.
    pub(crate) fn private_servers(&self) -> Vec<Pid> {
        servers_in(&self.private_dir())
    }

    /// Kills the private Redis, as a power cut would.
    pub(crate) fn kill_private_servers(&self) {
        kill_servers_in(&self.private_dir());
    }

    /// The texts of the drafts that are kept, in the order of their paths.
    pub(crate) fn drafts(&self) -> Vec<PathBuf> {
        self.draft_directories()
            .into_iter()
            .map(|directory| directory.join("note.md"))
            .collect()
    }

    /// The directory of each draft.
    pub(crate) fn draft_directories(&self) -> Vec<PathBuf> {
        let directory = self.home().join(".local/share/notes/drafts");
        let mut drafts: Vec<_> = fs::read_dir(directory)
            .into_iter()
            .flatten()
            .map(|entry| entry.expect("a directory entry").path())
            .collect();
        drafts.sort();
        drafts
    }

    /// Writes a file below the home directory.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home().join(name);
        fs::create_dir_all(path.parent().expect("a file below the home")).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes a shell script that can stand in for another program.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name, format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A run of `notes` with these arguments, in an environment of PATH and HOME alone.
    pub(crate) fn notes<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Notes {
        let mut command = assert_cmd::Command::from_std(self.command(arguments));
        command.timeout(PATIENCE);
        Notes { command }
    }

    /// The same for a test that does more with the process than wait for its end.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = self.command_by(program());
        command.args(arguments);
        command
    }

    /// A command of another program, in the same environment.
    pub(crate) fn command_by(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("RUST_BACKTRACE", "0")
            .current_dir(self.home());
        if let Some(url) = &self.url {
            command.env("REDIS_URL", url);
        }
        command
    }

    /// The same without a standard input and with its output thrown away.
    pub(crate) fn silent<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// The journal.
    pub(crate) fn journal(&self) -> PathBuf {
        self.home().join(".local/share/notes/journal.jsonl")
    }

    /// Everything that the sandbox's Redis holds.
    pub(crate) fn contents(&self) -> String {
        contents_of([self.redis()])
    }

    /// Adds a note and returns its id.
    pub(crate) fn add(&self, title: &str, content: &str) -> String {
        let run = self.notes(["add", "-c", content, "--", title]).run();
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout.trim_end().to_owned()
    }

    /// Writes a note as another program does, with HSET and SADD.
    pub(crate) fn foreign(&self, id: &str, fields: &[(&str, &str)]) {
        let key = format!("note:{id}");
        let script =
            "redis.call('HSET', KEYS[1], unpack(ARGV, 2)); redis.call('SADD', KEYS[2], ARGV[1])";
        let mut command = vec!["EVAL", script, "2", &key, "notes:ids", id];
        command.extend(fields.iter().flat_map(|(name, value)| [*name, *value]));
        self.redis_cli(&command);
    }

    /// A field of a note, as Redis has it.
    pub(crate) fn field(&self, id: &str, name: &str) -> String {
        self.redis_cli(&["HGET", &format!("note:{id}"), name])
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.kill_private_servers();
    }
}

/// Everything that these servers hold, each byte of it: the fields of every hash and the members of
/// every set, in the order of their names.
pub(crate) fn contents_of<'a>(servers: impl IntoIterator<Item = &'a RedisServer>) -> String {
    let read = r"local lines = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
            local kind = redis.call('TYPE', key).ok
            local names = redis.call(kind == 'hash' and 'HKEYS' or 'SMEMBERS', key)
            for _, name in ipairs(names) do
                local value = kind == 'hash' and redis.call('HGET', key, name) or ''
                lines[#lines + 1] = key .. ' ' .. name .. ' = ' .. value
            end
        end
        return lines";
    let mut lines = Vec::new();
    for server in servers {
        let text = server.command(&["--no-raw", "EVAL", read, "0"]);
        // Each line has its number before it.
        let numbered = text.lines().filter_map(|line| line.split_once(") "));
        lines.extend(numbered.map(|(_, line)| format!("{line}\n")));
    }
    lines.sort_unstable();
    lines.concat()
}

/// Waits until something holds.
pub(crate) fn eventually(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "never: {what}");
        // To look all the time takes the processor from what is waited for.
        thread::sleep(Duration::from_millis(2));
    }
}

/// The program under test.
pub(crate) fn program() -> &'static Path {
    Path::new(assert_cmd::cargo::cargo_bin!("notes"))
}

/// A run of `notes` that has not begun.
pub(crate) struct Notes {
    command: assert_cmd::Command,
}

impl Notes {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.command.write_stdin(text);
        self
    }

    pub(crate) fn cwd(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it, with an empty standard input unless it was given one.
    pub(crate) fn run(self) -> Run {
        self.output().into()
    }

    /// Runs it like `run`, where a signal may end it.
    pub(crate) fn output(mut self) -> Output {
        self.command.output().expect("notes can be run")
    }

    /// Runs it and compares everything; `[..]` in the expected texts stands for anything in a line.
    pub(crate) fn gives(self, code: i32, stdout: &str, stderr: &str) -> Run {
        let run = self.run();
        assert_eq!(run.code, code, "{run:?}");
        // Backslashes are data here, not parts of paths.
        let assert = Assert::new().normalize_paths(false);
        assert.eq(&run.stdout, stdout);
        assert.eq(&run.stderr, stderr);
        run
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) bytes: Vec<u8>,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("notes ends by itself"),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
        }
    }
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
