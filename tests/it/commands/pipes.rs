//! How `notes` behaves among other programs: help, pipes that close, disks that are full.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Sandbox, program};

/// Runs a line of shell in which `$notes` is the program.
fn shell(sandbox: &Sandbox, line: &str) -> (i32, String, String) {
    let output = Command::new("bash")
        .args(["-c", line])
        .env("notes", program())
        .env("HOME", sandbox.home())
        .env("REDIS_URL", sandbox.redis().url())
        .env_remove("COLUMNS")
        .current_dir(sandbox.home())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Enough notes for their list to be longer than a pipe holds.
fn many_notes() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    let fill = r"for i = 1, 10000 do
        redis.call('HSET', 'note:n' .. i, 'id', 'n' .. i, 'title', 'title ' .. i, 'content', '',
            'created_at', i, 'updated_at', i)
        redis.call('SADD', 'notes:ids', 'n' .. i)
    end";
    sandbox.redis_cli(&["EVAL", fill, "0"]);
    sandbox
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = many_notes();
    for command in [
        "list",
        "list --json",
        "list --csv",
        "list --ids",
        "export",
        "export --format csv",
    ] {
        let line = format!("$notes {command} | head -c 5; echo ${{PIPESTATUS[0]}}");
        let (_, stdout, stderr) = shell(&sandbox, &line);
        assert!(stdout.ends_with("0\n"), "{command}: {stdout}");
        assert_eq!(stderr, "", "{command}");
    }
    let (code, _, stderr) = shell(&sandbox, "$notes --help | true; exit ${PIPESTATUS[0]}");
    assert_eq!((code, stderr.as_str()), (0, ""));
}

#[test]
fn a_full_disk_is_an_error() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    for command in [
        "list",
        "list --json",
        "list --csv",
        &format!("show {id}"),
        &format!("show {id} --raw"),
        "export",
        "export --json",
        "health",
        "completions bash",
    ] {
        let (code, _, stderr) = shell(&sandbox, &format!("$notes {command} > /dev/full"));
        assert_eq!(code, 1, "{command}: {stderr}");
        let said = "cannot write to standard output: No space left on device (os error 28)";
        assert!(stderr.contains(said), "{command}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{command}: {stderr}");
    }
}

#[test]
fn help_goes_to_standard_output_and_needs_no_redis() {
    let sandbox = Sandbox::bare();
    for arguments in [
        vec!["--help"],
        vec!["-h"],
        vec!["help"],
        vec!["help", "rm"],
        vec!["rm", "-h"],
        vec!["rm", "--help"],
        vec!["show", "-h"],
        vec!["rm", "--yes", "-h"],
        vec!["redis", "stop", "--help"],
        vec![],
    ] {
        let run = sandbox
            .notes(&arguments)
            .env("REDIS_URL", "redis://127.0.0.1:1")
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains("Usage: notes"), "{arguments:?}");
        assert!(!run.stdout.contains('\u{1b}'), "{arguments:?}");
    }
    assert!(sandbox.notes(["-h"]).run().stdout.contains("Add a note"));
}

#[test]
fn the_version_is_one_line_and_at_length_tells_the_features() {
    let sandbox = Sandbox::bare();
    let version = format!("notes {}", env!("CARGO_PKG_VERSION"));
    sandbox.notes(["-V"]).gives(0, &format!("{version}\n"), "");
    let tls = if cfg!(feature = "tls") {
        "+tls"
    } else {
        "-tls"
    };
    let mcp = if cfg!(feature = "mcp") {
        "+mcp"
    } else {
        "-mcp"
    };
    let long = format!("{version}[..]\nfeatures: {tls} {mcp}\n");
    sandbox.notes(["--version"]).gives(0, &long, "");
}

#[test]
fn a_wrong_command_line_is_one_line_that_helps() {
    let sandbox = Sandbox::bare();
    for (arguments, said) in [
        (
            vec!["lst"],
            "notes: unrecognized subcommand 'lst'; tip: [..]'list'[..]\n",
        ),
        (vec!["l"], "notes: unrecognized subcommand 'l'; [..]\n"),
        (vec!["li"], "notes: unrecognized subcommand 'li'; [..]\n"),
        (
            vec!["list", "--frobnicate"],
            "notes: unexpected argument '--frobnicate' found; [..]\n",
        ),
        (
            vec!["show"],
            "notes: the following required arguments were not provided: <NOTE>[..]\n",
        ),
        (
            vec!["add", "-c", "x", "-f", "y"],
            "notes: the argument '--content <TEXT>' cannot be used with '--file <FILE>'; [..]\n",
        ),
    ] {
        sandbox.notes(arguments).gives(2, "", said);
    }
    let run = sandbox.notes(["show", "--json"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["error"]["code"], "usage");
}

#[test]
fn colour_is_off_in_a_pipe_unless_it_is_asked_for() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let run = sandbox.notes(["show", &id]).run();
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    let run = sandbox.notes(["show", &id, "--color=always"]).run();
    assert!(run.stdout.contains('\u{1b}'), "{run:?}");
}

#[test]
fn commands_that_read_no_standard_input_do_not_wait_for_it() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    for arguments in [
        vec!["list"],
        vec!["show", "@"],
        vec!["health"],
        vec!["edit", "@", "-t", "U"],
        vec!["rm", "--yes", "@"],
    ] {
        let mut child = Command::new(program())
            .args(&arguments)
            .env("HOME", sandbox.home())
            .env("REDIS_URL", sandbox.redis().url())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // As long as this is held, standard input has neither text nor an end.
        let stdin = child.stdin.take();
        let deadline = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                child.kill().unwrap();
                panic!("{arguments:?} waits for its standard input");
            }
            thread::sleep(Duration::from_millis(5));
        };
        drop(stdin);
        assert!(status.success(), "{arguments:?}");
    }
}
