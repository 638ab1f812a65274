//! Which connections there are, how many requests are under way on them, and the server's own end.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::limits::Limits;
use super::pool::lock;

/// How often it is looked whether all is answered, or whether there is room.
const POLL: Duration = Duration::from_millis(10);

/// How often nothing must be under way in a row before a stop takes it that all is answered: a thread that
/// a request has arrived for may not have noticed it yet.
const QUIET: usize = 15;

/// Ends a server, from any thread. Clones end the same server.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the server to end. Asked before the server has started, it ends at once when it does.
    pub(crate) fn stop(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Since when a connection waits for a request; none while its thread sees to one.
type Waiting = Mutex<Option<Instant>>;

#[derive(Default)]
pub(super) struct Connections {
    limits: Limits,
    is_full: AtomicBool,
    open: Mutex<Vec<Arc<Waiting>>>,
    under_way: AtomicUsize,
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    waiting: Arc<Waiting>,
    /// For each response that another thread sends: whether it is sent.
    sent: VecDeque<Receiver<()>>,
}

/// A request that is under way until this is dropped.
pub(super) struct UnderWay(Arc<Connections>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    pub(super) fn add(self: &Arc<Self>) -> Connection {
        let waiting = Arc::new(Mutex::new(Some(Instant::now())));
        lock(&self.open).push(Arc::clone(&waiting));
        Connection {
            connections: Arc::clone(self),
            waiting,
            sent: VecDeque::new(),
        }
    }

    /// Waits until there may be one more, or the server stops.
    pub(super) fn await_room(&self, stop: &Stop) {
        loop {
            let stuck = self.stuck();
            let count = lock(&self.open).len().saturating_sub(stuck);
            let limit = self.limits.connections;
            self.is_full.store(count + 1 >= limit, Ordering::SeqCst);
            if count < limit || stop.is_asked() {
                return;
            }
            thread::sleep(POLL);
        }
    }

    /// Whether the next client has to wait: those that are answered are then to end.
    pub(super) fn is_full(&self) -> bool {
        self.is_full.load(Ordering::SeqCst)
    }

    /// How many have waited for so long that their clients can neither be read from nor be hung up on. They do
    /// not count any more.
    pub(super) fn stuck(&self) -> usize {
        let longest = self.limits.idle + self.limits.head;
        let is_long = |since: Instant| since.elapsed() > longest;
        let open = lock(&self.open);
        open.iter()
            .filter(|one| lock(one).is_some_and(is_long))
            .count()
    }

    /// Waits until nothing is under way any more; returns how much still is at the end of the grace period.
    pub(super) fn finish(&self, grace: Duration) -> usize {
        let until = Instant::now() + grace;
        let mut quiet = 0;
        loop {
            // No request outlives its connection: where none is open, nothing is counted after this.
            let is_empty = lock(&self.open).is_empty();
            let under_way = self.under_way.load(Ordering::SeqCst);
            quiet = if under_way == 0 { quiet + 1 } else { 0 };
            if is_empty || quiet > QUIET || Instant::now() >= until {
                return under_way;
            }
            thread::sleep(POLL);
        }
    }
}

impl Connection {
    pub(super) fn waits(&self) {
        *lock(&self.waiting) = Some(Instant::now());
    }

    pub(super) fn begin(&self) -> UnderWay {
        *lock(&self.waiting) = None;
        self.connections.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(&self.connections))
    }

    /// Leaves a response to another thread, which is to say when it is sent. It may be about to say so of the
    /// last one, but not of more: a client that sends requests ahead of the responses waits.
    pub(super) fn hand_over(&mut self) -> io::Result<SyncSender<()>> {
        self.settle(1)?;
        let (sender, sent) = sync_channel(1);
        self.sent.push_back(sent);
        Ok(sender)
    }

    /// Waits until no more than so many responses are left that other threads are to send. Fails if one could
    /// not be sent.
    pub(super) fn settle(&mut self, most: usize) -> io::Result<()> {
        while self.sent.len() > most
            && let Some(sent) = self.sent.pop_front()
        {
            sent.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.settle(0);
        let mut open = lock(&self.connections.open);
        open.retain(|waiting| !Arc::ptr_eq(waiting, &self.waiting));
        self.connections.is_full.store(false, Ordering::SeqCst);
    }
}
