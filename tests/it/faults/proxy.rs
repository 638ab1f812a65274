//! A proxy between `notes` and Redis that cuts the connection at a given byte, or is slow.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is done to the connections: to the one over which a byte goes, counted over all of them. Those
/// that are made after a cut are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Harm {
    /// Nothing.
    None,
    /// One ends once this many bytes have gone to Redis.
    CutRequests(usize),
    /// One ends once this many bytes have come back. With 0 that is when Redis has answered, and so
    /// done, the first request.
    CutReplies(usize),
    /// What comes back beyond this many bytes is late by so much.
    DelayReplies(usize, Duration),
}

impl Harm {
    fn to_requests(self) -> Way {
        let allowed = match self {
            Self::CutRequests(bytes) => bytes,
            Self::None | Self::CutReplies(_) | Self::DelayReplies(..) => usize::MAX,
        };
        Way {
            allowed,
            late: None,
        }
    }

    fn to_replies(self) -> Way {
        Way {
            allowed: match self {
                Self::CutReplies(bytes) => bytes,
                Self::None | Self::CutRequests(_) | Self::DelayReplies(..) => usize::MAX,
            },
            late: match self {
                Self::DelayReplies(bytes, delay) => Some((bytes, delay)),
                Self::None | Self::CutRequests(_) | Self::CutReplies(_) => None,
            },
        }
    }
}

/// How one direction of a connection is treated.
#[derive(Clone, Copy)]
struct Way {
    allowed: usize,
    late: Option<(usize, Duration)>,
}

/// A proxy that listens on a port of its own. It ends with the test process.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    harm: Mutex<Harm>,
    requests: AtomicUsize,
    replies: AtomicUsize,
    is_cut: AtomicBool,
}

impl Proxy {
    /// Stands between clients, who come to this host, and the Redis at the socket `redis`.
    pub(super) fn start(host: &str, redis: PathBuf) -> Self {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            harm: Mutex::new(Harm::None),
            requests: AtomicUsize::new(0),
            replies: AtomicUsize::new(0),
            is_cut: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                serving.carry(client.unwrap(), UnixStream::connect(&redis).unwrap());
            }
        });
        Self { address, shared }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Harms connections made from now on.
    pub(super) fn harm(&self, harm: Harm) {
        *self.shared.harm.lock().unwrap() = harm;
        self.shared.requests.store(0, Ordering::SeqCst);
        self.shared.replies.store(0, Ordering::SeqCst);
        self.shared.is_cut.store(false, Ordering::SeqCst);
    }

    /// Whether a connection has been cut since then.
    pub(super) fn has_cut(&self) -> bool {
        self.shared.is_cut.load(Ordering::SeqCst)
    }

    /// How many bytes have gone each way since then.
    pub(super) fn carried(&self) -> (usize, usize) {
        (
            self.shared.requests.load(Ordering::SeqCst),
            self.shared.replies.load(Ordering::SeqCst),
        )
    }
}

impl Shared {
    fn carry(self: &Arc<Self>, client: TcpStream, redis: UnixStream) {
        let harm = *self.harm.lock().unwrap();
        client.set_nodelay(true).unwrap();
        let end = |client: &TcpStream, redis: &UnixStream| {
            // Either fails only where the connection has ended already.
            let _ = client.shutdown(Shutdown::Both);
            let _ = redis.shutdown(Shutdown::Both);
        };
        let other = (client.try_clone().unwrap(), redis.try_clone().unwrap());
        let shared = Arc::clone(self);
        thread::spawn(move || {
            pass(
                &client,
                &redis,
                harm.to_requests(),
                &shared.requests,
                &shared.is_cut,
            );
            end(&client, &redis);
        });
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let (client, redis) = other;
            pass(
                &redis,
                &client,
                harm.to_replies(),
                &shared.replies,
                &shared.is_cut,
            );
            end(&client, &redis);
        });
    }
}

/// Passes on everything, or as many bytes as are allowed, if another connection has not been cut.
fn pass(
    mut from: impl Read,
    mut to: impl Write,
    way: Way,
    carried: &AtomicUsize,
    is_cut: &AtomicBool,
) {
    let mut buffer = [0; 8 * 1024];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => length,
        };
        // Counted first: once a reply is passed on, the client may end, and the count be asked for.
        let before = carried.fetch_add(length, Ordering::SeqCst);
        if let Some((_, delay)) = way.late.filter(|(bytes, _)| before + length > *bytes) {
            thread::sleep(delay);
        }
        let cut = before + length >= way.allowed && !is_cut.swap(true, Ordering::SeqCst);
        let length = if cut {
            way.allowed.saturating_sub(before).min(length)
        } else {
            length
        };
        if to.write_all(&buffer[..length]).is_err() || cut {
            break;
        }
    }
}
