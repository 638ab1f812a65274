//! The store against a real Redis, and against servers that misbehave.

mod cluster;
pub(crate) mod failure;
pub(crate) mod fixture;
mod journaled;
mod link;
mod swap;
mod undoing;

use std::time::Duration;

pub(crate) use super::ask::AT_ONCE;
use super::*;
use crate::find::{Order, list};
use crate::note::Note;
use crate::test_support::redis_server::RedisServer;

pub(crate) const NOW: &str = "2024-01-15T10:30:00.123456+00:00";
pub(crate) const LATER: &str = "2024-01-16T10:30:00.123456+00:00";
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) fn open(server: &RedisServer) -> Store {
    Store::open(&address(&server.url()), TIMEOUT).unwrap()
}

pub(crate) fn address(url: &str) -> Address {
    Address::parse(url, "a test".into()).unwrap()
}

pub(crate) fn add(store: &mut Store, title: &str, content: &str) -> Note {
    let note = Note::new(title.into(), content.into(), NOW);
    store.create(&note).unwrap();
    note
}

/// A note as another program writes it.
pub(crate) fn write(server: &RedisServer, id: &str, fields: &[&str]) {
    let key = format!("note:{id}");
    let mut command = vec!["HSET", key.as_str()];
    command.extend(fields);
    server.command(&command);
    server.command(&["SADD", "notes:ids", id]);
}

pub(crate) fn titles(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(Note::title).collect()
}

#[test]
fn a_new_note_is_a_hash_of_five_fields_and_an_id_in_the_set() {
    let server = RedisServer::start();
    let note = add(&mut open(&server), "T", "two\nlines");
    let key = format!("note:{}", note.id);
    assert_eq!(server.command(&["SMEMBERS", "notes:ids"]), note.id);
    assert_eq!(
        server.command(&["HGETALL", &key]),
        format!(
            "id\n{}\ntitle\nT\ncontent\ntwo\nlines\ncreated_at\n{NOW}\nupdated_at\n{NOW}",
            note.id
        )
    );
    assert_eq!(server.command(&["DBSIZE"]), "2");
    assert_eq!(open(&server).get(&note.id).unwrap(), Some(note));
}

#[test]
fn odd_data_is_tolerated_and_told() {
    let server = RedisServer::start();
    server.command(&["SADD", "notes:ids", "ghost", "string", "bytes"]);
    server.command(&["SET", "note:string", "x"]);
    server.command(&[
        "EVAL",
        r"redis.call('HSET','note:bytes','title','\255ok')",
        "0",
    ]);
    server.command(&["EVAL", r"redis.call('SADD','notes:ids','\255')", "0"]);
    let mut store = open(&server);
    let notes = list(&mut store, Order::default(), None).unwrap();
    assert_eq!(titles(&notes), ["\u{fffd}ok"]);
    assert_eq!(
        store.take_faults().unwrap(),
        "odd data by another writer (ids that are not UTF-8: 1, ids without a note: 1, \
         keys that hold something else: 1, missing fields: 4, texts that are not UTF-8: 1)"
    );
    let error = store.get("string").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key note:string holds something other than a note; another program wrote it"
    );
    assert_eq!(server.command(&["GET", "note:string"]), "x");
}

#[test]
fn a_set_of_ids_of_the_wrong_type_is_named() {
    let server = RedisServer::start();
    server.command(&["SET", "notes:ids", "x"]);
    let mut store = open(&server);
    let note = Note::new("T".into(), String::new(), NOW);
    for error in [
        list(&mut store, Order::default(), None).unwrap_err(),
        store.count().unwrap_err(),
        store.create(&note).unwrap_err(),
    ] {
        assert!(
            matches!(&error, Error::WrongType { key, .. } if key == "notes:ids"),
            "{error}"
        );
    }
    assert_eq!(server.command(&["DBSIZE"]), "1", "no hash is left behind");
}

#[test]
fn credentials_are_used_and_their_refusal_told_apart() {
    let server = RedisServer::start();
    server.command(&[
        "ACL", "SETUSER", "ann", "on", ">pw", "~note*", "+@all", "-hgetall",
    ]);
    server.command(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let open = |query: &str| {
        let url = format!("{}{query}", server.url());
        let mut store = Store::open(&address(&url), TIMEOUT)?;
        store.get("x")
    };
    assert_eq!(open("?pass=hunter2").unwrap(), None);
    assert_eq!(open("?pass=hunter2&db=3").unwrap(), None);
    for (query, reason) in [
        ("", "it wants a password"),
        ("?pass=wrong", "wrong user or password"),
        ("?user=ann&pass=pw", "its ACL forbids this user the command"),
    ] {
        let error = open(query).unwrap_err();
        assert!(
            matches!(error, Error::Redis(redis_client::Error::Refused { .. })),
            "{query}: {error}"
        );
        assert!(error.to_string().contains(reason), "{query}: {error}");
        assert!(!error.to_string().contains("hunter2"));
    }
    let error = open("?pass=hunter2&db=99").unwrap_err();
    let said = error.to_string();
    assert!(said.contains("no database 99 at "), "{error}");
    assert!(said.ends_with(": ERR DB index is out of range"), "{error}");
}

#[test]
fn servers_that_take_no_changes_are_told_apart() {
    let note = Note::new("T".into(), String::new(), NOW);
    let full = RedisServer::start();
    full.command(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = open(&full).create(&note).unwrap_err();
    assert!(
        matches!(error, Error::Redis(redis_client::Error::NoChanges(_))),
        "{error}"
    );
    assert_eq!(full.command(&["DBSIZE"]), "0");

    let alone = RedisServer::start();
    alone.command(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    let error = open(&alone).create(&note).unwrap_err();
    assert!(
        error.to_string().contains("min-replicas-to-write"),
        "{error}"
    );

    let replica = RedisServer::start();
    replica.command(&["REPLICAOF", "127.0.0.1", "1"]);
    let mut store = open(&replica);
    assert_eq!(store.server().unwrap().read_only, Some(true));
    let error = store.create(&note).unwrap_err();
    assert!(
        matches!(error, Error::Redis(redis_client::Error::NoChanges(_))),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("it is a replica of 127.0.0.1:1;"),
        "{error}"
    );
    assert!(
        !store.is_usable(),
        "another connection may lead to the primary"
    );
}
