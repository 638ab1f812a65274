//! The limits of one server.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most clients that are connected; the next one waits until another is gone.
    pub connections: usize,
    /// The longest body of a request, in bytes.
    pub body: u64,
    /// The longest silence of a client.
    pub idle: Duration,
    /// The longest time for the line and the headers of a request. After it their connection, which
    /// cannot be closed, is no longer counted.
    pub head: Duration,
    /// The longest time for a body to arrive, or a response to leave.
    pub transfer: Duration,
    /// The most bytes of memory, and of disk space, that all answers together hold until they are sent. One
    /// answer alone may hold more.
    pub memory: u64,
    pub disk: u64,
    /// The longest wait of a stop for requests in progress.
    pub grace: Duration,
    /// The most clients that read events at once; at most half of the connections.
    pub streams: usize,
    /// The time after which a stream without events gets a comment.
    pub comment: Duration,
    /// How long the notes are watched after the last reader is gone: it may come back.
    pub linger: Duration,
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
            streams: 64,
            comment: Duration::from_secs(15),
            linger: Duration::from_secs(10),
        }
    }
}

/// The most descriptors that are reserved for all but the connections of clients: for Redis, the journal,
/// the standard streams and the listener.
const DESCRIPTORS_KEPT: u64 = 128;

/// The descriptors that `tiny_http` opens for a connection.
const DESCRIPTORS_PER_CONNECTION: u64 = 2;

impl Limits {
    /// The same, cut down to what the system lets this process open, after it has raised that as far as it
    /// is allowed to.
    #[must_use]
    pub(super) fn within_the_system(self) -> Self {
        let (limit, maximum) = (Resource::Nofile, getrlimit(Resource::Nofile).maximum);
        let current = maximum;
        // If it fails, the old limit holds.
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
