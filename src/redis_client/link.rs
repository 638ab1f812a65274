//! The thread of one connection: it connects, sends commands and parses replies, while another thread
//! waits for it with a deadline.
//!
//! The redis crate returns a reply once it is complete, and hands out neither the socket nor a part of
//! the reply: a thread that reads a reply without an end can only be left behind. The thread also lets
//! the server, the parser and the command work at the same time.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use redis::{Client, Connection, RedisError, RedisResult, Value};

/// The most that the timeout of the socket may differ from the time that is left: setting it before
/// every reply would cost as much as the reply.
const SLACK: Duration = Duration::from_millis(5);

/// The time that the thread has to report that the deadline passed.
const GRACE: Duration = Duration::from_millis(100);

/// The most timeouts that one exchange may take while replies keep coming.
const LONGEST: u32 = 10;

/// The most bytes of requests that are sent before the replies to earlier ones have been read. The
/// buffers of the sockets hold this much, so a server that stops reading until its replies are read
/// cannot block the send.
const AHEAD: usize = 64 * 1024;

/// The number of replies after which the thread looks at the clock, and if there is more to send: to look
/// at the clock for each would cost a tenth of what a short reply does.
const LOOK: usize = 16;

/// The most threads that may be left behind before no more connections are opened.
const MOST_LEFT_BEHIND: usize = 32;

/// The number of threads that have been left behind and still run.
static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);

/// A connection that a thread of its own opens and serves. Dropping it closes the connection.
pub(super) struct Link {
    requests: Sender<Request>,
    shared: Arc<Shared>,
}

/// Takes over the connection.
type Successor = Box<dyn FnOnce(Connection) + Send>;

#[derive(Default)]
struct Shared {
    /// The number of replies that the thread has received.
    received: AtomicUsize,
    left_behind: OnceLock<LeftBehind>,
    successor: Mutex<Option<Successor>>,
}

/// Counts the thread as left behind, until it ends.
struct LeftBehind;

/// When the replies to a request are due.
#[derive(Clone, Copy)]
pub(super) enum Deadline {
    At(Instant),
    /// This long after the replies to earlier requests.
    InTurn(Duration),
}

/// The failure of an exchange.
pub(super) struct Failure {
    pub(super) error: RedisError,
    /// The replies before the failure: a server that refuses a client sends an error and
    /// disconnects.
    pub(super) replies: Vec<Value>,
    pub(super) is_connected: bool,
    /// True if all commands were sent. If not, the last one is incomplete, and nothing happens
    /// without it.
    pub(super) is_sent: bool,
}

type Outcome = Result<Vec<Value>, Failure>;

struct Request {
    bytes: Vec<u8>,
    replies: usize,
    deadline: Deadline,
    outcome: SyncSender<Outcome>,
}

/// A request whose replies have to be waited for.
pub(crate) struct Ticket {
    outcome: Receiver<Outcome>,
    deadline: Deadline,
    shared: Arc<Shared>,
}

impl Link {
    /// Starts a thread that connects before `until`. The first request reports a failure.
    pub(super) fn connect(client: Client, until: Instant) -> io::Result<Self> {
        if LEFT_BEHIND.load(Ordering::Relaxed) >= MOST_LEFT_BEHIND {
            return Err(io::Error::other("too many replies have no end"));
        }
        let (requests, queue) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        thread::Builder::new().spawn(move || {
            let connected = time_left(until, Instant::now())
                .and_then(|left| client.get_connection_with_timeout(left));
            match connected {
                Ok(redis) => Wire::new(redis, queue, of_thread).run(),
                // The crate has other errors than a timeout for a deadline that has passed.
                Err(_) if Instant::now() >= until => {
                    refuse_first(&queue, io::Error::from(io::ErrorKind::TimedOut).into());
                }
                Err(error) => refuse_first(&queue, error),
            }
        })?;
        Ok(Self { requests, shared })
    }

    /// Queues commands behind those before them.
    pub(super) fn send(&self, bytes: Vec<u8>, replies: usize, deadline: Deadline) -> Ticket {
        let (sender, outcome) = mpsc::sync_channel(1);
        // The thread may have ended. The ticket then reports that there is no outcome.
        let _ = self.requests.send(Request {
            bytes,
            replies,
            deadline,
            outcome: sender,
        });
        Ticket {
            outcome,
            deadline,
            shared: Arc::clone(&self.shared),
        }
    }

    /// Calls a function with the connection, on the thread of the link. Drops the function if the
    /// connection has failed.
    pub(super) fn hand_over(self, successor: impl FnOnce(Connection) + Send + 'static) {
        *self.shared.successor() = Some(Box::new(successor));
    }
}

impl Shared {
    fn successor(&self) -> MutexGuard<'_, Option<Successor>> {
        let successor = self.successor.lock();
        successor.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Waits for the replies.
    ///
    /// If no bytes come, the thread itself gives up at the deadline. If bytes come without an end,
    /// it is left behind: when no reply is complete by the deadline, or none in a timeout after it.
    pub(super) fn wait(self) -> Outcome {
        let start = Instant::now();
        let timeout = match self.deadline {
            Deadline::At(until) => until.saturating_duration_since(start),
            Deadline::InTurn(timeout) => timeout,
        };
        let timeout = timeout + GRACE;
        let last = start + timeout * LONGEST;
        let mut until = start + timeout;
        let mut known = self.shared.received.load(Ordering::Relaxed);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.outcome.recv_timeout(left) {
                Ok(outcome) => return outcome,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Failure::of(io::ErrorKind::BrokenPipe));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            let received = self.shared.received.load(Ordering::Relaxed);
            if received == known || until >= last {
                self.shared.left_behind.get_or_init(LeftBehind::new);
                return Err(Failure::of(io::ErrorKind::TimedOut));
            }
            known = received;
            until = (until + timeout).min(last);
        }
    }
}

/// The end of a connection that the thread holds.
struct Wire {
    redis: Connection,
    /// The timeout that the socket has now.
    socket_timeout: Duration,
    queue: Receiver<Request>,
    /// The next request, if it is too long to be sent ahead.
    held: Option<Request>,
    /// The requests that were sent, with their replies still to be received.
    sent: VecDeque<Sent>,
    shared: Arc<Shared>,
}

struct Sent {
    length: usize,
    replies: usize,
    deadline: Deadline,
    outcome: SyncSender<Outcome>,
    result: RedisResult<()>,
}

impl Wire {
    fn new(redis: Connection, queue: Receiver<Request>, shared: Arc<Shared>) -> Self {
        Self {
            redis,
            socket_timeout: Duration::ZERO,
            queue,
            held: None,
            sent: VecDeque::new(),
            shared,
        }
    }

    /// Serves requests until one fails or the other end is gone. That end may have left a successor.
    fn run(mut self) {
        while let Some(sent) = self.next() {
            let outcome = self.receive(&sent);
            let has_failed = outcome.is_err();
            // The request may not be waited for any more.
            let _ = sent.outcome.send(outcome);
            if has_failed {
                return;
            }
        }
        let successor = self.shared.successor().take();
        if let Some(successor) = successor {
            successor(self.redis);
        }
    }

    fn next(&mut self) -> Option<Sent> {
        if let Some(sent) = self.sent.pop_front() {
            return Some(sent);
        }
        let request = self.held.take().or_else(|| self.queue.recv().ok())?;
        Some(self.send(request))
    }

    fn send(&mut self, request: Request) -> Sent {
        let now = Instant::now();
        let result = self
            .set_timeout(request.deadline.from(now), now)
            .and_then(|()| self.redis.send_packed_command(&request.bytes));
        Sent {
            length: request.bytes.len(),
            replies: request.replies,
            deadline: request.deadline,
            outcome: request.outcome,
            result,
        }
    }

    /// Sends the requests in the queue, so that the server has work while this thread parses
    /// replies.
    fn send_ahead(&mut self) {
        while let Some(request) = self.held.take().or_else(|| self.queue.try_recv().ok()) {
            let ahead: usize = self.sent.iter().map(|sent| sent.length).sum();
            if ahead + request.bytes.len() > AHEAD {
                self.held = Some(request);
                return;
            }
            let sent = self.send(request);
            self.sent.push_back(sent);
        }
    }

    fn receive(&mut self, sent: &Sent) -> Outcome {
        let until = sent.deadline.from(Instant::now());
        let mut replies = Vec::with_capacity(sent.replies);
        while replies.len() < sent.replies {
            let looks = replies.len().is_multiple_of(LOOK);
            if looks {
                self.send_ahead();
            }
            let reply = match &sent.result {
                Err(error) if error.is_timeout() => Err(error.clone()),
                _ if looks => self.receive_before(until),
                _ => self.redis.recv_response(),
            };
            match reply {
                Ok(reply) => replies.push(reply),
                Err(error) => {
                    return Err(Failure {
                        error,
                        replies,
                        is_connected: true,
                        is_sent: sent.result.is_ok(),
                    });
                }
            }
            self.shared.received.fetch_add(1, Ordering::Relaxed);
        }
        Ok(replies)
    }

    fn receive_before(&mut self, until: Instant) -> RedisResult<Value> {
        let now = Instant::now();
        // A reply may still be buffered after a failed send or the deadline; read it.
        self.set_timeout(until.max(now + SLACK), now)?;
        self.redis.recv_response()
    }

    /// Gives the next read or write the time that is left, to within a few milliseconds.
    fn set_timeout(&mut self, until: Instant, now: Instant) -> RedisResult<()> {
        let left = time_left(until, now)?;
        if self.socket_timeout.abs_diff(left) > SLACK || left < SLACK {
            self.redis.set_read_timeout(Some(left))?;
            self.redis.set_write_timeout(Some(left))?;
            self.socket_timeout = left;
        }
        Ok(())
    }
}

/// The time that is left, or a timeout where none is: the system takes 0 for no timeout, or refuses it.
fn time_left(until: Instant, now: Instant) -> RedisResult<Duration> {
    match until.saturating_duration_since(now) {
        Duration::ZERO => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        left => Ok(left),
    }
}

/// Fails the first request: there is no connection.
fn refuse_first(queue: &Receiver<Request>, error: RedisError) {
    if let Ok(request) = queue.recv() {
        let failure = Failure {
            error,
            replies: Vec::new(),
            is_connected: false,
            is_sent: false,
        };
        let _ = request.outcome.send(Err(failure));
    }
}

impl Deadline {
    fn from(self, now: Instant) -> Instant {
        match self {
            Self::At(until) => until,
            Self::InTurn(timeout) => now + timeout,
        }
    }
}

impl Failure {
    /// Returns the failure of a request of which nothing more is known.
    fn of(kind: io::ErrorKind) -> Self {
        Self {
            error: io::Error::from(kind).into(),
            replies: Vec::new(),
            is_connected: true,
            is_sent: true,
        }
    }
}

impl LeftBehind {
    fn new() -> Self {
        LEFT_BEHIND.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for LeftBehind {
    fn drop(&mut self) {
        LEFT_BEHIND.fetch_sub(1, Ordering::Relaxed);
    }
}
