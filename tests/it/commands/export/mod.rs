//! `notes export`: every format, every destination, and what happens when it cannot be written.

mod destination;
mod update;

use std::cell::RefCell;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::interrupts::heed_interrupts;
use crate::support::{Sandbox, eventually};

const TIME: &str = "2024-01-15T10:30:00+00:00";

/// Two usual notes of known ids, one with a field of another writer.
fn two() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    let usual = |id| [("id", id), ("created_at", TIME), ("updated_at", TIME)];
    let one = [("title", "Buy milk"), ("content", "two\nlines, \"quoted\"")];
    sandbox.foreign("id-1", &[&usual("id-1")[..], &one].concat());
    let other = [("title", "Ärger"), ("content", ""), ("tags", "x")];
    sandbox.foreign("id-2", &[&usual("id-2")[..], &other].concat());
    sandbox
}

/// The names in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn jsonl_is_what_list_prints_and_the_format_of_standard_output() {
    let sandbox = two();
    let listed = sandbox.notes(["list", "--jsonl", "--sort", "title"]).run();
    assert_eq!(listed.stdout.lines().count(), 2);
    for arguments in [
        &["export"][..],
        &["export", "-o", "-"],
        &["export", "--format", "jsonl"],
    ] {
        sandbox.notes(arguments).gives(0, &listed.stdout, "");
    }
}

#[test]
fn json_is_an_array_with_a_note_a_line() {
    let sandbox = two();
    for arguments in [&["export", "--format", "json"][..], &["export", "--json"]] {
        let run = sandbox.notes(arguments).run();
        assert_eq!(run.stdout.lines().count(), 4, "{run:?}");
        assert_eq!(run.json()[1]["tags"], "x");
    }
    let empty = Sandbox::with_redis();
    empty.notes(["export", "--json"]).gives(0, "[]\n", "");
    empty.notes(["export"]).gives(0, "", "");
}

#[test]
fn csv_has_a_column_for_each_field() {
    two().notes(["export", "--format", "csv"]).gives(
        0,
        &format!(
            "id,title,content,created_at,updated_at,tags\n\
             id-1,Buy milk,\"two\nlines, \"\"quoted\"\"\",{TIME},{TIME},\n\
             id-2,Ärger,,{TIME},{TIME},x\n"
        ),
        "",
    );
    Sandbox::with_redis()
        .notes(["export", "--format", "csv"])
        .gives(0, "id,title,content,created_at,updated_at\n", "");
}

#[test]
fn markdown_is_a_directory_with_a_file_a_note() {
    let sandbox = two();
    let stderr = "exported 2 notes to notes\n";
    let arguments = ["export", "--format", "md", "-o", "notes"];
    sandbox.notes(arguments).gives(0, "", stderr);
    let directory = sandbox.home().join("notes");
    assert_eq!(names(&directory), ["Buy milk.md", "Ärger.md"]);
    assert_eq!(
        fs::read_to_string(directory.join("Buy milk.md")).unwrap(),
        format!(
            "---\nid: \"id-1\"\ntitle: \"Buy milk\"\ncreated_at: \"{TIME}\"\n\
             updated_at: \"{TIME}\"\naliases: [\"Buy milk\"]\n---\ntwo\nlines, \"quoted\""
        )
    );
}

#[test]
fn notes_that_would_have_one_file_name_have_a_file_each() {
    let sandbox = Sandbox::with_redis();
    for id in ["same-id-1", "same-id-2", "same-id-3"] {
        sandbox.foreign(id, &[("title", "T")]);
    }
    sandbox
        .notes(["export", "--format", "md", "-o", "d"])
        .gives(0, "", "exported 3 notes to d\n");
    assert_eq!(names(&sandbox.home().join("d")).len(), 3);
}

#[test]
fn the_name_of_the_file_tells_the_format() {
    let sandbox = two();
    for (name, start) in [
        ("n.jsonl", "{\"id\":\"id-1\""),
        ("n.ndjson", "{\"id\":\"id-1\""),
        ("n.json", "[\n{\"id\":\"id-1\""),
        ("n.CSV", "id,title"),
        ("n.txt", "{\"id\":\"id-1\""),
    ] {
        let stderr = format!("exported 2 notes to {name}\n");
        sandbox.notes(["export", "-o", name]).gives(0, "", &stderr);
        let text = fs::read_to_string(sandbox.home().join(name)).unwrap();
        assert!(text.starts_with(start), "{name}: {text}");
    }
    let arguments = ["export", "-o", "n.json", "--format", "csv", "-q"];
    sandbox.notes(arguments).gives(0, "", "");
    let text = fs::read_to_string(sandbox.home().join("n.json")).unwrap();
    assert!(text.starts_with("id,title"), "{text}");
    let arguments = ["export", "-o", "n.jsonl", "--json"];
    let stdout = "{\"notes\":2,\"path\":\"n.jsonl\"}\n";
    sandbox.notes(arguments).gives(0, stdout, "");
}

#[test]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    let sandbox = two();
    let old = sandbox.file("n.jsonl", "old\n");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("n.jsonl", sandbox.home().join("link.jsonl")).unwrap();
    let export = || sandbox.notes(["export", "-o", "link.jsonl"]);
    // What is odd ends it after the first note was written to the new file.
    sandbox.redis_cli(&["ACL", "SETUSER", "half", "on", ">pw", "~notes:ids", "+@all"]);
    let run = export()
        .env("REDIS_USERNAME", "half")
        .env("REDIS_PASSWORD", "pw")
        .run();
    assert_eq!(run.code, 4, "{run:?}");
    assert_eq!(fs::read_to_string(&old).unwrap(), "old\n");
    let before = names(sandbox.home());
    assert!(
        before.iter().all(|name| !name.contains("export")),
        "{before:?}"
    );
    export().gives(0, "", "exported 2 notes to link.jsonl\n");
    assert!(fs::read_to_string(&old).unwrap().starts_with("{\"id\""));
    assert_eq!(names(sandbox.home()), before);
    let mode = fs::metadata(&old).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    fs::remove_file(&old).unwrap();
    export().gives(0, "", "exported 2 notes to link.jsonl\n");
    assert!(old.exists(), "the link leads there as before");
}

#[test]
fn a_directory_must_be_new_or_empty() {
    let sandbox = two();
    sandbox.file("full/x", "");
    let export = |directory| sandbox.notes(["export", "--format", "md", "-o", directory]);
    let text = "cannot write to the directory full: it is not empty; name a new directory, or add --update";
    export("full").gives(1, "", &format!("notes: {text}\n"));
    assert_eq!(names(&sandbox.home().join("full")), ["x"]);
    let empty = sandbox.home().join("empty");
    fs::create_dir(&empty).unwrap();
    let before = fs::metadata(&empty).unwrap();
    export("empty").gives(0, "", "exported 2 notes to empty\n");
    assert_eq!(names(&empty).len(), 2);
    // Another one would be out of sight for a shell in it, and impossible where something is mounted.
    assert_eq!(fs::metadata(&empty).unwrap().ino(), before.ino());
    export("new/").gives(0, "", "exported 2 notes to new/\n");
    let text = "Markdown is a directory with a file per note; name one with -o";
    for arguments in [
        &["export", "--format", "md"][..],
        &["export", "--format", "md", "-o", "-"],
    ] {
        sandbox
            .notes(arguments)
            .gives(2, "", &format!("notes: {text}\n"));
    }
}

#[test]
fn what_cannot_be_written_is_an_error_of_one_line() {
    let sandbox = two();
    let export = |path| sandbox.notes(["export", "-o", path]);
    let text = "No space left on device (os error 28)";
    export("/dev/full").gives(1, "", &format!("notes: cannot write /dev/full: {text}\n"));
    let text = "No such file or directory (os error 2)";
    export("no/n.csv").gives(1, "", &format!("notes: cannot write no/n.csv: {text}\n"));
    fs::create_dir(sandbox.home().join("d")).unwrap();
    export("d").gives(
        1,
        "",
        "notes: cannot write d: is a directory; add --format md\n",
    );
    export("/dev/null").gives(0, "", "exported 2 notes to /dev/null\n");
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn fields_are_not_chosen_and_formats_have_names() {
    let sandbox = two();
    let text = "export writes every field; `notes list --json=FIELDS` writes some";
    sandbox.notes(["export", "--json=id"]).gives(
        2,
        "",
        "{\"error\":{\"code\":\"usage\",\"message\":\"[..]\"}}\n",
    );
    assert!(
        sandbox
            .notes(["export", "--json=id"])
            .run()
            .stderr
            .contains(text)
    );
    let stderr = "notes: invalid value 'xml' for '--format <FORMAT>'; [..]\n";
    sandbox
        .notes(["export", "--format", "xml"])
        .gives(2, "", stderr);
}

#[test]
fn what_is_no_note_is_left_out_and_said_once() {
    let sandbox = two();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost", "string"]);
    sandbox.redis_cli(&["SET", "note:string", "x"]);
    let odd =
        "odd data by another writer (ids without a note: 1, keys that hold something else: 1)\n";
    for format in ["jsonl", "json", "csv"] {
        let run = sandbox.notes(["export", "--format", format]).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, odd), "{format}");
        assert!(!run.stdout.contains("ghost"), "{run:?}");
    }
}

#[test]
fn what_could_harm_a_terminal_is_made_visible_there() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("a", &[("id", "a"), ("title", "\u{1b}[2J\u{9b}")]);
    for (format, text) in [
        ("jsonl", r#"{"id":"a","title":"\u001b[2J\u009b"}"#),
        ("csv", r"a,^[[2J\u{9b},"),
    ] {
        let screen = sandbox.screen(&["export", "--format", format], &[]);
        assert!(screen.contains(text), "{format}: {screen}");
        assert!(!screen.contains('\u{1b}'), "{format}: {screen}");
    }
}

#[test]
fn only_what_a_query_finds_or_a_note_names_is_exported() {
    let sandbox = two();
    let ids = |arguments: &[&str], stdin: &str| {
        let arguments = [&["export"], arguments].concat();
        let run = sandbox.notes(arguments).stdin(stdin).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let lines = run.stdout.lines();
        let id = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone();
        let ids: Vec<_> = lines.map(id).collect();
        serde_json::Value::from(ids).to_string()
    };
    assert_eq!(ids(&["milk"], ""), r#"["id-1"]"#);
    assert_eq!(
        ids(&["--not", "milk", "--until", "2024-01-15"], ""),
        r#"["id-2"]"#
    );
    assert_eq!(ids(&["--sort", "title", "-r"], ""), r#"["id-2","id-1"]"#);
    assert_eq!(ids(&["--note", "buy milk"], ""), r#"["id-1"]"#);
    assert_eq!(ids(&["--note", "-"], "id-2\nid-1\n"), r#"["id-2","id-1"]"#);
    assert_eq!(ids(&["nowhere"], ""), "[]");
    let csv = sandbox.notes(["export", "milk", "--format", "csv"]).run();
    assert!(
        !csv.stdout.contains("tags"),
        "a column of another note: {csv:?}"
    );
    let message = "notes: no note 'zzzz'; `notes list` shows what there is\n";
    let path = sandbox.home().join("x.json");
    let path = path.to_str().unwrap();
    let arguments = ["export", "-o", path, "--note", "id-1", "--note", "zzzz"];
    sandbox.notes(arguments).gives(3, "", message);
    assert!(!Path::new(path).exists());
    let run = sandbox.notes(["export", "milk", "--note", "id-1"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
}

#[test]
fn a_file_name_without_its_option_is_not_taken_for_a_query() {
    let sandbox = two();
    for name in ["notes.jsonl", "backup.CSV", "out/", "./backup", "work.md"] {
        sandbox.notes(["export", name]).gives(
            2,
            "",
            &format!(
                "notes: {name} looks like a file: `notes export -o {name}` writes it; \
                 to export the notes with this word, add `-o -`\n"
            ),
        );
    }
    sandbox.notes(["export", "milk", "notes.jsonl"]).gives(
        2,
        "",
        "notes: notes.jsonl looks like a file: [..]\n",
    );
    sandbox.add("read notes.jsonl", "and/or");
    for query in [
        &["export", "notes.jsonl", "-o", "-"][..],
        &["export", "title:notes.jsonl"],
        &["export", "and/or"],
    ] {
        let run = sandbox.notes(query).run();
        assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run:?}");
    }
    let screen = sandbox.screen(&["export", "nowhere"], &[]);
    assert_eq!(screen.trim_end(), "no note found; nothing was exported");
}
