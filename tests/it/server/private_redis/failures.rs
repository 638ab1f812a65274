//! What keeps the private Redis from starting: each told in one line that says what to do.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::{Run, Sandbox};

/// An empty directory for a PATH without servers.
fn empty_path(sandbox: &Sandbox) -> PathBuf {
    let directory = sandbox.home().join("bin");
    fs::create_dir(&directory).unwrap();
    directory
}

/// Where a text from a pipe is kept that could not be stored, by what the error says.
fn kept(run: &Run) -> PathBuf {
    let (_, rest) = run.stderr.split_once("`notes add -f ").unwrap();
    rest.split('`').next().unwrap().into()
}

#[test]
fn no_server_on_path() {
    let sandbox = Sandbox::bare();
    let path = empty_path(&sandbox);
    for arguments in [["list", "-q"], ["add", "T"], ["redis", "start"]] {
        sandbox.notes(arguments).env("PATH", &path).gives(
            7,
            "",
            "notes: there is no redis-server or valkey-server on PATH; [..]install Redis [..] or Valkey, or set REDIS_URL to a Redis server\n",
        );
    }
    assert!(!sandbox.home().join(".local").exists(), "nothing is made");
    let installer = sandbox.script("bin/dnf", "");
    assert!(installer.exists());
    sandbox.notes(["list"]).env("PATH", &path).gives(
        7,
        "",
        "notes: there is no redis-server or valkey-server on PATH; [..]install one with `[..]dnf install valkey`, or set REDIS_URL to a Redis server\n",
    );
    sandbox.notes(["redis", "cli"]).env("PATH", &path).gives(
        7,
        "",
        "notes: there is no redis-cli or valkey-cli on PATH; install one with `[..]dnf install valkey`\n",
    );
    let status = sandbox.notes(["redis", "status"]).env("PATH", &path);
    status.gives(7, "not running, [..]\n", "");
}

#[test]
fn no_server_on_path_in_json() {
    let sandbox = Sandbox::bare();
    let path = empty_path(&sandbox);
    sandbox.notes(["list", "--json"]).env("PATH", path).gives(
        7,
        "",
        "{\"error\":{\"code\":\"unreachable\",\"message\":\"there is no redis-server [..]\"}}\n",
    );
}

#[test]
fn a_text_from_a_pipe_is_kept_where_there_is_no_server() {
    let sandbox = Sandbox::bare();
    let path = empty_path(&sandbox);
    let run = sandbox.notes(["add"]).env("PATH", &path).stdin("T\nbody\n");
    let run = run.gives(
        7,
        "",
        "notes: not stored; the text is kept, and `notes add -f [..].md` tries again: there is no redis-server [..]\n",
    );
    let draft = kept(&run);
    sandbox
        .notes(["add", "-q", "-f", draft.to_str().unwrap()])
        .gives(0, "[..]\n", "");
    let shown = sandbox.notes(["show", "@", "--raw"]);
    shown.gives(0, "T\nbody\n", "");
}

#[test]
fn a_data_directory_of_120_characters() {
    let sandbox = Sandbox::bare();
    let name = "n".repeat(119 - sandbox.home().as_os_str().len());
    let long = sandbox.home().join(name);
    assert_eq!(long.as_os_str().len(), 120);
    let expected = format!(
        "notes: the socket of the private Redis would be {}/redis/notes.sock, which has 137 bytes where the system allows 10[..]; set NOTES_DATA_DIR to a shorter path\n",
        long.display()
    );
    for arguments in [
        vec!["add", "T"],
        vec!["list"],
        vec!["health"],
        vec!["redis", "start"],
        vec!["redis", "stop"],
        vec!["redis", "status"],
        vec!["redis", "cli", "PING"],
    ] {
        let run = sandbox.notes(arguments).env("NOTES_DATA_DIR", &long);
        run.gives(7, "", &expected);
    }
    assert!(!long.exists());
}

#[test]
fn a_data_directory_that_is_a_file() {
    let sandbox = Sandbox::bare();
    let file = sandbox.file("file", "precious");
    for arguments in [vec!["add", "T"], vec!["list"], vec!["redis", "start"]] {
        sandbox.notes(arguments).env("NOTES_DATA_DIR", &file).gives(
            7,
            "",
            &format!("notes: cannot make or write {}/redis; set NOTES_DATA_DIR to a directory that you can write, or REDIS_URL to a Redis server: [..] (os error [..])\n", file.display()),
        );
    }
    let health = sandbox.notes(["health"]).env("NOTES_DATA_DIR", &file);
    health.gives(7, "", "notes: your private Redis is not running; [..]\n");
    let status = sandbox
        .notes(["redis", "status"])
        .env("NOTES_DATA_DIR", &file);
    status.gives(7, "not running, [..]\n", "");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
}

/// A directory that nobody can write to, not even root: its file system takes no files from users.
#[test]
#[cfg(target_os = "linux")]
fn a_read_only_data_directory() {
    let sandbox = Sandbox::bare();
    let run = sandbox.notes(["add"]).env("NOTES_DATA_DIR", "/proc/self");
    let run = run.stdin("T\nprecious").gives(
        7,
        "",
        "notes: not stored; the text is kept, and `notes add -f [..]` tries again: cannot make or write /proc/self/redis; set NOTES_DATA_DIR to a directory that you can write, or REDIS_URL to a Redis server: [..] (os error [..])\n",
    );
    let draft = kept(&run);
    assert_eq!(fs::read_to_string(&draft).unwrap(), "T\nprecious");
    fs::remove_file(draft).unwrap();
}

#[test]
fn a_read_only_data_directory_that_has_notes() {
    let sandbox = Sandbox::bare();
    sandbox.add("T", "");
    sandbox.notes(["redis", "stop", "-q"]).gives(0, "", "");
    let directory = Closed::new(sandbox.private_dir());
    if directory.binds() {
        sandbox.notes(["list"]).gives(
            7,
            "",
            "notes: cannot make or write [..]; set NOTES_DATA_DIR to a directory that you can write, or REDIS_URL to a Redis server: Permission denied (os error 13)\n",
        );
    }
    drop(directory);
    sandbox
        .notes(["list", "-q"])
        .gives(0, "[..]\tT\t[..]\t\n", "");
}

/// A directory that takes no new files until this is dropped.
struct Closed(PathBuf);

impl Closed {
    fn new(directory: PathBuf) -> Self {
        // A file of the directory, too, so that what was begun cannot go on.
        for path in [directory.join("redis.lock"), directory.clone()] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o500)).unwrap();
        }
        Self(directory)
    }

    /// Whether permissions bind this user, as they do not bind root.
    fn binds(&self) -> bool {
        TempDir::new_in(&self.0).is_err()
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        for path in [self.0.clone(), self.0.join("redis.lock")] {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
        }
    }
}

#[test]
fn something_else_at_the_place_of_the_socket() {
    let sandbox = Sandbox::bare();
    let socket = sandbox.file(".local/share/notes/redis/notes.sock", "precious");
    for arguments in [
        vec!["list"],
        vec!["redis", "start"],
        vec!["redis", "status"],
    ] {
        sandbox.notes(arguments).gives(
            7,
            "",
            &format!(
                "notes: {} is in the way of the private Redis's socket; move it elsewhere\n",
                socket.display()
            ),
        );
    }
    assert_eq!(fs::read(&socket).unwrap(), b"precious");
}

#[test]
fn a_server_that_ends_at_once() {
    let sandbox = Sandbox::bare();
    let server = sandbox.script("bin/redis-server", "echo 'no luck today' >&2; exit 3");
    let run = sandbox
        .notes(["add", "T"])
        .env("PATH", server.parent().unwrap());
    run.gives(
        7,
        "",
        "notes: the private Redis ended as it started (exit status: 3); its log [..]/redis.log ends: no luck today\n",
    );
    assert_eq!(sandbox.private_servers(), []);
}

#[test]
fn a_full_disk() {
    let sandbox = Sandbox::bare();
    let bin = sandbox.script(
        "bin/redis-server",
        "echo \"Can't open or create append-only dir: No space left on device\"; exit 1",
    );
    let path = bin.parent().unwrap();
    sandbox.notes(["add", "T"]).env("PATH", path).gives(
        7,
        "",
        &format!("notes: the disk that holds {} is full; make room and try again, or set NOTES_DATA_DIR to a directory elsewhere\n", sandbox.private_dir().display()),
    );
}

#[test]
fn a_dead_link_at_the_place_of_the_data_directory() {
    let sandbox = Sandbox::bare();
    let link = sandbox.home().join("link");
    symlink(Path::new("/proc/no/such/place"), &link).unwrap();
    let run = sandbox.notes(["list"]).env("NOTES_DATA_DIR", &link);
    run.gives(
        7,
        "",
        "notes: cannot make or write [..]/link/redis; set NOTES_DATA_DIR [..]\n",
    );
}
