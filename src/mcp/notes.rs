//! The notes that the tools read and change: a store that is opened when it is needed, and the journal.

use super::error::Error;
use crate::find;
use crate::journal::Journal;
use crate::store::{JournaledStore, Store};
use crate::timestamp;

/// Opens the store that the settings choose.
pub(crate) type Opener = Box<dyn Fn() -> anyhow::Result<Store> + Send>;

pub(crate) struct Notes {
    opener: Opener,
    store: Option<Store>,
    journal: Option<Journal>,
}

impl Notes {
    /// Nothing is opened yet.
    pub(crate) fn new(opener: Opener, journal: Option<Journal>) -> Self {
        Self {
            opener,
            store: None,
            journal,
        }
    }

    /// Returns a store that has just answered.
    pub(super) fn store(&mut self) -> Result<&mut Store, Error> {
        open(&mut self.store, &self.opener)
    }

    /// Returns the same with the journal, for a change by the tool `by`.
    pub(super) fn journaled(&mut self, by: &'static str) -> Result<JournaledStore<'_>, Error> {
        let store = open(&mut self.store, &self.opener)?;
        let now = timestamp::format(timestamp::now());
        Ok(JournaledStore::new(store, self.journal.as_ref(), by, now))
    }

    pub(super) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Returns the reason why a change that was made is not in the journal.
    pub(super) fn take_fault(&mut self) -> Option<String> {
        let Some(journal) = &mut self.journal else {
            return Some("the journal is off".to_owned());
        };
        let fault = journal.take_fault()?;
        Some(format!("{:#}", anyhow::Error::from(fault)))
    }

    /// Drops the connection, for example in the middle of a reply.
    pub(super) fn close(&mut self) {
        self.store = None;
    }
}

/// Opens the store, unless it is open and the server answers.
fn open<'a>(kept: &'a mut Option<Store>, opener: &Opener) -> Result<&'a mut Store, Error> {
    kept.take_if(|store| store.ping().is_err());
    let store = match kept.take() {
        Some(store) => store,
        None => opener().map_err(Error::Open)?,
    };
    let store = kept.insert(store);
    // The tools do not report odd data; reset the counters.
    store.take_faults();
    Ok(store)
}

/// Returns the id of the note that an argument names.
pub(super) fn resolve(note: &str, store: &mut Store) -> Result<String, Error> {
    Ok(find::resolve_one(store, note.to_owned().into())?.one()?)
}
