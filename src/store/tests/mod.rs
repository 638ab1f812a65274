//! The store against a real Redis, and against servers that misbehave.

mod cluster;
pub(super) mod failure;
pub(crate) mod fixture;
mod journaled;
mod link;
mod swap;
mod undoing;

use std::time::Duration;

use super::*;
use crate::note::Note;
use crate::test_support::redis_server::RedisServer;

pub(super) const NOW: &str = "2024-01-15T10:30:00.123456+00:00";
const LATER: &str = "2024-01-16T10:30:00.123456+00:00";
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

fn open(server: &RedisServer) -> Store {
    Store::open(&address(&server.url()), TIMEOUT).unwrap()
}

pub(super) fn address(url: &str) -> Address {
    Address::parse(url, "a test".into()).unwrap()
}

fn add(store: &mut Store, title: &str, content: &str) -> Note {
    let note = Note::new(title.into(), content.into(), NOW);
    store.create(&note).unwrap();
    note
}

/// A note as another program writes it.
fn write(server: &RedisServer, id: &str, fields: &[&str]) {
    let key = format!("note:{id}");
    let mut command = vec!["HSET", key.as_str()];
    command.extend(fields);
    server.command(&command);
    server.command(&["SADD", "notes:ids", id]);
}

fn titles(notes: &[Note]) -> Vec<&str> {
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
fn a_list_is_in_the_order_asked_for_and_as_long() {
    let server = RedisServer::start();
    for (id, title, created, updated) in [
        ("1", "beta", "2024-01-01", "2024-03-01"),
        ("2", "Alpha", "2024-01-02", "2024-03-03"),
        ("3", "gamma", "2024-01-03", "2024-03-02"),
    ] {
        write(
            &server,
            id,
            &["title", title, "created_at", created, "updated_at", updated],
        );
    }
    let mut store = open(&server);
    let mut list = |sort, reverse, limit| {
        let order = Order { sort, reverse };
        titles(&store.list(order, limit).unwrap()).join(" ")
    };
    assert_eq!(list(Sort::Created, false, None), "gamma Alpha beta");
    assert_eq!(list(Sort::Updated, false, None), "Alpha gamma beta");
    assert_eq!(list(Sort::Title, false, None), "Alpha beta gamma");
    assert_eq!(list(Sort::Title, true, None), "gamma beta Alpha");
    assert_eq!(list(Sort::Created, false, Some(2)), "gamma Alpha");
    assert_eq!(list(Sort::Created, true, Some(1)), "beta");
    assert_eq!(list(Sort::Created, false, Some(0)), "");
    assert_eq!(list(Sort::Created, false, Some(9)), "gamma Alpha beta");
}

#[test]
fn a_limited_list_is_full_although_ids_without_a_note_sort_first() {
    let server = RedisServer::start();
    for ghost in ["g1", "g2", "g3"] {
        server.command(&["SADD", "notes:ids", ghost]);
    }
    let mut store = open(&server);
    add(&mut store, "a", "");
    add(&mut store, "b", "");
    let order = Order {
        reverse: true,
        ..Order::default()
    };
    assert_eq!(store.list(order, Some(2)).unwrap().len(), 2);
    let told = "odd data by another writer (ids without a note: 3)";
    assert_eq!(store.take_faults().as_deref(), Some(told));
    assert_eq!(store.take_faults(), None, "told once");
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
    let notes = store.list(Order::default(), None).unwrap();
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
        store.list(Order::default(), None).unwrap_err(),
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
fn a_note_is_named_by_its_id_its_beginning_or_as_the_latest() {
    let server = RedisServer::start();
    let mut store = open(&server);
    write(&server, "abcd-1", &["title", "1", "updated_at", NOW]);
    write(&server, "abcd-2", &["title", "2", "updated_at", LATER]);
    write(&server, "ab*d-3", &["title", "3", "updated_at", NOW]);
    write(&server, "x", &["title", "4", "updated_at", NOW]);
    server.command(&["HSET", "note:loose", "title", "5"]);
    let uuid = add(&mut store, "6", "").id;
    let mut resolve = |text: &str| {
        let reference = NoteRef::from(text.to_owned());
        store.resolve(&[reference]).unwrap().remove(0)
    };
    assert_eq!(resolve("abcd-1").unwrap(), "abcd-1");
    assert_eq!(resolve("ab*d").unwrap(), "ab*d-3", "a prefix is no pattern");
    assert_eq!(resolve("x").unwrap(), "x", "a whole id may be short");
    assert_eq!(
        resolve("loose").unwrap(),
        "loose",
        "the set need not know it"
    );
    assert_eq!(resolve("@").unwrap(), "abcd-2");
    assert_eq!(resolve(&uuid.to_uppercase()).unwrap(), uuid);
    assert_eq!(resolve(&uuid[..8].to_uppercase()).unwrap(), uuid);
    assert_eq!(resolve(&uuid.replace('-', "")).unwrap(), uuid);
    let error = resolve("abcd").unwrap_err();
    assert!(matches!(error, Error::Ambiguous { .. }));
    assert_eq!(
        error.to_string(),
        "'abcd' is the beginning of 2 ids: abcd-2, abcd-1",
        "the one changed last comes first"
    );
    assert!(matches!(
        resolve("abc").unwrap_err(),
        Error::NoSuchNote { message, .. } if message.contains("at least 4 characters")
    ));
    assert!(matches!(
        resolve("zzzz").unwrap_err(),
        Error::NoSuchNote { .. }
    ));
}

#[test]
fn a_note_is_named_by_its_title_or_by_how_lately_it_was_changed() {
    let server = RedisServer::start();
    let mut store = open(&server);
    for (id, title, updated) in [
        ("abcd-1", "Buy Milk", "1"),
        ("abcd-2", "twin", "3"),
        ("abcd-3", "Twin", "2"),
        ("abcd-4", "abcd-1", "0"),
        ("abcd-5", "abcd", "0"),
        ("abcd-6", "Cafe\u{301}", "0"),
        ("abcd-7", "", "0"),
        ("efgh-8", "same", "0"),
        ("efgh-9", "same", "0"),
    ] {
        write(&server, id, &["title", title, "updated_at", updated]);
    }
    let mut resolve = |text: &str| {
        let reference = NoteRef::from(text.to_owned());
        let resolved = store.resolve(&[reference]).unwrap().remove(0);
        resolved.map_err(|error| error.to_string())
    };
    assert_eq!(resolve("buy milk").unwrap(), "abcd-1");
    assert_eq!(resolve("abcd-1").unwrap(), "abcd-1", "ids go before titles");
    for (number, id) in [("@1", "abcd-2"), ("@2", "abcd-3"), ("@3", "abcd-1")] {
        assert_eq!(resolve(number).unwrap(), id);
    }
    let error = |message: &str| Err(message.to_owned());
    assert_eq!(resolve("@10"), error("no note @10: there are only 9 notes"));
    assert_eq!(
        resolve("abcd").unwrap(),
        "abcd-5",
        "titles go before beginnings"
    );
    assert_eq!(resolve("ABCD").unwrap(), "abcd-5");
    for (name, id) in [("twin", "abcd-2"), ("Twin", "abcd-3")] {
        assert_eq!(resolve(name).unwrap(), id, "letter case decides");
    }
    assert_eq!(
        resolve("TWIN"),
        error("'TWIN' is the title of 2 notes: abcd-2, abcd-3")
    );
    assert_eq!(
        resolve("same"),
        error("'same' is the title of 2 notes: efgh-8, efgh-9")
    );
    for name in ["Caf\u{e9}", "CAFE\u{301}"] {
        assert_eq!(resolve(name).unwrap(), "abcd-6", "{name}");
    }
    for (name, near) in [
        ("milk", "Buy Milk"),
        ("milk buy", "Buy Milk"),
        ("by milk", "Buy Milk"),
        ("wi", "twin, Twin"),
    ] {
        let said = format!("no note '{name}'; near it: {near}");
        assert_eq!(resolve(name), Err(said));
    }
    for name in ["@0", "@x", "nothing", ""] {
        assert!(resolve(name).is_err(), "{name}");
    }
}

#[test]
fn the_abbreviation_tells_every_id_from_all_others() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let mut abbreviation = |id: &str| {
        write(&server, id, &["created_at", id]);
        let all = store.candidates(Order::default(), |_| true).unwrap();
        all.abbreviation
    };
    assert_eq!(abbreviation("abcdef-1"), 1);
    assert_eq!(abbreviation("b"), 1);
    assert_eq!(abbreviation("abcdef-2"), 8);
}

#[test]
fn only_the_ids_whose_value_is_wanted_are_put_in_order() {
    let server = RedisServer::start();
    for id in ["1", "2", "3"] {
        write(&server, id, &["created_at", id]);
    }
    let wanted = |time: &str| time != "2";
    let mut store = open(&server);
    let mut candidates = store.candidates(Order::default(), wanted).unwrap();
    assert_eq!(candidates.take(9), ["3", "1"]);
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
