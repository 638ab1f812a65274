//! `make quickstart` looks before it installs, and may be run twice.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::committed::repository;
use crate::support::{Run, Sandbox, program};

/// Runs the script with these programs and no others.
fn quickstart(sandbox: &Sandbox, path: &Path) -> Run {
    let mut command = sandbox.command_by("/bin/sh");
    command
        .arg(repository().join(".ci/quickstart"))
        .arg(program())
        .env("PATH", path)
        .stdin(Stdio::null());
    command.output().expect("sh can be run").into()
}

/// A directory with links to these programs of the system.
fn programs(sandbox: &Sandbox, names: &[&str]) -> PathBuf {
    let directory = sandbox.home().join("bin");
    fs::create_dir_all(&directory).unwrap();
    for name in names {
        let script = format!("command -v {name}");
        let found = Command::new("sh").args(["-c", &script]).output().unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        symlink(found.trim_end(), directory.join(name)).unwrap();
    }
    directory
}

const TOOLS: [&str; 9] = [
    "sh", "sed", "cut", "dirname", "id", "mktemp", "rmdir", "env", "cat",
];

#[test]
fn quickstart_installs_nothing_without_a_rust_that_can_build_it() {
    let sandbox = Sandbox::bare();
    let path = programs(&sandbox, &TOOLS);
    sandbox.script("bin/apt-get", "echo installed >&2");
    sandbox.script("bin/cc", "");
    let oldest = env!("CARGO_PKG_RUST_VERSION");

    let run = quickstart(&sandbox, &path);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let expected = "quickstart: cargo is not in PATH; install Rust";
    let link = "https://rustup.rs";
    assert_eq!(
        run.stderr,
        format!("{expected} {oldest} or later: {link}\n")
    );

    sandbox.script("bin/cargo", "echo 'cargo 1.63.0 (fd9c4297c 2022-07-01)'");
    let run = quickstart(&sandbox, &path);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let expected = "quickstart: Rust 1.63.0 is too old to build notes; install";
    assert_eq!(
        run.stderr,
        format!("{expected} {oldest} or later: {link}\n")
    );

    // With a new one, the Redis that is missing would be installed: with all the rights, or by sudo.
    sandbox.script("bin/cargo", "echo 'cargo 1.95.0 (f2d3ce0bd 2026-03-21)'");
    sandbox.script("bin/sudo", "exec \"$@\"");
    let run = quickstart(&sandbox, &path);
    assert!(run.stdout.contains("- installs a Redis server"), "{run:?}");
    assert!(run.stderr.contains("\ninstalled\n"), "{run:?}");
}

#[test]
fn a_second_quickstart_adds_no_second_note_and_both_name_the_missing_directory_of_path() {
    let sandbox = Sandbox::bare();
    let path = programs(&sandbox, &TOOLS);
    sandbox.script("bin/cargo", "echo 'cargo 1.95.0 (f2d3ce0bd 2026-03-21)'");
    sandbox.script("bin/cc", "");
    let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
    let first = quickstart(&sandbox, Path::new(&path));
    assert_eq!(first.code, 0, "{first:?}");
    let second = quickstart(&sandbox, Path::new(&path));
    assert_eq!(second.code, 0, "{second:?}");
    let count = sandbox.notes(["list", "--count"]).run();
    assert_eq!(count.stdout, "1\n");

    let missing = format!(
        "{}/.local/bin is not in your PATH",
        sandbox.home().display()
    );
    for (run, adds) in [(first, true), (second, false)] {
        assert_eq!(run.stdout.contains("$ notes add"), adds, "{run:?}");
        assert!(run.stdout.contains("\tMy first note\t"), "{run:?}");
        assert!(run.stdout.contains(&missing), "{run:?}");
    }
}
