//! A socket whose every wait ends at one deadline: looking the name up, connecting, each read and
//! each write.
//!
//! The timeouts of the standard library are per call, so that a server which sends a byte now and
//! then could hold a reader for ever; here each call gets only what is left of the whole. This file
//! knows bytes, not the Redis protocol.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::address::Endpoint;

/// A connected socket and the moment at which it gives up.
pub(super) struct Socket {
    stream: Stream,
    until: Instant,
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
        Ok(Self { stream, until })
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
}

/// The time left; nothing left is an error, because a timeout of zero means none to the system.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// Repeats a call that a signal interrupted, and gives a passed timeout its name: on a socket the
/// system reports it as `WouldBlock`.
fn settle<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            result => return result,
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let until = self.until;
        settle(|| match &mut self.stream {
            Stream::Unix(stream) => {
                stream.set_read_timeout(Some(left(until)?))?;
                stream.read(buffer)
            }
            Stream::Tcp(stream) => {
                stream.set_read_timeout(Some(left(until)?))?;
                stream.read(buffer)
            }
        })
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let until = self.until;
        settle(|| match &mut self.stream {
            Stream::Unix(stream) => {
                stream.set_write_timeout(Some(left(until)?))?;
                stream.write(bytes)
            }
            Stream::Tcp(stream) => {
                stream.set_write_timeout(Some(left(until)?))?;
                stream.write(bytes)
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
