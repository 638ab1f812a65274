//! How many bytes are held for clients: bodies on their way in, answers on their way out.
//!
//! Each of them is bounded, and so is the number of clients, but not what comes of both together: a
//! list of all notes may be long, and its readers slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Up to this many bytes of one client are not counted: so many clients cannot hold too much in
/// pieces of this size, and counting takes time.
pub(super) const SMALL: usize = 64 * 1_024;

/// The bytes that are held for all clients.
#[derive(Debug)]
pub(super) struct Memory {
    held: AtomicUsize,
    limit: usize,
}

impl Memory {
    /// Nothing is held yet; `limit` bytes may be.
    #[must_use]
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            held: AtomicUsize::new(0),
            limit,
        })
    }

    /// Whether no more should be taken on.
    #[must_use]
    pub(super) fn is_short(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.limit
    }
}

/// What one client has of it, until this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    memory: Arc<Memory>,
    held: usize,
}

impl Share {
    /// The share of a client that holds nothing.
    #[must_use]
    pub(super) fn none(memory: &Arc<Memory>) -> Self {
        Self {
            memory: Arc::clone(memory),
            held: 0,
        }
    }

    /// Says how many bytes the client holds now.
    pub(super) fn set(&mut self, bytes: usize) {
        let bytes = if bytes > SMALL { bytes } else { 0 };
        if bytes == self.held {
            return;
        }
        self.memory.held.fetch_add(bytes, Ordering::Relaxed);
        self.memory.held.fetch_sub(self.held, Ordering::Relaxed);
        self.held = bytes;
    }

    /// Whether the client holds much, and nobody should.
    #[must_use]
    pub(super) fn is_too_much(&self) -> bool {
        self.held > 0 && self.memory.is_short()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_short_while_clients_hold_more_than_the_limit() {
        let memory = Memory::new(3 * SMALL);
        let mut first = Share::none(&memory);
        let mut second = Share::none(&memory);
        first.set(2 * SMALL);
        assert!(!memory.is_short() && !first.is_too_much());
        second.set(2 * SMALL);
        assert!(memory.is_short() && first.is_too_much());
        // One that holds little is not the one to blame.
        first.set(SMALL);
        assert!(!memory.is_short());
        second.set(4 * SMALL);
        assert!(memory.is_short() && !first.is_too_much());
        drop(second);
        assert!(!memory.is_short());
        assert_eq!(memory.held.load(Ordering::Relaxed), 0);
    }
}
