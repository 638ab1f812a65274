//! Locks that outlive a thread that panics.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ignores poisoning: every critical section is a single update.
pub(super) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
