//! The notes in Redis: the layout of their keys, and every command that reads or changes them.
//!
//! The layout is the SET `notes:ids` and a HASH `note:<id>` for each note, nothing more; other
//! programs read and write the same keys. This module knows nothing of command lines, terminals,
//! HTTP, or how a Redis is reached.
//!
//! - `keys`: the names of the keys · `odd`: counts odd data
//! - `read`: notes and their ids · `reading`: the notes whose fields match · `ask`: the same command about many notes
//! - `write`: a new note, and a key that holds none · `swap`: changes of notes · `swap_each`: the same in a cluster
//! - `journaled`: changes with an entry in the journal · `edit`: of the text of several notes · `undo`: of a step, back
//! - `scan`: steps of SCAN and SSCAN
//! - `error`: its errors

mod ask;
mod edit;
mod error;
mod journaled;
pub(crate) mod keys;
pub(crate) mod odd;
mod read;
mod reading;
pub(crate) mod scan;
mod swap;
mod swap_each;
#[cfg(test)]
pub(crate) mod tests;
mod undo;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::redis_client::{self, Address, Connection, Server};

pub(crate) use edit::Edited;
pub(crate) use error::Error;
pub(crate) use journaled::{Basis, JournaledStore};
pub(crate) use read::BATCH;
pub(crate) use reading::{Looked, Reading};
pub(crate) use undo::UndoError;

/// The notes in one Redis, over one connection.
///
/// Each reply is waited for no longer than the timeout that it was opened with. After an error of
/// the connection the store may be unusable: see [`Store::is_usable`].
pub(crate) struct Store {
    connection: Connection,
    /// The name in the journal.
    server: String,
    address: Address,
    group: Option<String>,
    /// The last scan of the set of ids.
    scanned: scan::ScanProgress,
    /// The counts of each kind of odd data.
    odd: BTreeMap<&'static str, usize>,
}

impl Store {
    /// Connects to a Redis and logs in. Fails with [`Busy`](redis_client::Error::Busy) while it is
    /// loading its data.
    pub(crate) fn open(address: &Address, timeout: Duration) -> Result<Self, Error> {
        let opened = redis_client::open(address, timeout)?;
        if opened.is_loading {
            return Err(redis_client::Error::loading().into());
        }
        let mut named = address.clone();
        named.group.clone_from(&opened.group);
        Ok(Self {
            connection: opened.connection,
            server: named.server(),
            address: opened.address,
            group: opened.group,
            scanned: scan::ScanProgress::default(),
            odd: BTreeMap::new(),
        })
    }

    /// Measures how long the server takes to answer a PING.
    pub(crate) fn ping(&mut self) -> Result<Duration, Error> {
        Ok(self.connection.ping()?)
    }

    /// Asks the server, or all primaries of a cluster, for its state.
    pub(crate) fn server(&mut self) -> Result<Server, Error> {
        Ok(self.connection.server()?)
    }

    /// Returns true while the connection is usable; if not, open another.
    pub(crate) fn is_usable(&self) -> bool {
        self.connection.is_usable()
    }

    /// Makes every change wait until so many replicas have it.
    pub(crate) fn wait_for_replicas(&mut self, count: u32) {
        self.connection.replicas = count;
    }

    /// Returns true for a cluster, where a note and the set of ids change one after the other.
    pub(crate) fn is_cluster(&self) -> bool {
        self.connection.is_cluster()
    }

    /// Returns the addresses of all servers that hold notes.
    pub(crate) fn primaries(&mut self) -> Result<Vec<Address>, Error> {
        Ok(self.connection.primaries(&self.address)?)
    }

    /// Returns how long a reply is waited for.
    pub(crate) fn timeout(&self) -> Duration {
        self.connection.timeout()
    }

    /// Returns the address of the server that has the notes.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Returns the group whose primary it is, if Sentinel gave the address.
    pub(crate) fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }

    /// Returns the name of the server and database in the journal: see [`Address::server`].
    pub(crate) fn server_name(&self) -> &str {
        &self.server
    }
}
