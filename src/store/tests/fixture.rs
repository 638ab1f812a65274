//! A Redis, a store on it and a journal, for the tests of changes and of the doctor.

use std::time::Duration;

use tempfile::TempDir;

use crate::journal::{Journal, StepState, Summary};
use crate::note::{ChangeKind, Note};
use crate::redis_client::Address;
use crate::store::undo::{UndoError, Undone};
use crate::store::{JournaledStore, Store};
use crate::test_support::redis_server::RedisServer;

pub(crate) const NOW: &str = "2024-01-15T10:30:00.123456+00:00";

/// A Redis, a store on it, and a journal.
pub(crate) struct Fixture {
    pub(crate) server: RedisServer,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    pub(super) home: TempDir,
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

    pub(super) fn add(&mut self, title: &str) -> Note {
        let note = Note::new(title.into(), "c".into(), NOW);
        self.store().create(&note).unwrap();
        note
    }

    pub(crate) fn undo(&mut self) -> Result<Undone, UndoError> {
        self.store().undo(None, false)
    }

    /// The state of every step and what became of its notes.
    pub(crate) fn steps(&self) -> Vec<(StepState, Vec<ChangeKind>)> {
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
