//! The server and the processes around it: who starts it, and what of them reaches it.
//!
//! Processes that start it are this very program, told to run [`starter`].

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, io};

use rustix::process::{Signal, getpgid, getpgrp, getsid, kill_process_group};

use super::home::{Home, TIMEOUT, raw, started};
use crate::private_redis::PrivateRedis;
use crate::test_support::interrupts::heed_interrupts;

/// The variable that tells [`starter`] the data directory.
const DATA: &str = "PRIVATE_REDIS_TEST_DATA";

#[test]
#[ignore = "the part of another process; the tests below run it"]
fn starter() {
    let data = env::var_os(DATA).unwrap();
    let redis = PrivateRedis::new(Path::new(&data), &env::var_os("PATH").unwrap()).unwrap();
    match redis.ensure_running(TIMEOUT).unwrap() {
        Some(pid) => println!("\nStarted {pid}"),
        None => println!("\nAlready"),
    }
    // Until the test closes it.
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A process that starts the server, and then waits.
struct Starter {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Starter {
    fn spawn(data: &Path) -> Self {
        heed_interrupts();
        let name = format!("{}::starter", module_path!().split_once("::").unwrap().1);
        let mut child = Command::new("/bin/sh")
            // A descriptor that is open in whatever runs the command, as `flock 9` leaves one.
            .args(["-c", "exec 9>\"$0.open\"; exec \"$@\""])
            .arg(data)
            .arg(env::current_exe().unwrap())
            .args([name.as_str(), "--exact", "--ignored", "--nocapture"])
            .env(DATA, data)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Returns the outcome that it printed.
    fn outcome(&mut self) -> String {
        let mut lines = self.stdout.by_ref().lines().map(Result::unwrap);
        lines
            .find(|line| line.starts_with("Started") || line.starts_with("Already"))
            .unwrap_or_default()
    }
}

impl Drop for Starter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn sixteen_processes_at_once_start_one_server() {
    let home = Home::new();
    let mut starters: Vec<_> = (0..16).map(|_| Starter::spawn(home.data())).collect();
    let outcomes: Vec<_> = starters.iter_mut().map(Starter::outcome).collect();
    let already = outcomes.iter().filter(|outcome| *outcome == "Already");
    assert_eq!(already.count(), 15, "{outcomes:?}");
    let servers = home.servers();
    assert_eq!(servers.len(), 1);
    let started = format!("Started {}", servers[0].as_raw_nonzero());
    assert!(outcomes.contains(&started), "{outcomes:?}");
}

#[test]
fn ctrl_c_ends_the_starter_and_not_the_server() {
    let home = Home::new();
    let mut starter = Starter::spawn(home.data());
    assert!(starter.outcome().starts_with("Started"));
    kill_process_group(raw(starter.child.id()), Signal::INT).unwrap();
    let status = starter.child.wait().unwrap();
    assert_eq!(status.signal(), Some(Signal::INT.as_raw()));
    assert_eq!(home.ask(&["PING"]), "PONG");
    // A server that the signal reaches logs it before it answers anything, and ends later.
    let log = std::fs::read_to_string(home.redis().log).unwrap();
    assert!(!log.contains("SIGINT"), "{log}");
}

#[test]
fn the_server_has_a_session_and_a_group_of_its_own() {
    let home = Home::new();
    let server = started(home.redis().ensure_running(TIMEOUT).unwrap());
    assert_eq!(getsid(Some(server)).unwrap(), server);
    assert_eq!(getpgid(Some(server)).unwrap(), server);
    assert_ne!(getpgrp(), server);
}

#[test]
#[cfg(target_os = "linux")]
fn the_server_has_no_open_file_of_its_starter() {
    let home = Home::new();
    let mut starter = Starter::spawn(home.data());
    assert!(starter.outcome().starts_with("Started"));
    let open_in = |pid: rustix::process::Pid| -> Vec<_> {
        std::fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero()))
            .unwrap()
            .filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok())
            .collect()
    };
    let (file, life) = (
        home.root().join("data.open"),
        home.redis().dir().join("server.lock"),
    );
    assert!(open_in(raw(starter.child.id())).contains(&file));
    let open = open_in(home.servers()[0]);
    assert!(open.contains(&life) && !open.contains(&file), "{open:?}");
}

#[test]
fn the_server_is_spared_the_locale_of_its_starter() {
    let home = Home::new();
    let script = "#!/bin/sh\necho \"the locale is $LC_ALL\" >&2\nexit 1\n";
    let redis = home.redis_with(&[("redis-server", script)]);
    let error = redis.ensure_running(TIMEOUT).unwrap_err();
    assert!(error.to_string().ends_with("the locale is C"), "{error}");
}
