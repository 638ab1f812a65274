//! How much one server takes on.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What clients may take of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many clients may be connected. The next one takes the place of one that asks for nothing,
    /// or waits for one.
    pub connections: usize,
    /// How many bytes the body of a request may have.
    pub body: u64,
    /// How long a client may ask for nothing.
    pub idle: Duration,
    /// How long the line and the headers of a request may take to arrive, from their first byte.
    pub head: Duration,
    /// How long a body may take to arrive, or a response to leave.
    pub transfer: Duration,
    /// How many bytes of bodies and answers may be held for all clients together before more of them
    /// are turned away.
    pub memory: usize,
    /// How many threads may wait for Redis, each with a connection of its own, beside those by which
    /// the event loops read notes.
    pub redis: usize,
    /// How long a request waits for one of these.
    pub patience: Duration,
    /// How long a stop waits for what is under way.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2_048,
            body: 1_048_576,
            idle: Duration::from_mins(1),
            head: Duration::from_secs(10),
            transfer: Duration::from_secs(30),
            memory: 256 * 1_024 * 1_024,
            redis: 32,
            patience: Duration::from_secs(5),
            grace: Duration::from_secs(10),
        }
    }
}

/// What is kept back for the standard streams, the listener, a client for whom there is no room yet,
/// what the system library opens, and what the event loops wait with and read notes by.
const DESCRIPTORS_KEPT: usize = 32;

/// What a thread that talks to Redis has open: its connection, and the journal's file and lock.
const DESCRIPTORS_PER_WORKER: usize = 3;

impl Limits {
    /// The same, cut down to what the system lets this process open.
    ///
    /// Raises the process's own limit as far as it is allowed to and it is of use.
    #[must_use]
    pub fn within_the_system(self) -> Self {
        let needed = self.descriptors();
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.map_or(needed, |maximum| maximum.min(needed));
        if current.is_none_or(|current| current >= wanted) {
            return self.within(current);
        }
        let raised = Rlimit {
            current: Some(wanted),
            maximum,
        };
        match setrlimit(Resource::Nofile, raised) {
            Ok(()) => self.within(Some(wanted)),
            Err(_) => self.within(current),
        }
    }

    fn descriptors(&self) -> u64 {
        let count = self
            .connections
            .saturating_add(self.redis.saturating_mul(DESCRIPTORS_PER_WORKER))
            .saturating_add(DESCRIPTORS_KEPT);
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    fn within(mut self, descriptors: Option<u64>) -> Self {
        let Some(descriptors) = descriptors else {
            return self;
        };
        let free = usize::try_from(descriptors)
            .unwrap_or(usize::MAX)
            .saturating_sub(DESCRIPTORS_KEPT);
        self.redis = self.redis.min(free / 8).max(1);
        let rest = free.saturating_sub(self.redis * DESCRIPTORS_PER_WORKER);
        self.connections = self.connections.min(rest).max(1);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_fit_into_the_descriptors_that_there_are() {
        let limits = Limits::default();
        assert_eq!(limits.within(None), limits);
        assert_eq!(limits.within(Some(limits.descriptors())), limits);
        for descriptors in [1, 16, 20, 64, 256, 1_024] {
            let cut = limits.within(Some(descriptors));
            assert!(cut.connections >= 1 && cut.redis >= 1, "{descriptors}");
            assert!(
                descriptors < 64 || cut.descriptors() <= descriptors,
                "{descriptors}"
            );
        }
        assert!(limits.within(Some(64)).connections >= 16);
        assert!(limits.within(Some(1_024)).connections >= 480);
    }
}
