//! A socket whose every wait ends at one deadline: looking the name up, connecting, each read and
//! each write.
//!
//! The timeouts of the standard library are per call, so that a server which sends a byte now and
//! then could hold a reader for ever; here each call gets what is left of the whole, to within a few
//! milliseconds. This file knows bytes, not the Redis protocol.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::address::Endpoint;

/// How far the timeouts that the system has may be from the time left: setting them before every
/// call costs as much as the call.
const SLACK: Duration = Duration::from_millis(5);

/// A connected socket and the moment at which it gives up, within a few milliseconds.
pub(super) struct Socket {
    stream: Stream,
    until: Instant,
    /// The timeouts that the system has; it waits for ever where it has none.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Socket {
    /// Connects before `until`, or fails with [`io::ErrorKind::TimedOut`].
    ///
    /// Neither looking up a name nor connecting to a Unix socket with a full backlog takes a
    /// timeout, so both happen on a thread that is left behind when the deadline passes.
    pub(super) fn connect(endpoint: &Endpoint, until: Instant) -> io::Result<Self> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let endpoint = endpoint.clone();
        thread::Builder::new().spawn(move || {
            // The receiver is gone once the deadline has passed; nobody wants the answer then.
            let _ = sender.send(Stream::connect(&endpoint, until));
        })?;
        let stream = receiver
            .recv_timeout(left(until)?)
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(Self {
            stream,
            until,
            read_timeout: None,
            write_timeout: None,
        })
    }

    /// Moves the deadline: what is read and written from now on ends by then.
    pub(super) fn set_deadline(&mut self, until: Instant) {
        self.until = until;
    }
}

impl Stream {
    fn connect(endpoint: &Endpoint, until: Instant) -> io::Result<Self> {
        let (host, port) = match endpoint {
            Endpoint::Unix(path) => return UnixStream::connect(path).map(Self::Unix),
            Endpoint::Tcp { host, port } | Endpoint::Tls { host, port, .. } => (host, *port),
        };
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in (host.as_str(), port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(until)?) {
                Ok(stream) => {
                    // Requests are small and each waits for its answer: Nagle's algorithm only
                    // adds delay.
                    stream.set_nodelay(true)?;
                    return Ok(Self::Tcp(stream));
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn set_read_timeout(&self, timeout: Duration) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.set_read_timeout(Some(timeout)),
            Self::Tcp(stream) => stream.set_read_timeout(Some(timeout)),
        }
    }

    fn set_write_timeout(&self, timeout: Duration) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.set_write_timeout(Some(timeout)),
            Self::Tcp(stream) => stream.set_write_timeout(Some(timeout)),
        }
    }
}

/// The time left; nothing left is an error, because a timeout of zero means none to the system.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// Repeats a call until something comes of it or the time is up; a signal may interrupt it, and a
/// timeout, which on a socket is `WouldBlock`, may be a little early.
fn settle<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                ) => {}
            result => return result,
        }
    }
}

/// Whether a timeout is to be set anew: it is not about the time left.
fn is_stale(timeout: Option<Duration>, left: Duration) -> bool {
    timeout.is_none_or(|timeout| timeout.abs_diff(left) > SLACK)
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        settle(|| {
            let left = left(self.until)?;
            if is_stale(self.read_timeout, left) {
                self.stream.set_read_timeout(left)?;
                self.read_timeout = Some(left);
            }
            match &mut self.stream {
                Stream::Unix(stream) => stream.read(buffer),
                Stream::Tcp(stream) => stream.read(buffer),
            }
        })
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        settle(|| {
            let left = left(self.until)?;
            if is_stale(self.write_timeout, left) {
                self.stream.set_write_timeout(left)?;
                self.write_timeout = Some(left);
            }
            match &mut self.stream {
                Stream::Unix(stream) => stream.write(bytes),
                Stream::Tcp(stream) => stream.write(bytes),
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.stream {
            Stream::Unix(stream) => stream.as_fd(),
            Stream::Tcp(stream) => stream.as_fd(),
        }
    }
}
