//! Editors of all kinds: in the background, with files beside the text, and of the shell.

use std::fs::File;

use super::{Gate, mode, wait_for};
use crate::support::Sandbox;

#[test]
fn a_text_that_an_editor_saves_after_it_has_returned_is_found() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let short = &id[..8];
    let gate = Gate::new(&sandbox);
    let editor = sandbox.script(
        "background",
        "(read line <go; printf 'late\\n' >\"$1\"; : >saved) </dev/null >/dev/null 2>&1 &",
    );
    sandbox.notes(["edit", &id]).env("EDITOR", &editor).gives(
        0,
        &format!("{id}\n"),
        &format!(
            "if your editor runs in the background, give it its wait option (code --wait); \
             `notes edit {short} --resume` continues with what it saves\nunchanged {short} T\n"
        ),
    );
    assert_eq!(mode(&sandbox.draft_directories()[0]), 0o700);
    gate.open();
    wait_for(&sandbox.home().join("saved"));
    sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "touch")
        .gives(0, &format!("{id}\n"), &format!("changed {short} late\n"));
    assert!(sandbox.draft_directories().is_empty());
}

#[test]
fn unchanged_drafts_do_not_pile_up() {
    let sandbox = Sandbox::with_redis();
    let (id, other) = (sandbox.add("T", ""), sandbox.add("U", ""));
    let edit = |id: &str| {
        let run = sandbox.notes(["edit", id]).env("EDITOR", "true").run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(!run.stderr.contains("a draft of"), "{run:?}");
    };
    edit(&id);
    edit(&id);
    let first = sandbox.draft_directories();
    assert_eq!(
        first.len(),
        1,
        "the second edit goes on in the draft of the first"
    );
    let text = File::options()
        .write(true)
        .open(first[0].join("note.md"))
        .unwrap();
    text.set_modified(std::time::UNIX_EPOCH).unwrap();
    edit(&other);
    let left = sandbox.draft_directories();
    assert_eq!(left.len(), 1, "an old one is removed");
    assert_ne!(left, first);
}

#[test]
fn what_an_editor_leaves_beside_the_text_is_removed_with_it() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let leave = "cp \"$1\" \"$1~\"; cp \"$1\" \"$1.bak\"";
    let editor = sandbox.script("editor", &format!("{leave}; echo new >\"$1\""));
    sandbox.notes(["edit", &id]).env("EDITOR", editor).gives(
        0,
        &format!("{id}\n"),
        &format!("changed {} new\n", &id[..8]),
    );
    assert!(sandbox.draft_directories().is_empty());
}

#[test]
fn a_swap_file_of_an_editor_that_failed_is_kept() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let short = &id[..8];
    let editor = sandbox.script(
        "editor",
        "echo more >\"$(dirname \"$1\")/.note.md.swp\"; exit 1",
    );
    sandbox.notes(["edit", &id]).env("EDITOR", editor).gives(
        1,
        "",
        &format!(
            "notes: the editor [..] failed (exit status: 1); nothing was stored; your text is in [..]/note.md; `notes edit {short} --resume` continues with it\n"
        ),
    );
    assert!(sandbox.draft_directories()[0].join(".note.md.swp").exists());
}

#[test]
fn a_failed_editor_that_changed_nothing_leaves_nothing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    for editor in ["false", "no-such-editor", "no-such-editor --wait"] {
        let run = sandbox.notes(["edit", &id]).env("EDITOR", editor).run();
        assert_eq!(run.code, 1, "{run:?}");
        assert!(!run.stderr.contains("--resume"), "{run:?}");
        assert!(sandbox.draft_directories().is_empty(), "{editor}");
    }
}

#[test]
fn an_editor_is_a_command_of_the_shell() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    sandbox.script("bin/first", "echo \"$N ${2:-plain} $FOO\" >\"$1\"");
    for (number, editor, title) in [
        ("1", "~/bin/first", "1 plain"),
        ("2", "$HOME/bin/first", "2 plain"),
        ("3", "FOO=1 ~/bin/first", "3 plain 1"),
        ("4", "true && ~/bin/first", "4 plain"),
        ("5", "~/bin/first \"$@\" two #", "5 two"),
    ] {
        let edit = sandbox.notes(["edit", &id]).env("EDITOR", editor);
        edit.env("N", number).gives(
            0,
            &format!("{id}\n"),
            &format!("changed {} {title}\n", &id[..8]),
        );
    }
}
