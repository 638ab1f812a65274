//! `notes import`: which paths it reads, and the ids that their notes get.

use std::fs;

use super::import::{NEW, OLD, line};
use crate::support::Sandbox;

#[test]
fn several_paths_are_one_import() {
    let sandbox = Sandbox::with_redis();
    sandbox.file("a/plan.md", "# Plan\n\ntext\n");
    sandbox.file("a/old.org", "* Old\n");
    sandbox.file("b/plan.md", "another\n");
    sandbox.file("todo.txt", "milk\n");
    let import = |paths: &[&str]| sandbox.notes(["import"].iter().chain(paths)).run();
    let first = import(&["a", "b/plan.md", "todo.txt"]);
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(
        first.stderr,
        "left out 1 file: 1 .org\nimported 3 notes (3 created); `notes undo` undoes it\n"
    );
    let ids: Vec<_> = first.stdout.lines().collect();
    let titles: Vec<_> = ids.iter().map(|id| sandbox.field(id, "title")).collect();
    assert_eq!(titles, ["Plan", "plan", "todo"]);
    // The same files by other paths, and a file by itself, are the same notes.
    fs::create_dir(sandbox.home().join("c")).unwrap();
    std::os::unix::fs::symlink("../b", sandbox.home().join("c/link")).unwrap();
    let again = import(&["./a/../a/plan.md", "c/link/", "."]);
    let twice = "notes: ./a/plan.md: note ";
    assert!(again.stderr.starts_with(twice), "{again:?}");
    assert_eq!((again.code, again.stdout.as_str()), (1, ""));
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "3");
    // Nothing is stored if one of them is not there.
    let missing = import(&["todo.txt", "missing.md", "--on-conflict", "replace"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn a_directory_keeps_its_ids_where_it_has_a_name_of_its_own() {
    let sandbox = Sandbox::with_redis();
    for place in ["here", "there"] {
        sandbox.file(&format!("{place}/vault/plan.md"), "text\n");
    }
    let import = |options: &[&str]| sandbox.notes(["import", "-q"].iter().chain(options)).run();
    assert_eq!(
        import(&["--source", "v", "here/vault"])
            .stdout
            .lines()
            .count(),
        1
    );
    assert_eq!(import(&["--source", "v", "there/vault/plan.md"]).stdout, "");
    assert_eq!(
        import(&["here/vault", "there/vault"])
            .stdout
            .lines()
            .count(),
        2
    );
    let both = sandbox.notes(["import", "--source", "v", "here", "there"]);
    both.gives(
        2,
        "",
        "notes: --source is the name of one PATH; import the others by themselves\n",
    );
}

#[test]
fn skipped_notes_are_named_up_to_a_number() {
    let sandbox = Sandbox::with_redis();
    let lines = |title: &str, time: &str| -> String {
        (10..22)
            .map(|i| line(&format!("n{i}"), title, time))
            .collect()
    };
    sandbox.file("new.jsonl", lines("new", NEW));
    sandbox.file("old.jsonl", lines("old", OLD));
    assert_eq!(sandbox.notes(["import", "-q", "new.jsonl"]).run().code, 0);
    let run = sandbox.notes(["import", "old.jsonl"]).run();
    let said: Vec<_> = run.stderr.lines().collect();
    assert_eq!(said.len(), 12, "{run:?}");
    assert_eq!(
        said[0],
        "skipped n10 old: a different version is stored; `--on-conflict replace` imports this one"
    );
    assert_eq!(said[10], "skipped 2 more");
    assert_eq!(said[11], "imported 0 notes (12 skipped)");
}

#[test]
fn the_undo_of_many_notes_says_how_many() {
    let sandbox = Sandbox::with_redis();
    let text: String = (0..300)
        .map(|i| line(&format!("n{i:03}"), "T", NEW))
        .collect();
    sandbox.file("n.jsonl", text);
    assert_eq!(sandbox.notes(["import", "-q", "n.jsonl"]).run().code, 0);
    let plan = sandbox.notes(["undo", "--dry-run"]).run();
    assert_eq!(
        plan.stderr,
        "would undo step 1 (import): would delete 300 notes\n"
    );
    let run = sandbox.notes(["undo"]).run();
    assert_eq!(run.stdout.lines().count(), 300);
    let said = "undid step 1 (import): deleted 300 notes; `notes undo 2` redoes it\n";
    assert_eq!(run.stderr, said);
}
