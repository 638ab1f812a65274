//! A note whose `add` returned is there, whatever happens to the private Redis afterwards.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::STARTED;
use crate::support::redis_server::server;
use crate::support::{Sandbox, eventually};

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

/// Redis does not read the snapshots of a newer one, nor does Valkey read those of Redis 8.
#[test]
fn the_files_hold_commands_alone_which_any_other_server_reads() {
    let sandbox = Sandbox::bare();
    let id = sandbox.add("T", "kept");
    assert_of_commands_alone(&sandbox.private_dir(), &id);
    let cli = |arguments: &[&str]| {
        sandbox
            .notes(["redis", "cli"].iter().chain(arguments))
            .run()
    };
    let asked = cli(&["BGREWRITEAOF"]);
    assert_eq!(asked.code, 0, "{asked:?}");
    eventually("the file is rewritten", || {
        let info = cli(&["INFO", "persistence"]).stdout;
        info.contains("aof_rewrite_in_progress:0") && info.contains("aof_rewrite_scheduled:0")
    });
    assert_of_commands_alone(&sandbox.private_dir(), &id);
}

/// That none of the files is a snapshot, and that the note is in one of them.
fn assert_of_commands_alone(private: &Path, id: &str) {
    let directories = [private.to_owned(), private.join("appendonlydir")];
    let entries = directories.iter().filter_map(|it| fs::read_dir(it).ok());
    let paths = entries.flatten().map(|entry| entry.unwrap().path());
    let texts: Vec<_> = paths.filter_map(|path| fs::read(path).ok()).collect();
    assert!(texts.iter().all(|text| !text.starts_with(b"REDIS")));
    let has_id = |text: &Vec<u8>| text.windows(id.len()).any(|it| it == id.as_bytes());
    assert!(texts.iter().any(has_id));
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
