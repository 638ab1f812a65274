//! The store: the layout of the notes in Redis, and every command of a user's work on them.
//!
//! The layout is the SET `notes:ids` and a HASH `note:<id>` for each note, nothing more; other
//! programs read and write the same keys. This module knows nothing of command lines, terminals,
//! HTTP, or how a Redis comes to be running.
//!
//! - `address`: what a Redis URL means · `connection`: commands and replies under deadlines
//! - `keys`: the names of the keys · `raw_note`: what Redis holds of a note · `odd`: what is odd about it
//! - `read`, `write`, `swap`, `note_ref`, `server`: what can be asked of the store
//! - `scan`, `rights`: what it takes to look at every key, and whether this user may
//! - `error`: what can go wrong

mod address;
mod connection;
mod error;
pub(crate) mod keys;
mod note_ref;
pub(crate) mod odd;
mod raw_note;
mod read;
mod rights;
pub(crate) mod scan;
mod server;
mod swap;
#[cfg(test)]
mod swap_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
#[cfg(feature = "tls")]
mod tls_tests;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) use address::Address;
pub(crate) use error::Error;
pub(crate) use note_ref::{NoteRef, beginning};
pub(crate) use raw_note::{JsonBytes, RawNote};
pub(crate) use read::{BATCH, Order, Ordered, Sort};
pub(crate) use server::Server;
pub(crate) use swap::{NoteChange, count_at_once};

/// The notes in one Redis, over one connection.
///
/// Every call ends within the timeout it was opened with, or, where it takes several round trips,
/// each of these does. After an error of the connection the store is of no more use: see
/// [`Store::is_usable`].
pub(crate) struct Store {
    connection: connection::Connection,
    server: String,
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
        let (connection, is_loading) = connection::Connection::open(address, timeout)?;
        let store = Self {
            connection,
            server: address.server(),
            odd: BTreeMap::new(),
        };
        Ok((store, is_loading))
    }

    /// Whether the connection still works; if not, open another.
    pub(crate) fn is_usable(&self) -> bool {
        self.connection.is_usable()
    }

    /// Which server and database this is: see [`Address::server`].
    pub(crate) fn server_name(&self) -> &str {
        &self.server
    }
}
