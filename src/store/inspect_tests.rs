//! Inspecting and mending while others write.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::*;
use crate::redis_server::RedisServer;
use crate::timestamp;

const TIME: &str = "2024-01-15T10:30:00+00:00";

fn open(server: &RedisServer) -> Store {
    let address = Address::parse(&server.url(), "a test".into()).unwrap();
    Store::open(&address, Duration::from_secs(20)).unwrap()
}

fn now() -> DateTime<Utc> {
    timestamp::parse(TIME).unwrap()
}

fn found(store: &mut Store) -> Vec<Finding> {
    store.inspect(now(), &mut |_| {}).unwrap().findings
}

/// Makes notes `n-1` and so on, as they should be.
fn make(server: &RedisServer, count: usize) {
    let script = r"
        for i = 1, tonumber(ARGV[1]) do
            local id = 'n-' .. i
            redis.call('HSET', 'note:' .. id, 'id', id, 'title', id, 'content', '',
                'created_at', ARGV[2], 'updated_at', ARGV[2])
            redis.call('SADD', 'notes:ids', id)
        end";
    server.command(&["EVAL", script, "0", &count.to_string(), TIME]);
}

/// A fault, its fix, and what somebody else does about it before that is made.
const OVERTAKEN: [(&str, &str, &str); 8] = [
    (
        "SREM notes:ids n-1",
        "add the id n-1 to notes:ids",
        "SADD notes:ids n-1",
    ),
    (
        "SREM notes:ids n-1",
        "add the id n-1 to notes:ids",
        "HSET note:n-1 id another",
    ),
    (
        "SREM notes:ids n-1",
        "add the id n-1 to notes:ids",
        "DEL note:n-1",
    ),
    (
        "DEL note:n-1",
        "remove the id n-1 from notes:ids",
        "HSET note:n-1 title back",
    ),
    (
        "DEL note:n-1",
        "remove the id n-1 from notes:ids",
        "SET note:n-1 precious",
    ),
    (
        "HDEL note:n-1 id",
        "set the field id of note:n-1 to n-1",
        "HSET note:n-1 id n-1",
    ),
    (
        "HDEL note:n-1 id",
        "set the field id of note:n-1 to n-1",
        "DEL note:n-1",
    ),
    (
        "EXPIRE note:n-1 1000",
        "take the time to live from note:n-1",
        "PERSIST note:n-1",
    ),
];

#[test]
fn a_fault_that_somebody_else_was_faster_with_is_left_alone() {
    for (fault, plan, repair) in OVERTAKEN {
        let server = RedisServer::start();
        let run = |line: &str| server.command(&line.split(' ').collect::<Vec<_>>());
        let dump = || {
            let of = |key| [format!("DUMP {key}"), format!("PTTL {key}")].map(|line| run(&line));
            [of("note:n-1"), of("note:n-2"), of("notes:ids")]
        };
        make(&server, 2);
        run(fault);
        let mut store = open(&server);
        let fixes: Vec<Fix> = found(&mut store)
            .into_iter()
            .filter_map(|finding| finding.fix)
            .collect();
        let plans: Vec<String> = fixes.iter().map(Fix::plan).collect();
        assert_eq!(plans, [plan]);
        run(repair);
        let before = dump();
        let mending = store.mend(&fixes[0]).unwrap();
        assert_eq!(mending, Mending::NotNeeded, "{fault}; {repair}");
        assert_eq!(dump(), before, "{fault}; {repair}");
    }
}

#[test]
fn a_fix_tells_how_the_note_was_and_is() {
    let server = RedisServer::start();
    make(&server, 1);
    server.command(&["HSET", "note:n-1", "id", "other"]);
    let mut store = open(&server);
    let read = |store: &mut Store| store.images(&["n-1"]).unwrap().remove(0);
    let expected_before = read(&mut store);
    let fix = Fix::Name("n-1".to_owned());
    let Mending::Mended { before, after } = store.mend(&fix).unwrap() else {
        panic!("it is mended");
    };
    assert_eq!(before, expected_before);
    assert_eq!(after, read(&mut store));
    let mut foreseen = before;
    fix.apply(&mut foreseen);
    assert_eq!(foreseen, after);
    assert_eq!(found(&mut store), []);
}

#[test]
fn what_others_do_during_the_inspection_is_no_fault() {
    let server = RedisServer::start();
    make(&server, 150);
    let mut store = open(&server);
    let mut steps = 0;
    let inspection = store.inspect(now(), &mut |_| {
        steps += 1;
        if steps == 1 {
            // A hundred notes are read; the others go, hash and id at once, and new ones come.
            let script = r"
                for i = 1, 150 do
                    redis.call('DEL', 'note:n-' .. i)
                    redis.call('SREM', 'notes:ids', 'n-' .. i)
                end";
            server.command(&["EVAL", script, "0"]);
            make(&server, 10);
        }
    });
    let inspection = inspection.unwrap();
    assert_eq!(inspection.findings, []);
    assert!(steps > 1);
    assert!(
        (100..150).contains(&inspection.notes_read),
        "{inspection:?}"
    );
}

#[test]
fn the_progress_ends_at_its_total() {
    let server = RedisServer::start();
    make(&server, 250);
    server.command(&["SET", "other", "x"]);
    let mut seen = Vec::new();
    let mut store = open(&server);
    store.inspect(now(), &mut |at| seen.push(at)).unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].done <= pair[1].done));
    let last = seen.last().unwrap();
    // 250 ids, and 252 keys.
    assert_eq!((last.done, last.total), (502, 502));
    assert!(seen.len() >= 4, "{seen:?}");
}

#[test]
fn a_time_is_in_the_future_only_by_more_than_a_minute() {
    let server = RedisServer::start();
    make(&server, 1);
    let mut store = open(&server);
    let earlier = |seconds| now() - chrono::TimeDelta::seconds(seconds);
    let inspection = store.inspect(earlier(55), &mut |_| {}).unwrap();
    assert_eq!(inspection.findings, []);
    // Far enough for a slow machine: the time that an inspection takes counts.
    let inspection = store.inspect(earlier(3600), &mut |_| {}).unwrap();
    let words: Vec<_> = inspection
        .findings
        .iter()
        .map(|finding| (finding.fault.kind().word, finding.fault.field()))
        .collect();
    assert_eq!(
        words,
        [
            ("future_time", Some("created_at")),
            ("future_time", Some("updated_at"))
        ]
    );
}
