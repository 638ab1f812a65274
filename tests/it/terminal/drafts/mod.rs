//! The text of an editor: kept whatever ends the edit, found again, and read by nobody else.

mod editors;
mod own_files;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::redis_server::client;
use crate::support::{Sandbox, eventually};

const NO_DRAFT: &str = "notes: no draft of note [..] is kept; `notes edit` begins a new one\n";

/// Holds up an editor that reads the FIFO `go`, until it is opened or the test ends.
struct Gate(PathBuf);

impl Gate {
    fn new(sandbox: &Sandbox) -> Self {
        let path = sandbox.home().join("go");
        fifo(&path);
        Self(path)
    }

    /// Waits for the editor, and lets it go on.
    fn open(&self) {
        fs::write(&self.0, "").unwrap();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // It fails where nothing reads it any more.
        let flags = OFlags::WRONLY | OFlags::NONBLOCK;
        let _ = rustix::fs::open(&self.0, flags, Mode::empty());
    }
}

/// An editor that saves a text, makes the file `ready`, and fails once the gate is open.
fn waiting_editor(sandbox: &Sandbox, text: &str) -> (PathBuf, Gate) {
    let gate = Gate::new(sandbox);
    let script = format!("printf '{text}' >\"$1\"; : >ready; read line <go; exit 1");
    (sandbox.script("waiting", &script), gate)
}

/// Starts an edit, and returns once its editor has saved.
fn start_edit(sandbox: &Sandbox, id: &str, editor: &Path) -> Child {
    let mut edit = sandbox.silent(["edit", id]);
    let edit = edit.env("EDITOR", editor).spawn().unwrap();
    wait_for(&sandbox.home().join("ready"));
    edit
}

fn wait_for(path: &Path) {
    eventually(&path.display().to_string(), || path.exists());
}

fn send(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A kept draft whose text is `precious`: the editor that saved it failed.
fn keep_draft(sandbox: &Sandbox, id: &str) -> PathBuf {
    sandbox
        .notes(["edit", id])
        .env("EDITOR", "sh -c 'echo precious >\"$0\"; exit 1'")
        .gives(1, "", "notes: the editor [..] failed [..]\n");
    sandbox.drafts().remove(0)
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_saved_text_is_resumed_whatever_ended_the_run() {
    for signal in [Signal::TERM, Signal::KILL] {
        let sandbox = Sandbox::with_redis();
        let id = sandbox.add("T", "");
        let (editor, gate) = waiting_editor(&sandbox, "saved\\n");
        let mut edit = start_edit(&sandbox, &id, &editor);
        send(&edit, signal);
        assert_eq!(edit.wait().unwrap().code(), None);
        gate.open();
        sandbox
            .notes(["edit", &id, "--resume"])
            .env("EDITOR", "touch")
            .gives(
                0,
                &format!("{id}\n"),
                &format!("changed {} saved\n", &id[..8]),
            );
        assert!(sandbox.draft_directories().is_empty(), "{signal:?}");
    }
}

#[test]
fn a_terminal_that_goes_away_leaves_the_saved_text() {
    // With SIGHUP ignored, the editor finds its input at an end.
    for before in [":", "trap '' HUP"] {
        let sandbox = Sandbox::with_redis();
        let id = sandbox.add("T", "");
        let script = "echo saved >\"$1\"; : >ready; read line; exit 1";
        let editor = sandbox.script("editor", script);
        let variables = [("EDITOR", editor.to_str().unwrap())];
        let (terminal, mut edit) = sandbox.on_leaving_terminal(before, &["edit", &id], &variables);
        wait_for(&sandbox.home().join("ready"));
        drop(terminal);
        assert!(!edit.wait().unwrap().success());
        assert_eq!(sandbox.field(&id, "title"), "T");
        let screen = sandbox.screen(&["edit", &id, "--resume"], &[("EDITOR", "touch")]);
        let said = format!("changed {} saved\n", &id[..8]);
        assert!(screen.starts_with(&said), "{before}: {screen}");
        assert!(sandbox.draft_directories().is_empty(), "{before}");
    }
}

#[test]
fn an_edit_says_that_there_is_a_draft_of_the_note() {
    let sandbox = Sandbox::with_redis();
    let (id, other) = (sandbox.add("T", ""), sandbox.add("U", ""));
    keep_draft(&sandbox, &id);
    let editor = "sh -c 'echo new >\"$0\"'";
    let short = &id[..8];
    sandbox.notes(["edit", &id]).env("EDITOR", editor).gives(
        0,
        &format!("{id}\n"),
        &format!(
            "a draft of note {short} from [..]:[..] is kept; `notes edit {short} --resume` continues with it\n\
             changed {short} new\n"
        ),
    );
    sandbox.notes(["edit", &other]).env("EDITOR", editor).gives(
        0,
        &format!("{other}\n"),
        &format!("changed {} new\n", &other[..8]),
    );
}

#[test]
fn a_draft_that_another_run_has_open_is_not_resumed() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let short = &id[..8];
    let (editor, gate) = waiting_editor(&sandbox, "saved\\n");
    let mut edit = start_edit(&sandbox, &id, &editor);
    sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "touch")
        .gives(
            1,
            "",
            &format!(
                "notes: the draft of note {short} is open in another editor; close that first\n"
            ),
        );
    sandbox
        .notes(["edit", &id])
        .env("EDITOR", "sh -c 'echo other >\"$0\"'")
        .gives(
            0,
            &format!("{id}\n"),
            &format!("note {short} is open in another editor\nchanged {short} other\n"),
        );
    gate.open();
    assert_eq!(edit.wait().unwrap().code(), Some(1));
    assert_eq!(sandbox.drafts().len(), 1);
}

#[test]
fn a_draft_of_a_new_note_is_named_and_resumed() {
    let sandbox = Sandbox::with_redis();
    let editor = sandbox.script("failing", "printf 'N\\n\\nprecious\\n' >\"$1\"; exit 1");
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let (text, code) = sandbox.terminal(&["add"], &variables).end();
    let path = sandbox.drafts().remove(0);
    assert_eq!(code, 1, "{text}");
    let kept = format!(
        "your text is in {}; `notes add --resume` continues with it\n",
        path.display()
    );
    assert!(text.ends_with(&kept), "{text}");

    let other = sandbox.script("other", "echo other >\"$1\"");
    let variables = [("EDITOR", other.to_str().unwrap())];
    let (text, code) = sandbox.terminal(&["add"], &variables).end();
    assert_eq!(code, 0, "{text}");
    let (said, text) = text.split_once('\n').unwrap();
    assert!(said.starts_with("a draft of a new note from "), "{said}");
    assert!(
        said.ends_with(" is kept; `notes add --resume` continues with it"),
        "{said}"
    );
    assert!(
        text.starts_with("added ") && text.contains(" other\n"),
        "{text}"
    );

    // Off a terminal too: the text is there already.
    let run = sandbox
        .notes(["add", "--resume"])
        .env("EDITOR", "touch")
        .gives(0, "[..]\n", "added [..] N\n");
    assert_eq!(sandbox.field(run.stdout.trim(), "content"), "precious");
    assert!(sandbox.draft_directories().is_empty());
    sandbox
        .notes(["add", "--resume"])
        .env("EDITOR", "touch")
        .gives(
            1,
            "",
            "notes: no draft of a new note is kept; `notes add` begins one\n",
        );
}

#[test]
fn resume_of_a_new_note_takes_no_text() {
    let sandbox = Sandbox::with_redis();
    for arguments in [vec!["T"], vec!["-c", "x"], vec!["-f", "x"]] {
        let run = sandbox
            .notes([vec!["add", "--resume"], arguments].concat())
            .run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains("cannot be used with"), "{run:?}");
    }
}

#[test]
fn leaving_a_resumed_draft_without_saving_stores_nothing_and_keeps_it() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let short = &id[..8];
    let draft = keep_draft(&sandbox, &id);
    let path = draft.display();
    let kept = format!("your text is in {path}; `notes edit {short} --resume` continues with it");
    for (editor, said) in [
        (
            "true",
            "not saved in the editor; nothing was stored".to_owned(),
        ),
        (
            "false",
            "the editor `false` failed (exit status: 1); nothing was stored".to_owned(),
        ),
    ] {
        let run = sandbox
            .notes(["edit", &id, "--resume"])
            .env("EDITOR", editor)
            .run();
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
        let said = format!("notes: {said}; {kept}\n");
        assert!(run.stderr.ends_with(&said), "{run:?}");
        assert_eq!(fs::read_to_string(&draft).unwrap(), "precious\n");
        assert_eq!(sandbox.field(&id, "title"), "T");
    }
    sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "sh -c ': >\"$0\"'")
        .gives(1, "", "notes: the text is empty; nothing was stored [..]\n");
    assert!(sandbox.draft_directories().is_empty());
}

#[test]
fn resume_on_a_terminal_goes_on_in_the_same_file() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let draft = keep_draft(&sandbox, &id);
    // The file that vim leaves beside a text that was not saved.
    let swap = draft.with_file_name(".note.md.swp");
    fs::write(&swap, "more").unwrap();
    let editor = sandbox.script(
        "editor",
        "echo \"$1\"; cat \"$1\" \"$(dirname \"$1\")/.note.md.swp\" >new; cp new \"$1\"",
    );
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let screen = sandbox.screen(&["edit", &id, "--resume"], &variables);
    let said = format!("{}\nchanged {} precious\n", draft.display(), &id[..8]);
    assert!(screen.starts_with(&said), "{screen}");
    assert_eq!(sandbox.field(&id, "content"), "more");
    assert!(sandbox.draft_directories().is_empty());
}

#[test]
fn ctrl_c_while_redis_is_slow_names_the_draft() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let short = &id[..8];
    let pause = format!(
        "{} -s {} CLIENT PAUSE 600000 WRITE",
        client(),
        sandbox.redis().socket().display()
    );
    let editor = sandbox.script(
        "editor",
        &format!("echo precious >\"$1\"; {pause} >/dev/null"),
    );
    let variables = [
        ("EDITOR", editor.to_str().unwrap()),
        ("NOTES_TIMEOUT", "600"),
    ];
    let mut terminal = sandbox.terminal(&["edit", &id], &variables);
    eventually("the change waits", || {
        sandbox.redis_cli(&["CLIENT", "LIST"]).contains("flags=b")
    });
    terminal.type_keys("\u{3}");
    let path = terminal.see("continues with it");
    sandbox.redis_cli(&["CLIENT", "UNPAUSE"]);
    let draft = sandbox.drafts().remove(0);
    assert!(path.contains(draft.to_str().unwrap()), "{path}");
    assert!(
        path.contains(&format!("`notes edit {short} --resume`")),
        "{path}"
    );
    assert_eq!(fs::read_to_string(draft).unwrap(), "precious\n");
    assert!(terminal.ends_by_interrupt());
}
