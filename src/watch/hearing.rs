//! The connections of a watcher: one for questions, and one to each server that tells of changed keys.

use std::sync::Arc;

use crate::redis_client::{Address, Inbox, Listener, Listening};
use crate::store::keys::{IDS, NOTE};
use crate::store::{Error, Store};

/// A store whose servers tell of changes, or cannot.
pub(super) struct Hearing {
    pub(super) store: Store,
    /// One for each server that holds notes.
    listeners: Vec<Listener>,
    /// The reason, if one of the servers cannot tell of changes.
    pub(super) unsupported: Option<String>,
}

impl Hearing {
    /// Has the servers of a store tell of the keys that change from now on.
    pub(super) fn start(store: Store, inbox: &Arc<Inbox>) -> Result<Self, Error> {
        let mut hearing = Self {
            store,
            listeners: Vec::new(),
            unsupported: None,
        };
        hearing.follow(inbox)?;
        Ok(hearing)
    }

    /// Listens to the servers that hold notes now. Returns true if they are not the same as before:
    /// some changes may not have been heard.
    pub(super) fn follow(&mut self, inbox: &Arc<Inbox>) -> Result<bool, Error> {
        let mut listeners = Vec::new();
        let mut is_changed = false;
        for address in self.store.primaries()? {
            let mut known = self.listeners.iter();
            let known = known.position(|it| it.server == address.to_string());
            if let Some(known) = known {
                listeners.push(self.listeners.swap_remove(known));
                continue;
            }
            match listen(&self.store, &address, inbox)? {
                Listening::Started(listener) => {
                    is_changed = true;
                    listeners.push(listener);
                }
                Listening::Unsupported(reason) => {
                    listeners.clear();
                    self.unsupported = Some(reason);
                    break;
                }
            }
        }
        is_changed |= !self.listeners.is_empty();
        self.listeners = listeners;
        Ok(is_changed)
    }

    /// Checks that the servers are still those that have the notes; returns true if some are not.
    pub(super) fn check(&mut self, inbox: &Arc<Inbox>) -> Result<bool, Error> {
        match self.unsupported {
            Some(_) => Ok(false),
            None if self.store.is_cluster() => self.follow(inbox),
            None => {
                self.store.ping()?;
                Ok(false)
            }
        }
    }
}

/// Returns the reason why changes of notes can only be found by polling; `None` if the servers of the store
/// tell of them.
pub(crate) fn why_polled(store: &mut Store) -> Result<Option<String>, Error> {
    let inbox = Arc::default();
    for address in store.primaries()? {
        if let Listening::Unsupported(reason) = listen(store, &address, &inbox)? {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

fn listen(store: &Store, server: &Address, inbox: &Arc<Inbox>) -> Result<Listening, Error> {
    // A prefix of the key of the set too, as keys of other programs may begin like it.
    Ok(Listener::start(
        server,
        &[NOTE, IDS],
        store.timeout(),
        inbox,
    )?)
}
