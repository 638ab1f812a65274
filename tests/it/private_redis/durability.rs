//! A note whose `add` returned is there, whatever happens to the private Redis afterwards.

use std::fs;
use std::os::unix::net::UnixListener;

use super::STARTED;
use crate::support::Sandbox;
use crate::support::redis_server::server;

#[test]
fn a_hundred_notes_outlive_a_hundred_kill_9() {
    let sandbox = Sandbox::bare();
    for round in 0..100 {
        let title = format!("round {round}");
        let id = sandbox.add(&title, "kept");
        sandbox.kill_private_servers();
        let shown = sandbox.notes(["show", &id, "--raw"]);
        shown.gives(0, &format!("{title}\nkept"), STARTED);
    }
    let listed = sandbox.notes(["list", "--ids"]).run();
    assert_eq!(listed.stdout.lines().count(), 100);
}

#[test]
fn a_socket_that_nothing_listens_at_and_the_pid_of_another_process_are_no_hindrance() {
    let sandbox = Sandbox::bare();
    let directory = sandbox.private_dir();
    fs::create_dir_all(&directory).unwrap();
    drop(UnixListener::bind(directory.join("notes.sock")).unwrap());
    fs::write(directory.join("redis.pid"), std::process::id().to_string()).unwrap();
    fs::write(directory.join("redis.lock"), "1").unwrap();
    sandbox
        .notes(["redis", "status"])
        .gives(7, "not running, [..]/notes.sock\n", "");
    sandbox
        .notes(["redis", "stop"])
        .gives(0, "", "your private Redis is not running\n");
    sandbox
        .notes(["add", "T"])
        .gives(0, "[..]\n", &format!("{STARTED}added [..] T\n"));
}

/// A limit on the size of files stands in for a disk that is full: either cuts a write short, and
/// this one needs no privileges.
#[test]
fn a_disk_that_becomes_full_is_named_and_every_note_that_was_added_is_kept() {
    let sandbox = Sandbox::bare();
    let path = std::env::var("PATH").unwrap();
    let limited = format!(
        "trap '' XFSZ; ulimit -f 100; PATH='{path}'; exec {} \"$@\"",
        server()
    );
    let bin = sandbox.script("bin/redis-server", &limited);
    let limited_path = format!("{}:{path}", bin.parent().unwrap().display());
    let text = "x".repeat(20_000);
    let mut added = Vec::new();
    let failed = loop {
        assert!(added.len() < 10, "the limit has no effect");
        let run = sandbox.notes(["add"]).env("PATH", &limited_path);
        let run = run.stdin(format!("T\n{text}")).run();
        if run.code != 0 {
            break run;
        }
        added.push(run.stdout.trim_end().to_owned());
    };
    assert!(!added.is_empty(), "{failed:?}");
    assert_eq!((failed.code, failed.stdout.as_str()), (7, ""), "{failed:?}");
    let draft = sandbox.drafts().pop().unwrap();
    let directory = sandbox.private_dir();
    snapbox::assert_data_eq!(
        failed.stderr,
        format!(
            "notes: perhaps not stored; the text is kept, and `notes add -f {}` tries again: \
             Redis at {1}/notes.sock (your private Redis) closed the connection; the change may or \
             may not have been made: the disk that holds {1} is full; make room and try again, or \
             set NOTES_DATA_DIR to a directory elsewhere\n",
            draft.display(),
            directory.display()
        )
    );
    assert_eq!(fs::read_to_string(draft).unwrap(), format!("T\n{text}"));
    for id in added {
        let shown = sandbox.notes(["show", &id, "--field", "content"]).run();
        assert_eq!(shown.stdout, format!("{text}\n"), "{}", shown.stderr);
    }
}
