//! `notes import` of other programs' files: the format is told from the file, and a second import
//! changes nothing.

use std::path::PathBuf;
use std::process::Command;

use crate::support::Sandbox;
use crate::support::committed::repository;

fn sample(name: &str) -> PathBuf {
    repository().join("tests/it/samples").join(name)
}

#[test]
fn an_export_of_another_program_is_imported_once() {
    for (name, count, others) in [
        ("jrnl.json", 6, ""),
        ("memos.json", 2, ""),
        ("memos-old.json", 1, ""),
        ("keep", 2, "left out 1 note that is in the trash\n"),
        ("keep/Groceries.json", 1, ""),
        (
            "simplenote.json",
            3,
            "left out 1 note that is in the trash\n",
        ),
    ] {
        let sandbox = Sandbox::with_redis();
        let import = |options: &[&str]| {
            let path = sample(name);
            let arguments = ["import", path.to_str().unwrap()];
            let run = sandbox.notes(arguments.iter().chain(options)).run();
            assert_eq!(run.code, 0, "{name}: {run:?}");
            run
        };
        let plan = import(&["--dry-run"]);
        assert_eq!(plan.stdout.lines().count(), count, "{name}: {plan:?}");
        assert_eq!(sandbox.contents(), "", "{name}");
        let first = import(&[]);
        assert_eq!(first.stdout.lines().count(), count, "{name}: {first:?}");
        assert!(first.stderr.starts_with(others), "{name}: {first:?}");
        let stored = sandbox.contents();
        let second = import(&["--on-conflict", "replace"]);
        assert_eq!(second.stdout, "", "{name}");
        assert_eq!(sandbox.contents(), stored, "{name}");
    }
}

#[test]
fn the_times_of_jrnl_are_those_of_the_place() {
    let sandbox = Sandbox::with_redis();
    let path = sample("jrnl.json");
    let run = sandbox
        .notes(["import", "-q", path.to_str().unwrap()])
        .env("TZ", "Asia/Tokyo")
        .run();
    let id = run.stdout.lines().next().unwrap();
    assert_eq!(sandbox.field(id, "created_at"), "2024-01-15T01:30:00+00:00");
}

#[test]
fn an_export_comes_by_a_pipe_too() {
    let sandbox = Sandbox::with_redis();
    for (name, count) in [("memos.json", 2), ("keep/Groceries.json", 1)] {
        let text = std::fs::read(sample(name)).unwrap();
        let run = sandbox.notes(["import", "-q", "-"]).stdin(text).run();
        assert_eq!(
            (run.code, run.stdout.lines().count()),
            (0, count),
            "{run:?}"
        );
    }
}

#[test]
fn an_archive_of_simplenote_is_read_from_its_json_rather_than_its_texts() {
    let sandbox = Sandbox::with_redis();
    let json = std::fs::read(sample("simplenote.json")).unwrap();
    sandbox.file("notes/source/notes.json", json);
    sandbox.file("notes/Packing list.txt", "Packing list\n\nTags:\n  travel");
    let run = sandbox.notes(["import", "-q", "notes"]).run();
    assert_eq!((run.code, run.stdout.lines().count()), (0, 3), "{run:?}");
}

#[test]
fn a_folder_of_texts_is_imported_with_notes_of_ones_own_among_them() {
    let sandbox = Sandbox::with_redis();
    sandbox.file(
        "vault/Plans.md",
        "---\ntitle: The plan\ntags: [work]\n---\ntext\n",
    );
    sandbox.file(
        "vault/own.md",
        "---\nid: own\ntitle: Mine\nfields: '[]'\n---\ncontent",
    );
    sandbox.file("vault/.obsidian/app.json", "{}");
    sandbox.file("vault/latin.txt", b"caf\xe9");
    let run = sandbox.notes(["import", "-q", "vault"]).run();
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(
        run.stderr,
        "notes: vault/latin.txt: not UTF-8 at byte 4; convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`\n"
    );
    let ids: Vec<_> = run.stdout.lines().collect();
    let [plan, "own"] = ids[..] else {
        panic!("{run:?}");
    };
    assert_eq!(sandbox.field(plan, "title"), "The plan");
    assert_eq!(sandbox.field(plan, "content"), "text\n\n#work");
    assert_eq!(sandbox.field("own", "content"), "content");
}

#[test]
fn a_takeout_is_read_as_it_was_downloaded() {
    let sandbox = Sandbox::with_redis();
    let keep = std::fs::read(sample("keep/Groceries.json")).unwrap();
    sandbox.file("Takeout/Keep/Groceries.json", &keep);
    for (name, text) in [
        ("Takeout/Keep/Groceries.html", "<p>"),
        ("Takeout/Keep/Labels.txt", "Home\n"),
        ("Takeout/Drive/plan.md", "# Plan\n"),
        ("Takeout/archive_browser.html", "<p>"),
    ] {
        sandbox.file(name, text);
    }
    let pack = Command::new("tar")
        .args(["czf", "takeout.tgz", "Takeout"])
        .current_dir(sandbox.home())
        .status();
    assert!(pack.unwrap().success());
    let left_out = "left out 4 files: 2 .html, 1 .md, 1 .txt\n";
    let said = "imported 1 note (1 created); `notes undo` undoes it\n";
    let run = sandbox.notes(["import", "takeout.tgz"]).run();
    assert_eq!((run.code, run.stderr), (0, format!("{left_out}{said}")));
    let stored = sandbox.contents();
    for path in ["Takeout", ".", "Takeout/Keep"] {
        let run = sandbox.notes(["import", path]).run();
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{path}: {run:?}");
    }
    let pipe = sandbox
        .notes(["import", "-"])
        .stdin(std::fs::read(sandbox.home().join("takeout.tgz")).unwrap());
    assert_eq!(pipe.run().code, 0);
    assert_eq!(sandbox.contents(), stored);
}
