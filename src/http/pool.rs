//! Connections to Redis that are opened when they are needed, kept, and opened again when they were
//! lost.
//!
//! Not `r2d2`: where Redis is away, its `get` tries again until its timeout, and every request would
//! wait for that instead of being told at once.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::error::Failure;
use super::lock::lock;
use crate::redis_client;
use crate::store::{self, Store};

pub(crate) type Opener = Arc<dyn Fn() -> anyhow::Result<Store> + Send + Sync>;

/// The longest wait of a request for a connection that others use.
const WAIT: Duration = Duration::from_secs(5);

pub(super) struct Pool {
    opener: Opener,
    /// One for each connection that may still be used: what was kept, if any, the last one first.
    free: Mutex<Vec<Option<Store>>>,
    returned: Condvar,
}

/// The right to use a connection, which goes back with what is kept in it.
struct Permit<'a> {
    pool: &'a Pool,
    kept: Option<Store>,
}

impl Pool {
    pub(super) fn new(opener: Opener, limit: usize) -> Self {
        Self {
            opener,
            free: Mutex::new((0..limit).map(|_| None).collect()),
            returned: Condvar::new(),
        }
    }

    /// Does some work on a connection that has just answered. Work that panics loses it.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let free = lock(&self.free);
        let waited = self
            .returned
            .wait_timeout_while(free, WAIT, |free| free.is_empty());
        let kept = waited.unwrap_or_else(PoisonError::into_inner).0.pop();
        let text = "every connection to Redis is in use; try again later";
        let kept = kept.ok_or_else(|| Failure::new(503, text))?;
        let mut permit = Permit { pool: self, kept };
        let mut store = match permit.kept.take().map(|mut store| (store.ping(), store)) {
            Some((Ok(_), store)) => store,
            // It died since it was used last; Redis may be there all the same.
            None | Some((Err(store::Error::Redis(redis_client::Error::Lost { .. })), _)) => {
                open(&self.opener)?
            }
            Some((Err(error), _)) => return Err(error.into()),
        };
        let result = work(&mut store);
        // The API does not report odd data; reset the counters.
        store.take_faults();
        permit.kept = Some(store).filter(Store::is_usable);
        result
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        lock(&self.pool.free).push(self.kept.take());
        self.pool.returned.notify_one();
    }
}

pub(super) fn open(opener: &Opener) -> Result<Store, Failure> {
    opener().map_err(|error| Failure::away(format!("{error:#}")))
}

#[cfg(test)]
mod tests;
