//! What version 0.1.0 left: its private Redis, its journal, and a store on a server of the user's.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::support::Sandbox;
use crate::support::committed::repository;

/// The id of a note that was deleted by step 7.
const DELETED: &str = "6aba868e-25b4-4c0f-8643-ec767e323910";

const COMMANDS: &str = "appendonly.aof.1.incr.aof";

fn sample(name: &str) -> PathBuf {
    repository().join("tests/it/samples/0.1.0").join(name)
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// A home with the data directory of 0.1.0, without the notice of the first start.
fn upgraded() -> Sandbox {
    let sandbox = Sandbox::bare();
    let directory = sandbox.private_dir();
    copy_files(
        &sample("redis/appendonlydir"),
        &directory.join("appendonlydir"),
    );
    let journal = fs::read_to_string(sample("journal.jsonl")).unwrap();
    let socket = directory.join("notes.sock");
    sandbox.file(
        ".local/share/notes/journal.jsonl",
        journal.replace("PRIVATE_SOCKET", socket.to_str().unwrap()),
    );
    sandbox.notes(["redis", "start", "-q"]).gives(0, "", "");
    sandbox
}

#[test]
fn a_private_redis_of_0_1_0_has_its_notes_and_takes_new_ones() {
    let sandbox = upgraded();
    let notes = fs::read_to_string(sample("notes.jsonl")).unwrap();
    sandbox.notes(["list", "--jsonl"]).gives(0, &notes, "");
    let checked = sandbox.notes(["health", "--deep"]).run();
    assert_eq!(checked.code, 0, "{checked:?}");
    sandbox.notes(["add", "-q", "new"]).gives(0, "[..]\n", "");
    let listed = sandbox.notes(["list", "--ids"]).run();
    assert_eq!(listed.stdout.lines().count(), notes.lines().count() + 1);
}

#[test]
fn a_step_in_a_journal_of_0_1_0_can_be_undone() {
    let sandbox = upgraded();
    let steps = sandbox.notes(["log"]).run();
    assert_eq!(steps.code, 0, "{steps:?}");
    assert_eq!(steps.stdout.lines().count(), 9, "{steps:?}");
    sandbox
        .notes(["undo", "-q", "7"])
        .gives(0, &format!("{DELETED}\n"), "");
    sandbox
        .notes(["show", DELETED, "--field", "content"])
        .gives(0, "text\n", "");
}

#[test]
fn the_keys_that_0_1_0_wrote_to_a_server_of_the_user_are_notes() {
    let sandbox = Sandbox::with_redis();
    let commands = fs::read(sample("redis/appendonlydir").join(COMMANDS)).unwrap();
    let mut server = UnixStream::connect(sandbox.redis().socket()).unwrap();
    server.write_all(&commands).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    // The server closes the connection when it has carried out all of them.
    let mut replies = String::new();
    server.read_to_string(&mut replies).unwrap();
    assert!(!replies.contains("-ERR"), "{replies}");
    let notes = fs::read_to_string(sample("notes.jsonl")).unwrap();
    sandbox.notes(["list", "--jsonl"]).gives(0, &notes, "");
}
