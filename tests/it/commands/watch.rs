//! `notes watch`: each change of a note as it happens. That none is missed when connections fail is shown by the
//! tests of the topologies.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::support::redis_server::RedisServer;
use crate::support::watch::Watch;
use crate::support::{Sandbox, eventually, program};

#[test]
fn a_change_by_any_program_is_a_line_at_once() {
    let sandbox = Sandbox::with_redis();
    let watch = Watch::ready(&sandbox, &[]);
    let id = sandbox.add("Buy milk", "two litres");
    let first = format!("created {id} Buy milk");
    assert_eq!(watch.told(1), [first.as_str()]);
    let note = sandbox.notes(["show", &id, "--json"]).run().json();
    let event = &watch.events()[0];
    assert_eq!(event["note"], note);
    let members: Vec<_> = event.as_object().unwrap().keys().collect();
    assert_eq!(members, ["event", "id", "note"]);
    let key = format!("note:{id}");
    let mut expected = vec![first];
    for (change, told) in [
        (
            &["HSET", &key, "title", "Buy bread"][..],
            "updated ID Buy bread",
        ),
        (&["SREM", "notes:ids", &id], "deleted ID"),
        (&["SADD", "notes:ids", &id], "created ID Buy bread"),
        (&["HSET", "note:other", "title", "Other"], ""),
        (&["RENAME", "note:other", &key], "updated ID Other"),
        (&["PEXPIRE", &key, "20"], "deleted ID"),
        (&["HSET", &key, "title", "again"], "created ID again"),
        (&["FLUSHDB"], "deleted ID"),
    ] {
        sandbox.redis_cli(change);
        expected.extend(Some(told.replace("ID", &id)).filter(|it| !it.is_empty()));
        assert_eq!(watch.told(expected.len()), expected, "{change:?}");
    }
    let deleted = watch.events().pop().unwrap();
    assert_eq!(deleted, serde_json::json!({ "event": "deleted", "id": id }));
    assert_eq!(watch.log(), "");
}

#[test]
fn with_a_query_notes_that_begin_to_match_are_created_and_those_that_cease_deleted() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("other", &[("title", "never #home")]);
    sandbox.foreign("one", &[("title", "first #work")]);
    let mut watch = Watch::start(&sandbox, &["--initial", "--tag", "work", "-n", "5"]);
    let mut expected = vec!["created one first #work"];
    assert_eq!(watch.told(1), expected);
    for (title, told) in [
        ("second #work", Some("updated one second #work")),
        ("third", Some("deleted one")),
        ("fourth", None),
        ("fifth #work", Some("created one fifth #work")),
        ("sixth", Some("deleted one")),
    ] {
        sandbox.redis_cli(&["HSET", "note:one", "title", title]);
        sandbox.redis_cli(&["HSET", "note:other", "title", "changed #home"]);
        expected.extend(told);
        assert_eq!(watch.told(expected.len()), expected);
        sandbox.redis_cli(&["HSET", "note:other", "title", "never"]);
    }
    assert_eq!((watch.end(), watch.log().as_str()), (Some(0), ""));
}

#[test]
fn all_notes_come_first_where_that_is_asked_for_and_only_then() {
    let sandbox = Sandbox::with_redis();
    let line = |number| format!("{{\"id\":\"n{number}\",\"title\":\"T\"}}\n");
    let lines: Vec<_> = (0..2_500).map(line).collect();
    sandbox
        .notes(["import", "-q", "-"])
        .stdin(lines.concat())
        .run();
    let run = sandbox
        .notes(["watch", "--initial", "--count", "2500", "--json=id"])
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let mut ids: Vec<_> = run.stdout.lines().collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2_500);
    let line = "{\"event\":\"created\",\"id\":\"n7\",\"note\":{\"id\":\"n7\"}}";
    assert!(ids.contains(&line), "{}", ids[0]);
    sandbox.notes(["watch", "--count", "0"]).gives(0, "", "");
    let mut watch = Watch::start(&sandbox, &["--count", "1"]);
    eventually("it tells of one", || {
        sandbox.redis_cli(&["HINCRBY", "note:n9", "x", "1"]);
        !watch.events().is_empty()
    });
    assert_eq!(
        (watch.told(1), watch.end()),
        (vec!["updated n9 T".to_owned()], Some(0))
    );
}

#[test]
fn a_signal_ends_it_with_exit_code_0() {
    let sandbox = Sandbox::with_redis();
    for signal in [Signal::INT, Signal::TERM] {
        let mut watch = Watch::ready(&sandbox, &[]);
        watch.signal(signal);
        assert_eq!(
            (watch.end(), watch.log().as_str()),
            (Some(0), ""),
            "{signal:?}"
        );
    }
}

#[test]
fn it_ends_when_nobody_reads_its_output_any_more() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    // Without --initial there is nothing to print.
    for arguments in [&["watch", "--initial"][..], &["watch"]] {
        let mut command = sandbox.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), output.stderr.as_slice()),
            (Some(0), &b""[..])
        );
    }
}

#[test]
fn a_lost_connection_is_told_once_and_what_changed_meanwhile_is_told() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let watch = Watch::start(&sandbox, &["--initial"]);
    eventually("the first event", || watch.events().len() == 1);
    for round in 1..=3 {
        let title = format!("T{round}");
        // No other client can do anything between the two.
        let change = "redis.call('HSET', KEYS[1], 'title', ARGV[1])";
        sandbox.redis_cli(&["CLIENT", "KILL", "TYPE", "normal"]);
        sandbox.redis_cli(&["EVAL", change, "1", &format!("note:{id}"), &title]);
        let told = watch.told(round + 1);
        assert_eq!(told.last().unwrap(), &format!("updated {id} {title}"));
        eventually("it is connected again", || {
            watch.log().matches("connected to Redis again\n").count() == round
        });
    }
    let log = watch.log();
    assert_eq!(
        log.matches("closed the connection; retrying\n").count(),
        3,
        "{log}"
    );
}

#[test]
fn a_user_without_the_right_to_hear_of_changes_is_told_which_right_it_is() {
    let sandbox = Sandbox::with_redis();
    let url = sandbox.url_of_user_without_tracking();
    sandbox.notes(["watch", "-u", &url]).gives(
        4,
        "",
        "notes: refused by Redis at [..] (--redis-url): its ACL forbids this user to hear of changes; ACL \
         SETUSER with +client|tracking allows it\n",
    );
    let acl = ["ACL", "SETUSER", "ann", "+client|tracking"];
    assert_eq!(sandbox.redis_cli(&acl), "OK");
    sandbox
        .notes(["watch", "-u", &url, "-n", "0"])
        .gives(0, "", "");
    sandbox.add("T", "");
    let watch = ["watch", "-u", &url, "-n", "1", "--initial", "--json=title"];
    let line = "{\"event\":\"created\",\"id\":\"[..]\",\"note\":{\"title\":\"T\"}}\n";
    sandbox.notes(watch).gives(0, line, "");
}

#[test]
fn a_server_that_cannot_tell_of_changes_is_asked_for_them() {
    for command in ["CLIENT", "HELLO"] {
        let server = RedisServer::start_with(&["--rename-command", command, ""]);
        let sandbox = Sandbox::with_url(server.url());
        let watch = Watch::start(&sandbox, &[]);
        let said = format!(
            "this Redis cannot tell of changes (it does not know the command {command}): asking every second \
             for notes with another updated_at\n"
        );
        eventually("it says so", || watch.log() == said);
        let id = sandbox.add("one", "");
        assert_eq!(watch.told(1), [format!("created {id} one")]);
        sandbox.notes(["edit", "-q", &id, "-t", "two"]).run();
        assert_eq!(watch.told(2)[1], format!("updated {id} two"));
        server.command(&["SREM", "notes:ids", &id]);
        assert_eq!(watch.told(3)[2], format!("deleted {id}"));
        server.command(&["SADD", "notes:ids", &id]);
        assert_eq!(watch.told(4)[3], format!("created {id} two"));
        assert_eq!(watch.log(), said, "it is said once");
    }
}

#[test]
fn a_private_redis_that_is_stopped_is_not_started_again() {
    let sandbox = Sandbox::bare();
    let id = sandbox.add("T", "");
    let mut watch = Watch::start(&sandbox, &["--initial"]);
    watch.told(1);
    sandbox.notes(["redis", "stop"]).run();
    eventually("it tries again", || watch.log().contains("; retrying\n"));
    sandbox.notes(["rm", "-qy", &id]).run();
    assert_eq!(watch.told(2)[1], format!("deleted {id}"));
    sandbox.notes(["redis", "stop"]).run();
    eventually("it tries again", || {
        watch.log().matches("; retrying\n").count() == 2
    });
    watch.signal(Signal::TERM);
    assert_eq!(watch.end(), Some(0));
    assert!(sandbox.private_servers().is_empty());
}

#[test]
fn on_a_terminal_an_event_is_a_line_for_people() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("\u{1b}[31mlong-id", &[("title", "a\u{1b}[2Jb")]);
    let screen = sandbox.screen(&["watch", "--initial", "-n", "1"], &[("NO_COLOR", "1")]);
    let (time, rest) = screen.trim_end().split_at(8);
    assert_eq!(
        time.chars().filter(char::is_ascii_digit).count(),
        6,
        "{screen}"
    );
    assert_eq!(rest, "  created  ^[[31mlon  a^[[2Jb");
}

/// The examples of README and of docs/watch.md, each run as it stands there.
#[test]
fn the_examples_of_the_documentation_work() {
    let sandbox = Sandbox::with_redis();
    let bin = sandbox.home().join("bin");
    sandbox.script(
        "bin/notify-send",
        "printf '%s|%s\\n' \"$1\" \"$2\" >> \"$HOME/notified\"",
    );
    sandbox.script("bin/make", "echo built >> \"$HOME/built\"");
    std::os::unix::fs::symlink(program(), bin.join("notes")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/watch.md")).unwrap();
    let blocks: Vec<_> = page
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    let file = |name: &str| fs::read_to_string(sandbox.home().join(name)).unwrap_or_default();
    let names = |directory: &str| {
        let files = fs::read_dir(sandbox.home().join(directory))
            .into_iter()
            .flatten();
        files.map(|it| it.unwrap().file_name()).collect::<Vec<_>>()
    };
    let mut tried = 0;
    for (word, holds) in [
        (
            "notify-send",
            &(|| file("notified").contains("created|Buy milk\n")) as &dyn Fn() -> bool,
        ),
        ("notes.jsonl", &|| file("notes.jsonl").contains("Buy milk")),
        ("--update", &|| !names("vault").is_empty()),
        ("make", &|| file("built").contains("built")),
    ] {
        for block in blocks.iter().filter(|block| block.contains(word)) {
            let mut command = sandbox.command_by("bash");
            let command = command
                .args(["-c", block])
                .env("PATH", &path)
                .process_group(0);
            let mut child = command.stdin(Stdio::null()).spawn().unwrap();
            // It may not be listening yet.
            eventually(word, || {
                sandbox.add("Buy milk", "#site");
                holds()
            });
            kill_process_group(Pid::from_child(&child), Signal::KILL).unwrap();
            child.wait().unwrap();
            tried += 1;
        }
    }
    assert_eq!(tried, blocks.len(), "{page}");
}
