//! Which connections there are, how many requests are under way on them, and the server's own end.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
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

pub(super) struct Connections {
    pub(super) limits: Limits,
    /// Set from outside to end the server.
    stop: Arc<AtomicBool>,
    is_full: AtomicBool,
    open: Mutex<Vec<Arc<Mutex<Requests>>>>,
}

struct Requests {
    under_way: usize,
    /// When the last one ended, or the connection began.
    since: Instant,
}

/// One connection, which counts until it is dropped.
pub(super) struct Connection {
    connections: Arc<Connections>,
    requests: Arc<Mutex<Requests>>,
    /// For each response that another thread sends: whether it is sent.
    sent: VecDeque<Receiver<()>>,
}

/// A request that is under way until this is dropped.
pub(super) struct UnderWay(Arc<Mutex<Requests>>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut requests = lock(&self.0);
        requests.under_way -= 1;
        requests.since = Instant::now();
    }
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
        let (under_way, since) = (0, Instant::now());
        let requests = Arc::new(Mutex::new(Requests { under_way, since }));
        lock(&self.open).push(Arc::clone(&requests));
        Connection {
            connections: Arc::clone(self),
            requests,
            sent: VecDeque::new(),
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

    /// Whether connections are to end once they are answered: the server stops, or the next client waits.
    pub(super) fn closes(&self) -> bool {
        self.is_stopped() || self.is_full.load(Ordering::SeqCst)
    }

    /// How many have waited for so long that their clients can neither be read from nor be hung up on. They do
    /// not count any more.
    pub(super) fn stuck(&self) -> usize {
        let longest = self.limits.idle + self.limits.head;
        let open = lock(&self.open);
        let requests = open.iter().map(|requests| lock(requests));
        requests
            .filter(|it| it.under_way == 0 && it.since.elapsed() > longest)
            .count()
    }

    /// Waits until nothing is under way any more; returns how much still is at the end of the grace period.
    pub(super) fn finish(&self) -> usize {
        let until = Instant::now() + self.limits.grace;
        let mut quiet = 0;
        loop {
            let open = lock(&self.open);
            let under_way = open.iter().map(|requests| lock(requests).under_way).sum();
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

impl Connection {
    pub(super) fn begin(&self) -> UnderWay {
        lock(&self.requests).under_way += 1;
        UnderWay(Arc::clone(&self.requests))
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
        open.retain(|requests| !Arc::ptr_eq(requests, &self.requests));
        self.connections.is_full.store(false, Ordering::SeqCst);
    }
}
