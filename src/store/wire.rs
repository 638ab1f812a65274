//! What carries bytes to a Redis and back: a socket, with TLS on it or without.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::Instant;

use super::address::Endpoint;
use super::socket::Socket;
#[cfg(feature = "tls")]
use super::tls::{self, TlsSocket};

/// A connected socket, with TLS where the address asks for it.
pub(super) enum Wire {
    Plain(Socket),
    #[cfg(feature = "tls")]
    Tls(Box<TlsSocket>),
}

/// Why there is no connection.
pub(super) enum ConnectError {
    /// The server was not reached.
    Socket(io::Error),
    /// It was, but TLS failed.
    Tls(io::Error),
}

impl Wire {
    /// Connects before `until`, or fails with [`io::ErrorKind::TimedOut`].
    pub(super) fn connect(endpoint: &Endpoint, until: Instant) -> Result<Self, ConnectError> {
        let socket = Socket::connect(endpoint, until).map_err(ConnectError::Socket)?;
        match endpoint {
            Endpoint::Unix(_) | Endpoint::Tcp { .. } => Ok(Self::Plain(socket)),
            #[cfg(feature = "tls")]
            Endpoint::Tls { host, identity, .. } => tls::connect(socket, host, *identity)
                .map(|stream| Self::Tls(Box::new(stream)))
                .map_err(ConnectError::Tls),
            #[cfg(not(feature = "tls"))]
            Endpoint::Tls { .. } => Err(ConnectError::Tls(io::Error::new(
                io::ErrorKind::Unsupported,
                "this notes was built without the feature `tls`",
            ))),
        }
    }

    /// Moves the deadline: what is read and written from now on ends by then.
    pub(super) fn set_deadline(&mut self, until: Instant) {
        match self {
            Self::Plain(socket) => socket.set_deadline(until),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.sock.set_deadline(until),
        }
    }

    /// The socket below.
    pub(super) fn socket(&self) -> BorrowedFd<'_> {
        match self {
            Self::Plain(socket) => socket.as_fd(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.sock.as_fd(),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}
