//! `notes export --update`: a directory of Markdown that is kept in step with the notes.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use super::*;

const LATER: &str = "2024-02-01T08:00:00.123456+00:00";
const UPDATE: [&str; 4] = ["export", "--update", "-o", "d"];

fn note(sandbox: &Sandbox, id: &str, title: &str, content: &str, updated_at: &str) {
    let times = [("created_at", TIME), ("updated_at", updated_at)];
    let texts = [("id", id), ("title", title), ("content", content)];
    sandbox.foreign(id, &[&texts[..], &times].concat());
}

/// Four notes, and a directory that has them.
fn exported() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::with_redis();
    for (id, title) in [
        ("id-1", "One"),
        ("id-2", "Two"),
        ("id-3", "Three"),
        ("id-4", "Four"),
    ] {
        note(&sandbox, id, title, "text", TIME);
    }
    sandbox.notes(UPDATE).gives(0, "", "updated d: 4 new\n");
    let directory = sandbox.home().join("d");
    (sandbox, directory)
}

/// The bytes and the time of each file, by its path.
fn files(directory: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let modified = path.metadata().unwrap().modified().unwrap();
            found.insert(path.clone(), (fs::read(&path).unwrap(), modified));
        }
    }
    found
}

fn modified(path: &Path) -> DateTime<Utc> {
    path.metadata().unwrap().modified().unwrap().into()
}

fn set_modified(path: &Path, time: DateTime<Utc>) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(time.into()).unwrap();
}

#[test]
fn a_file_has_the_time_and_the_title_of_its_note() {
    let sandbox = Sandbox::with_redis();
    note(&sandbox, "id-1", "Re: what?", "", LATER);
    sandbox
        .notes(["export", "--format", "md", "-o", "new"])
        .gives(0, "", "exported 1 note to new\n");
    let file = sandbox.home().join("new/Re what.md");
    assert_eq!(modified(&file), LATER.parse::<DateTime<Utc>>().unwrap());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\naliases: [\"Re: what?\"]\n"), "{text}");
    // A directory that an export without --update made is kept in step too.
    note(&sandbox, "id-1", "Re: what?", "new text", LATER);
    sandbox
        .notes(["export", "--update", "-o", "new"])
        .gives(0, "", "updated new: 1 changed\n");
}

#[test]
fn a_second_update_changes_nothing() {
    let (sandbox, directory) = exported();
    let before = files(&directory);
    assert_eq!(before.len(), 5);
    sandbox
        .notes(UPDATE)
        .gives(0, "", "updated d: 4 unchanged\n");
    assert_eq!(files(&directory), before);
    let json = "{\"path\":\"d\",\"new\":0,\"changed\":0,\"removed\":0,\"unchanged\":4}\n";
    let arguments = UPDATE.iter().chain(&["--json"]);
    sandbox.notes(arguments).gives(0, json, "");
    assert_eq!(files(&directory), before);
}

#[test]
fn files_follow_their_notes_and_others_are_left_alone() {
    let (sandbox, directory) = exported();
    let other = |name: &str| sandbox.file(&format!("d/{name}"), "---\nid: id-1\ntitle: x\n---\n");
    let others = [
        "mine.md",
        ".git/config",
        ".obsidian/x.json",
        "Five.md",
        "image.png",
    ]
    .map(other);
    let before: Vec<_> = others.iter().map(|path| fs::read(path).unwrap()).collect();
    fs::create_dir(directory.join("moved")).unwrap();
    fs::rename(directory.join("Two.md"), directory.join("moved/by hand.md")).unwrap();
    note(&sandbox, "id-1", "One, renamed", "text", LATER);
    note(&sandbox, "id-2", "Two, renamed", "text", LATER);
    note(&sandbox, "id-5", "five", "text", TIME);
    sandbox
        .notes(["rm", "--yes", "-q", "id-3"])
        .gives(0, "id-3\n", "");
    let stderr = "updated d: 1 new, 2 changed, 1 removed, 1 unchanged\n";
    sandbox.notes(UPDATE).gives(0, "", stderr);
    let found = files(&directory);
    let found: Vec<_> = found
        .keys()
        .map(|path| path.strip_prefix(&directory).unwrap())
        .collect();
    let expected = [
        ".git/config",
        ".notes-export",
        ".obsidian/x.json",
        "Five.md",
        "Four.md",
        "One, renamed.md",
        "five id-5.md",
        "image.png",
        "mine.md",
        "moved/by hand.md",
    ];
    assert_eq!(found, expected.map(Path::new));
    let after: Vec<_> = others.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(after, before);
    let text = fs::read_to_string(directory.join("moved/by hand.md")).unwrap();
    assert!(text.contains("Two, renamed"), "{text}");
}

#[test]
fn a_query_leaves_the_files_of_other_notes() {
    let (sandbox, directory) = exported();
    note(&sandbox, "id-1", "One", "new text", LATER);
    note(&sandbox, "id-2", "Two", "new text", LATER);
    sandbox
        .notes(["export", "--update", "-o", "d", "title:One"])
        .gives(0, "", "updated d: 1 changed\n");
    assert_eq!(names(&directory).len(), 5);
}

#[test]
fn a_file_that_was_edited_by_hand_is_named_and_comes_back_by_an_import() {
    let (sandbox, directory) = exported();
    let edit = |name: &str, from: &str, to: &str| {
        let path = directory.join(name);
        let text = fs::read_to_string(&path).unwrap().replace(from, to);
        fs::write(&path, text).unwrap();
        path
    };
    let one = edit("One.md", "text", "edited");
    edit("Three.md", "text", "edited");
    sandbox
        .notes(["rm", "--yes", "-q", "id-3"])
        .gives(0, "id-3\n", "");
    let before = files(&directory);
    let run = sandbox.notes(UPDATE).run();
    let text = "was edited by hand and stays as it is; `notes import d --on-conflict newer` stores it, or \
                delete it\n";
    let stderr = format!("notes: d/One.md {text}notes: d/Three.md {text}updated d: 2 unchanged\n");
    assert_eq!((run.code, run.stderr), (6, stderr));
    assert_eq!(files(&directory), before);
    let import = ["import", "d", "--on-conflict", "newer"];
    let run = sandbox.notes(import).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(sandbox.field("id-1", "content"), "edited");
    let time: DateTime<Utc> = sandbox.field("id-1", "updated_at").parse().unwrap();
    assert_eq!(time.timestamp_micros(), modified(&one).timestamp_micros());
    let run = sandbox.notes(import).run();
    assert!(run.stderr.contains("4 unchanged"), "{run:?}");
    sandbox
        .notes(UPDATE)
        .gives(0, "", "updated d: 1 changed, 3 unchanged\n");
    sandbox
        .notes(UPDATE)
        .gives(0, "", "updated d: 4 unchanged\n");
}

#[test]
fn a_checkout_that_gives_all_files_another_time_is_no_edit() {
    let (sandbox, directory) = exported();
    for name in names(&directory) {
        set_modified(&directory.join(name), Utc::now());
    }
    note(&sandbox, "id-1", "One", "new text", LATER);
    sandbox
        .notes(["rm", "--yes", "-q", "id-3"])
        .gives(0, "id-3\n", "");
    let stderr = "updated d: 1 changed, 1 removed, 2 unchanged\n";
    sandbox.notes(UPDATE).gives(0, "", stderr);
}

#[test]
fn another_redis_removes_no_files() {
    let (sandbox, directory) = exported();
    let before = files(&directory);
    sandbox.redis_cli(&["FLUSHALL"]);
    let stderr = "notes: no note of the 4 files in d is stored here: is this the right Redis? None was \
                  removed\nno note found; d was not changed\n";
    sandbox.notes(UPDATE).gives(1, "", stderr);
    assert_eq!(files(&directory), before);
}

#[test]
fn only_a_directory_of_markdown_is_updated() {
    let sandbox = two();
    let text = "notes: --update is for a directory of Markdown; name it with -o\n";
    for arguments in [
        &["export", "--update", "-o", "-"][..],
        &["export", "--update", "-o", "x", "--format", "csv"],
    ] {
        sandbox.notes(arguments).gives(2, "", text);
    }
    sandbox.file("file", "x");
    let text = "notes: cannot write to the directory file: [..]\n";
    sandbox
        .notes(["export", "--update", "-o", "file"])
        .gives(1, "", text);
}
