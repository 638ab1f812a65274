//! `notes import` of a directory that `notes export` wrote and people edited, and of front matter.

use std::fs;

use crate::support::Sandbox;

const TIME: &str = "2024-01-15T10:30:00+00:00";

#[test]
fn a_vault_that_was_edited_by_hand_comes_back() {
    let sandbox = Sandbox::with_redis();
    for (id, title) in [
        ("id-1", "Changed"),
        ("id-2", "Renamed"),
        ("id-3", "Deleted"),
        ("id-4", "Copied"),
        ("id-5", "Tagged"),
    ] {
        let times = [("created_at", TIME), ("updated_at", TIME)];
        let texts = [("id", id), ("title", title), ("content", "text\n")];
        sandbox.foreign(id, &[&texts[..], &times].concat());
    }
    sandbox
        .notes(["export", "--format", "md", "-o", "d", "-q"])
        .gives(0, "", "");
    let path = |name: &str| sandbox.home().join("d").join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap();
    fs::write(path("Changed.md"), text("Changed.md") + "and more\n").unwrap();
    fs::rename(path("Renamed.md"), path("Another name.md")).unwrap();
    fs::remove_file(path("Deleted.md")).unwrap();
    fs::write(path("Copied 1.md"), text("Copied.md") + "of a copy\n").unwrap();
    fs::write(
        path("Tagged.md"),
        text("Tagged.md").replacen("aliases:", "tags: [to do, 2024]\naliases:", 1),
    )
    .unwrap();
    fs::write(path("Added.md"), "# Added by hand\n\ntext\n").unwrap();
    let import = || {
        sandbox
            .notes(["import", "d", "--on-conflict", "newer"])
            .run()
    };
    let run = import();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        run.stderr,
        "d/Tagged.md: the tag `2024` became #t2024: digits alone are no tag\n\
         d/Copied 1.md: the id is also in Copied.md; this file is imported as a note of its own\n\
         imported 4 notes (2 created; 2 replaced; 2 unchanged); `notes undo` undoes it\n"
    );
    for (id, content) in [
        ("id-1", "text\nand more\n"),
        ("id-2", "text\n"),
        ("id-3", "text\n"),
        ("id-4", "text\n"),
        ("id-5", "text\n\n#to-do #t2024"),
    ] {
        assert_eq!(sandbox.field(id, "content"), content, "{id}");
    }
    assert_eq!(sandbox.field("id-2", "updated_at"), TIME);
    assert_ne!(sandbox.field("id-1", "updated_at"), TIME);
    let list = sandbox.notes(["list", "--json=title,content"]).run();
    assert!(list.stdout.contains("Added by hand"), "{list:?}");
    assert!(list.stdout.contains("of a copy"), "{list:?}");
    let stored = sandbox.contents();
    let run = import();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
    assert_eq!(sandbox.contents(), stored);
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.field("id-1", "content"), "text\n");
}

#[test]
fn an_edited_file_does_not_replace_a_note_that_was_changed_since() {
    let sandbox = Sandbox::with_redis();
    let fields = [
        ("id", "id-1"),
        ("title", "T"),
        ("content", "text"),
        ("created_at", TIME),
        ("updated_at", TIME),
    ];
    sandbox.foreign("id-1", &fields);
    sandbox
        .notes(["export", "--format", "md", "-o", "d", "-q"])
        .gives(0, "", "");
    let later = [
        ("content", "changed here"),
        ("updated_at", "2024-01-16T10:30:00+00:00"),
    ];
    sandbox.foreign("id-1", &later);
    let path = sandbox.home().join("d/T.md");
    fs::write(
        &path,
        fs::read_to_string(&path).unwrap() + ", changed there",
    )
    .unwrap();
    let run = sandbox
        .notes(["import", "d", "--on-conflict", "newer"])
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
    assert_eq!(sandbox.field("id-1", "content"), "changed here");
}

#[test]
fn a_date_that_is_not_understood_is_reported_with_its_file() {
    let sandbox = Sandbox::with_redis();
    sandbox.file(
        "v/a.md",
        "---\ntitle: A\ndate: 01/02/2024\nlastmod: 2024-01-15\n---\ntext\n",
    );
    let run = sandbox.notes(["import", "v"]).env("TZ", "Asia/Tokyo").run();
    assert_eq!(run.code, 0, "{run:?}");
    let text = "v/a.md: `date: 01/02/2024` is not a date such as 2024-01-31 or 31 January 2024; it is kept as text\n";
    assert!(run.stderr.starts_with(text), "{run:?}");
    let id = run.stdout.trim_end();
    assert_eq!(sandbox.field(id, "updated_at"), "2024-01-14T15:00:00+00:00");
    assert_eq!(
        sandbox.field(id, "content"),
        "---\ndate: 01/02/2024\n---\ntext"
    );
}

#[test]
fn two_vaults_may_have_the_same_id() {
    let sandbox = Sandbox::with_redis();
    for vault in ["a/notes", "b/notes"] {
        sandbox.file(&format!("{vault}/x.md"), "---\nid: root\n---\n# Home\n");
        let run = sandbox.notes(["import", "-q", vault]).run();
        assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{run:?}");
    }
}
