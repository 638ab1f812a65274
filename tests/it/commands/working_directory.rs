//! A working directory that is gone, or whose `.env` is odd or names another Redis.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use crate::support::redis_server::RedisServer;
use crate::support::{Notes, Run, Sandbox};

/// A sandbox whose user has named the sandbox's Redis in the file of their own.
fn with_own_file() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    let url = sandbox.redis().url();
    sandbox.file(".config/notes/.env", format!("REDIS_URL={url}\n"));
    sandbox.add("T", "c");
    sandbox
}

/// A run that finds its server by the files.
fn by_file(sandbox: &Sandbox, arguments: &[&str]) -> Notes {
    sandbox.notes(arguments).without("REDIS_URL")
}

fn assert_goes_on(sandbox: &Sandbox, warning: &str) {
    let title = ["show", "@", "--field", "title"];
    by_file(sandbox, &title).gives(0, "T\n", warning);
    // It changes where notes go, so it is said however quiet the run is to be.
    let quiet = [&title[..], &["-q"]].concat();
    by_file(sandbox, &quiet).gives(0, "T\n", warning);
    // The file could not have named another server.
    let url = sandbox.redis().url();
    sandbox.notes(title).gives(0, "T\n", "");
    by_file(sandbox, &[&title[..], &["-u", &url]].concat()).gives(0, "T\n", "");
}

#[test]
fn a_env_file_that_is_a_pipe_a_socket_or_a_device_is_passed_over_with_a_warning() {
    let expected = "notes: skipped ./.env: it is not a regular file\n";
    let sandbox = with_own_file();
    let path = sandbox.home().join(".env");
    let mut mkfifo = sandbox.command_by("mkfifo");
    assert!(mkfifo.arg(&path).status().unwrap().success());
    assert_goes_on(&sandbox, expected);

    fs::remove_file(&path).unwrap();
    let _socket = UnixListener::bind(&path).unwrap();
    assert_goes_on(&sandbox, expected);

    fs::remove_file(&path).unwrap();
    symlink("/dev/zero", &path).unwrap();
    assert_goes_on(&sandbox, expected);
}

#[test]
fn a_env_file_that_cannot_be_read_is_passed_over_with_a_warning() {
    let sandbox = with_own_file();
    // A loop of links cannot be read by root either.
    symlink(".env", sandbox.home().join(".env")).unwrap();
    assert_goes_on(&sandbox, "notes: skipped ./.env: [..] (os error [..])\n");
}

#[test]
fn a_env_file_that_is_too_large_is_passed_over_with_a_warning() {
    let sandbox = with_own_file();
    let file = fs::File::create(sandbox.home().join(".env")).unwrap();
    file.set_len(1 << 40).unwrap();
    assert_goes_on(&sandbox, "notes: skipped ./.env: it is larger than 1 MiB\n");
}

#[test]
fn a_directory_named_dot_env_is_not_worth_a_word() {
    let sandbox = with_own_file();
    fs::create_dir(sandbox.home().join(".env")).unwrap();
    assert_goes_on(&sandbox, "");
}

#[test]
fn a_warning_is_json_where_errors_are() {
    let sandbox = with_own_file();
    symlink("/dev/null", sandbox.home().join(".env")).unwrap();
    let run = by_file(&sandbox, &["list", "--json=title"]).run();
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "[{\"title\":\"T\"}]\n")
    );
    let said: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(
        said["error"]["message"],
        "skipped ./.env: it is not a regular file"
    );
}

#[test]
fn the_users_own_file_that_cannot_be_read_is_an_error() {
    let sandbox = Sandbox::bare();
    let own = sandbox.file(".config/notes/.env", "");
    fs::remove_file(&own).unwrap();
    let mut mkfifo = sandbox.command_by("mkfifo");
    assert!(mkfifo.arg(&own).status().unwrap().success());
    sandbox.notes(["list"]).gives(
        2,
        "",
        "notes: [..]/.config/notes/.env is not a regular file: replace it by one, or remove it\n",
    );
    assert!(!sandbox.home().join(".local").exists());
}

/// Runs `notes` in a directory that is deleted before.
fn in_deleted(sandbox: &Sandbox, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"";
    let mut command = sandbox.command_by("sh");
    command.args(["-c", script, "sh"]);
    command.arg(crate::support::program()).args(arguments);
    command
        .env_remove("REDIS_URL")
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        bytes: output.stdout,
    }
}

#[test]
fn a_deleted_working_directory_matters_for_relative_paths_alone() {
    let sandbox = with_own_file();
    let title = ["show", "@", "--field", "title"];
    let run = in_deleted(&sandbox, &title, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "T\n"), "{run:?}");
    let expected =
        "notes: the working directory cannot be found (was it deleted?), so no ./.env is read\n";
    assert_eq!(run.stderr, expected);

    let url = sandbox.redis().url();
    let named = [("REDIS_URL", url.as_str())];
    for (arguments, variables) in [
        ([&["-u", &url][..], &title].concat(), &[][..]),
        (title.to_vec(), &named),
        (["add", "-q", "T"].to_vec(), &named),
    ] {
        let run = in_deleted(&sandbox, &arguments, variables);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    }

    let relative = in_deleted(&sandbox, &title, &[("NOTES_DATA_DIR", "data")]);
    assert_eq!((relative.code, relative.stdout.as_str()), (2, ""));
    let expected = "notes: the path data is relative, and the working directory cannot be found (was it deleted?): use an absolute path\n";
    assert_eq!(relative.stderr, expected);
    let absolute = sandbox.home().join("data");
    let run = in_deleted(
        &sandbox,
        &["-q", "-u", &url, "add", "T"],
        &[("NOTES_DATA_DIR", absolute.to_str().unwrap())],
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(absolute.join("journal.jsonl").exists());
}

#[test]
fn a_server_that_the_working_directory_names_is_told_on_a_terminal() {
    let (sandbox, redis) = (Sandbox::bare(), RedisServer::start());
    redis.command(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let url = format!("{}?pass=hunter2", redis.url());
    sandbox.file(".env", format!("REDIS_URL={url}\n"));
    let place = redis.socket();
    let expected = format!(
        "using the Redis at {} db 0 (REDIS_URL in ./.env)\n",
        place.display()
    );
    let screen = sandbox.screen(&["add", "Secret", "diary"], &[]);
    assert!(screen.starts_with(&expected), "{screen}");
    assert!(!screen.contains("hunter2"), "{screen}");
    let screen = sandbox.screen(&["rm", "--yes", "@"], &[]);
    assert!(screen.starts_with(&expected), "{screen}");
    let screen = sandbox.screen(&["list"], &[]);
    assert!(screen.starts_with(&expected), "{screen}");
    assert_eq!(sandbox.screen(&["list", "-q"], &[]), "");
    let screen = sandbox.screen(&["health"], &[]);
    assert!(!screen.contains("using the Redis"), "{screen}");
    // The user's own places are no surprise, and scripts read no line that they did not ask for.
    let screen = sandbox.screen(&["list"], &[("REDIS_URL", &url)]);
    assert!(!screen.contains("using the Redis"), "{screen}");
    sandbox.notes(["list"]).gives(0, "", "");
}
