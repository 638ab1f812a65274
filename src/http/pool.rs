//! Connections to Redis that are opened when they are needed, kept, and opened again when they were
//! lost.
//!
//! Not `r2d2`: where Redis is away, its `get` tries again until its timeout, and every request would
//! wait for that instead of being told at once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::Failure;
use crate::store::{self, Store};

pub(crate) type Opener = Box<dyn Fn() -> anyhow::Result<Store> + Send + Sync>;

/// How long a request waits for a connection that others use.
const WAIT: Duration = Duration::from_secs(5);

pub(super) struct Pool {
    opener: Arc<Opener>,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Store>,
    /// How many more may be in use.
    free: usize,
}

/// The right to use a connection.
struct Permit<'a>(&'a Pool);

impl Pool {
    pub(super) fn new(opener: Arc<Opener>, limit: usize) -> Self {
        Self {
            opener,
            state: Mutex::new(State {
                idle: Vec::new(),
                free: limit,
            }),
            returned: Condvar::new(),
        }
    }

    /// Does some work on a connection that has just answered. Work that panics loses it.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let _permit = self.permit()?;
        let mut store = self.connection()?;
        let result = work(&mut store);
        if store.is_usable() {
            // Nobody here mends other writers' data or shows its faults; do not gather them.
            store.take_faults();
            lock(&self.state).idle.push(store);
        }
        result
    }

    fn permit(&self) -> Result<Permit<'_>, Failure> {
        let state = lock(&self.state);
        let waited = self
            .returned
            .wait_timeout_while(state, WAIT, |state| state.free == 0);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            let text = "every connection to Redis is in use; try again later";
            return Err(Failure::new(503, text));
        }
        state.free -= 1;
        Ok(Permit(self))
    }

    fn connection(&self) -> Result<Store, Failure> {
        let idle = || lock(&self.state).idle.pop();
        while let Some(mut store) = idle() {
            match store.ping() {
                Ok(_) => return Ok(store),
                // It died since it was used last; Redis may be there all the same.
                Err(store::Error::Lost { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        open(&self.opener)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).free += 1;
        self.0.returned.notify_one();
    }
}

/// Locks what each change alters in one step, so that a thread that panics leaves nothing half done.
pub(super) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn open(opener: &Opener) -> Result<Store, Failure> {
    opener().map_err(|error| Failure::no_redis(&error))
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
