//! Changes and their entries, where other writers come in between.

use std::fs;
use std::time::Instant;

use super::super::*;
use super::fixture::*;
use crate::journal::StepState;
use crate::note::{ChangeKind, NewText, Note, NoteChange, RawNote};
use crate::test_support::redis_server::RedisServer;

const LATER: &str = "2024-01-16T10:30:00.123456+00:00";

fn title(text: &str) -> NewText {
    NewText {
        title: Some(text.into()),
        content: None,
    }
}

fn changing<'a>(store: &'a mut Store, now: &str) -> JournaledStore<'a> {
    JournaledStore::new(store, None, "test", now)
}

fn add(store: &mut Store, title: &str, content: &str) -> Note {
    let note = Note::new(title.into(), content.into(), NOW);
    store.create(&note).unwrap();
    note
}

#[test]
fn a_note_of_another_writer_keeps_its_unknown_fields() {
    let server = RedisServer::start();
    server.command(&["HSET", "note:n-1", "id", "n-1", "title", "T", "tags", "a,b"]);
    let mut store = open(&server);
    let note = store.get("n-1").unwrap().unwrap();
    assert_eq!(note.other.get("tags").map(String::as_str), Some("a,b"));
    assert_eq!(note.content, None);
    let change = NewText {
        title: Some("U".into()),
        content: None,
    };
    let after = changing(&mut store, NOW)
        .update("n-1", &change, Basis::Unchanged(&note))
        .unwrap();
    assert_eq!(after.title(), "U");
    assert_eq!(after.content, None, "a missing field is not invented");
    assert_eq!(server.command(&["HGET", "note:n-1", "tags"]), "a,b");
    assert_eq!(server.command(&["HGET", "note:n-1", "updated_at"]), NOW);
}

#[test]
fn an_update_never_brings_a_deleted_note_back() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let note = add(&mut store, "T", "");
    changing(&mut store, NOW).delete(&[&note.id]).unwrap();
    let error = changing(&mut store, NOW)
        .update(&note.id, &NewText::default(), Basis::Presence)
        .unwrap_err();
    assert!(matches!(error, Error::Vanished { .. }), "{error}");
    assert_eq!(server.command(&["DBSIZE"]), "0");
}

#[test]
fn an_update_of_a_note_that_changed_meanwhile_writes_nothing() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let note = add(&mut store, "T", "read");
    let key = format!("note:{}", note.id);
    server.command(&["HSET", &key, "content", "foreign"]);
    let change = NewText {
        title: Some("mine".into()),
        content: Some("mine".into()),
    };
    let error = changing(&mut store, LATER)
        .update(&note.id, &change, Basis::Unchanged(&note))
        .unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert_eq!(
        server.command(&["HMGET", &key, "title", "content", "updated_at"]),
        format!("T\nforeign\n{NOW}")
    );
    changing(&mut store, LATER)
        .update(&note.id, &change, Basis::Presence)
        .unwrap();
    assert_eq!(server.command(&["HGET", &key, "content"]), "mine");
}

#[test]
fn deleting_takes_the_hash_and_the_id_and_says_what_was_there() {
    let server = RedisServer::start();
    let mut store = open(&server);
    let note = add(&mut store, "T", "c");
    server.command(&["SADD", "notes:ids", "ghost"]);
    server.command(&["HSET", "note:loose", "title", "L"]);
    let deleted = changing(&mut store, NOW)
        .delete(&[note.id.as_str(), "ghost", "loose", "nothing"])
        .unwrap();
    assert_eq!(deleted[0], RawNote::from_note(&note));
    assert!(deleted[1].listed && !deleted[1].has_hash());
    assert_eq!(deleted[2].field("title"), Some(&b"L"[..]));
    assert!(deleted[3].is_nothing());
    assert_eq!(server.command(&["DBSIZE"]), "0");
}

#[test]
fn the_entry_is_there_before_the_change() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let (server, journal) = (&fixture.server, fixture.home.path().join("journal.jsonl"));
    // Redis stands still: the change is sent, and not made.
    server.command(&["CLIENT", "PAUSE", "20000", "WRITE"]);
    std::thread::scope(|scope| {
        let store = &mut fixture.store;
        let (known, id) = (&fixture.journal, &note.id);
        let deleting =
            scope.spawn(move || JournaledStore::new(store, Some(known), "rm", NOW).delete(&[id]));
        let until = Instant::now() + Duration::from_secs(15);
        while !fs::read_to_string(&journal)
            .unwrap()
            .contains("\"by\":\"rm\"")
        {
            assert!(Instant::now() < until && !deleting.is_finished());
        }
        let key = format!("note:{id}");
        assert_eq!(server.command(&["EXISTS", &key]), "1");
        server.command(&["CLIENT", "UNPAUSE"]);
        assert_eq!(deleting.join().unwrap().unwrap().len(), 1);
        assert_eq!(server.command(&["EXISTS", &key]), "0");
    });
}

#[test]
fn a_delete_amid_updates_takes_the_newest_note_and_its_undo_brings_that_back() {
    let mut fixture = Fixture::new();
    for _ in 0..20 {
        let note = fixture.add("T");
        let last = std::thread::scope(|scope| {
            let (server, id) = (&fixture.server, note.id.as_str());
            let updating = scope.spawn(move || {
                let mut store = open(server);
                let mut updating = JournaledStore::new(&mut store, None, "test", NOW);
                let update =
                    |round: u32| updating.update(id, &title(&round.to_string()), Basis::Presence);
                (0..10_000).map(update).take_while(Result::is_ok).last()
            });
            let mut store = open(server);
            let deleted = JournaledStore::new(&mut store, Some(&fixture.journal), "rm", NOW)
                .delete(&[id])
                .unwrap();
            assert!(deleted[0].has_hash(), "{deleted:?}");
            updating.join().unwrap()
        });
        assert_eq!(fixture.store.get(&note.id).unwrap(), None);
        assert_eq!(fixture.undo().unwrap().changes.len(), 1);
        let expected = last.map_or(note, Result::unwrap);
        assert_eq!(fixture.store.get(&expected.id).unwrap(), Some(expected));
    }
}

#[test]
fn a_note_that_changes_between_the_look_and_the_swap_is_looked_at_again() {
    let (mut fixture, ids) = with_notes(3);
    let server = &fixture.server;
    let mut store = JournaledStore::new(&mut fixture.store, Some(&fixture.journal), "test", NOW);
    let mut looks = Vec::new();
    let mut made = Vec::new();
    let replaced = store.replace(&ids, None, &mut made, |id, found| {
        if looks.is_empty() {
            server.command(&["HSET", "note:2", "title", "theirs"]);
        }
        looks.push(id.to_owned());
        let before = found?;
        let mut after = before.clone();
        after.set("tag", "ours");
        Ok((before, after))
    });
    replaced.unwrap();
    assert_eq!(looks, ["1", "2", "3", "1", "2", "3"]);
    assert_eq!(made.len(), 3);
    let found = server.command(&["HMGET", "note:2", "title", "tag"]);
    assert_eq!(found, "theirs\nours");
    let all = vec![ChangeKind::Changed; 3];
    let steps = [(StepState::Cancelled, all.clone()), (StepState::Made, all)];
    assert_eq!(fixture.steps(), steps);
}

#[test]
fn a_change_of_what_is_not_there_any_more_is_cancelled() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let before = fixture.store.raw_notes(&[&note.id]).unwrap().remove(0);
    fixture.server.command(&["FLUSHALL"]);
    let error = fixture.store().delete_exactly(&note.id, &before);
    assert!(matches!(error, Err(Error::Vanished { .. })), "{error:?}");
    assert_eq!(
        fixture.steps()[1],
        (StepState::Cancelled, vec![ChangeKind::Deleted])
    );
}

/// A fixture with so many notes, and their ids.
fn with_notes(count: usize) -> (Fixture, Vec<String>) {
    let fixture = Fixture::new();
    let make = format!(
        "for i = 1, {count} do redis.call('HSET', 'note:' .. i, 'title', i) \
         redis.call('SADD', 'notes:ids', i) end"
    );
    fixture.server.command(&["EVAL", &make, "0"]);
    let ids = (1..=count).map(|id| id.to_string()).collect();
    (fixture, ids)
}

#[test]
fn many_notes_are_one_step_of_the_journal_and_several_scripts() {
    const COUNT: usize = 2_500;
    let (mut fixture, ids) = with_notes(COUNT);
    fixture.server.command(&["CONFIG", "RESETSTAT"]);
    let deleted = fixture.store().delete(&ids).unwrap();
    assert!(deleted.iter().all(RawNote::has_hash));
    assert_eq!(fixture.server.command(&["DBSIZE"]), "0");
    assert_eq!(fixture.undo().unwrap().changes.len(), COUNT);
    assert_eq!(
        fixture.server.command(&["SCARD", "notes:ids"]),
        COUNT.to_string()
    );
    let scripts = fixture.server.command(&["INFO", "commandstats"]);
    assert!(scripts.contains("cmdstat_eval:calls=6,"), "{scripts}");
}

#[test]
fn what_was_changed_before_a_failure_can_be_undone() {
    const COUNT: usize = 1_500;
    let (mut fixture, ids) = with_notes(COUNT);
    let notes = fixture.store.raw_notes(&ids).unwrap();
    let changes: Vec<NoteChange> = ids
        .iter()
        .zip(notes)
        .map(|(id, before)| NoteChange {
            id: id.clone(),
            before,
            after: RawNote::default(),
        })
        .collect();
    fixture
        .server
        .command(&["HSET", "note:1500", "title", "theirs"]);
    let outcome = fixture.store().apply(changes);
    assert!(matches!(&outcome.result, Err(Error::Conflict { id }) if id == "1500"));
    assert_eq!(outcome.made, 1_000);
    assert_eq!(fixture.server.command(&["SCARD", "notes:ids"]), "500");
    assert_eq!(fixture.undo().unwrap().changes.len(), 1_000);
    assert_eq!(
        fixture.server.command(&["SCARD", "notes:ids"]),
        COUNT.to_string()
    );
}

#[test]
fn what_redis_refused_is_cancelled_and_not_undone_next() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    fixture
        .server
        .command(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    let other = Note::new("U".into(), String::new(), NOW);
    let error = fixture.store().create(&other).unwrap_err();
    assert!(error.to_string().contains("too few replicas"), "{error}");
    assert!(fixture.store().delete(&[&note.id]).is_err());
    fixture
        .server
        .command(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    let states: Vec<StepState> = fixture
        .steps()
        .into_iter()
        .map(|(state, _)| state)
        .collect();
    assert_eq!(
        states,
        [StepState::Made, StepState::Cancelled, StepState::Cancelled]
    );
    let mut undone = fixture.undo().unwrap();
    assert_eq!(undone.changes.iter().next().unwrap().unwrap().id, note.id);
}

#[test]
fn nothing_is_recorded_of_what_is_known_not_to_be_made() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let key = format!("note:{}", note.id);
    fixture.server.command(&["HSET", &key, "title", "theirs"]);
    let basis = Basis::Unchanged(&note);
    let error = fixture.store().update(&note.id, &title("U"), basis);
    assert!(matches!(error, Err(Error::Conflict { .. })));
    let error = fixture
        .store()
        .update("none", &title("U"), Basis::Presence)
        .unwrap_err();
    assert!(matches!(error, Error::Vanished { .. }));
    assert_eq!(
        fixture.store().delete(&["none"]).unwrap(),
        [RawNote::default()]
    );
    fixture.server.command(&["SET", "note:text", "x"]);
    let error = fixture.store().delete(&["text"]).unwrap_err();
    assert!(matches!(error, Error::WrongType { .. }));
    assert_eq!(fixture.server.command(&["GET", "note:text"]), "x");
    assert_eq!(fixture.steps().len(), 1);
}

#[test]
fn a_change_of_another_field_does_not_stop_an_update_and_is_kept_by_its_undo() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let key = format!("note:{}", note.id);
    fixture.server.command(&["HSET", &key, "tags", "theirs"]);
    let basis = Basis::Unchanged(&note);
    let after = fixture
        .store()
        .update(&note.id, &title("U"), basis)
        .unwrap();
    assert_eq!((after.title(), after.content()), ("U", "c"));
    fixture.undo().unwrap();
    let found = fixture.server.command(&["HMGET", &key, "title", "tags"]);
    assert_eq!(found, "T\ntheirs");
}

#[test]
fn updates_at_once_are_all_made_and_all_undone() {
    const WRITERS: usize = 4;
    const ROUNDS: usize = 20;
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (fixture, id) = ((&fixture.server, &fixture.journal), &note.id);
            scope.spawn(move || {
                let mut store = open(fixture.0);
                for round in 0..ROUNDS {
                    JournaledStore::new(&mut store, Some(fixture.1), "serve PUT", NOW)
                        .update(id, &title(&format!("{writer} {round}")), Basis::Presence)
                        .unwrap();
                }
            });
        }
    });
    let made = fixture.steps();
    let made = made.iter().filter(|(state, _)| *state == StepState::Made);
    assert_eq!(made.count(), 1 + WRITERS * ROUNDS);
    // Each found what another left, so that all can be taken back one after the other.
    for _ in 0..WRITERS * ROUNDS {
        assert_eq!(fixture.undo().unwrap().changes.len(), 1);
    }
    assert_eq!(fixture.store.get(&note.id).unwrap(), Some(note));
}

#[test]
fn an_undo_that_is_overtaken_at_the_last_moment_is_cancelled() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let mut notes = fixture.store.raw_notes(&[&note.id]).unwrap();
    let key = format!("note:{}", note.id);
    fixture.server.command(&["HSET", &key, "tags", "theirs"]);
    let change = NoteChange {
        id: note.id.clone(),
        before: notes.remove(0),
        after: RawNote::default(),
    };
    let error = fixture.store.swap(&[change]).unwrap_err();
    assert!(matches!(&error, Error::Conflict { id } if *id == note.id));
    assert!(!error.in_doubt());
    assert_eq!(fixture.server.command(&["HGET", &key, "tags"]), "theirs");
}

#[test]
fn a_time_to_live_stays_with_a_note_that_is_changed_back() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let key = format!("note:{}", note.id);
    fixture.server.command(&["EXPIRE", &key, "1000"]);
    fixture
        .store()
        .update(&note.id, &title("U"), Basis::Presence)
        .unwrap();
    fixture.undo().unwrap();
    let left: u64 = fixture.server.command(&["TTL", &key]).parse().unwrap();
    assert!((900..=1000).contains(&left), "{left}");
}

#[test]
fn an_answer_that_never_came_leaves_the_step_to_be_looked_at() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let address = Address::parse(&fixture.server.url(), "a test".into()).unwrap();
    let mut hasty = Store::open(&address, Duration::from_millis(100)).unwrap();
    fixture
        .server
        .command(&["CLIENT", "PAUSE", "20000", "WRITE"]);
    let error = JournaledStore::new(&mut hasty, Some(&fixture.journal), "rm", NOW)
        .delete(&[&note.id])
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Redis(redis_client::Error::TooSlow { .. })
    ));
    assert_eq!(
        fixture.steps()[1].0,
        StepState::Made,
        "it may have been made"
    );
    drop(hasty);
    fixture.server.command(&["CLIENT", "UNPAUSE"]);
    fixture.undo().unwrap();
    assert_eq!(fixture.store.get(&note.id).unwrap(), Some(note));
}

#[test]
fn a_note_that_was_just_read_is_not_read_again_unless_it_changed() {
    let mut fixture = Fixture::new();
    let note = fixture.add("T");
    let key = format!("note:{}", note.id);
    for (foreign, reads) in [(None, 0), (Some("theirs"), 1)] {
        let read = fixture.store().raw_note(&note.id).unwrap();
        if let Some(content) = foreign {
            fixture.server.command(&["HSET", &key, "content", content]);
        }
        fixture.server.command(&["CONFIG", "RESETSTAT"]);
        let basis = Basis::JustRead(&read);
        let change = title(foreign.unwrap_or("U"));
        let after = fixture.store().update(&note.id, &change, basis);
        assert_eq!(after.unwrap().content(), foreign.unwrap_or("c"));
        // Each try of the swap reads it once within its script.
        let expected = format!("cmdstat_hgetall:calls={},", 1 + 2 * reads);
        let stats = fixture.server.command(&["INFO", "commandstats"]);
        assert!(stats.contains(&expected), "{stats}");
    }
}
