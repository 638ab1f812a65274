//! Inspection and repair while other clients write.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::exit::Exit;
use crate::journal::StepState;
use crate::note::ChangeKind as Change;
use crate::store::tests::fixture::{Fixture, NOW, open};
use crate::store::{Error, Store};
use crate::test_support::redis_server::RedisServer;
use crate::timestamp;

fn run(fixture: &Fixture, line: &str) -> String {
    let words: Vec<_> = line.split(' ').collect();
    fixture.server.command(&words)
}

fn repair_all(fixture: &mut Fixture, repairs: &BTreeSet<Repair>) -> (Repaired, Result<(), Error>) {
    let mut repaired = Repaired::default();
    let result = repair(&mut fixture.store(), repairs, &mut repaired);
    (repaired, result)
}

fn now() -> DateTime<Utc> {
    timestamp::parse(NOW).unwrap()
}

fn found(store: &mut Store) -> Vec<Problem> {
    inspect(store, now, &mut |_, _| {}).unwrap().problems
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
    server.command(&["EVAL", script, "0", &count.to_string(), NOW]);
}

/// A command that causes a problem, the repair of it, and the command of another client before that.
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
fn a_problem_that_another_client_has_settled_is_left_alone() {
    for (cause, plan, overtaking) in OVERTAKEN {
        let mut fixture = Fixture::new();
        let dump = |fixture: &Fixture| {
            let of = |key| {
                [format!("DUMP {key}"), format!("PTTL {key}")].map(|line| run(fixture, &line))
            };
            [of("note:n-1"), of("note:n-2"), of("notes:ids")]
        };
        make(&fixture.server, 2);
        run(&fixture, cause);
        let problems = found(&mut fixture.store).into_iter();
        let repairs: BTreeSet<_> = problems.filter_map(|it| it.repair).collect();
        let plans: Vec<String> = repairs.iter().map(Repair::plan).collect();
        assert_eq!(plans, [plan]);
        run(&fixture, overtaking);
        let before = dump(&fixture);
        let (repaired, result) = repair_all(&mut fixture, &repairs);
        assert!(result.is_ok(), "{cause}; {overtaking}: {result:?}");
        assert_eq!(repaired.made.len(), 0, "{cause}; {overtaking}");
        assert!(!repaired.can_be_undone);
        assert_eq!(dump(&fixture), before, "{cause}; {overtaking}");
        assert_eq!(fixture.steps(), [], "{cause}; {overtaking}");
    }
}

#[test]
fn repairs_are_one_step_and_two_of_one_note_one_change() {
    let mut fixture = Fixture::new();
    run(&fixture, "HSET note:lost title T tag x");
    run(&fixture, "SADD notes:ids ghost");
    let id = |id: &str| id.to_owned();
    let repairs = [
        Repair::List(id("lost")),
        Repair::Name(id("lost")),
        Repair::Unlist(id("ghost")),
    ];
    let repairs = BTreeSet::from(repairs);
    let (repaired, result) = repair_all(&mut fixture, &repairs);
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(repaired.made, repairs);
    assert_eq!(
        fixture.steps(),
        [(StepState::Made, vec![Change::Deleted, Change::Changed])]
    );
    assert_eq!(run(&fixture, "HGET note:lost id"), "lost");
    fixture.undo().unwrap();
    assert_eq!(run(&fixture, "SMEMBERS notes:ids"), "ghost");
    assert_eq!(run(&fixture, "HGETALL note:lost"), "title\nT\ntag\nx");
}

#[test]
fn what_redis_refuses_to_mend_is_not_recorded_as_repaired() {
    let mut fixture = Fixture::new();
    run(&fixture, "SADD notes:ids ghost spook");
    run(&fixture, "REPLICAOF 127.0.0.1 1");
    let repairs = ["ghost", "spook"].map(|id| Repair::Unlist(id.to_owned()));
    let (repaired, result) = repair_all(&mut fixture, &BTreeSet::from(repairs));
    assert_eq!(result.unwrap_err().exit(), Exit::Failed);
    assert_eq!(repaired.made.len(), 0);
    let steps = fixture.steps();
    assert!(
        steps
            .iter()
            .all(|(state, _)| *state == StepState::Cancelled),
        "{steps:?}"
    );
}

#[test]
fn what_others_do_during_the_inspection_is_no_problem() {
    let server = RedisServer::start();
    make(&server, 150);
    let mut store = open(&server);
    let mut steps = 0;
    let inspection = inspect(&mut store, now, &mut |_, _| {
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
    assert_eq!(inspection.problems, []);
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
    inspect(&mut store, now, &mut |done, total| {
        seen.push((done, total));
    })
    .unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let last = seen.last().unwrap();
    // 250 ids, and 252 keys.
    assert_eq!(*last, (502, 502));
    assert!(seen.len() >= 4, "{seen:?}");
}

#[test]
fn a_time_is_in_the_future_only_by_more_than_a_minute() {
    let server = RedisServer::start();
    make(&server, 1);
    let mut store = open(&server);
    let minute_before = || now() - TimeDelta::seconds(60);
    let inspection = inspect(&mut store, minute_before, &mut |_, _| {}).unwrap();
    assert_eq!(inspection.problems, []);
    let more_before = || now() - TimeDelta::seconds(61);
    let inspection = inspect(&mut store, more_before, &mut |_, _| {}).unwrap();
    let words: Vec<_> = inspection
        .problems
        .iter()
        .map(|problem| (problem.kind, problem.field.as_deref()))
        .collect();
    assert_eq!(
        words,
        [
            (ProblemKind::FutureTime, Some("created_at")),
            (ProblemKind::FutureTime, Some("updated_at"))
        ]
    );
}
