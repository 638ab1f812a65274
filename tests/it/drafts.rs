//! The text of an editor: kept whatever ends the edit, found again, and read by nobody else.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::json;

use crate::support::redis_server::client;
use crate::support::{Sandbox, eventually};

const NO_DRAFT: &str = "notes: no draft of note [..] is kept; `notes edit` begins anew\n";

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
fn files_that_others_plant_in_the_temporary_directory_are_not_read() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let temporary = sandbox.home().join("tmp");
    let own = temporary.join(format!("notes-{}-drafts", geteuid().as_raw()));
    let origin = json!({ "id": id, "title": "T", "content": "" }).to_string();
    let resume = || {
        sandbox
            .notes(["edit", &id, "--resume"])
            .env("EDITOR", "touch")
            .env("TMPDIR", &temporary)
            .gives(1, "", NO_DRAFT);
        assert_eq!(sandbox.field(&id, "title"), "T");
    };
    // As drafts once lay there.
    fs::create_dir(&temporary).unwrap();
    fs::write(temporary.join("planted.md"), "planted\n").unwrap();
    fs::write(temporary.join("planted.origin"), &origin).unwrap();
    fifo(&temporary.join("hangs.origin"));
    symlink("/dev/zero", temporary.join("fills.origin")).unwrap();
    resume();

    // In the form of a draft: in a directory that others may write to, or that is a link.
    let planted = own.join("planted");
    fs::create_dir_all(&planted).unwrap();
    fs::write(planted.join("note.md"), "planted\n").unwrap();
    fs::write(planted.join(".origin"), &origin).unwrap();
    close(&planted);
    fs::set_permissions(&own, Permissions::from_mode(0o777)).unwrap();
    resume();
    close(&own);
    fs::set_permissions(&planted, Permissions::from_mode(0o755)).unwrap();
    resume();
    close(&planted);
    fs::rename(&own, sandbox.home().join("elsewhere")).unwrap();
    symlink(sandbox.home().join("elsewhere"), &own).unwrap();
    resume();
}

fn close(directory: &Path) {
    fs::set_permissions(directory, Permissions::from_mode(0o700)).unwrap();
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_draft_whose_files_are_not_plain_files_is_passed_over() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let origin = json!({ "id": id, "title": "T", "content": "" }).to_string();
    let drafts = sandbox.home().join(".local/share/notes/drafts");
    fs::create_dir_all(&drafts).unwrap();
    close(&drafts);
    for (name, make) in [
        ("fifo", (|path| fifo(path)) as fn(&Path)),
        ("link", |path| symlink("/dev/zero", path).unwrap()),
        ("directory", |path| fs::create_dir(path).unwrap()),
    ] {
        for (file, other, text) in [
            (".origin", "note.md", "x\n"),
            ("note.md", ".origin", &origin),
        ] {
            let draft = drafts.join(format!("{name}{file}"));
            fs::create_dir(&draft).unwrap();
            close(&draft);
            make(&draft.join(file));
            fs::write(draft.join(other), text).unwrap();
        }
    }
    symlink("/", drafts.join("link")).unwrap();
    let huge = drafts.join("huge");
    fs::create_dir(&huge).unwrap();
    close(&huge);
    fs::write(huge.join(".origin"), &origin).unwrap();
    File::create(huge.join("note.md"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    sandbox
        .notes(["edit", &id, "--resume"])
        .env("EDITOR", "touch")
        .gives(1, "", NO_DRAFT);
}

#[test]
fn a_draft_in_the_temporary_directory_is_in_a_directory_of_the_users_own() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let short = &id[..8];
    sandbox.file(".local/share/notes/drafts", "no directory");
    let temporary = sandbox.home().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let own = temporary.join(format!("notes-{}-drafts", geteuid().as_raw()));
    let run = |arguments: &[&str], editor: &str| {
        sandbox
            .notes(arguments)
            .env("TMPDIR", &temporary)
            .env("EDITOR", editor)
    };
    run(&["edit", &id], "sh -c 'echo precious >\"$0\"; exit 1'").gives(
        1,
        "",
        &format!(
            "notes: the editor [..] failed [..] is in {}/[..]/note.md; [..]\n",
            own.display()
        ),
    );
    assert_eq!(mode(&own), 0o700);
    run(&["edit", &id, "--resume"], "touch").gives(
        0,
        &format!("{id}\n"),
        &format!("changed {short} precious\n"),
    );
    fs::remove_dir(&own).unwrap();
    symlink(sandbox.home(), &own).unwrap();
    let refused = run(&["edit", &id], "touch").run();
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("cannot keep a draft"),
        "{refused:?}"
    );
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

#[test]
fn no_one_else_gets_into_a_draft() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    // An editor that writes a new file, with the permissions that files usually have.
    let editor = sandbox.script(
        "editor",
        "umask 0; rm \"$1\"; echo precious >\"$1\"; exit 1",
    );
    let mut edit = sandbox.silent(["edit", &id]);
    assert_eq!(
        edit.env("EDITOR", editor)
            .stdin(Stdio::null())
            .status()
            .unwrap()
            .code(),
        Some(1)
    );
    let draft = sandbox.draft_directories().remove(0);
    assert_eq!(mode(&draft), 0o700);
    assert_eq!(mode(draft.parent().unwrap()), 0o700);
}
