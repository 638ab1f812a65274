//! Changes and their entries, where other writers come in between.

use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::journal::{Kind, State};
use crate::redis_server::RedisServer;
use crate::store::{Address, Fix, Mending, Restoration};

const NOW: &str = "2024-01-15T10:30:00.123456+00:00";

/// A Redis, a store on it, and a journal.
struct Desk {
    server: RedisServer,
    store: Store,
    journal: Journal,
    home: TempDir,
}

impl Desk {
    fn new() -> Self {
        let server = RedisServer::start();
        let home = tempfile::tempdir().unwrap();
        Self {
            store: open(&server),
            journal: Journal::new(home.path()),
            server,
            home,
        }
    }

    fn notebook(&mut self) -> Notebook<'_> {
        Notebook::new(&mut self.store, Some(&self.journal), "test", NOW)
    }

    fn add(&mut self, title: &str) -> Note {
        let note = Note::new(title.into(), "c".into(), NOW);
        self.notebook().create(&note).unwrap();
        note
    }

    fn undo(&mut self) -> Result<Undone, UndoError> {
        self.notebook().undo(Which::Last, Rehearsal::No)
    }

    /// The state of every step and what became of its notes.
    fn steps(&self) -> Vec<(State, Vec<Kind>)> {
        let history = self.journal.history().unwrap();
        history
            .iter()
            .map(|step| {
                let kinds = step.notes.iter().map(|note| note.kind);
                (step.state, kinds.collect())
            })
            .collect()
    }
}

fn open(server: &RedisServer) -> Store {
    let address = Address::parse(&server.url(), "a test".into()).unwrap();
    Store::open(&address, Duration::from_secs(20)).unwrap()
}

fn title(text: &str) -> Change {
    Change {
        title: Some(text.into()),
        content: None,
    }
}

#[test]
fn the_entry_is_there_before_the_change() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let (server, journal) = (&desk.server, desk.home.path().join("journal.jsonl"));
    // Redis stands still: the change is sent, and not made.
    server.command(&["CLIENT", "PAUSE", "20000", "WRITE"]);
    std::thread::scope(|scope| {
        let store = &mut desk.store;
        let (known, id) = (&desk.journal, &note.id);
        let deleting =
            scope.spawn(move || Notebook::new(store, Some(known), "rm", NOW).delete(&[id]));
        let until = Instant::now() + Duration::from_secs(15);
        while !std::fs::read_to_string(&journal)
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
fn a_delete_that_found_another_note_than_it_looked_at_is_corrected() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let ids = [note.id.as_str(), "made"];
    let expected = deletions(&ids, desk.store.images(&ids).unwrap());
    let key = format!("note:{}", note.id);
    desk.server.command(&["HSET", &key, "content", "theirs"]);
    desk.server
        .command(&["HSET", "note:made", "title", "theirs"]);
    desk.notebook().delete_expecting(&ids, &expected).unwrap();
    assert_eq!(desk.server.command(&["DBSIZE"]), "0");
    assert_eq!(desk.undo().unwrap().notes.len(), 2);
    assert_eq!(desk.server.command(&["HGET", &key, "content"]), "theirs");
    assert_eq!(
        desk.server.command(&["HGET", "note:made", "title"]),
        "theirs"
    );
}

#[test]
fn a_delete_that_came_too_late_is_cancelled() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let ids = [note.id.as_str()];
    let expected = deletions(&ids, desk.store.images(&ids).unwrap());
    desk.server.command(&["FLUSHALL"]);
    let deleted = desk.notebook().delete_expecting(&ids, &expected).unwrap();
    assert_eq!(deleted, [Deleted::Nothing]);
    assert_eq!(desk.steps()[1], (State::Cancelled, vec![Kind::Deleted]));
}

#[test]
fn nothing_is_recorded_of_what_is_known_not_to_be_made() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let key = format!("note:{}", note.id);
    desk.server.command(&["HSET", &key, "title", "theirs"]);
    let basis = Basis::Unchanged(&note);
    let error = desk.notebook().update(&note.id, &title("U"), basis);
    assert!(matches!(error, Err(Error::Conflict { .. })));
    let error = desk
        .notebook()
        .update("none", &title("U"), Basis::Presence)
        .unwrap_err();
    assert!(matches!(error, Error::Vanished { .. }));
    assert_eq!(
        desk.notebook().delete(&["none"]).unwrap(),
        [Deleted::Nothing]
    );
    desk.server.command(&["SET", "note:text", "x"]);
    let error = desk.notebook().delete(&["text"]).unwrap_err();
    assert!(matches!(error, Error::WrongType { .. }));
    assert_eq!(desk.server.command(&["GET", "note:text"]), "x");
    assert_eq!(desk.steps().len(), 1);
}

#[test]
fn a_change_of_another_field_does_not_stop_an_update_and_is_kept_by_its_undo() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let key = format!("note:{}", note.id);
    desk.server.command(&["HSET", &key, "tags", "theirs"]);
    let basis = Basis::Unchanged(&note);
    let after = desk
        .notebook()
        .update(&note.id, &title("U"), basis)
        .unwrap();
    assert_eq!((after.title(), after.content()), ("U", "c"));
    desk.undo().unwrap();
    let found = desk.server.command(&["HMGET", &key, "title", "tags"]);
    assert_eq!(found, "T\ntheirs");
}

#[test]
fn updates_at_once_are_all_made_and_all_undone() {
    const WRITERS: usize = 4;
    const ROUNDS: usize = 20;
    let mut desk = Desk::new();
    let note = desk.add("T");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (desk, id) = ((&desk.server, &desk.journal), &note.id);
            scope.spawn(move || {
                let mut store = open(desk.0);
                for round in 0..ROUNDS {
                    Notebook::new(&mut store, Some(desk.1), "serve PUT", NOW)
                        .update(id, &title(&format!("{writer} {round}")), Basis::Presence)
                        .unwrap();
                }
            });
        }
    });
    let made = desk.steps();
    let made = made.iter().filter(|(state, _)| *state == State::Made);
    assert_eq!(made.count(), 1 + WRITERS * ROUNDS);
    // Each found what another left, so that all can be taken back one after the other.
    for _ in 0..WRITERS * ROUNDS {
        assert_eq!(desk.undo().unwrap().notes.len(), 1);
    }
    assert_eq!(desk.store.get(&note.id).unwrap(), Some(note));
}

#[test]
fn an_undo_that_is_overtaken_at_the_last_moment_is_cancelled() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let images = desk.store.images(&[&note.id]).unwrap();
    let key = format!("note:{}", note.id);
    desk.server.command(&["HSET", &key, "tags", "theirs"]);
    let nothing = RawNote::default();
    let error = desk
        .store
        .restore(&[Restoration {
            id: &note.id,
            expected: &images[0],
            target: &nothing,
        }])
        .unwrap_err();
    assert!(matches!(&error, Error::Conflict { id } if *id == note.id));
    assert!(error.changed_nothing());
    assert_eq!(desk.server.command(&["HGET", &key, "tags"]), "theirs");
}

#[test]
fn a_time_to_live_stays_with_a_note_that_is_changed_back() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let key = format!("note:{}", note.id);
    desk.server.command(&["EXPIRE", &key, "1000"]);
    desk.notebook()
        .update(&note.id, &title("U"), Basis::Presence)
        .unwrap();
    desk.undo().unwrap();
    let left: u64 = desk.server.command(&["TTL", &key]).parse().unwrap();
    assert!((900..=1000).contains(&left), "{left}");
}

#[test]
fn an_answer_that_never_came_leaves_the_step_to_be_looked_at() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let address = Address::parse(&desk.server.url(), "a test".into()).unwrap();
    let mut hasty = Store::open(&address, Duration::from_millis(100)).unwrap();
    desk.server.command(&["CLIENT", "PAUSE", "20000", "WRITE"]);
    let error = Notebook::new(&mut hasty, Some(&desk.journal), "rm", NOW)
        .delete(&[&note.id])
        .unwrap_err();
    assert!(matches!(error, Error::TooSlow { .. }));
    assert_eq!(desk.steps()[1].0, State::Made, "it may have been made");
    drop(hasty);
    desk.server.command(&["CLIENT", "UNPAUSE"]);
    desk.undo().unwrap();
    assert_eq!(desk.store.get(&note.id).unwrap(), Some(note));
}

#[test]
fn fixes_are_one_step_and_two_of_one_note_one_change() {
    let mut desk = Desk::new();
    desk.server
        .command(&["HSET", "note:lost", "title", "T", "tag", "x"]);
    desk.server.command(&["SADD", "notes:ids", "ghost"]);
    let [lost, ghost] = ["lost", "ghost"].map(str::to_owned);
    let fixes = [Fix::List(lost.clone()), Fix::Name(lost), Fix::Unlist(ghost)];
    let mut made = 0;
    let mended = desk.notebook().mend(&fixes, &mut |_, mending| {
        made += usize::from(matches!(mending, Mending::Mended { .. }));
    });
    assert!(mended.is_ok(), "{mended:?}");
    assert_eq!(made, 3);
    assert_eq!(
        desk.steps(),
        [(State::Made, vec![Kind::Deleted, Kind::Changed])]
    );
    desk.undo().unwrap();
    let members = desk.server.command(&["SMEMBERS", "notes:ids"]);
    assert_eq!(members, "ghost");
    let fields = desk.server.command(&["HGETALL", "note:lost"]);
    assert_eq!(fields, "title\nT\ntag\nx");
}

#[test]
fn a_fix_that_is_not_needed_any_more_leaves_no_step() {
    let mut desk = Desk::new();
    let note = desk.add("T");
    let fixes = [Fix::Name(note.id.clone()), Fix::Unlist(note.id)];
    desk.notebook().mend(&fixes, &mut |_, _| {}).unwrap();
    let steps = desk.steps();
    let made = |(state, _): &&(State, _)| *state == State::Made;
    assert_eq!(
        steps.iter().filter(made).count(),
        1,
        "the add alone: {steps:?}"
    );
}

#[test]
fn what_redis_refuses_to_mend_is_not_recorded_as_mended() {
    let mut desk = Desk::new();
    desk.server
        .command(&["SADD", "notes:ids", "ghost", "spook"]);
    desk.server.command(&["REPLICAOF", "127.0.0.1", "1"]);
    let fixes = ["ghost", "spook"].map(|id| Fix::Unlist(id.to_owned()));
    let mended = desk.notebook().mend(&fixes, &mut |_, _| {});
    assert!(matches!(mended, Err(Error::ReadOnly)), "{mended:?}");
    let steps = desk.steps();
    assert!(
        steps.iter().all(|(state, _)| *state == State::Cancelled),
        "{steps:?}"
    );
}
