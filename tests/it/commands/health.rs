//! `notes health`

use std::os::unix::fs::symlink;
use std::process::Command;
use std::{env, fs};

use serde_json::json;

use crate::support::network::listen;
use crate::support::redis_server::{RedisServer, server};
use crate::support::{Sandbox, eventually};

#[test]
fn tells_what_answers_where_and_whether_notes_are_safe() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    let socket = sandbox.redis().socket();
    sandbox.notes(["health"]).gives(
        0,
        &format!(
            "status      ok\n\
             server      [..]\n\
             address     {}\n\
             chosen by   REDIS_URL in the environment\n\
             round trip  [..] ms\n\
             notes       1\n\
             saved       append-only file: no, snapshots: no\n\
             eviction    off (noeviction)\n\
             writable    yes\n\
             changes     told by the server\n\
             role        primary, without replicas\n\
             warning     nothing is saved to disk: a restart loses every note (set appendonly yes)\n",
            socket.display()
        ),
        "",
    );
}

#[test]
fn tells_if_the_server_can_tell_of_changes() {
    let without = RedisServer::start_with(&["--rename-command", "CLIENT", ""]);
    let sandbox = Sandbox::with_redis();
    for (url, line, found) in [
        (
            sandbox.redis().url(),
            "changes     told by the server\n",
            "told",
        ),
        (
            sandbox.url_of_user_without_tracking(),
            "changes     not told to this user: its ACL forbids this user to hear of changes; ACL SETUSER \
             with +client|tracking allows it\n",
            "refused",
        ),
        (
            without.url(),
            "changes     found by asking every second, as the server cannot tell of them: it does not know \
             the command CLIENT\n",
            "polled",
        ),
    ] {
        let text = sandbox.notes(["health", "-u", &url]).run().stdout;
        assert!(text.contains(line), "{text}");
        let json = sandbox.notes(["health", "--json", "-u", &url]).run().json();
        assert_eq!(json["changes"]["found"], found);
        assert_eq!(json["changes"]["reason"].is_null(), found == "told");
    }
}

/// `make test-servers` sets the variable, so that it cannot have tested another server than it says.
#[test]
fn names_the_server_that_the_tests_were_to_run_on() {
    let expected = env::var("NOTES_TEST_SERVER").unwrap_or_else(|_| installed_server());
    for sandbox in [Sandbox::with_redis(), Sandbox::bare()] {
        sandbox.add("T", "");
        let text = sandbox.notes(["health"]).run().stdout;
        let line = format!("\nserver      {expected}\n");
        assert!(text.contains(&line), "{expected}: {text}");
        let server = &sandbox.notes(["health", "--json"]).run().json()["server"];
        let [kind, version] = ["kind", "version"].map(|name| server[name].as_str().unwrap());
        assert_eq!(format!("{kind} {version}"), expected);
    }
}

/// The kind and version that the server on PATH tells of itself.
fn installed_server() -> String {
    let output = Command::new(server()).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (kind, rest) = text.split_once(" server v=").unwrap();
    format!("{kind} {}", rest.split_whitespace().next().unwrap())
}

#[test]
fn warns_of_eviction_replicas_and_snapshots_alone() {
    let sandbox = Sandbox::with_redis();
    for config in [
        ["maxmemory-policy", "allkeys-lru"],
        ["maxmemory", "100mb"],
        ["save", "3600 1"],
    ] {
        sandbox.redis_cli(&[&["CONFIG", "SET"], &config[..]].concat());
    }
    sandbox.redis_cli(&["REPLICAOF", "127.0.0.1", "1"]);
    let health = sandbox.notes(["health"]).run();
    for warning in [
        "warning     only snapshots are saved: a crash loses the latest changes",
        "warning     it takes no changes: it is a replica",
        "warning     it may drop notes when its memory is full",
        "eviction    when memory is full (allkeys-lru)",
        "writable    no",
        "role        replica of 127.0.0.1:1, not connected to it\n",
    ] {
        assert!(health.stdout.contains(warning), "{warning}: {health:?}");
    }
    assert_eq!(health.code, 0);
}

#[test]
fn json_begins_with_the_members_of_the_rest_answer() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox.notes(["health", "--json"]).run();
    let start = "{\"status\":\"ok\",\"redis\":\"ok\",\"timestamp\":\"";
    assert!(run.stdout.starts_with(start), "{run:?}");
    let health = run.json();
    assert_eq!(health["safety"]["append_only"], false);
    assert_eq!(health["notes"], 0);
    assert_eq!(health["warnings"].as_array().unwrap().len(), 1);
    let round_trip = health["round_trip_ms"].to_string();
    let decimals = round_trip.split_once('.').map_or("", |(_, digits)| digits);
    assert!(decimals.len() <= 3, "{round_trip}");
}

#[test]
fn a_replica_names_its_primary_and_the_primary_its_replicas() {
    let [primary, replica] = [(); 2].map(|()| Sandbox::with_redis());
    let host = listen(primary.redis());
    replica.redis_cli(&["REPLICAOF", &host, "6379"]);
    let health = |sandbox: &Sandbox| sandbox.notes(["health", "--json"]).run().json();
    eventually("the replica has a copy", || {
        health(&replica)["replication"]["connected"] == true
            && health(&primary)["replication"]["replicas"][0]["state"] == "online"
    });
    let seen = health(&primary)["replication"].clone();
    assert_eq!(seen["role"], "primary");
    assert!(seen["replicas"][0]["bytes_behind"].is_u64(), "{seen}");
    let text = primary.notes(["health"]).run().stdout;
    assert!(
        text.contains("role        primary of 1 replica\n"),
        "{text}"
    );
    assert!(text.contains("replica     127.0.0.1:"), "{text}");
    let of = format!("{host}:6379");
    let expected = json!({ "role": "replica", "primary": of, "connected": true });
    assert_eq!(health(&replica)["replication"], expected);
    replica.notes(["add", "T"]).gives(
        1,
        "",
        &format!(
            "notes: Redis at [..] (REDIS_URL in the environment) takes no changes: it is a replica of \
             {of}; name that server, by REDIS_URL or by REDIS_HOST and REDIS_PORT\n"
        ),
    );
}

#[test]
fn out_of_reach_is_exit_code_7_in_words_and_in_json() {
    let sandbox = Sandbox::bare();
    let away = ["health", "-u", "redis://127.0.0.1:1"];
    sandbox.notes(away).gives(
        7,
        "",
        "notes: no Redis answers at 127.0.0.1:1 (--redis-url); start it, or name another: Connection refused [..]\n",
    );
    for deep in [&[][..], &["--deep"]] {
        let run = sandbox.notes([&away[..], &["--json"], deep].concat()).run();
        assert_eq!(run.code, 7);
        let health = run.json();
        assert_eq!(health["status"], "error");
        assert_eq!(health["redis"], "unreachable");
        assert!(
            run.stderr
                .starts_with("{\"error\":{\"code\":\"unreachable\""),
            "{run:?}"
        );
    }
}

#[test]
fn a_wrong_password_is_told_from_a_server_out_of_reach() {
    let sandbox = Sandbox::with_redis();
    let url = format!("{}?pass=wrong", sandbox.redis().url());
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let run = sandbox.notes(["health", "--json", "-u", &url]).run();
    assert_eq!(run.code, 4, "{run:?}");
    assert_eq!(run.json()["status"], "error");
    assert_eq!(run.json()["redis"], "refused");
}

#[test]
fn it_never_starts_the_private_redis() {
    let sandbox = Sandbox::bare();
    sandbox.notes(["health"]).gives(
        7,
        "",
        "notes: your private Redis is not running; a command that needs it starts it, and so does `notes redis start`\n",
    );
    assert!(!sandbox.private_dir().exists());
}

#[test]
fn a_private_redis_that_is_loading_its_data_is_not_said_to_be_stopped() {
    let sandbox = Sandbox::bare();
    let loading = RedisServer::loading();
    let directory = sandbox.private_dir();
    fs::create_dir_all(&directory).unwrap();
    symlink(loading.socket(), directory.join("notes.sock")).unwrap();
    sandbox.notes(["health"]).gives(
        7,
        "",
        "notes: Redis is still loading its data; try again in a moment\n",
    );
}

#[test]
fn the_password_is_nowhere() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let url = format!("{}?pass=hunter2", sandbox.redis().url());
    for (arguments, code) in [
        (vec!["health"], 0),
        (vec!["health", "--json"], 0),
        (vec!["health", "-u", &url], 0),
        (vec!["list", "--json"], 0),
        (vec!["health", "-u", "redis://:hunter2@127.0.0.1:1"], 7),
        (vec!["list", "-u", "redis://:hunter2#@127.0.0.1:1"], 2),
        (vec!["list", "-u", "hunter2"], 2),
    ] {
        let run = sandbox.notes(&arguments).env("REDIS_URL", &url).run();
        assert_eq!(run.code, code, "{arguments:?} {run:?}");
        assert!(!format!("{run:?}").contains("hunter2"), "{arguments:?}");
    }
}
