//! A connection to Redis that is opened when it is needed, and again when it was lost.
//!
//! Each thread that waits for Redis has one. Nothing here knows where Redis is: that is the business
//! of the [`Opener`].

use std::error::Error;

use super::error::Failure;
use crate::store::{self, Effect, Store};

/// Opens a connection to Redis.
pub type Opener = Box<dyn Fn() -> Result<Store, Box<dyn Error + Send + Sync>> + Send + Sync>;

/// What a connection is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For work that reads before it writes, if it writes at all. A connection that has died since
    /// it was used last is found out by the read, and the work is done again on a new one.
    Read,
    /// For work that begins with a write. Such a write is not sent twice, so a connection that has
    /// been used before is asked first whether it is still alive.
    Write,
}

/// A connection to Redis, or the lack of one.
pub(super) struct Reconnecting<'a> {
    opener: &'a Opener,
    store: Option<Store>,
}

impl<'a> Reconnecting<'a> {
    /// A connection that is not opened yet.
    #[must_use]
    pub(super) fn new(opener: &'a Opener) -> Self {
        Self {
            opener,
            store: None,
        }
    }

    /// Does some work on the connection.
    ///
    /// Fails with [`Failure::NoRedis`] where none can be opened. The work may be done twice, if the
    /// first time nothing was changed: see [`Purpose`]. Work that panics loses the connection.
    pub(super) fn with<T>(
        &mut self,
        purpose: Purpose,
        mut work: impl FnMut(&mut Store) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Some(mut store) = self.store.take() {
            let result = match purpose {
                Purpose::Write => store.ping().map_err(Failure::from).map(|_| None),
                Purpose::Read => work(&mut store).map(Some),
            };
            match result {
                Ok(Some(value)) => return Ok(self.keep(store, value)),
                Ok(None) => {
                    let result = work(&mut store);
                    return self.keep(store, result);
                }
                Err(failure) if died_unused(&failure) => {}
                Err(failure) => return Err(self.keep(store, failure)),
            }
        }
        let mut store = (self.opener)().map_err(Failure::NoRedis)?;
        let result = work(&mut store);
        self.keep(store, result)
    }

    /// Keeps a connection, if it is still good, and hands the result of the work through.
    fn keep<T>(&mut self, mut store: Store, result: T) -> T {
        if store.is_usable() {
            // Nobody here mends other writers' data or shows its faults; do not gather them.
            store.take_faults();
            self.store = Some(store);
        }
        result
    }
}

/// Whether a failure means that the connection was dead before it could do anything.
fn died_unused(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Store(store::Error::Lost {
            effect: Effect::None,
            ..
        })
    )
}

#[cfg(test)]
#[path = "reconnecting_tests.rs"]
mod tests;
