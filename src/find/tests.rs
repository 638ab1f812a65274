//! Notes in their order and by their names, in a real Redis.

use super::*;
use crate::store::tests::{LATER, NOW, add, open, titles, write};
use crate::test_support::redis_server::RedisServer;

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
    let mut listed = |sort, reverse, limit| {
        let order = Order { sort, reverse };
        titles(&list(&mut store, order, limit).unwrap()).join(" ")
    };
    assert_eq!(listed(Sort::Created, false, None), "gamma Alpha beta");
    assert_eq!(listed(Sort::Updated, false, None), "Alpha gamma beta");
    assert_eq!(listed(Sort::Title, false, None), "Alpha beta gamma");
    assert_eq!(listed(Sort::Title, true, None), "gamma beta Alpha");
    assert_eq!(listed(Sort::Created, false, Some(2)), "gamma Alpha");
    assert_eq!(listed(Sort::Created, true, Some(1)), "beta");
    assert_eq!(listed(Sort::Created, false, Some(0)), "");
    assert_eq!(listed(Sort::Created, false, Some(9)), "gamma Alpha beta");
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
    assert_eq!(list(&mut store, order, Some(2)).unwrap().len(), 2);
    let told = "odd data by another writer (ids without a note: 3)";
    assert_eq!(store.take_faults().as_deref(), Some(told));
    assert_eq!(store.take_faults(), None, "told once");
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
        resolve_one(&mut store, reference).unwrap().one()
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
        let resolved = resolve_one(&mut store, reference).unwrap();
        resolved.one().map_err(|error| error.to_string())
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
        let all = Candidates::read(&mut store, Order::default(), |_| true).unwrap();
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
    let mut candidates = Candidates::read(&mut store, Order::default(), wanted).unwrap();
    assert_eq!(candidates.take(9), ["3", "1"]);
}
