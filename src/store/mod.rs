//! The store: the layout of the notes in Redis, and every command of a user's work on them.
//!
//! The layout is the SET `notes:ids` and a HASH `note:<id>` for each note, nothing more; other
//! programs read and write the same keys. This module knows nothing of command lines, terminals,
//! HTTP, or how a Redis comes to be running.
//!
//! - `address`: what a Redis URL means · `sentinel`: which server is the primary · `tls`: certificates
//! - `link`: commands and replies under deadlines · `node`: to one server · `cluster`, `slots`: to the node that serves a key · `connection`: to whatever there is · `commands`: in the form of the protocol
//! - `keys`: the names of the keys · `odd`: what is odd about it
//! - `ask`: the same about many notes · `find`: of which some are wanted · `order`: of notes
//! - `read`, `write`, `swap` and `swap_each` of a cluster, `note_ref`, `server`, `replication`: what can be asked of the store
//! - `journaled`: changes with an entry in the journal · `undo`: a step of the journal undone
//! - `scan`, `rights`: what it takes to look at every key, and whether this user may
//! - `error`: what can go wrong · `unreachable`: why a server was not reached

mod address;
mod ask;
mod cluster;
mod commands;
mod connection;
mod error;
mod find;
mod journaled;
pub(crate) mod keys;
mod link;
mod node;
mod note_ref;
pub(crate) mod odd;
mod order;
mod read;
mod replication;
mod rights;
pub(crate) mod scan;
mod sentinel;
mod server;
mod slots;
mod swap;
mod swap_each;
#[cfg(test)]
pub(crate) mod tests;
mod tls;
mod undo;
mod unreachable;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) use address::Address;
pub(crate) use error::Error;
pub(crate) use find::{Looked, Reading};
pub(crate) use journaled::{Basis, Change, JournaledStore};
pub(crate) use note_ref::{NoteRef, beginning};
pub(crate) use order::{Candidates, Order, Sort};
pub(crate) use read::BATCH;
pub(crate) use replication::{Replica, Replication};
pub(crate) use server::{Primary, Server};
pub(crate) use slots::COUNT as SLOTS;
pub(crate) use swap::count_at_once;
pub(crate) use tls::TlsFiles;
pub(crate) use undo::UndoError;

/// The notes in one Redis, over one connection.
///
/// Each reply is waited for no longer than the timeout that it was opened with. After an error of the
/// connection the store is of no more use: see [`Store::is_usable`].
pub(crate) struct Store {
    connection: connection::Connection,
    /// The name in the journal.
    server: String,
    address: Address,
    group: Option<String>,
    /// The last step through the set of ids.
    scanned: scan::Step,
    /// How often each kind of odd data was met.
    odd: BTreeMap<&'static str, usize>,
}

impl Store {
    /// Connects to a Redis and logs in. Fails with [`Error::Busy`] while it is loading its data.
    pub(crate) fn open(address: &Address, timeout: Duration) -> Result<Self, Error> {
        match Self::open_or_loading(address, timeout)? {
            (_, true) => Err(Error::loading()),
            (store, false) => Ok(store),
        }
    }

    /// The same, of a Redis that may still be loading its data; says whether it is.
    pub(crate) fn open_or_loading(
        address: &Address,
        timeout: Duration,
    ) -> Result<(Self, bool), Error> {
        let opened = sentinel::open(address, timeout)?;
        let mut named = address.clone();
        named.group.clone_from(&opened.group);
        let store = Self {
            connection: opened.connection,
            server: named.server(),
            address: opened.address,
            group: opened.group,
            scanned: scan::Step::default(),
            odd: BTreeMap::new(),
        };
        Ok((store, opened.is_loading))
    }

    /// Whether the connection still works; if not, open another.
    pub(crate) fn is_usable(&self) -> bool {
        self.connection.is_usable()
    }

    /// Has every change wait until so many replicas have it; 0 is none.
    pub(crate) fn wait_for_replicas(&mut self, count: u32) {
        self.connection.replicas = count;
    }

    /// Whether it is a cluster, where a note and the set of ids change one after the other.
    pub(crate) fn is_cluster(&self) -> bool {
        self.connection.is_cluster()
    }

    /// Where the server is that has the notes.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// The group whose primary it is, where Sentinel told.
    pub(crate) fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }

    /// Which server and database this is: see [`Address::server`].
    pub(crate) fn server_name(&self) -> &str {
        &self.server
    }
}
