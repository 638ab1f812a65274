//! Which connections there are, and since when each waits for a request.

use std::io;
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

/// One response may just have been sent and not have been counted off yet.
const MOST_PENDING: usize = 2;

/// How often it is looked whether what is pending is answered; mostly it takes less than this.
const SETTLE: Duration = Duration::from_millis(1);

#[derive(Default)]
struct State {
    /// Since when it waits for a request; none while its thread answers one.
    waits_since: Option<Instant>,
    /// How many of its requests other threads answer.
    pending: usize,
    /// Whether one of them could not send the response.
    is_broken: bool,
}

/// The connections of a server.
pub(super) struct Connections {
    limit: usize,
    /// How long one can wait, unless its client can neither be read from nor be hung up on.
    longest: Duration,
    is_full: AtomicBool,
    open: Mutex<Vec<Arc<Mutex<State>>>>,
    ended: Condvar,
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    state: Arc<Mutex<State>>,
}

/// A request that another thread answers, which is pending until this is dropped.
pub(super) struct Pending(Arc<Mutex<State>>);

impl Pending {
    /// Says that the response could not be sent.
    pub(super) fn fail(&self) {
        lock(&self.0).is_broken = true;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        lock(&self.0).pending -= 1;
    }
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
        let state = Arc::default();
        lock(&self.open).push(Arc::clone(&state));
        Connection {
            connections: Arc::clone(self),
            state,
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
            let is_answering = |state: &State| state.waits_since.is_none() || state.pending > 0;
            let answering = open.iter().filter(|one| is_answering(&lock(one))).count();
            quiet = if answering == 0 { quiet + 1 } else { 0 };
            if open.is_empty() || quiet > QUIET || Instant::now() >= until {
                return answering;
            }
            drop(open);
            thread::sleep(POLL);
        }
    }

    fn stuck_of(&self, open: &[Arc<Mutex<State>>]) -> usize {
        let now = Instant::now();
        let is_long = |since| now.duration_since(since) > self.longest;
        open.iter()
            .filter(|one| lock(one).waits_since.is_some_and(is_long))
            .count()
    }
}

impl Connection {
    /// Says that no request is there yet.
    pub(super) fn waits(&self) {
        lock(&self.state).waits_since = Some(Instant::now());
    }

    /// Says that a request is there.
    pub(super) fn answers(&self) {
        lock(&self.state).waits_since = None;
    }

    /// Counts a request that another thread is to answer; nothing where two are pending already: a client
    /// that sends requests without reading the responses is left to its own thread.
    pub(super) fn pending(&self) -> Option<Pending> {
        let mut state = lock(&self.state);
        if state.pending == MOST_PENDING {
            return None;
        }
        state.pending += 1;
        Some(Pending(Arc::clone(&self.state)))
    }

    /// Waits until none is pending: requests that a client sends ahead are seen to in order. Fails if one
    /// of the responses could not be sent.
    pub(super) fn settle(&self) -> io::Result<()> {
        loop {
            let state = lock(&self.state);
            if state.is_broken {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            if state.pending == 0 {
                return Ok(());
            }
            drop(state);
            thread::sleep(SETTLE);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.settle();
        let mut open = lock(&self.connections.open);
        open.retain(|state| !Arc::ptr_eq(state, &self.state));
        self.connections.is_full.store(false, Ordering::SeqCst);
        self.connections.ended.notify_all();
    }
}
