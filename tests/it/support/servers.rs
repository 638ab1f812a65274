//! The servers that run in a directory: found, and killed as a power cut would.
//!
//! The unit tests of the library and the integration tests both compile this file. It knows
//! processes, and nothing of notes.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// More than a killed process takes to be gone, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// The processes that run in the directory of a private Redis.
pub(crate) fn servers_in(directory: &Path) -> Vec<Pid> {
    let Ok(directory) = directory.canonicalize() else {
        return Vec::new();
    };
    let Ok(processes) = fs::read_dir("/proc") else {
        return server_of_pid_file(&directory).into_iter().collect();
    };
    processes
        .filter_map(Result::ok)
        .filter(|process| {
            fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == directory)
        })
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .filter_map(Pid::from_raw)
        .collect()
}

/// Kills the servers, as a power cut would, and waits until they are gone.
pub(crate) fn kill_servers_in(directory: &Path) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let servers = servers_in(directory);
        if servers.is_empty() || Instant::now() > deadline {
            return;
        }
        for pid in servers {
            let _ = kill_process(pid, Signal::KILL);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn server_of_pid_file(directory: &Path) -> Option<Pid> {
    let text = fs::read_to_string(directory.join("redis.pid")).ok()?;
    let pid = Pid::from_raw(text.trim().parse().ok()?)?;
    test_kill_process(pid).ok()?;
    Some(pid)
}
