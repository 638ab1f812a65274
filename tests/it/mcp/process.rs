//! The process: its end, and a Redis that goes away and comes back.

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{Agent, beginning, call, speak};
use crate::support::Sandbox;
use crate::support::redis_server::RedisServer;

#[test]
fn it_ends_with_standard_input_whether_or_not_anything_was_said() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["mcp"]).gives(0, "", "");
    let (answers, run) = speak(&sandbox, &[], &beginning("2025-06-18")[..1]);
    assert_eq!((answers.len(), run.code, &*run.stderr), (1, 0, ""));
    let run = sandbox.notes(["mcp"]).stdin("no JSON\n\n{}\n").run();
    assert_eq!(run.code, 0, "{run:?}");
    let other = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let (answers, run) = speak(&sandbox, &[], &[other]);
    assert_eq!((answers.len(), run.code), (0, 1));
    assert!(
        run.stderr
            .contains("does not begin as the Model Context Protocol"),
        "{run:?}"
    );
}

#[test]
fn sigterm_ends_it_at_once_even_while_redis_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::with_url(format!("redis://{}", silent.local_addr().unwrap()));
    let mut child = sandbox
        .command(["mcp", "--timeout", "60"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let list = call(1, "list", &json!({}));
    for message in beginning("2025-06-18").iter().chain([&list]) {
        writeln!(stdin, "{message}").unwrap();
    }
    let _connection = silent.accept().unwrap();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn redis_may_go_away_and_come_back() {
    let mut redis = RedisServer::start_with(&["--appendonly", "yes"]);
    let sandbox = Sandbox::with_url(redis.url());
    let agent = Agent::start(&sandbox);
    agent.value("add", &json!({ "title": "T" }));
    redis.kill();
    for _ in 0..2 {
        let error = agent.error("list", &json!({}));
        assert!(
            error.ends_with(
                ". Nothing was changed. Try again once; if it fails again, tell the user"
            ),
            "{error}"
        );
    }
    redis.start_again(&["--appendonly", "yes"], "+PONG");
    let added = agent.value("add", &json!({ "title": "U" }));
    assert_eq!(added["step"], 2);
    assert_eq!(
        agent.value("list", &json!({}))["notes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert!(agent.end().success());
}
