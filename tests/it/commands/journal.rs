//! The journal and `notes log`: what is recorded, for whom, and what happens if it cannot be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Sandbox;

#[test]
fn log_shows_the_newest_step_first() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", ""), sandbox.add("b\tb", ""));
    sandbox.notes(["rm", "--yes", &a, &b]).run();
    sandbox.notes(["undo"]).run();
    sandbox.notes(["log"]).gives(
        0,
        &format!(
            "4\t[..]\tundo 3\tmade\t{a} {b}\ta; b\\tb\n\
             3\t[..]\trm\tundone\t{a} {b}\ta; b\\tb\n\
             2\t[..]\tadd\tmade\t{b}\tb\\tb\n\
             1\t[..]\tadd\tmade\t{a}\ta\n"
        ),
        "",
    );
    let log = sandbox.notes(["log", "-n", "1", "--json"]).run().json();
    assert_eq!(log[0]["undoes"], 3);
    assert_eq!(log[0]["notes"][0]["change"], "added");
    assert_eq!(log.as_array().unwrap().len(), 1);
    sandbox.notes(["log", "--json=step,colour"]).gives(
        2,
        "",
        "{\"error\":{\"code\":\"usage\",\"message\":\"a step has no field `colour`: choose from step, at, [..]\n",
    );
    let screen = sandbox.screen(&["log", "-n", "2"], &[("NO_COLOR", "1")]);
    assert_eq!(
        screen,
        "STEP  WHEN      WHAT         NOTES\n\
         \u{20}  4  just now  undo 3       2 notes: a, b^Ib\n\
         \u{20}  3  just now  rm (undone)  2 notes: a, b^Ib\n"
    );
}

#[test]
fn log_asks_nothing_of_redis() {
    let sandbox = Sandbox::bare();
    sandbox.notes(["log"]).gives(0, "", "");
    sandbox
        .notes(["log", "--json", "-u", "redis://127.0.0.1:1"])
        .gives(0, "[]\n", "");
    assert!(!sandbox.private_dir().exists());
    let screen = sandbox.screen(&["log", "-u", "redis://127.0.0.1:1"], &[]);
    assert_eq!(screen, "no changes yet on 127.0.0.1:1 db 0\n");
}

#[test]
fn commands_that_change_nothing_open_no_journal() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("abcd-1", &[("title", "T")]);
    for arguments in [
        vec!["list"],
        vec!["show", "abcd-1"],
        vec!["rm", "--dry-run", "abcd-1"],
        vec!["edit", "abcd-1", "-t", "T"],
        vec!["health"],
        vec!["log"],
    ] {
        assert_eq!(sandbox.notes(&arguments).run().code, 0, "{arguments:?}");
        assert!(!sandbox.journal().exists(), "{arguments:?}");
    }
}

#[test]
fn the_journal_is_for_its_owner_alone_and_holds_no_password() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let url = format!("{}?pass=hunter2", sandbox.redis().url());
    let run = sandbox.notes(["add", "T"]).env("REDIS_URL", url).run();
    assert_eq!(run.code, 0, "{run:?}");
    let mode = fs::metadata(sandbox.journal())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let directory = sandbox.journal();
    let directory = directory.parent().unwrap();
    let mode = fs::metadata(directory).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let text = fs::read_to_string(sandbox.journal()).unwrap();
    assert!(
        text.contains("\"by\":\"add\"") && !text.contains("hunter2"),
        "{text}"
    );
}

#[test]
fn it_can_be_switched_off_where_the_user_decides() {
    let sandbox = Sandbox::with_redis();
    for value in ["off", "0", "False", "no"] {
        let run = sandbox
            .notes(["add", "T"])
            .env("NOTES_JOURNAL", value)
            .run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(!sandbox.journal().exists(), "{value}");
    }
    let run = sandbox
        .notes(["rm", "--yes", "@"])
        .env("NOTES_JOURNAL", "off")
        .run();
    assert!(!run.stderr.contains("undo"), "{run:?}");
    for command in ["undo", "log"] {
        sandbox.notes([command]).env("NOTES_JOURNAL", "off").gives(
            2,
            "",
            "notes: there is no journal: NOTES_JOURNAL in the environment switches it off\n",
        );
    }
    sandbox.notes(["list"]).env("NOTES_JOURNAL", "maybe").gives(
        2,
        "",
        "notes: NOTES_JOURNAL in the environment must be on or off\n",
    );
    // A stranger's file does not decide it.
    sandbox.file(".env", "NOTES_JOURNAL=off\n");
    sandbox.add("T", "");
    assert!(sandbox.journal().exists());
    fs::remove_file(sandbox.journal()).unwrap();
    sandbox.file(".config/notes/.env", "NOTES_JOURNAL=off\n");
    sandbox.add("T", "");
    assert!(!sandbox.journal().exists());
}

#[test]
fn a_journal_that_cannot_be_written_is_told_once_and_stops_nothing() {
    let sandbox = Sandbox::with_redis();
    fs::create_dir_all(sandbox.journal()).unwrap();
    let fault = format!(
        "notes: not recorded; `notes undo` cannot undo it: cannot write the journal {}: Is a directory (os error 21)\n",
        sandbox.journal().display()
    );
    sandbox.notes(["add", "T", "-q"]).gives(0, "[..]\n", &fault);
    sandbox
        .notes(["edit", "@", "-t", "U"])
        .gives(0, "[..]\n", &format!("changed [..]\n{fault}"));
    sandbox
        .notes(["rm", "--yes", "@"])
        .gives(0, "[..]\n", &format!("deleted [..]\n{fault}"));
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    sandbox.notes(["log"]).gives(
        1,
        "",
        "notes: cannot read the journal [..]journal.jsonl: Is a directory (os error 21)\n",
    );
}

#[test]
fn without_a_data_directory_there_is_no_journal() {
    let sandbox = Sandbox::with_redis();
    sandbox
        .notes(["add", "T"])
        .without("HOME")
        .gives(0, "[..]\n", "added [..]\n");
    sandbox.notes(["undo"]).without("HOME").gives(
        2,
        "",
        "notes: no directory is known for the notes[..]\n",
    );
}

#[test]
fn processes_that_write_at_once_lose_no_step() {
    let sandbox = Sandbox::with_redis();
    thread::scope(|scope| {
        for writer in 0..6 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                for note in 0..10 {
                    sandbox.add(&format!("{writer}-{note}"), "c");
                }
            });
        }
    });
    let log = sandbox.notes(["log", "--json=step"]).run().json();
    let steps: Vec<u64> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["step"].as_u64().unwrap())
        .collect();
    assert_eq!(steps, (1..=60).rev().collect::<Vec<_>>());
}

/// Waits until the server has done all that a client which is gone had sent.
fn settle(sandbox: &Sandbox) {
    let until = Instant::now() + Duration::from_secs(20);
    while !sandbox
        .redis_cli(&["INFO", "clients"])
        .contains("connected_clients:1\r\n")
    {
        assert!(Instant::now() < until, "the client does not go away");
    }
}

#[test]
fn a_note_is_there_or_comes_back_whenever_rm_is_killed() {
    const ROUNDS: u32 = 40;
    let sandbox = Sandbox::with_redis();
    let ids = [sandbox.add("T", "precious"), sandbox.add("U", "too")];
    let before = sandbox.contents();
    let arguments = ["rm", "--yes", &ids[0], &ids[1]];
    let start = Instant::now();
    sandbox.silent(arguments).status().unwrap();
    let usual = start.elapsed();
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    for round in 0..ROUNDS {
        let moment = usual * round / ROUNDS;
        let start = Instant::now();
        let mut child = sandbox.silent(arguments).spawn().unwrap();
        while start.elapsed() < moment {
            thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        settle(&sandbox);
        if sandbox.redis_cli(&["DBSIZE"]) == "0" {
            let run = sandbox.notes(["undo"]).run();
            assert_eq!(run.code, 0, "{round}: {run:?}");
        }
        assert_eq!(sandbox.contents(), before, "{round}");
    }
}
