//! Notes to the byte, against a real Redis.

use std::time::Duration;

use super::*;
use crate::redis_server::RedisServer;
use crate::store::{Bytes, RawNote};

fn open(server: &RedisServer) -> Store {
    let address = Address::parse(&server.url(), "a test".into()).unwrap();
    Store::open(&address, Duration::from_secs(20)).unwrap()
}

fn image(listed: bool, fields: &[(&str, &[u8])]) -> RawNote {
    let bytes = |(name, value): &(&str, &[u8])| (Bytes::from(*name), Bytes::from(value.to_vec()));
    RawNote {
        listed,
        fields: fields.iter().map(bytes).collect(),
    }
}

fn restore(store: &mut Store, notes: &[(&str, &RawNote, &RawNote)]) -> Result<(), Error> {
    let notes: Vec<_> = notes
        .iter()
        .map(|(id, expected, target)| Restoration {
            id,
            expected,
            target,
        })
        .collect();
    store.restore(&notes)
}

#[test]
fn an_image_is_what_redis_holds() {
    let server = RedisServer::start();
    server.command(&["EVAL", r"redis.call('HSET', 'note:a', 'f', '\255\0')", "0"]);
    server.command(&["SADD", "notes:ids", "b", "c"]);
    server.command(&["HSET", "note:c", "title", "T"]);
    let mut store = open(&server);
    assert_eq!(
        store.images(&["a", "b", "c", "d"]).unwrap(),
        [
            image(false, &[("f", b"\xff\0")]),
            image(true, &[]),
            image(true, &[("title", b"T")]),
            RawNote::default(),
        ]
    );
    server.command(&["SET", "note:e", "x"]);
    let error = store.images(&["a", "e"]).unwrap_err();
    assert!(matches!(error, Error::WrongType { key, .. } if key == "note:e"));
}

#[test]
fn any_image_can_be_put_in_the_place_of_any_other() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let many: Vec<String> = (0..5_000).map(|i| format!("field {i}")).collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|name| (name.as_str(), name.as_bytes()))
        .collect();
    let images = [
        RawNote::default(),
        image(true, &[]),
        image(false, &[("a", b"1"), ("b", b"\xfe\0")]),
        image(true, &[("b", b"2"), ("c", b"")]),
        image(true, &many),
    ];
    let mut now = &images[0];
    for to in &images {
        for from in &images {
            restore(&mut store, &[("x", now, from)]).unwrap();
            restore(&mut store, &[("x", from, to)]).unwrap();
            assert_eq!(store.images(&["x"]).unwrap()[0], *to);
            now = to;
        }
    }
}

#[test]
fn one_note_that_is_not_as_expected_keeps_all_as_they_are() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let (nothing, note) = (RawNote::default(), image(true, &[("a", b"1"), ("b", b"2")]));
    restore(
        &mut store,
        &[("x", &nothing, &note), ("y", &nothing, &note)],
    )
    .unwrap();
    for other in [
        image(false, &[("a", b"1"), ("b", b"2")]),
        image(true, &[("a", b"1")]),
        image(true, &[("a", b"1"), ("b", b"3")]),
        image(true, &[("a", b"1"), ("c", b"2")]),
        image(true, &[("a", b"1"), ("b", b"2"), ("c", b"")]),
        image(true, &[]),
    ] {
        let error = restore(
            &mut store,
            &[("x", &note, &nothing), ("y", &other, &nothing)],
        );
        assert!(
            matches!(error, Err(Error::Conflict { id }) if id == "y"),
            "{other:?}"
        );
        assert_eq!(
            store.images(&["x", "y"]).unwrap(),
            [note.clone(), note.clone()]
        );
    }
    server.command(&["DEL", "note:y"]);
    let error = restore(
        &mut store,
        &[("x", &note, &nothing), ("y", &note, &nothing)],
    );
    assert!(matches!(error, Err(Error::Vanished { id }) if id == "y"));
    server.command(&["SET", "note:y", "text"]);
    let error = restore(
        &mut store,
        &[("x", &note, &nothing), ("y", &note, &nothing)],
    );
    assert!(error.is_err());
    assert_eq!(server.command(&["HGET", "note:x", "a"]), "1");
}

#[test]
fn an_update_on_an_image_wants_every_byte_to_be_the_same() {
    let server = RedisServer::start();
    let mut store = open(&server);
    server.command(&["HSET", "note:x", "title", "T", "tags", "a"]);
    let read = store.images(&["x"]).unwrap().remove(0);
    let change = Change {
        title: Some("U".into()),
        content: None,
    };
    for meanwhile in [
        ["HSET", "note:x", "tags", "b"],
        ["HSET", "note:x", "more", ""],
    ] {
        server.command(&meanwhile);
        let error = store.update("x", &change, Basis::Exactly(&read), "now");
        assert!(
            matches!(error, Err(Error::Conflict { .. })),
            "{meanwhile:?}"
        );
        server.command(&["HSET", "note:x", "tags", "a"]);
    }
    server.command(&["HDEL", "note:x", "more"]);
    let note = store
        .update("x", &change, Basis::Exactly(&read), "now")
        .unwrap();
    assert_eq!((note.title(), note.updated_at()), ("U", "now"));
}
