//! What is lost when a primary is killed under load: `-- --nocapture` prints it.

#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::group::Group;
use crate::serve::Served;
use crate::support::eventually;
use crate::support::redis_server::RedisServer;

/// Kills the primary under `serve` while four clients add notes. Returns how many of those that were
/// acknowledged are lost, where so many replicas have to confirm each, and have to be there for any.
fn lost_in_a_failover(wait_replicas: &str, min_replicas: &str) -> usize {
    let mut group = Group::whole();
    for (_, redis) in &group.servers {
        let set = ["CONFIG", "SET", "min-replicas-to-write", min_replicas];
        assert_eq!(redis.command(&set), "OK");
    }
    let mut command = group.sandbox.command(["serve", "--port", "0"]);
    command.env("REDIS_URL", group.url());
    command.env("NOTES_WAIT_REPLICAS", wait_replicas);
    let server = Served::run(command);
    let before = server.add("before");
    eventually("both replicas have it", || {
        let count = |(_, it): &(String, RedisServer)| it.command(&["SCARD", "notes:ids"]);
        group.servers.iter().all(|server| count(server) == "1")
    });
    let done = AtomicBool::new(false);
    let acknowledged = Mutex::new(vec![before.clone()]);
    let [in_doubt, refused] = [(); 2].map(|()| AtomicUsize::new(0));
    let add = || {
        while !done.load(Ordering::SeqCst) {
            let mut client = server.client();
            let reply = client.json("POST /api/v1/notes", r#"{"title":"a"}"#);
            let is_in_doubt = || {
                let error = reply.error();
                error.contains("may or may not") || error.contains("too few replicas")
            };
            match reply.status {
                201 => {
                    let id = reply.value()["id"].as_str().unwrap().to_owned();
                    acknowledged.lock().unwrap().push(id);
                }
                503 if is_in_doubt() => drop(in_doubt.fetch_add(1, Ordering::SeqCst)),
                503 => drop(refused.fetch_add(1, Ordering::SeqCst)),
                _ => panic!("{reply:?}"),
            }
        }
    };
    let go_on = || {
        let count = || acknowledged.lock().unwrap().len();
        let before = count();
        eventually("notes are added", || count() > before + 500);
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(add);
        }
        go_on();
        group.kill_primary();
        go_on();
        done.store(true, Ordering::SeqCst);
    });
    let (acknowledged, listed) = (
        acknowledged.into_inner().unwrap(),
        server.get("/api/v1/notes"),
    );
    let listed = listed.value()["notes"].as_array().unwrap().clone();
    let there: BTreeSet<_> = listed
        .iter()
        .map(|note| note["id"].as_str().unwrap())
        .collect();
    assert!(
        there.contains(before.as_str()),
        "what replicas had is not lost"
    );
    let lost = acknowledged
        .iter()
        .filter(|id| !there.contains(id.as_str()))
        .count();
    let in_doubt = in_doubt.into_inner();
    println!(
        "wait {wait_replicas}, min {min_replicas}: {} acknowledged, {lost} of them lost, {in_doubt} in doubt, {} refused, \
         {} there",
        acknowledged.len(),
        refused.into_inner(),
        there.len(),
    );
    assert!(there.len() <= acknowledged.len() - lost + in_doubt);
    let deep = group.notes(&["health", "--deep", "--json"]).run().json();
    let problems = deep["deep"]["problems"].as_array().unwrap();
    let kinds: Vec<_> = problems.iter().map(|problem| &problem["kind"]).collect();
    assert_eq!(kinds, ["not_saved"], "{deep}");
    lost
}

#[test]
fn serve_goes_on_by_itself_after_a_failover_and_nothing_is_half_there() {
    // Replication is asynchronous: what was added last may be lost.
    lost_in_a_failover("0", "0");
}

#[test]
fn nothing_that_a_replica_confirmed_is_lost_in_a_failover() {
    assert_eq!(lost_in_a_failover("1", "0"), 0);
}

#[test]
fn nothing_is_lost_in_a_failover_where_the_primary_wants_a_replica_too() {
    assert_eq!(lost_in_a_failover("1", "1"), 0);
}
