//! Many clients at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const ROUNDS: usize = 1_000;

/// What must hold of a note whatever happened: its id is in the set if and only if its hash is
/// there, and a hash is whole.
fn assert_whole(store: &mut Store, server: &TestServer, id: &str) {
    let note = store.get(id).unwrap();
    let is_listed = server.redis(&["SISMEMBER", "notes:ids", id]) == "1";
    assert_eq!(note.is_some(), is_listed, "{id}");
    if let Some(note) = note {
        for field in crate::note::FIELDS {
            assert!(note.field(field).is_some(), "{id} lacks {field}");
        }
    }
}

#[test]
fn a_note_changed_and_deleted_at_once_is_never_left_half() {
    let server = TestServer::start();
    let url = server.redis.lock().unwrap().as_ref().unwrap().url();
    let address = Address::parse(&url, "a test".into()).unwrap();
    let mut store = Store::open(&address, TIMEOUT).unwrap();
    let ids: Vec<String> = (0..ROUNDS)
        .map(|round| {
            let note = crate::note::Note::new(format!("T{round}"), String::new(), "t");
            store.create(&note).unwrap();
            note.id
        })
        .collect();
    let start = Barrier::new(4);
    let updated = AtomicUsize::new(0);
    let deleted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for task in 0..4 {
            let (server, ids, start) = (&server, &ids, &start);
            let (updated, deleted) = (&updated, &deleted);
            scope.spawn(move || {
                let mut client = server.client();
                for id in ids {
                    start.wait();
                    let line = match task {
                        0 | 1 => format!("PUT /api/v1/notes/{id}"),
                        _ => format!("DELETE /api/v1/notes/{id}"),
                    };
                    let reply = client.json(&line, r#"{"content":"C"}"#);
                    let count = if task < 2 { updated } else { deleted };
                    match reply.status {
                        200 => count.fetch_add(1, Ordering::SeqCst),
                        404 => 0,
                        status => panic!("{line}: {status}"),
                    };
                }
            });
        }
    });
    assert_eq!(deleted.into_inner(), ROUNDS, "each note is deleted once");
    assert_eq!(
        server.redis(&["DBSIZE"]),
        "0",
        "no note came back, no id stayed"
    );
    assert!(updated.into_inner() > 0, "no update ever won the race");
}

#[test]
fn notes_made_and_deleted_at_once_are_whole_at_every_moment() {
    let server = TestServer::start();
    let url = server.redis.lock().unwrap().as_ref().unwrap().url();
    let address = Address::parse(&url, "a test".into()).unwrap();
    let mut store = Store::open(&address, TIMEOUT).unwrap();
    let made: Vec<String> = thread::scope(|scope| {
        let makers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = server.client();
                    let mut kept = Vec::new();
                    for round in 0..50 {
                        let reply = client.json("POST /api/v1/notes", r#"{"title":"T"}"#);
                        assert_eq!(reply.status, 201);
                        let id = reply.value()["id"].as_str().unwrap().to_owned();
                        if round % 2 == 0 {
                            let line = format!("DELETE /api/v1/notes/{id}");
                            assert_eq!(client.request(&line, &[], "").status, 200);
                        } else {
                            kept.push(id);
                        }
                    }
                    kept
                })
            })
            .collect();
        makers
            .into_iter()
            .flat_map(|maker| maker.join().unwrap())
            .collect()
    });
    let list = server.get("/api/v1/notes").value();
    assert_eq!(list["count"], made.len());
    assert_eq!(server.redis(&["DBSIZE"]), (made.len() + 1).to_string());
    for id in &made {
        assert_whole(&mut store, &server, id);
    }
}

#[test]
fn sixty_four_clients_that_connect_at_once_and_stay_are_all_answered() {
    let server = TestServer::start();
    let id = server.add("T");
    let start = Barrier::new(64);
    thread::scope(|scope| {
        for client in 0..64 {
            let (server, id, start) = (&server, &id, &start);
            scope.spawn(move || {
                start.wait();
                let mut connection = server.client();
                for round in 0..20 {
                    let line = match (client + round) % 3 {
                        0 => "GET /health".to_owned(),
                        1 => format!("GET /api/v1/notes/{id}"),
                        _ => "GET /api/v1/notes".to_owned(),
                    };
                    assert_eq!(connection.request(&line, &[], "").status, 200, "{line}");
                    start.wait();
                }
            });
        }
    });
}
