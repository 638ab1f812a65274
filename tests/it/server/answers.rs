//! Messages about a server that is no Redis, or a Redis that lacks a command.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use crate::support::Sandbox;
use crate::support::redis_server::RedisServer;

/// The URL of an HTTP server. It ends with the test process.
fn http() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    url
}

#[test]
fn a_text_is_not_stored_where_an_http_server_answers() {
    let sandbox = Sandbox::with_url(http());
    sandbox.notes(["add"]).stdin("T\nbody\n").gives(
        7,
        "",
        "notes: not stored; the text is kept, and `notes add -f [..].md` tries again: what answers at \
         127.[..] (REDIS_URL in the environment) is not Redis\n",
    );
}

#[test]
#[cfg(feature = "tls")]
fn a_server_that_is_not_reached_is_not_said_to_lack_a_certificate() {
    // To the address of all machines there is no way.
    Sandbox::bare()
        .notes(["list", "-u", "rediss://255.255.255.255"])
        .gives(
            7,
            "",
            "notes: no Redis answers at 255.255.255.255:6379 (--redis-url); start it, or name another: [..]\n",
        );
}

/// A Redis without the commands, and a sandbox that uses it.
fn without(commands: &[&str]) -> (RedisServer, Sandbox) {
    let hidden: Vec<String> = commands.iter().map(|it| format!("HIDDEN-{it}")).collect();
    let options: Vec<&str> = commands
        .iter()
        .zip(&hidden)
        .flat_map(|(command, hidden)| ["--rename-command", command, hidden])
        .collect();
    let server = RedisServer::start_with(&options);
    let sandbox = Sandbox::with_url(server.url());
    (server, sandbox)
}

const UNKNOWN: &str = "notes: refused by Redis at [..] (REDIS_URL in the environment): it does not know \
                       the command EVAL, which `notes` needs; if rename-command in its configuration \
                       takes it away, remove that line\n";

#[test]
fn a_server_without_eval_is_told_by_the_change_that_it_refuses_and_by_health() {
    let (_server, sandbox) = without(&["EVAL"]);
    let id = sandbox.add("Private title", "private text");
    for arguments in [
        &["edit", &id, "--append", "private line"][..],
        &["rm", "--yes", &id],
        &["undo"],
    ] {
        sandbox.notes(arguments).gives(4, "", UNKNOWN);
    }
    let health = sandbox.notes(["health"]).run();
    assert_eq!(health.code, 0, "{health:?}");
    for line in [
        "writable    no\n",
        "warning     changes will be refused: refused by Redis at ",
        ": it does not know the command EVAL, which `notes` needs",
    ] {
        assert!(health.stdout.contains(line), "{line}: {health:?}");
    }
    let health = sandbox.notes(["health", "--json"]).run().json();
    let warnings = health["warnings"].as_array().unwrap();
    let warning = warnings.last().unwrap().as_str().unwrap();
    assert!(warning.contains("know the command EVAL"), "{health}");
    let deep = sandbox.notes(["health", "--deep", "--json"]).run().json();
    let problems = deep["deep"]["problems"].as_array().unwrap();
    let mut kinds = problems.iter().map(|it| &it["kind"]);
    assert!(kinds.any(|kind| kind == "refused"), "{deep}");
}

#[test]
fn what_a_server_quotes_of_a_note_or_a_password_is_not_printed() {
    let (server, sandbox) = without(&["HSET", "AUTH"]);
    let add = sandbox.notes(["add", "Private title", "-c", "private text"]);
    let run = add.gives(
        4,
        "",
        "notes: refused by Redis at [..]: it does not know the command HSET, which [..]\n",
    );
    assert!(!run.stderr.contains("rivate"), "{run:?}");
    let url = format!("{}?pass=hunter2", server.url());
    sandbox.notes(["list", "-u", &url]).gives(
        4,
        "",
        "notes: refused by Redis at [..]: it does not know the command AUTH, which [..]\n",
    );
}

#[test]
fn a_script_that_lacks_a_command_changes_nothing_and_names_it() {
    let (server, sandbox) = without(&["HDEL", "HSET"]);
    let hset = ["HIDDEN-HSET", "note:my-note", "id", "my-note", "title", "T"];
    server.command(&hset);
    server.command(&["SADD", "notes:ids", "my-note"]);
    let run = sandbox.notes(["edit", "my-note", "-t", "U"]).run();
    assert_eq!(run.code, 4, "{run:?}");
    assert!(
        run.stderr.contains("does not know the command HSET"),
        "{run:?}"
    );
    assert_eq!(server.command(&["HGET", "note:my-note", "title"]), "T");
}

#[test]
fn a_user_who_may_not_change_notes_is_told_so_by_health() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let url = format!("{}?user=ann&pass=pw", sandbox.redis().url());
    let rights = ["ACL", "SETUSER", "ann", "on", ">pw", "~*", "+@all"];
    let forbid = |commands: &[&str]| sandbox.redis_cli(&[&rights[..], commands].concat());
    forbid(&["-eval"]);
    let health = sandbox.notes(["health", "-u", &url]).run();
    let line = "warning     changes will be refused: refused by Redis at ";
    assert!(health.stdout.contains(line), "{health:?}");
    assert!(health.stdout.contains("eval"), "{health:?}");
    assert!(health.stdout.contains("writable    no\n"), "{health:?}");
    sandbox.notes(["edit", &id, "-t", "U", "-u", &url]).gives(
        4,
        "",
        "notes: refused by Redis at [..] (--redis-url): its ACL forbids this user the command: [..]eval[..]; ACL SETUSER allows it\n",
    );
    forbid(&["+eval", "-hget"]);
    let health = sandbox.notes(["health", "-u", &url]).run();
    assert!(!health.stdout.contains("refused"), "{health:?}");
    assert!(health.stdout.contains("writable    yes\n"), "{health:?}");
}
