//! The connections of a watcher: one for questions, and one to each server that tells of changed keys.

use std::sync::Arc;
use std::time::Duration;

use super::Store;
use super::error::Error;
use super::keys::{IDS, NOTE};
use crate::redis_client::{self, Inbox, Listener, Listening};

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
        let Store {
            connection,
            address,
            ..
        } = &mut self.store;
        let mut listeners = Vec::new();
        let mut is_changed = false;
        for address in connection.primaries(address)? {
            let mut known = self.listeners.iter();
            let known = known.position(|it| it.server == address.to_string());
            if let Some(known) = known {
                listeners.push(self.listeners.swap_remove(known));
                continue;
            }
            // A prefix of the key of the set, as keys of other programs may begin like it.
            match Listener::start(&address, &[NOTE, IDS], connection.timeout(), inbox)? {
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

/// Returns the reason why the servers of a store cannot tell of changes; `None` if they can.
pub(super) fn why_unsupported(store: &mut Store) -> Result<Option<String>, redis_client::Error> {
    let inbox = Arc::default();
    let Store {
        connection,
        address,
        ..
    } = store;
    for address in connection.primaries(address)? {
        let timeout: Duration = connection.timeout();
        if let Listening::Unsupported(reason) =
            Listener::start(&address, &[NOTE, IDS], timeout, &inbox)?
        {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}
