//! The journal and the store with it, and what these tests and the doctor's stand on.

mod file;
mod store;
mod undoing;

use tempfile::TempDir;

use super::*;
use crate::exit::Exit;
use crate::note::Note;
use crate::redis_server::RedisServer;
use crate::store::{Address, Store};

pub(crate) const NOW: &str = "2024-01-15T10:30:00.123456+00:00";

/// A Redis, a store on it, and a journal.
pub(crate) struct Fixture {
    pub(crate) server: RedisServer,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    home: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let server = RedisServer::start();
        let home = tempfile::tempdir().unwrap();
        Self {
            store: open(&server),
            journal: Journal::new(home.path()),
            server,
            home,
        }
    }

    pub(crate) fn store(&mut self) -> JournaledStore<'_> {
        JournaledStore::new(&mut self.store, Some(&self.journal), "test", NOW)
    }

    fn add(&mut self, title: &str) -> Note {
        let note = Note::new(title.into(), "c".into(), NOW);
        self.store().create(&note).unwrap();
        note
    }

    pub(crate) fn undo(&mut self) -> Result<undo::Undone, UndoError> {
        self.store().undo(None, false)
    }

    /// The state of every step and what became of its notes.
    pub(crate) fn steps(&self) -> Vec<(State, Vec<Kind>)> {
        let history = self.journal.history().unwrap();
        let kinds = |step: &Summary| step.notes.iter().map(|note| note.kind).collect();
        history
            .iter()
            .map(|step| (step.state, kinds(step)))
            .collect()
    }
}

pub(crate) fn open(server: &RedisServer) -> Store {
    let address = Address::parse(&server.url(), "a test".into()).unwrap();
    Store::open(&address, Duration::from_secs(20)).unwrap()
}
