//! Which connections there are, and since when each waits for a request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::limits::Limits;
use super::pool::lock;
use super::stop::Stop;

/// How often it is looked whether all is answered, or whether there is room.
const POLL: Duration = Duration::from_millis(10);

/// How often nothing must be under way in a row before a stop takes it that all is answered: a thread that
/// a request has arrived for may not have noticed it yet.
const QUIET: usize = 15;

/// Since when a connection waits for a request; none while one is answered.
type Waiting = Mutex<Option<Instant>>;

/// The connections of a server.
pub(super) struct Connections {
    limit: usize,
    /// How long one can wait, unless its client can neither be read from nor be hung up on.
    longest: Duration,
    is_full: AtomicBool,
    open: Mutex<Vec<Arc<Waiting>>>,
    ended: Condvar,
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    waiting: Arc<Waiting>,
}

impl Connections {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.connections,
            longest: limits.idle + limits.head,
            is_full: AtomicBool::new(false),
            open: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    pub(super) fn add(self: &Arc<Self>) -> Connection {
        let waiting = Arc::default();
        lock(&self.open).push(Arc::clone(&waiting));
        Connection {
            connections: Arc::clone(self),
            waiting,
        }
    }

    /// Waits until there may be one more, or the server stops.
    pub(super) fn await_room(&self, stop: &Stop) {
        let mut open = lock(&self.open);
        loop {
            let count = open.len() - self.stuck_of(&open);
            self.is_full
                .store(count + 1 >= self.limit, Ordering::SeqCst);
            if count < self.limit || stop.is_asked() {
                return;
            }
            let ended = self.ended.wait_timeout(open, POLL);
            open = ended.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the next client has to wait: those that are answered are then to end.
    pub(super) fn is_full(&self) -> bool {
        self.is_full.load(Ordering::SeqCst)
    }

    /// How many are stuck and do not count any more.
    pub(super) fn stuck(&self) -> usize {
        self.stuck_of(&lock(&self.open))
    }

    /// Waits until nothing is under way any more; returns how much still is at the end of the grace period.
    pub(super) fn finish(&self, grace: Duration) -> usize {
        let until = Instant::now() + grace;
        let mut quiet = 0;
        loop {
            let open = lock(&self.open);
            let answering = open.iter().filter(|one| lock(one).is_none()).count();
            quiet = if answering == 0 { quiet + 1 } else { 0 };
            if open.is_empty() || quiet > QUIET || Instant::now() >= until {
                return answering;
            }
            drop(open);
            thread::sleep(POLL);
        }
    }

    fn stuck_of(&self, open: &[Arc<Waiting>]) -> usize {
        let now = Instant::now();
        let is_long = |since| now.duration_since(since) > self.longest;
        open.iter()
            .filter(|one| lock(one).is_some_and(is_long))
            .count()
    }
}

impl Connection {
    /// Says that no request is there yet.
    pub(super) fn waits(&self) {
        *lock(&self.waiting) = Some(Instant::now());
    }

    /// Says that a request is there.
    pub(super) fn answers(&self) {
        *lock(&self.waiting) = None;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = lock(&self.connections.open);
        open.retain(|waiting| !Arc::ptr_eq(waiting, &self.waiting));
        self.connections.is_full.store(false, Ordering::SeqCst);
        self.connections.ended.notify_all();
    }
}
