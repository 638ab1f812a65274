//! A watcher between its scans of the set of ids, of which a server tells that it has changed but not how.

use super::*;
use crate::redis_client::Address;
use crate::test_support::redis_server::RedisServer;

/// The longest wait of a test, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A watcher of a server, and what changes the server.
fn watcher(server: &RedisServer) -> Watcher<Error> {
    let address = Address::parse(&server.url(), "a test".into()).unwrap();
    Watcher::new(move || Store::open(&address, PATIENCE), |_| true)
}

/// Goes on until something holds of the watcher.
fn advance(watcher: &mut Watcher<Error>, holds: impl Fn(&Watcher<Error>) -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds(watcher) {
        assert!(Instant::now() < until, "it never holds");
        watcher.next(PATIENCE, &mut |_| ()).unwrap();
    }
}

/// Waits for events until one is as `is_last` wants it.
fn await_event(watcher: &mut Watcher<Error>, mut is_last: impl FnMut(&Event) -> bool) {
    let (mut is_over, until) = (false, Instant::now() + PATIENCE);
    while !is_over {
        assert!(Instant::now() < until, "the event does not come");
        let take = &mut |event: Event| is_over |= is_last(&event);
        watcher.next(PATIENCE, take).unwrap();
    }
}

#[test]
fn a_hash_that_is_there_before_the_set_has_its_id_waits_for_no_scan() {
    let server = RedisServer::start();
    let mut watcher = watcher(&server);
    advance(&mut watcher, Watcher::is_ready);
    watcher.next_scan += PATIENCE * 2;
    server.command(&["HSET", "note:a", "title", "A"]);
    advance(&mut watcher, |it| !it.unlisted.is_empty());
    server.command(&["SADD", "notes:ids", "a"]);
    await_event(&mut watcher, |event| {
        event.kind == EventKind::Created && event.id == "a"
    });
}

#[test]
fn a_change_while_the_notes_are_read_is_told() {
    let server = RedisServer::start();
    server.command(&["HSET", "note:a", "title", "0"]);
    server.command(&["HSET", "note:b", "title", "b"]);
    server.command(&["SADD", "notes:ids", "a"]);
    let mut watcher = watcher(&server);
    watcher.reports_first = true;
    let (mut number, mut has_b) = (0, false);
    await_event(&mut watcher, |event| {
        if event.id == "b" {
            has_b = true;
        } else {
            let title = number.to_string();
            assert_eq!(event.note.as_ref().unwrap().title(), title);
            number += 1;
        }
        if number < 5 && event.id == "a" {
            server.command(&["HSET", "note:a", "title", &number.to_string()]);
        }
        if number == 1 {
            // The set is being looked through.
            server.command(&["SADD", "notes:ids", "b"]);
        }
        // The pushes come before these replies.
        for _ in 0..5 {
            server.command(&["PING"]);
        }
        has_b && number == 5
    });
}

#[test]
fn ids_that_another_database_brings_are_found() {
    let server = RedisServer::start();
    server.command(&["-n", "1", "HSET", "note:a", "title", "A"]);
    server.command(&["-n", "1", "SADD", "notes:ids", "a"]);
    let mut watcher = watcher(&server);
    advance(&mut watcher, |it| it.surplus.is_some());
    assert_eq!(server.command(&["SWAPDB", "0", "1"]), "OK");
    await_event(&mut watcher, |event| event.id == "a");
}
