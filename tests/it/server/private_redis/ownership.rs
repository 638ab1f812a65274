//! Root with the home directory of another user, as `sudo -E` and `su` without `-` leave it.
//!
//! Only root can give a directory to another user: as any other user these tests check nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use crate::support::Sandbox;

/// A user other than root and the one who runs the tests.
const OTHER: u32 = 65_533;

/// Gives the home of the sandbox to another user; false where only root could.
fn give_away(sandbox: &Sandbox) -> bool {
    chown(sandbox.home(), Some(OTHER), None).is_ok()
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).unwrap().next().is_none()
}

#[test]
fn the_private_redis_is_not_made_in_the_home_of_another_user() {
    let sandbox = Sandbox::bare();
    if !give_away(&sandbox) {
        return;
    }
    let expected = format!(
        "notes: {} belongs to [..] and you are root; run notes as [..], or use a directory of your own: set NOTES_DATA_DIR, or HOME, as `sudo -H` does\n",
        sandbox.home().display()
    );
    for arguments in [&["add", "x"][..], &["list", "-q"], &["redis", "start"]] {
        sandbox.notes(arguments).gives(7, "", &expected);
        assert!(is_empty(sandbox.home()), "{arguments:?}");
    }
    // The parent may be root's: that is how a directory for all comes to be.
    let data = tempfile::tempdir_in("/tmp").unwrap();
    let run = sandbox
        .notes(["redis", "status"])
        .env("NOTES_DATA_DIR", data.path())
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (7, ""), "{run:?}");
}

#[test]
fn no_journal_is_made_in_the_home_of_another_user() {
    let sandbox = Sandbox::with_redis();
    if !give_away(&sandbox) {
        return;
    }
    let expected = format!(
        "added [..]\nnotes: not recorded; `notes undo` cannot undo it: cannot write the journal [..]: {} belongs to [..] and you are root; run notes as [..]\n",
        sandbox.home().display()
    );
    sandbox.notes(["add", "x"]).gives(0, "[..]\n", &expected);
    assert!(is_empty(sandbox.home()));
}

#[test]
fn no_draft_is_made_in_the_home_of_another_user() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("abcd-1", &[("title", "T"), ("content", "c")]);
    if !give_away(&sandbox) {
        return;
    }
    let editor = "sh -c 'echo \"$0\" >> \"$0\"'";
    sandbox
        .notes(["edit", "-q", "abcd-1"])
        .env("EDITOR", editor)
        .env("NOTES_JOURNAL", "off")
        .gives(0, "abcd-1\n", "");
    let draft = sandbox.field("abcd-1", "content");
    assert!(!draft.contains(sandbox.home().to_str().unwrap()), "{draft}");
    assert!(is_empty(sandbox.home()));
}

#[test]
fn a_journal_that_another_user_has_stays_theirs() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "c");
    if !give_away(&sandbox) {
        return;
    }
    let journal = sandbox.journal();
    for path in journal.ancestors().take_while(|it| *it != sandbox.home()) {
        chown(path, Some(OTHER), None).unwrap();
    }
    sandbox
        .notes(["rm", "--yes", "@", "-q"])
        .gives(0, "[..]\n", "");
    assert_eq!(fs::metadata(&journal).unwrap().uid(), OTHER);
    sandbox.notes(["undo", "-q"]).gives(0, "[..]\n", "");
}
