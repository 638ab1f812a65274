//! Bounds on what all answers together hold until they are sent: memory, and disk space.

use std::sync::{Arc, Mutex};

use super::error::Failure;
use super::lock::lock;

/// An answer of at most this many bytes counts nothing: all connections together can hold few of them.
const SMALL: u64 = 16 * 1024;

pub(super) struct Budget {
    limit: u64,
    held: Arc<Mutex<u64>>,
}

/// The part of a budget that one answer holds until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    limit: u64,
    held: Arc<Mutex<u64>>,
    bytes: u64,
}

impl Budget {
    pub(super) fn new(limit: u64) -> Self {
        let held = Arc::default();
        Self { limit, held }
    }

    /// Returns a share for an answer of that many bytes, if the limit has room for it.
    pub(super) fn hold(&self, bytes: usize) -> Result<Share, Failure> {
        let mut share = self.share();
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if bytes > SMALL {
            share.add(bytes)?;
        }
        Ok(share)
    }

    /// Returns a share that is empty yet.
    pub(super) fn share(&self) -> Share {
        Share {
            limit: self.limit,
            held: Arc::clone(&self.held),
            bytes: 0,
        }
    }
}

impl Share {
    /// Adds bytes, unless the sum of all shares would exceed the limit. One share alone may exceed it: otherwise
    /// an answer longer than the limit could never be given.
    pub(super) fn add(&mut self, bytes: u64) -> Result<(), Failure> {
        let mut held = lock(&self.held);
        let is_alone = *held == self.bytes;
        if !is_alone && held.saturating_add(bytes) > self.limit {
            let text = "too many long responses wait for their clients; try again later";
            return Err(Failure::new(503, text));
        }
        *held = held.saturating_add(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }

    /// Adds what is missing to that many bytes.
    pub(super) fn grow_to(&mut self, bytes: u64) -> Result<(), Failure> {
        self.add(bytes.saturating_sub(self.bytes))
    }

    /// Sets the bytes of an answer that must be given whatever the limit.
    pub(super) fn set(&mut self, bytes: u64) {
        let mut held = lock(&self.held);
        *held = *held - self.bytes + bytes;
        self.bytes = bytes;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.set(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::message::Response;

    #[test]
    fn shares_stay_within_the_limit_together_and_one_alone_may_exceed_it() {
        let budget = Budget::new(10);
        let (mut first, mut second) = (budget.share(), budget.share());
        first.add(6).unwrap();
        second.add(4).unwrap();
        let failure = second.add(1).unwrap_err();
        assert_eq!(Response::from(failure).status, 503);
        drop(first);
        second.add(100).unwrap();
        let mut third = budget.hold(1).unwrap();
        assert!(third.add(1).is_err());
        assert!(budget.hold(100_000).is_err());
        third.set(1);
        second.set(0);
        third.add(9).unwrap();
        assert!(second.add(1).is_err());
        drop((second, third));
        assert_eq!(*lock(&budget.held), 0);
    }
}
