//! Drafts are read from files of the user alone, and nobody else can read them.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Stdio;

use rustix::process::geteuid;
use serde_json::json;

use super::{NO_DRAFT, fifo, mode};
use crate::support::Sandbox;

fn close(directory: &Path) {
    fs::set_permissions(directory, Permissions::from_mode(0o700)).unwrap();
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
