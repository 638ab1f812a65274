//! Which connections there are, and since when each waits for a request.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::limits::Limits;
use super::stop::Stop;

/// How often it is looked whether all is answered, or whether there is room.
const POLL: Duration = Duration::from_millis(10);

/// How often nothing must be under way in a row before a stop takes it that all is answered: a thread that
/// a request has arrived for may not have noticed it yet.
const QUIET: usize = 15;

/// What stands for the time since when a connection waits, while its request is answered.
const ANSWERING: u64 = u64::MAX;

/// The connections of a server.
pub(super) struct Connections {
    limit: usize,
    /// How long one can wait, unless its client can neither be read from nor be hung up on.
    longest: Duration,
    start: Instant,
    is_full: AtomicBool,
    open: Mutex<Open>,
    ended: Condvar,
}

#[derive(Default)]
struct Open {
    /// Since when each waits, in milliseconds from the start.
    waits_since: Vec<Arc<AtomicU64>>,
    /// How many were stuck when this was told last.
    told: usize,
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    waits_since: Arc<AtomicU64>,
}

impl Connections {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.connections,
            longest: limits.idle + limits.head,
            start: Instant::now(),
            is_full: AtomicBool::new(false),
            open: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    pub(super) fn add(self: &Arc<Self>) -> Connection {
        let waits_since = Arc::new(AtomicU64::new(ANSWERING));
        self.open().waits_since.push(Arc::clone(&waits_since));
        Connection {
            connections: Arc::clone(self),
            waits_since,
        }
    }

    /// Waits until there may be one more, or the server stops.
    pub(super) fn await_room(&self, stop: &Stop) {
        let mut open = self.open();
        loop {
            let count = open.waits_since.len() - self.stuck(&open);
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

    /// How many are stuck and do not count any more, if they have become more since this was asked last.
    pub(super) fn newly_stuck(&self) -> Option<usize> {
        let mut open = self.open();
        let stuck = self.stuck(&open);
        let told = std::mem::replace(&mut open.told, stuck);
        (stuck > told).then_some(stuck)
    }

    /// Waits until nothing is under way any more; returns how much still is at the end of the grace period.
    pub(super) fn finish(&self, grace: Duration) -> usize {
        let until = Instant::now() + grace;
        let mut quiet = 0;
        loop {
            let open = self.open();
            let is_answering = |since: &&Arc<AtomicU64>| since.load(Ordering::SeqCst) == ANSWERING;
            let answering = open.waits_since.iter().filter(is_answering).count();
            quiet = if answering == 0 { quiet + 1 } else { 0 };
            if open.waits_since.is_empty() || quiet > QUIET || Instant::now() >= until {
                return answering;
            }
            drop(open);
            thread::sleep(POLL);
        }
    }

    fn stuck(&self, open: &Open) -> usize {
        let now = self.now();
        let is_stuck = |since: &&Arc<AtomicU64>| {
            let waited = now.saturating_sub(since.load(Ordering::SeqCst));
            Duration::from_millis(waited) > self.longest
        };
        open.waits_since.iter().filter(is_stuck).count()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(ANSWERING - 1)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Each change is one step.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Says that no request is there yet.
    pub(super) fn waits(&self) {
        let now = self.connections.now();
        self.waits_since.store(now, Ordering::SeqCst);
    }

    /// Says that a request is there.
    pub(super) fn answers(&self) {
        self.waits_since.store(ANSWERING, Ordering::SeqCst);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.waits_since
            .retain(|since| !Arc::ptr_eq(since, &self.waits_since));
        self.connections.is_full.store(false, Ordering::SeqCst);
        self.connections.ended.notify_all();
    }
}
