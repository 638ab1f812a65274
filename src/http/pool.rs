//! A few connections to Redis for many requests.
//!
//! Connections are opened when they are needed, up to a limit, and kept. The lock is held to take
//! one out and to put it back, never while Redis is asked. Nothing here knows where Redis is: that is
//! the business of the [`Opener`].

use std::error::Error;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// Connections to Redis, as many as are needed and no more than allowed.
pub(super) struct Pool {
    opener: Opener,
    limit: usize,
    patience: Duration,
    stock: Mutex<Stock>,
    returned: Condvar,
}

#[derive(Default)]
struct Stock {
    /// Those that nobody uses, the one that was used last at the end.
    idle: Vec<Store>,
    /// How many there are, in use or not.
    open: usize,
}

/// A place in the count of connections, given back when this is dropped, whatever happened to the
/// work that was done in it.
struct Place<'a> {
    pool: &'a Pool,
    store: Option<Store>,
}

impl Pool {
    /// A pool of `limit` connections at the most. Where all are in use, a request waits `patience`
    /// for one.
    #[must_use]
    pub(super) fn new(opener: Opener, limit: usize, patience: Duration) -> Self {
        Self {
            opener,
            limit: limit.max(1),
            patience,
            stock: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Does some work on a connection.
    ///
    /// Fails with [`Failure::NoRedis`] or [`Failure::NoFreeRedis`] where there is none to be had.
    /// The work may be done twice, if the first time nothing was changed: see [`Purpose`].
    pub(super) fn with<T>(
        &self,
        purpose: Purpose,
        mut work: impl FnMut(&mut Store) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut place = self.place()?;
        if let Some(mut store) = place.store.take() {
            let result = match purpose {
                Purpose::Write => store.ping().map_err(Failure::from).map(|_| None),
                Purpose::Read => work(&mut store).map(Some),
            };
            match result {
                Ok(Some(value)) => return Ok(place.keep(store, value)),
                Ok(None) => {
                    let result = work(&mut store);
                    return place.keep(store, result);
                }
                Err(failure) if died_unused(&failure) => self.discard_idle(),
                Err(failure) => return Err(place.keep(store, failure)),
            }
        }
        let mut store = (self.opener)().map_err(Failure::NoRedis)?;
        let result = work(&mut store);
        place.keep(store, result)
    }

    fn place(&self) -> Result<Place<'_>, Failure> {
        let until = Instant::now() + self.patience;
        let mut stock = self.stock();
        loop {
            let store = stock.idle.pop();
            if store.is_none() && stock.open >= self.limit {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(Failure::NoFreeRedis);
                }
                stock = self
                    .returned
                    .wait_timeout(stock, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
                continue;
            }
            if store.is_none() {
                stock.open += 1;
            }
            return Ok(Place { pool: self, store });
        }
    }

    /// Closes the connections that nobody uses: where one has died, so have most likely the others.
    fn discard_idle(&self) {
        let mut stock = self.stock();
        stock.open -= stock.idle.len();
        let dead = std::mem::take(&mut stock.idle);
        drop(stock);
        drop(dead);
        self.returned.notify_all();
    }

    fn stock(&self) -> MutexGuard<'_, Stock> {
        // The stock is in order at every moment at which a thread could panic.
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Puts a connection back, if it is still good, and hands the result of the work through.
    fn keep<T>(mut self, mut store: Store, result: T) -> T {
        if store.is_usable() {
            // Nobody here mends other writers' data or shows its faults; do not gather them.
            store.take_faults();
            self.store = Some(store);
        }
        result
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut stock = self.pool.stock();
        match self.store.take() {
            Some(store) => stock.idle.push(store),
            None => stock.open -= 1,
        }
        drop(stock);
        self.pool.returned.notify_one();
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
#[path = "pool_tests.rs"]
mod tests;
