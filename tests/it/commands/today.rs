//! `notes today`, and `notes edit --create`: notes that are found by their title or made.

use std::thread;

use chrono::Local;

use crate::support::Sandbox;

/// The date of today. At midnight a test may see two.
fn today() -> String {
    Local::now().format("%Y-%m-%d").to_string()
}

#[test]
fn the_note_of_today_is_made_once_and_then_shown_and_changed() {
    let sandbox = Sandbox::with_redis();
    let title = today();
    let run = sandbox.notes(["today", "--append", "one"]).run();
    let id = run.stdout.trim_end().to_owned();
    assert_eq!(run.stderr, format!("added {} {title}\n", &id[..8]));
    sandbox.notes(["today", "--append", "two"]).gives(
        0,
        &format!("{id}\n"),
        &format!("changed {} {title}\n", &id[..8]),
    );
    let shown = sandbox.notes(["today"]).run();
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{shown:?}");
    assert!(shown.stdout.ends_with("one\ntwo\n"), "{shown:?}");
    let json = sandbox.notes(["today", "--json=id,title"]).run().json();
    assert_eq!(json["title"], title);
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "1");
    let note = sandbox.notes(["show", &id, "--json"]).run().json();
    assert!(note["updated_at"].as_str() > note["created_at"].as_str());
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.field(&id, "content"), "one");
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn without_an_option_the_note_of_today_is_made_empty() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox.notes(["today", "--json"]).run();
    let note = run.json();
    assert_eq!(
        (&note["title"], &note["content"]),
        (&today().into(), &"".into())
    );
    assert_eq!(note["created_at"], note["updated_at"]);
    assert!(run.stderr.starts_with("added "), "{run:?}");
}

#[test]
fn a_title_of_ones_own_names_the_note_of_today() {
    let sandbox = Sandbox::with_redis();
    // It is no beginning of an id, though an id begins with it.
    sandbox.foreign(
        &format!("{}-x", Local::now().format("%Y")),
        &[("title", "T")],
    );
    for (format, title) in [
        ("Log %Y-%m-%d", format!("Log {}", today())),
        ("%Y", Local::now().format("%Y").to_string()),
    ] {
        let run = sandbox
            .notes(["today", "--json"])
            .env("NOTES_TODAY", format)
            .run();
        assert_eq!(run.json()["title"], title, "{run:?}");
    }
    for format in ["%Q", " ", "a%nb"] {
        sandbox.notes(["today"]).env("NOTES_TODAY", format).gives(
            2,
            "",
            "notes: NOTES_TODAY in the environment must be a format of strftime that makes one line, \
             such as %Y-%m-%d\n",
        );
    }
}

#[test]
fn a_note_with_the_title_of_today_is_that_of_today_whoever_made_it() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add(&today(), "c");
    sandbox
        .notes(["today", "--append", "d", "-q"])
        .gives(0, &format!("{id}\n"), "");
    let other = sandbox.add(&today(), "");
    let run = sandbox.notes(["today", "--append", "e"]).run();
    assert_eq!(run.code, 5, "{run:?}");
    sandbox.notes(["rm", "--yes", "-q", &id, &other]).run();
    // The note that it makes may get another title.
    let made = sandbox.notes(["today", "--json"]).run().json();
    sandbox
        .notes(["edit", made["id"].as_str().unwrap(), "-t", "Kept", "-q"])
        .run();
    let next = sandbox.notes(["today", "--json"]).run().json();
    assert_ne!(next["id"], made["id"]);
    assert_eq!(next["title"], today());
}

#[test]
fn all_who_ask_at_once_get_one_note_with_the_lines_of_each() {
    let sandbox = Sandbox::with_redis();
    thread::scope(|scope| {
        for line in 0..8 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let line = line.to_string();
                let run = sandbox.notes(["today", "--append", &line]).run();
                assert_eq!(run.code, 0, "{run:?}");
                let run = sandbox
                    .notes(["edit", "--create", "Inbox", "--append", &line])
                    .run();
                assert_eq!(run.code, 0, "{run:?}");
            });
        }
    });
    let notes = sandbox.notes(["list", "--json"]).run().json();
    let notes = notes.as_array().unwrap();
    assert_eq!(notes.len(), 2, "{notes:?}");
    for note in notes {
        let mut lines: Vec<&str> = note["content"].as_str().unwrap().lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    }
}

#[test]
fn the_editor_gets_the_note_of_today() {
    let sandbox = Sandbox::with_redis();
    let editor = sandbox.script("editor", "printf 'line\\n' >> \"$1\"");
    for content in ["line", "line\nline"] {
        let run = sandbox.notes(["today", "-e"]).env("EDITOR", &editor).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
        assert_eq!(sandbox.field(run.stdout.trim_end(), "content"), content);
    }
}

#[test]
fn a_name_without_a_note_becomes_the_title_of_a_new_one() {
    let sandbox = Sandbox::with_redis();
    let old = sandbox.add("Old", "x");
    let run = sandbox
        .notes(["edit", "--create", "Old", " New ", "--append", "y"])
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    let ids: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(ids[0], old);
    assert_eq!(
        run.stderr,
        format!("changed {} Old\nadded {} New\n", &old[..8], &ids[1][..8])
    );
    assert_eq!(sandbox.field(&old, "content"), "x\ny");
    assert_eq!(sandbox.field(ids[1], "content"), "y");
    // Both are one step.
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.field(&old, "content"), "x");
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "1");
}

#[test]
fn no_note_is_made_of_an_id_of_a_number_or_of_an_edit_that_does_not_fit() {
    let sandbox = Sandbox::with_redis();
    let id = "00000000-0000-4000-8000-000000000000";
    for name in [id, "@", "@3", ""] {
        let run = sandbox
            .notes(["edit", "--create", name, "--append", "x"])
            .run();
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run:?}");
    }
    let run = sandbox
        .notes(["edit", "--create", "New", "--replace", "x", "y"])
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run:?}");
    let run = sandbox
        .notes(["edit", "--create", " ", "--append", "x"])
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn the_editor_begins_a_new_note_with_its_title() {
    let sandbox = Sandbox::with_redis();
    let edit = |editor: &str| {
        sandbox
            .notes(["edit", "--create", "New"])
            .env("EDITOR", editor)
    };
    edit("sh -c 'cp $0 seen'").gives(
        1,
        "",
        "...\nnotes: not saved in the editor; nothing was stored; your text is in [..]/note.md; \
         `notes add --resume` continues with it\n",
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    // Saving it as it is counts.
    let run = edit("touch").run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.starts_with("added "), "{run:?}");
    assert!(run.stderr.ends_with(" New\n"), "{run:?}");
    assert!(sandbox.drafts().is_empty());
}
