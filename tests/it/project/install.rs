//! `install.sh` installs below PREFIX, and removes just that.

use std::fs;
use std::path::Path;
use std::process::Command;

use walkdir::WalkDir;

use crate::support::committed::repository;

/// Runs the script, which has to succeed, and returns what it printed.
fn install(prefix: &Path, arguments: &[&str]) -> String {
    let output = Command::new("sh")
        .arg(repository().join("install.sh"))
        .args(arguments)
        .env("PROGRAM", env!("CARGO_BIN_EXE_notes"))
        .env("PREFIX", prefix)
        .env_remove("DESTDIR")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "");
    String::from_utf8(output.stdout).unwrap()
}

/// The paths below a directory, sorted.
fn paths(directory: &Path) -> Vec<String> {
    let below = |path: &Path| path.strip_prefix(directory).unwrap().display().to_string();
    WalkDir::new(directory)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| below(entry.unwrap().path()))
        .collect()
}

#[test]
fn what_was_there_before_is_all_that_remains_after_an_installation_an_upgrade_and_the_removal() {
    let home = tempfile::tempdir().unwrap();
    let prefix = home.path().join("a prefix");
    fs::create_dir_all(prefix.join("bin")).unwrap();
    fs::create_dir_all(prefix.join("share/man/man1")).unwrap();
    fs::write(prefix.join("share/man/man1/other.1"), "other").unwrap();
    let before = paths(&prefix);

    install(&prefix, &[]);
    let installed = paths(&prefix);
    for path in [
        "bin/notes",
        "share/man/man1/notes.1",
        "share/man/man1/notes-add.1",
        "share/bash-completion/completions/notes",
        "share/zsh/site-functions/_notes",
        "share/fish/vendor_completions.d/notes.fish",
        "share/doc/notes/SKILL.md",
    ] {
        assert!(installed.iter().any(|it| it == path), "{installed:?}");
    }
    let version = Command::new(prefix.join("bin/notes"))
        .arg("-V")
        .output()
        .unwrap();
    assert!(version.status.success());

    // The upgrade removes a page that the old version alone had.
    let old = "share/man/man1/notes-old.1";
    fs::write(prefix.join(old), "").unwrap();
    let list = prefix.join("share/doc/notes/installed");
    let listed = fs::read_to_string(&list).unwrap();
    fs::write(&list, format!("{listed}{old}\n")).unwrap();
    install(&prefix, &[]);
    assert_eq!(paths(&prefix), installed);

    install(&prefix, &["--uninstall"]);
    assert_eq!(paths(&prefix), before);
}

#[test]
fn a_prefix_that_the_installation_made_is_removed_with_it() {
    let home = tempfile::tempdir().unwrap();
    let prefix = home.path().join("local");
    install(&prefix, &[]);
    install(&prefix, &["--uninstall"]);
    assert!(!prefix.exists());
}
