//! Ctrl-C on `notes`, which never takes the private Redis down.

use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::support::Sandbox;
use crate::support::interrupts::heed_interrupts;

/// How long a file may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn at_a_question_of_the_command_that_started_it() {
    let sandbox = Sandbox::bare();
    let id = sandbox.add("T", "");
    sandbox.notes(["redis", "stop"]).run();
    let mut terminal = sandbox.terminal(&["rm", &id], &[]);
    let before = terminal.see("Delete");
    assert!(before.contains("started your private Redis"), "{before}");
    let servers = sandbox.private_servers();
    terminal.type_keys("\u{3}");
    let (text, code) = terminal.end();
    assert_eq!(code, 130, "{text}");
    let shown = sandbox.notes(["show", &id, "--field", "title"]);
    shown.gives(0, "T\n", "");
    assert_eq!(sandbox.private_servers(), servers);
}

#[test]
fn at_any_step_of_a_start() {
    heed_interrupts();
    for step in [".", "redis.lock", "server.lock", "redis.log", "notes.sock"] {
        let sandbox = Sandbox::bare();
        let mut notes = sandbox
            .command(["add", "interrupted"])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(&sandbox.private_dir().join(step));
        let group = Pid::from_raw(i32::try_from(notes.id()).unwrap()).unwrap();
        // It fails when the command was faster.
        let _ = kill_process_group(group, Signal::INT);
        let status = notes.wait().unwrap();
        assert!(
            status.success() || status.signal() == Some(Signal::INT.as_raw()),
            "{step}: {status}"
        );
        sandbox.add("after", "");
        assert_eq!(sandbox.private_servers().len(), 1, "{step}");
        let listed = sandbox.notes(["list", "--ids"]).run().stdout;
        assert!((1..=2).contains(&listed.lines().count()), "{step}");
        // The later one is there if the interrupt came before the server was up.
        for name in ["redis.log", "redis.log.old"] {
            let log = std::fs::read_to_string(sandbox.private_dir().join(name));
            let log = log.unwrap_or_default();
            assert!(!log.contains("SIGINT"), "{step}: {log}");
        }
    }
}

fn wait_for(path: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while !path.exists() {
        assert!(Instant::now() < deadline, "{} appears", path.display());
        thread::yield_now();
    }
}
