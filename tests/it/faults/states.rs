//! Redis in the states of its life in which it takes no changes.

use std::fs;
use std::time::{Duration, Instant};

use super::changes::{CHANGES, prepare};
use super::direct::Direct;
use super::{Figures, Left, thorough};
use crate::support::Sandbox;
use crate::support::redis_server::RedisServer;

/// Tries every change in a state, which takes none of them for the reason named.
fn refuses_all(sandbox: &Sandbox, redis: &mut Direct, reason: &str) {
    let mut figures = Figures::default();
    for change in CHANGES.iter().filter(|change| change.stands_alone()) {
        let run = sandbox.notes(change.arguments).run();
        assert!(run.stderr.contains(reason), "{reason}: {run:?}");
        assert_ne!(run.code, 0, "{run:?}");
        let left = change.left(redis);
        assert_eq!(left, Left::Nothing, "{run:?}");
        figures.count(&run, left);
    }
    println!("state {reason:14} {figures}");
}

#[test]
fn a_full_redis_takes_no_change_but_deletions() {
    let sandbox = Sandbox::with_redis();
    let mut redis = Direct::new([sandbox.redis().socket()]);
    prepare(&mut redis);
    sandbox.redis_cli(&["CONFIG", "SET", "maxmemory", "1"]);
    for change in CHANGES.iter().filter(|change| change.stands_alone()) {
        let run = sandbox.notes(change.arguments).run();
        let expected = if change.name == "rm" {
            (0, Left::Whole)
        } else {
            assert!(run.stderr.contains("out of memory"), "{run:?}");
            (1, Left::Nothing)
        };
        assert_eq!((run.code, change.left(&mut redis)), expected, "{run:?}");
    }
}

#[test]
fn a_replica_takes_no_change() {
    let sandbox = Sandbox::with_redis();
    let mut redis = Direct::new([sandbox.redis().socket()]);
    prepare(&mut redis);
    sandbox.redis_cli(&["REPLICAOF", "127.0.0.1", "1"]);
    refuses_all(&sandbox, &mut redis, "is a replica of");
}

#[test]
fn a_redis_that_cannot_save_takes_no_change() {
    let sandbox = Sandbox::with_redis();
    let mut redis = Direct::new([sandbox.redis().socket()]);
    prepare(&mut redis);
    // Saving ends with a rename, which cannot replace a directory.
    let socket = sandbox.redis().socket();
    fs::create_dir(socket.with_file_name("dump.rdb")).unwrap();
    sandbox.redis_cli(&["CONFIG", "SET", "save", "3600 1000000"]);
    sandbox.redis_cli(&["BGSAVE"]);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !sandbox
        .redis_cli(&["INFO", "persistence"])
        .contains("rdb_last_bgsave_status:err")
    {
        assert!(Instant::now() < deadline, "saving does not fail");
    }
    refuses_all(&sandbox, &mut redis, "cannot save");
}

#[test]
fn a_redis_that_is_loading_is_said_to_be() {
    let sandbox = Sandbox::bare();
    let loading = RedisServer::loading();
    for change in CHANGES.iter().filter(|change| change.stands_alone()) {
        let run = sandbox
            .notes(change.arguments)
            .env("REDIS_URL", loading.url())
            .run();
        assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run:?}");
        assert_eq!(
            run.stderr,
            "notes: Redis is still loading its data; try again in a moment\n"
        );
    }
}

#[test]
fn a_redis_that_fails_over_loses_nothing_it_acknowledged() {
    let rounds = if thorough() { 200 } else { 20 };
    let sandbox = Sandbox::with_redis();
    let mut redis = Direct::new([sandbox.redis().socket()]);
    let mut figures = Figures::default();
    for round in 0..rounds {
        let change = &CHANGES[round % CHANGES.len()];
        change.prepare(&sandbox, &mut redis, &sandbox.redis().url());
        let run = std::thread::scope(|scope| {
            let change = scope.spawn(|| sandbox.notes(change.arguments).run());
            for role in [["127.0.0.1", "1"], ["NO", "ONE"]] {
                let replicaof = [&["REPLICAOF"], &role[..]].concat();
                sandbox.redis_cli(&replicaof);
            }
            change.join().unwrap()
        });
        figures.count(&run, change.left(&mut redis));
    }
    println!("state fails over     {figures}");
}
