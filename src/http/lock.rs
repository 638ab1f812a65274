//! Locking state that several threads share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ignores poisoning: every critical section is a single update, so a thread that panics leaves nothing
/// half done.
pub(super) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
