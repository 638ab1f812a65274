//! The store: the layout of the notes in Redis, and every command of a user's work on them.
//!
//! The layout is the SET `notes:ids` and a HASH `note:<id>` for each note, nothing more; other
//! programs read and write the same keys. This module knows nothing of command lines, terminals,
//! HTTP, or how a Redis comes to be running.
//!
//! - `address`: what a Redis URL means · `socket`, `tls`, `wire`, `link`: one connection under
//!   deadlines
//! - `keys`: the names of the keys · `record`: replies turned into notes · `fault`: what is odd
//!   about them
//! - `reading`, `writing`, `images`, `reference`, `server`: what can be asked of the store
//! - `inspect`, `diagnosis`, `mend`, `rights`: whether all of it is sound, and how to make it so
//! - `error`: what can go wrong

mod address;
mod diagnosis;
mod error;
mod fault;
mod inspect;
#[cfg(test)]
mod inspect_tests;
mod keys;
mod link;
mod mend;
mod note_ref;
mod raw_note;
mod read;
mod record;
mod rights;
mod server;
mod socket;
mod swap;
#[cfg(test)]
mod swap_tests;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
mod wire;
mod write;

use std::time::Duration;

pub use address::{Address, AddressError, Endpoint, Identity};
pub use error::{Effect, Error, Place};
pub use fault::{Fault, Kind, summary};
pub use inspect::{Finding, Inspection, Progress, Unchecked};
pub use mend::{Fix, Mending};
pub use note_ref::{LEAST_PREFIX, NoteRef};
pub use raw_note::{Bytes, RawNote};
pub use read::{Direction, Listing, Query, Sort};
pub use rights::{Forbidden, Rights};
pub use server::Server;
pub use swap::Restoration;
pub use write::{Basis, Change, DELETED_AT_ONCE, Deleted, Removed};

/// The notes in one Redis, over one connection.
///
/// Every call ends within the timeout it was opened with, or, where it takes several round trips,
/// each of these does. After an error of the connection the store is of no more use: see
/// [`Store::is_usable`].
pub struct Store {
    link: link::Link,
    server: String,
    faults: Vec<Fault>,
}

impl Store {
    /// Connects to a Redis and logs in.
    pub fn open(address: &Address, timeout: Duration) -> Result<Self, Error> {
        Ok(Self {
            link: link::Link::open(address, timeout)?,
            server: address.server(),
            faults: Vec::new(),
        })
    }

    /// Whether the connection can still be used; if not, open another.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.link.is_usable()
    }

    /// Which server and database this is: see [`Address::server`].
    #[must_use]
    pub fn server_name(&self) -> &str {
        &self.server
    }

    /// What was found odd about the data since this was asked last.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }
}
