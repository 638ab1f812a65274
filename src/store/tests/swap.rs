//! Notes to the byte, against a real Redis.

use std::time::Duration;

use super::super::*;
use crate::note::{Changes, MOST_IN_MEMORY, NoteChange, RawNote};
use crate::store::swap::parts;
use crate::test_support::redis_server::RedisServer;

fn open(server: &RedisServer) -> Store {
    let address = Address::parse(&server.url(), "a test".into()).unwrap();
    Store::open(&address, Duration::from_secs(20)).unwrap()
}

fn raw(listed: bool, fields: &[(&str, &[u8])]) -> RawNote {
    let bytes = |(name, value): &(&str, &[u8])| ((*name).into(), value.to_vec());
    RawNote {
        listed,
        fields: fields.iter().map(bytes).collect(),
    }
}

fn swap(store: &mut Store, notes: &[(&str, &RawNote, &RawNote)]) -> Result<(), Error> {
    let change = |(id, before, after): &(&str, &RawNote, &RawNote)| NoteChange {
        id: (*id).to_owned(),
        before: (*before).clone(),
        after: (*after).clone(),
    };
    store.swap(&notes.iter().map(change).collect::<Vec<_>>())
}

#[test]
fn a_raw_note_is_what_redis_holds() {
    let server = RedisServer::start();
    server.command(&["EVAL", r"redis.call('HSET', 'note:a', 'f', '\255\0')", "0"]);
    server.command(&["SADD", "notes:ids", "b", "c"]);
    server.command(&["HSET", "note:c", "title", "T"]);
    let mut store = open(&server);
    assert_eq!(
        store.raw_notes(&["a", "b", "c", "d"]).unwrap(),
        [
            raw(false, &[("f", b"\xff\0")]),
            raw(true, &[]),
            raw(true, &[("title", b"T")]),
            RawNote::default(),
        ]
    );
    server.command(&["SET", "note:e", "x"]);
    let error = store.raw_notes(&["a", "e"]).unwrap_err();
    assert!(matches!(error, Error::WrongType { key, .. } if key == "note:e"));
}

#[test]
fn any_raw_note_can_be_put_in_the_place_of_any_other() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let many: Vec<String> = (0..5_000).map(|i| format!("field {i}")).collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|name| (name.as_str(), name.as_bytes()))
        .collect();
    let notes = [
        RawNote::default(),
        raw(true, &[]),
        raw(false, &[("a", b"1"), ("b", b"\xfe\0")]),
        raw(true, &[("b", b"2"), ("c", b"")]),
        raw(true, &many),
    ];
    let mut now = &notes[0];
    for to in &notes {
        for from in &notes {
            swap(&mut store, &[("x", now, from)]).unwrap();
            swap(&mut store, &[("x", from, to)]).unwrap();
            assert_eq!(store.raw_notes(&["x"]).unwrap()[0], *to);
            now = to;
        }
    }
}

#[test]
fn one_note_that_is_not_as_expected_keeps_all_as_they_are() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let (nothing, note) = (RawNote::default(), raw(true, &[("a", b"1"), ("b", b"2")]));
    swap(
        &mut store,
        &[("x", &nothing, &note), ("y", &nothing, &note)],
    )
    .unwrap();
    for other in [
        raw(false, &[("a", b"1"), ("b", b"2")]),
        raw(true, &[("a", b"1")]),
        raw(true, &[("a", b"1"), ("b", b"3")]),
        raw(true, &[("a", b"1"), ("c", b"2")]),
        raw(true, &[("a", b"1"), ("b", b"2"), ("c", b"")]),
        raw(true, &[]),
    ] {
        let error = swap(
            &mut store,
            &[("x", &note, &nothing), ("y", &other, &nothing)],
        );
        assert!(
            matches!(error, Err(Error::Conflict { id }) if id == "y"),
            "{other:?}"
        );
        assert_eq!(
            store.raw_notes(&["x", "y"]).unwrap(),
            [note.clone(), note.clone()]
        );
    }
    server.command(&["DEL", "note:y"]);
    let error = swap(
        &mut store,
        &[("x", &note, &nothing), ("y", &note, &nothing)],
    );
    assert!(matches!(error, Err(Error::Vanished { id }) if id == "y"));
    server.command(&["SET", "note:y", "text"]);
    let error = swap(
        &mut store,
        &[("x", &note, &nothing), ("y", &note, &nothing)],
    );
    assert!(error.is_err());
    assert_eq!(server.command(&["HGET", "note:x", "a"]), "1");
}

fn first_part(changes: Vec<NoteChange>) -> usize {
    let mut parts = parts(changes.into_iter().map(Ok::<_, Error>));
    parts.next().unwrap().unwrap().len()
}

#[test]
fn one_swap_is_bounded_in_notes_and_in_bytes() {
    let changes = |count: usize, size: usize| {
        let change = |index: usize| NoteChange {
            id: format!("n{index}"),
            before: RawNote::default(),
            after: raw(true, &[("content", &vec![b'x'; size])]),
        };
        (0..count).map(change).collect::<Vec<_>>()
    };
    for (count, size, expected) in [
        (10, 100, 10),
        (1_001, 10, BATCH),
        (5, 6 * 1024 * 1024, 2),
        (2, 20 * 1024 * 1024, 1),
    ] {
        let made = first_part(changes(count, size));
        assert_eq!(made, expected, "{count} of {size} bytes");
    }
}

#[test]
fn changes_come_back_to_the_byte_in_the_parts_of_a_swap() {
    let long = vec![0xff; MOST_IN_MEMORY / 3];
    let mut pushed = Vec::new();
    for number in 0..BATCH + 2 {
        let mut change = NoteChange {
            id: format!("{number}\n"),
            ..NoteChange::default()
        };
        change.after.listed = number % 2 == 0;
        if number > BATCH - 2 {
            change.before.fields = vec![(b"\0".to_vec(), long.clone()), (vec![], vec![])];
        }
        pushed.push(change);
    }
    let mut changes = Changes::default();
    for change in &pushed {
        changes.push(change).unwrap();
    }
    let parts_of_file: Vec<_> = parts(changes.iter()).map(Result::unwrap).collect();
    let split = parts(pushed.iter().cloned().map(Ok::<_, Error>));
    let split: Vec<_> = split.map(Result::unwrap).collect();
    assert_eq!(parts_of_file, split);
    assert_eq!(parts_of_file.len(), 3);
    let again: Result<Vec<_>, _> = changes.iter().collect();
    assert_eq!(again.unwrap(), pushed);
}
