//! How much one server takes on.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many clients may be connected; the next one waits until another is gone.
    pub connections: usize,
    /// How many bytes the body of a request may have.
    pub body: u64,
    /// How long a client may be silent.
    pub idle: Duration,
    /// How long the line and the headers of a request may take to arrive before their connection, which
    /// cannot be closed, is left out of the count.
    pub head: Duration,
    /// How long a body may take to arrive, or a response to leave.
    pub transfer: Duration,
    /// How many bytes of memory, and of disk space, all answers together may hold until they are sent. One answer
    /// alone may hold more.
    pub memory: u64,
    pub disk: u64,
    /// How long a stop waits for what is under way.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2_048,
            body: 1_048_576,
            idle: Duration::from_secs(60),
            head: Duration::from_secs(10),
            transfer: Duration::from_secs(30),
            memory: 128 * 1024 * 1024,
            disk: 256 * 1024 * 1024,
            grace: Duration::from_secs(10),
        }
    }
}

/// What is kept back at the most for all but the connections of clients: for Redis, the journal, the standard
/// streams and the listener.
const DESCRIPTORS_KEPT: u64 = 128;

/// What `tiny_http` has open for a connection.
const DESCRIPTORS_PER_CONNECTION: u64 = 2;

impl Limits {
    /// The same, cut down to what the system lets this process open, after it has raised that as far as it
    /// is allowed to.
    #[must_use]
    pub(super) fn within_the_system(self) -> Self {
        let (limit, maximum) = (Resource::Nofile, getrlimit(Resource::Nofile).maximum);
        let current = maximum;
        // Where it fails, what there was before is there still.
        let _ = setrlimit(limit, Rlimit { current, maximum });
        self.within(getrlimit(limit).current)
    }

    fn within(mut self, descriptors: Option<u64>) -> Self {
        let descriptors = descriptors.unwrap_or(u64::MAX);
        let free = descriptors - DESCRIPTORS_KEPT.min(descriptors / 2);
        let most = usize::try_from(free / DESCRIPTORS_PER_CONNECTION).unwrap_or(usize::MAX);
        self.connections = self.connections.min(most).max(1);
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
        assert_eq!(limits.within(Some(20_000)), limits);
        for descriptors in [1, 16, 20, 64, 256, 1_024] {
            let connections = limits.within(Some(descriptors)).connections;
            assert!(connections >= 1, "{descriptors}");
            let used = u64::try_from(connections).unwrap() * 2 + 128;
            assert!(descriptors < 256 || used <= descriptors, "{descriptors}");
        }
        assert!(limits.within(Some(64)).connections >= 8);
        assert!(limits.within(Some(1_024)).connections >= 400);
    }
}
