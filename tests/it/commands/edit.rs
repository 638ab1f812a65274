//! `notes edit`, and the editor of `notes add`

use std::fs;
use std::path::PathBuf;

use crate::support::Sandbox;
use crate::support::redis_server::client;

#[test]
fn options_change_what_they_name_and_nothing_else() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let created = sandbox.field(&id, "created_at");
    for (arguments, title, content) in [
        (vec!["-t", "U"], "U", "c"),
        (vec!["-c", "-d"], "U", "-d"),
        (vec!["--append", "e"], "U", "-d\ne"),
        (vec!["-f", "-"], "U", "from stdin"),
        (vec!["-t", "V", "-c", ""], "V", ""),
        (vec!["--append", "first"], "V", "first"),
    ] {
        let before = sandbox.field(&id, "updated_at");
        let arguments = [vec!["edit", &id], arguments].concat();
        sandbox.notes(&arguments).stdin("from stdin").gives(
            0,
            &format!("{id}\n"),
            &format!("changed {} {title}\n", &id[..8]),
        );
        assert_eq!(sandbox.field(&id, "title"), title);
        assert_eq!(sandbox.field(&id, "content"), content);
        assert!(sandbox.field(&id, "updated_at") > before);
    }
    assert_eq!(sandbox.field(&id, "created_at"), created);
}

#[test]
fn what_is_already_so_is_not_written() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let updated = sandbox.field(&id, "updated_at");
    for arguments in [["edit", &id, "-t", " T "], ["edit", &id, "-c", "c"]] {
        sandbox.notes(arguments).gives(
            0,
            &format!("{id}\n"),
            &format!("unchanged {} T\n", &id[..8]),
        );
    }
    assert_eq!(sandbox.field(&id, "updated_at"), updated);
}

#[test]
fn a_blank_title_is_refused() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    sandbox.notes(["edit", &id, "-t", " "]).gives(
        2,
        "",
        "notes: the title is blank; a note needs one\n",
    );
    assert_eq!(sandbox.field(&id, "title"), "T");
}

#[test]
fn an_editor_gets_title_and_content_and_its_text_is_stored() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "one\ntwo");
    let editor = sandbox.script(
        "editor",
        "cp \"$1\" seen; printf 'U\\n\\nthree\\n' > \"$1\"",
    );
    sandbox.notes(["edit", &id]).env("EDITOR", editor).gives(
        0,
        &format!("{id}\n"),
        &format!("changed {} U\n", &id[..8]),
    );
    let seen = fs::read_to_string(sandbox.home().join("seen")).unwrap();
    assert_eq!(seen, "T\n\none\ntwo\n");
    assert_eq!(sandbox.field(&id, "title"), "U");
    assert_eq!(sandbox.field(&id, "content"), "three");
    assert!(sandbox.drafts().is_empty());
}

#[test]
fn an_editor_that_replaces_the_file_is_read_too() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let editor = sandbox.script("editor", "echo N > n; mv n \"$1\"");
    sandbox
        .notes(["edit", &id])
        .env("EDITOR", editor)
        .gives(0, "[..]\n", "changed [..] N\n");
    assert_eq!(sandbox.field(&id, "content"), "");
}

#[test]
fn a_failed_editor_writes_nothing_and_its_text_is_kept() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let updated = sandbox.field(&id, "updated_at");
    let run = sandbox
        .notes(["edit", &id])
        .env("EDITOR", "sh -c 'echo bad >$0; exit 3'")
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
    let draft = sandbox.drafts().remove(0);
    assert!(run.stderr.contains(draft.to_str().unwrap()), "{run:?}");
    assert_eq!(fs::read_to_string(&draft).unwrap(), "bad\n");
    assert_eq!(sandbox.field(&id, "updated_at"), updated);
}

#[test]
fn an_editor_that_changes_nothing_or_empties_the_text_writes_nothing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let updated = sandbox.field(&id, "updated_at");
    // It has ended at once; see drafts/editors.rs.
    sandbox.notes(["edit", &id]).env("EDITOR", "true").gives(
        0,
        &format!("{id}\n"),
        &format!("...\nunchanged {} T\n", &id[..8]),
    );
    sandbox
        .notes(["edit", &id])
        .env("EDITOR", "sh -c ': >$0'")
        .gives(1, "", "notes: the text is empty; nothing was stored [..]\n");
    sandbox.notes(["edit", &id]).env("EDITOR", "false").gives(
        1,
        "",
        "notes: the editor `false` failed (exit status: 1); nothing was stored\n",
    );
    assert_eq!(sandbox.field(&id, "updated_at"), updated);
    assert!(sandbox.drafts().is_empty());
}

#[test]
fn the_first_editor_that_is_set_is_used_with_its_arguments() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let spaced = sandbox.script("my editor", "echo spaced > \"$1\"");
    let spaced = spaced.to_str().unwrap();
    for (notes, visual, editor, title) in [
        ("sh -c 'echo one >$0'", "false", "false", "one"),
        ("", "sh -c 'echo two >$0'", "false", "two"),
        ("", "", "sh -c 'echo three >$0'", "three"),
        (spaced, "false", "false", "spaced"),
    ] {
        sandbox
            .notes(["edit", &id])
            .env("NOTES_EDITOR", notes)
            .env("VISUAL", visual)
            .env("EDITOR", editor)
            .gives(0, "[..]\n", "changed [..]\n");
        assert_eq!(sandbox.field(&id, "title"), title);
    }
}

#[test]
fn an_editor_that_cannot_run_is_named() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    sandbox.notes(["edit", &id]).env("EDITOR", "no-such-editor").gives(
        1,
        "",
        "notes: cannot run the editor `no-such-editor`; set NOTES_EDITOR to one that is installed: No such file [..]; nothing was stored\n",
    );
    // The shell says which program it did not find.
    sandbox.notes(["edit", &id]).env("EDITOR", "no-such-editor -w").gives(
        1,
        "",
        "[..]not found\nnotes: cannot run the editor `no-such-editor -w` (exit status: 127); set NOTES_EDITOR to one that is installed; nothing was stored\n",
    );
    let run = sandbox.notes(["edit", &id]).env("EDITOR", "sh 'x").run();
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stderr.contains("notes: the editor `sh 'x` failed"),
        "{run:?}"
    );
    sandbox.notes(["edit", &id]).gives(
        2,
        "",
        "notes: no terminal for an editor; give the new text with -t, -c, -f or --append\n",
    );
}

/// An editor that, while it is open, lets another program change the note, and then leaves `text`.
fn busy_editor(sandbox: &Sandbox, id: &str, foreign: &str, text: &str) -> PathBuf {
    let socket = sandbox.redis().socket();
    let script = format!(
        "{} -s {} HSET note:{id} {foreign} >/dev/null; printf '{text}' > \"$1\"",
        client(),
        socket.display()
    );
    sandbox.script("busy", &script)
}

#[test]
fn changes_to_different_places_are_merged() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "one\n\ntwo");
    let foreign = "content \"$(printf 'one\\n\\nTWO')\" tags kept";
    let editor = busy_editor(&sandbox, &id, foreign, "U\\n\\nONE\\n\\ntwo\\n");
    sandbox.notes(["edit", &id]).env("EDITOR", editor).gives(
        0,
        &format!("{id}\n"),
        &format!("changed, and merged with another change: {} U\n", &id[..8]),
    );
    assert_eq!(sandbox.field(&id, "title"), "U");
    assert_eq!(sandbox.field(&id, "content"), "ONE\n\nTWO");
    assert_eq!(sandbox.field(&id, "tags"), "kept");
    assert!(sandbox.drafts().is_empty());
}

#[test]
fn changes_to_the_same_line_are_a_conflict_that_resume_settles() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "read");
    let editor = busy_editor(&sandbox, &id, "content foreign", "T\\n\\nmine\\n");
    let run = sandbox.notes(["edit", &id]).env("EDITOR", editor).run();
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run:?}");
    assert_eq!(sandbox.field(&id, "content"), "foreign");
    let draft = sandbox.drafts().remove(0);
    assert!(run.stderr.contains(draft.to_str().unwrap()), "{run:?}");
    assert_eq!(fs::read_to_string(&draft).unwrap(), "T\n\nmine\n");

    let resume = |editor: &str| {
        sandbox
            .notes(["edit", &id, "--resume"])
            .env("EDITOR", editor)
    };
    let run = resume("sh -c 'cp $0 seen; touch $0'").run();
    assert_eq!(run.code, 6, "{run:?}");
    assert!(
        run.stderr.contains("there are conflict markers left"),
        "{run:?}"
    );
    let seen = fs::read_to_string(sandbox.home().join("seen")).unwrap();
    assert_eq!(
        seen,
        "T\n\n<<<<<<< ours\nmine\n=======\nforeign\n>>>>>>> theirs\n"
    );
    resume("sh -c 'printf \"T\\n\\nmine and foreign\\n\" > $0'").gives(
        0,
        &format!("{id}\n"),
        &format!("changed {} T\n", &id[..8]),
    );
    assert_eq!(sandbox.field(&id, "content"), "mine and foreign");
    assert!(sandbox.drafts().is_empty());
}

#[test]
fn resume_goes_on_from_the_text_of_an_editor_that_failed() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    sandbox
        .notes(["edit", &id])
        .env("EDITOR", "sh -c 'echo precious > $0; exit 1'")
        .gives(1, "", "notes: the editor [..] failed [..]\n");
    sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "touch")
        .gives(0, &format!("{id}\n"), "changed [..] precious\n");
    assert!(sandbox.drafts().is_empty());
    sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "true")
        .gives(
            1,
            "",
            "notes: no draft of note [..] is kept; `notes edit` begins a new one\n",
        );
}

#[test]
fn a_note_deleted_meanwhile_stays_deleted() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "read");
    let socket = sandbox.redis().socket();
    let editor = sandbox.script(
        "editor",
        &format!(
            "{} -s {} FLUSHALL >/dev/null; echo mine > \"$1\"",
            client(),
            socket.display()
        ),
    );
    let run = sandbox.notes(["edit", &id]).env("EDITOR", editor).run();
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run:?}");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    let draft = sandbox.drafts().remove(0);
    assert!(run.stderr.contains(draft.to_str().unwrap()), "{run:?}");
}

#[test]
fn a_text_that_was_not_utf_8_is_not_rewritten() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("abcd-1", &[("title", "T")]);
    sandbox.redis_cli(&[
        "EVAL",
        r"redis.call('HSET','note:abcd-1','content','\255')",
        "0",
    ]);
    for run in [
        sandbox.notes(["edit", "abcd-1", "--append", "x"]),
        sandbox
            .notes(["edit", "abcd-1"])
            .env("EDITOR", "sh -c 'echo x >$0'"),
    ] {
        let run = run.run();
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
        assert!(
            run.stderr
                .contains("the content of note abcd-1 is not UTF-8 text"),
            "{run:?}"
        );
    }
    sandbox
        .notes(["edit", "abcd-1", "-t", "U", "-q"])
        .gives(0, "abcd-1\n", "");
    let bytes = sandbox
        .notes(["show", "abcd-1", "--field", "content", "--raw"])
        .run()
        .bytes;
    assert_eq!(bytes, b"\xff");
}

#[test]
fn several_notes_are_changed_as_one_step() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", "one"), sandbox.add("b", ""));
    sandbox.notes(["edit", &a, &b, "--append", "#x"]).gives(
        0,
        &format!("{a}\n{b}\n"),
        &format!("changed {} a\nchanged {} b\n", &a[..8], &b[..8]),
    );
    assert_eq!(sandbox.field(&a, "content"), "one\n#x");
    assert_eq!(sandbox.field(&b, "content"), "#x");
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.field(&a, "content"), "one");
    assert_eq!(sandbox.field(&b, "content"), "");
    let before = sandbox.field(&a, "updated_at");
    sandbox
        .notes(["edit", "-", "-c", "one"])
        .stdin(format!("{a}\n{b}\n"))
        .gives(
            0,
            &format!("{a}\n{b}\n"),
            &format!("unchanged {} a\nchanged {} b\n", &a[..8], &b[..8]),
        );
    assert_eq!(sandbox.field(&a, "updated_at"), before);
}

#[test]
fn a_note_that_is_missing_does_not_keep_the_others_from_being_changed() {
    let sandbox = Sandbox::with_redis();
    let a = sandbox.add("a", "");
    sandbox.notes(["edit", "00000000", &a, "-t", "new"]).gives(
        3,
        &format!("{a}\n"),
        &format!(
            "notes: no note '00000000'; `notes list` shows what there is\nchanged {} new\n",
            &a[..8]
        ),
    );
}

#[test]
fn the_editor_takes_one_note() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", ""), sandbox.add("b", ""));
    sandbox.notes(["edit", &a, &b]).env("EDITOR", "true").gives(
        2,
        "",
        "notes: the editor takes one NOTE; -t, -c, -f and --append change several\n",
    );
}

#[test]
fn what_an_editor_adds_to_a_text_is_taken_away() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "x\ny");
    for (editor, title, content) in [
        // Every line gets a carriage return.
        ("sed -i 's/y/z/; s/$/\\r/'", "T", "x\nz"),
        // The text gets a mark of the byte order.
        ("sed -i '1s/^T/\u{feff}U/'", "U", "x\nz"),
        // One line gets a carriage return, which the person meant.
        ("sed -i 's/x/w\\r/'", "U", "w\r\nz"),
    ] {
        sandbox
            .notes(["edit", &id, "-q"])
            .env("EDITOR", editor)
            .gives(0, &format!("{id}\n"), "");
        let shown = sandbox.notes(["show", &id, "--json"]).run().json();
        assert_eq!(shown["title"], title, "{editor}");
        assert_eq!(shown["content"], content, "{editor}");
    }
}

#[test]
fn a_note_does_not_grow_larger_than_an_import_takes() {
    let sandbox = Sandbox::with_redis();
    let large = "x".repeat(16 * 1024 * 1024 - 1000);
    let id = sandbox
        .notes(["add", "T", "-f", "-"])
        .stdin(large)
        .run()
        .stdout;
    let id = id.trim_end();
    let more = "y".repeat(1000);
    sandbox.notes(["edit", id, "--append", &more]).gives(
        2,
        "",
        &format!(
            "notes: note {id} would have more than 16 MiB, the most that a note holds; nothing was written\n"
        ),
    );
    sandbox
        .notes(["edit", id, "-q", "-c", "small"])
        .gives(0, &format!("{id}\n"), "");
}
