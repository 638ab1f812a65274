//! A damaged append-only file, and the way back that docs/safety.md gives.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use super::STARTED;
use crate::support::committed::repository;
use crate::support::redis_server::installed;
use crate::support::{Sandbox, program};

/// The commands of the section, in their order.
fn steps() -> String {
    let text = fs::read_to_string(repository().join("docs/safety.md")).unwrap();
    let (_, section) = text.split_once("\n## A damaged file\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut commands = Vec::new();
    let mut is_command = false;
    for line in section.lines() {
        match line.trim() {
            "```sh" => is_command = true,
            "```" => is_command = false,
            _ if is_command => commands.push(line),
            _ => {}
        }
    }
    let check = installed(["redis-check-aof", "valkey-check-aof"]);
    commands.join("\n").replace("redis-check-aof", check)
}

fn follow(sandbox: &Sandbox, steps: &str) {
    let directory = program().parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut shell = sandbox
        .command_by("sh")
        .args(["-euc", steps])
        .env("PATH", format!("{directory}:{path}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(b"y\n").unwrap();
    let output = shell.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Notes of which one was changed, one changed and changed back, and one deleted; the private Redis is
/// stopped.
fn notes(sandbox: &Sandbox) -> String {
    let ids = [1, 2, 3, 4, 5].map(|at| sandbox.add(&format!("Note {at}"), &format!("text {at}")));
    let deleted = sandbox.add("Deleted", "");
    for arguments in [
        &["rm", "-q", "--yes", &deleted][..],
        &["edit", "-q", &ids[0], "-c", "changed"],
        &["edit", "-q", &ids[4], "-c", "undone"],
        &["undo", "-q"],
    ] {
        let run = sandbox.notes(arguments).run();
        assert_eq!(run.code, 0, "{run:?}");
    }
    let all = export(sandbox);
    sandbox.notes(["redis", "stop", "-q"]).gives(0, "", "");
    all
}

fn export(sandbox: &Sandbox) -> String {
    let run = sandbox.notes(["export", "-q", "--sort", "title"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

#[test]
fn notes_behind_damage_in_the_middle_come_back_from_the_journal() {
    let sandbox = Sandbox::bare();
    let all = notes(&sandbox);
    let directory = sandbox.private_dir();
    let file = directory.join("appendonlydir/appendonly.aof.1.incr.aof");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.windows(6).position(|it| it == b"Note 2").unwrap();
    // The length before it.
    bytes[at - 4..at - 2].copy_from_slice(b"xx");
    fs::write(&file, bytes).unwrap();
    let data_dir = directory.parent().unwrap().display();
    let damaged = format!(
        "notes: the private Redis cannot read its files (Bad file format reading the append only file \
         appendonly.aof.1.incr.aof); before all else copy the directory {data_dir}/redis: \
         `redis-check-aof --fix` cuts off what follows the damage. The journal in {data_dir} has the \
         texts of the changes made on this machine; \"A damaged file\" in docs/safety.md says how they \
         come back\n"
    );
    sandbox.notes(["list"]).gives(7, "", &damaged);
    follow(&sandbox, &steps());
    assert_eq!(export(&sandbox), all);
}

#[test]
fn a_note_at_a_missing_end_comes_back_from_the_journal() {
    let sandbox = Sandbox::bare();
    sandbox.add("First", "");
    sandbox.add("Last", "text");
    let all = export(&sandbox);
    sandbox.notes(["redis", "stop", "-q"]).gives(0, "", "");
    let file = sandbox
        .private_dir()
        .join("appendonlydir/appendonly.aof.1.incr.aof");
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(file.metadata().unwrap().len() - 100).unwrap();
    let cut = format!(
        "the end of a file in {} was not complete, and Redis cut it off; if notes are missing, see \"A \
         damaged file\" in docs/safety.md\n",
        sandbox.private_dir().display()
    );
    let left = sandbox.notes(["list", "--json=title"]);
    let said = format!("{STARTED}{cut}");
    left.gives(0, "[{\"title\":\"First\"}]\n", &said);
    sandbox.notes(["list", "--ids"]).gives(0, "[..]\n", "");
    let steps = steps();
    let (before, rest) = steps
        .split_once(installed(["redis-check-aof", "valkey-check-aof"]))
        .unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    follow(&sandbox, &format!("{before}\n{after}"));
    assert_eq!(export(&sandbox), all);
}
