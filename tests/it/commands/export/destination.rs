//! What is left of an export that is interrupted, and links in its place.

use std::process::Command;

use super::*;

/// A run of `notes` that is killed unless it ends.
struct Running(Child);

impl Running {
    /// Sends a signal, and waits until it ends the run.
    fn end_by(mut self, signal: Signal) -> ExitStatus {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
        let child = RefCell::new(&mut self.0);
        eventually("a signal ends it", || {
            child.borrow_mut().try_wait().unwrap().is_some()
        });
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails where it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An export to the file or directory `notes` that waits for Redis longer than any test lasts.
fn patient_export(sandbox: &Sandbox, format: &str) -> Command {
    let wait = ["--timeout", "600"];
    let mut export = sandbox.silent(wait);
    export.args(["export", "--format", format, "-o", "notes"]);
    export
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    heed_interrupts();
    let signals = [Signal::INT, Signal::TERM];
    for &(format, signal) in signals.map(|it| [("jsonl", it), ("md", it)]).as_flattened() {
        let sandbox = two();
        let before = names(sandbox.home());
        sandbox.redis_cli(&["CLIENT", "PAUSE", "600000", "ALL"]);
        let mut run = Running(patient_export(&sandbox, format).spawn().unwrap());
        // The file is there before Redis, which stands still, has told of a note.
        while names(sandbox.home()) == before {
            assert_eq!(run.0.try_wait().unwrap(), None);
        }
        assert_eq!(run.end_by(signal).signal(), Some(signal.as_raw()));
        assert_eq!(names(sandbox.home()), before);
    }
}

#[test]
fn an_interrupt_ends_it_at_once_while_it_connects() {
    heed_interrupts();
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let sandbox = Sandbox::with_url(format!("redis://{}", silent.local_addr().unwrap()));
    let before = names(sandbox.home());
    for (signal, format) in [(Signal::INT, "jsonl"), (Signal::TERM, "md")] {
        let run = Running(patient_export(&sandbox, format).spawn().unwrap());
        let connection = RefCell::new(None);
        eventually("it connects", || {
            *connection.borrow_mut() = silent.accept().ok();
            connection.borrow().is_some()
        });
        assert_eq!(run.end_by(signal).signal(), Some(signal.as_raw()));
        assert_eq!(names(sandbox.home()), before);
    }
}

#[test]
fn an_interrupt_ends_the_wait_for_a_reader_of_a_named_pipe() {
    heed_interrupts();
    let sandbox = two();
    let made = sandbox.command_by("mkfifo").arg("pipe").status().unwrap();
    assert!(made.success());
    let run = Running(sandbox.silent(["export", "-o", "pipe"]).spawn().unwrap());
    let stat = format!("/proc/{}/status", run.0.id());
    eventually("it handles SIGINT", || {
        let status = fs::read_to_string(&stat).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.is_some_and(|mask| mask & (1 << (Signal::INT.as_raw() - 1)) != 0)
    });
    let status = run.end_by(Signal::INT);
    assert_eq!(status.signal(), Some(Signal::INT.as_raw()));
    let kind = fs::symlink_metadata(sandbox.home().join("pipe")).unwrap();
    assert!(kind.file_type().is_fifo(), "it is not removed");
}

#[test]
fn a_link_that_leads_nowhere_yet_stays_and_what_it_leads_to_is_made() {
    let sandbox = two();
    let at = |name: &str| sandbox.home().join(name);
    symlink("other.jsonl", at("link.jsonl")).unwrap();
    symlink("made.jsonl", at("other.jsonl")).unwrap();
    let export = ["export", "-o", "link.jsonl"];
    sandbox
        .notes(export)
        .gives(0, "", "exported 2 notes to link.jsonl\n");
    assert!(at("link.jsonl").is_symlink() && at("other.jsonl").is_symlink());
    assert!(!at("made.jsonl").is_symlink());
    assert_eq!(
        fs::read_to_string(at("made.jsonl"))
            .unwrap()
            .lines()
            .count(),
        2
    );
}

/// Permissions do not bind root; these errors come to every user.
#[test]
fn what_a_path_leads_to_is_left_alone_where_it_cannot_be_looked_at() {
    let sandbox = two();
    let at = |name: &str| sandbox.home().join(name);
    symlink("loop.jsonl", at("loop.jsonl")).unwrap();
    sandbox.file("file", "precious");
    symlink("file/below", at("below.jsonl")).unwrap();
    let long = "n".repeat(300);
    symlink(&long, at("long.jsonl")).unwrap();
    let before = names(sandbox.home());
    for (name, reason) in [
        ("loop.jsonl", "Too many levels of symbolic links [..]"),
        ("below.jsonl", "Not a directory [..]"),
        ("long.jsonl", "File name too long [..]"),
    ] {
        let stderr = format!("notes: cannot write {name}: {reason}\n");
        sandbox.notes(["export", "-o", name]).gives(1, "", &stderr);
        assert!(at(name).is_symlink(), "{name}");
    }
    assert_eq!(names(sandbox.home()), before);
    assert_eq!(fs::read(at("file")).unwrap(), b"precious");
}
