//! Which connections there are, and since when each waits for a request.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
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

/// One response may just have been sent and not have been counted off yet.
const MOST_PENDING: usize = 2;

/// How often it is looked whether what is pending is answered; mostly it takes less than this.
const SETTLE: Duration = Duration::from_millis(1);

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
    states: Vec<Arc<State>>,
    /// How many were stuck when this was told last.
    told: usize,
}

struct State {
    /// In milliseconds from the start.
    waits_since: AtomicU64,
    /// How many of its requests another thread answers.
    pending: AtomicUsize,
    is_broken: AtomicBool,
}

impl State {
    fn is_answering(&self) -> bool {
        self.waits_since.load(Ordering::SeqCst) == ANSWERING
            || self.pending.load(Ordering::SeqCst) > 0
    }
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    state: Arc<State>,
}

/// A request that another thread answers, which is pending until this is dropped.
pub(super) struct Pending(Arc<State>);

impl Pending {
    /// Says that the response could not be sent.
    pub(super) fn fail(&self) {
        self.0.is_broken.store(true, Ordering::SeqCst);
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::SeqCst);
    }
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
        let state = Arc::new(State {
            waits_since: AtomicU64::new(ANSWERING),
            pending: AtomicUsize::new(0),
            is_broken: AtomicBool::new(false),
        });
        self.open().states.push(Arc::clone(&state));
        Connection {
            connections: Arc::clone(self),
            state,
        }
    }

    /// Waits until there may be one more, or the server stops.
    pub(super) fn await_room(&self, stop: &Stop) {
        let mut open = self.open();
        loop {
            let count = open.states.len() - self.stuck(&open);
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
            let answering = open.states.iter().filter(|it| it.is_answering()).count();
            quiet = if answering == 0 { quiet + 1 } else { 0 };
            if open.states.is_empty() || quiet > QUIET || Instant::now() >= until {
                return answering;
            }
            drop(open);
            thread::sleep(POLL);
        }
    }

    fn stuck(&self, open: &Open) -> usize {
        let now = self.now();
        let is_stuck = |state: &&Arc<State>| {
            let waited = now.saturating_sub(state.waits_since.load(Ordering::SeqCst));
            Duration::from_millis(waited) > self.longest
        };
        open.states.iter().filter(is_stuck).count()
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
        self.state.waits_since.store(now, Ordering::SeqCst);
    }

    /// Says that a request is there.
    pub(super) fn answers(&self) {
        self.state.waits_since.store(ANSWERING, Ordering::SeqCst);
    }

    /// Counts a request that another thread is to answer; nothing where two are pending already: a client
    /// that sends requests without reading the responses is left to its own thread.
    pub(super) fn pending(&self) -> Option<Pending> {
        let state = Arc::clone(&self.state);
        let is_allowed = state.pending.fetch_add(1, Ordering::SeqCst) < MOST_PENDING;
        let pending = Pending(state);
        is_allowed.then_some(pending)
    }

    /// Waits until none is pending: a client that sends requests without waiting for the responses
    /// has them seen to in order. Fails if one of the responses could not be sent.
    pub(super) fn settle(&self) -> io::Result<()> {
        while self.state.pending.load(Ordering::SeqCst) > 0 {
            thread::sleep(SETTLE);
        }
        if self.state.is_broken.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.settle();
        let mut open = self.connections.open();
        open.states.retain(|state| !Arc::ptr_eq(state, &self.state));
        self.connections.is_full.store(false, Ordering::SeqCst);
        self.connections.ended.notify_all();
    }
}
