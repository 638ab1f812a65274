//! A proxy between `notes` and Redis that cuts the connection at a given byte.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Nowhere.
    Never,
    /// Once this many bytes have gone to Redis.
    Requests(usize),
    /// Once this many bytes have come back.
    Replies(usize),
}

impl Cut {
    fn of_requests(self) -> usize {
        match self {
            Self::Requests(bytes) => bytes,
            Self::Never | Self::Replies(_) => usize::MAX,
        }
    }

    fn of_replies(self) -> usize {
        match self {
            Self::Replies(bytes) => bytes,
            Self::Never | Self::Requests(_) => usize::MAX,
        }
    }
}

/// A proxy that listens on a socket of its own. It ends with the test process.
pub(super) struct Proxy {
    socket: PathBuf,
    shared: Arc<Shared>,
}

struct Shared {
    cut: Mutex<Cut>,
    requests: AtomicUsize,
    replies: AtomicUsize,
}

impl Proxy {
    /// Stands between clients and the Redis at the socket `redis`.
    pub(super) fn start(directory: &Path, redis: PathBuf) -> Self {
        let socket = directory.join("proxy");
        let listener = UnixListener::bind(&socket).unwrap();
        let shared = Arc::new(Shared {
            cut: Mutex::new(Cut::Never),
            requests: AtomicUsize::new(0),
            replies: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                serving.carry(client.unwrap(), UnixStream::connect(&redis).unwrap());
            }
        });
        Self { socket, shared }
    }

    pub(super) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }

    /// Cuts connections made from now on.
    pub(super) fn cut(&self, cut: Cut) {
        *self.shared.cut.lock().unwrap() = cut;
        self.shared.requests.store(0, Ordering::SeqCst);
        self.shared.replies.store(0, Ordering::SeqCst);
    }

    /// How many bytes have gone each way since the cut was set.
    pub(super) fn carried(&self) -> (usize, usize) {
        (
            self.shared.requests.load(Ordering::SeqCst),
            self.shared.replies.load(Ordering::SeqCst),
        )
    }
}

impl Shared {
    fn carry(self: &Arc<Self>, client: UnixStream, redis: UnixStream) {
        let cut = *self.cut.lock().unwrap();
        let ways = [
            (
                client.try_clone().unwrap(),
                redis.try_clone().unwrap(),
                true,
            ),
            (redis, client, false),
        ];
        for (from, to, is_request) in ways {
            let shared = Arc::clone(self);
            thread::spawn(move || {
                if is_request {
                    pass(from, to, cut.of_requests(), &shared.requests);
                } else {
                    pass(from, to, cut.of_replies(), &shared.replies);
                }
            });
        }
    }
}

/// Passes on as many bytes as are allowed, then ends the connection for both sides.
fn pass(mut from: UnixStream, mut to: UnixStream, allowed: usize, carried: &AtomicUsize) {
    let mut left = allowed;
    let mut buffer = [0; 8 * 1024];
    while left > 0 {
        let length = match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => length.min(left),
        };
        // Counted first: once a reply is passed on, the client may end, and the count be asked for.
        carried.fetch_add(length, Ordering::SeqCst);
        left -= length;
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // Either fails only where the connection has ended already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
