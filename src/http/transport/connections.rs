//! The open connections, what each of them does, and the server's own end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::limits::Limits;
use crate::http::lock::lock;

/// The pause between two looks at the connections.
const POLL: Duration = Duration::from_millis(10);

/// A stop ends once no request was under way this many times in a row: a thread whose request has just arrived
/// may not have noticed it yet.
const QUIET: usize = 15;

pub(super) struct Connections {
    pub(super) limits: Limits,
    /// Set from outside to end the server.
    stop: Arc<AtomicBool>,
    is_full: AtomicBool,
    open: Mutex<Vec<Arc<Mutex<State>>>>,
}

struct State {
    phase: Phase,
    since: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// `tiny_http` waits for a request, or for the rest of one that was refused.
    Waiting,
    /// The body of a request arrives.
    Receiving,
    Answering,
    /// Events are sent as they come. A stop ends that, and does not wait for clients that do not read.
    Streaming,
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    state: Arc<Mutex<State>>,
}

impl Connections {
    pub(super) fn new(limits: Limits, stop: Arc<AtomicBool>) -> Self {
        Self {
            limits,
            stop,
            is_full: AtomicBool::default(),
            open: Mutex::default(),
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    pub(super) fn add(self: &Arc<Self>) -> Connection {
        let state = Arc::new(Mutex::new(State {
            phase: Phase::Waiting,
            since: Instant::now(),
        }));
        lock(&self.open).push(Arc::clone(&state));
        Connection {
            connections: Arc::clone(self),
            state,
        }
    }

    /// Waits until there may be one more, or the server stops.
    pub(super) fn await_room(&self) {
        loop {
            let stuck = self.stuck();
            let count = lock(&self.open).len().saturating_sub(stuck);
            let limit = self.limits.connections;
            self.is_full.store(count + 1 >= limit, Ordering::SeqCst);
            if count < limit || self.is_stopped() {
                return;
            }
            thread::sleep(POLL);
        }
    }

    /// Returns true while connections end after their next answer: the server stops, or the next client waits.
    pub(super) fn closes(&self) -> bool {
        self.is_stopped() || self.is_full.load(Ordering::SeqCst)
    }

    /// Counts the connections that `tiny_http` can no longer read or close. They leave their place to others.
    pub(super) fn stuck(&self) -> usize {
        let open = lock(&self.open);
        let is_stuck = |state: &State| {
            let longest = match state.phase {
                Phase::Waiting => self.limits.idle + self.limits.head,
                Phase::Receiving => self.limits.transfer,
                Phase::Answering | Phase::Streaming => return false,
            };
            state.since.elapsed() > longest
        };
        open.iter().filter(|state| is_stuck(&lock(state))).count()
    }

    /// Waits until no request is under way; returns how many still are at the end of the grace period.
    pub(super) fn finish(&self) -> usize {
        let until = Instant::now() + self.limits.grace;
        let mut quiet = 0;
        loop {
            let open = lock(&self.open);
            let under_way = open
                .iter()
                .filter(|state| lock(state).is_under_way())
                .count();
            let is_empty = open.is_empty();
            drop(open);
            quiet = if under_way == 0 { quiet + 1 } else { 0 };
            if is_empty || quiet > QUIET || Instant::now() >= until {
                return under_way;
            }
            thread::sleep(POLL);
        }
    }
}

impl State {
    fn is_under_way(&self) -> bool {
        matches!(self.phase, Phase::Receiving | Phase::Answering)
    }
}

impl Connection {
    pub(super) fn enter(&self, phase: Phase) {
        let since = Instant::now();
        *lock(&self.state) = State { phase, since };
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = lock(&self.connections.open);
        open.retain(|state| !Arc::ptr_eq(state, &self.state));
        self.connections.is_full.store(false, Ordering::SeqCst);
    }
}
