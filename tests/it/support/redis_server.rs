//! A throwaway `redis-server` for one test: on a Unix socket, in a directory of its own, gone with
//! the value.
//!
//! The unit tests of the library, the integration tests and the benchmarks all compile this file, so
//! it knows nothing but std and tempfile.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::TempDir;

/// How long a server may take to come up, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `redis-server` that keeps nothing on the disk; it is killed when the value is dropped.
pub(crate) struct RedisServer {
    child: Child,
    directory: TempDir,
}

impl RedisServer {
    /// Starts an empty server and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it does not come up, with what it logged.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more options.
    ///
    /// # Panics
    ///
    /// When it does not come up, with what it logged.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        // Not $TMPDIR, which may be too long for the path of a socket.
        let directory = tempfile::Builder::new()
            .prefix("redis-")
            .tempdir_in("/tmp")
            .expect("a directory in /tmp can be made");
        let child = spawn(directory.path(), options);
        let mut server = Self { child, directory };
        server.wait_for(b"+PONG");
        server
    }

    /// Starts one that is busy loading its keys, a millisecond for each, for ten seconds.
    ///
    /// # Panics
    ///
    /// When it does not come up, with what it logged.
    pub(crate) fn loading() -> Self {
        let mut server = Self::start();
        let fill = "for i = 1, 10000 do redis.call('SET', 'k' .. i, i) end";
        server.command(&["EVAL", fill, "0"]);
        assert_eq!(server.command(&["SAVE"]), "OK");
        server.kill();
        let delays = [
            ["--key-load-delay", "1000"],
            ["--loading-process-events-interval-bytes", "1024"],
        ];
        server.start_again(delays.as_flattened(), "-LOADI");
        server
    }

    /// Kills it, as a power cut would.
    ///
    /// # Panics
    ///
    /// When it cannot be killed.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the child is ours");
        self.child.wait().expect("the child is ours");
    }

    /// Starts it again where it was, once it is killed, and waits until it answers a PING like that.
    ///
    /// # Panics
    ///
    /// When it does not come up, with what it logged.
    pub(crate) fn start_again(&mut self, options: &[&str], answer: &str) {
        self.child = spawn(self.directory.path(), options);
        self.wait_for(answer.as_bytes());
    }

    /// The path of the socket it listens at.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("s")
    }

    /// The same as a URL for the redis crate.
    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// What `redis-cli` prints for a command, without the last line end; an error reply is text too.
    ///
    /// # Panics
    ///
    /// When `redis-cli` cannot be run, or cannot reach the server.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(client())
            .arg("-s")
            .arg(self.socket())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("the client can be run");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "redis-cli {arguments:?}: {}: {text}{}\nthe server's log ends:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr),
            self.log_tail()
        );
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    fn wait_for(&mut self, answer: &[u8]) {
        let deadline = Instant::now() + PATIENCE;
        while !answers_ping(&self.socket(), answer) {
            let exited = self.child.try_wait().expect("the child is ours");
            assert!(
                exited.is_none() && Instant::now() < deadline,
                "redis-server did not come up ({exited:?}); its log ends:\n{}",
                self.log_tail()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn log_tail(&self) -> String {
        let log = fs::read(self.directory.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // Either fails only when the server is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server that is installed here.
pub(crate) fn server() -> &'static str {
    installed(["redis-server", "valkey-server"])
}

/// The client that is installed here.
pub(crate) fn client() -> &'static str {
    installed(["redis-cli", "valkey-cli"])
}

/// The first of these programs that is on PATH.
pub(crate) fn installed(names: [&'static str; 2]) -> &'static str {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &&str| std::env::split_paths(&path).any(|dir| dir.join(name).exists());
    names
        .into_iter()
        .find(is_there)
        .unwrap_or_else(|| panic!("neither {} nor {} is on PATH", names[0], names[1]))
}

fn spawn(directory: &Path, options: &[&str]) -> Child {
    Command::new(server())
        .args(["--port", "0", "--save", "", "--unixsocket", "s"])
        .args(["--logfile", "log", "--daemonize", "no"])
        // A primary waits five seconds for more replicas otherwise.
        .args(["--repl-diskless-sync-delay", "0"])
        .args(options)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server can be run")
}

/// Whether a server answers a PING, and its answer begins so.
fn answers_ping(socket: &Path, beginning: &[u8]) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return false;
    };
    let mut reply = vec![0; beginning.len()];
    stream.set_read_timeout(Some(PATIENCE)).is_ok()
        && stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut reply).is_ok()
        && reply == beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_share_nothing_and_are_gone_with_their_value() {
        let (one, other) = (RedisServer::start(), RedisServer::start());
        assert_eq!(one.command(&["SET", "k", "two words"]), "OK");
        assert_eq!(one.command(&["GET", "k"]), "two words");
        assert_eq!(other.command(&["EXISTS", "k"]), "0");
        assert!(one.url().starts_with("redis+unix:///tmp/redis-"));
        let socket = one.socket();
        drop(one);
        assert!(!answers_ping(&socket, b"+PONG"));
        assert!(!socket.exists());
    }

    #[test]
    fn a_server_can_be_caught_loading() {
        let server = RedisServer::loading();
        assert!(server.command(&["GET", "k1"]).starts_with("LOADING"));
    }
}
