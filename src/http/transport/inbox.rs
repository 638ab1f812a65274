//! What other threads have for an event loop, and how they wake it.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mio::net::TcpStream;
use mio::{Poll, Token as Key, Waker};

use super::super::workers::Outcome;

/// Something for an event loop.
pub(super) enum Message {
    /// A client that has come in.
    Client(TcpStream, SocketAddr),
    /// What came of the work that a worker was given.
    Outcome(Outcome),
    /// Nothing but that there may be something to do.
    Wake,
    /// That no more clients will come in, and those that there are are to be let go.
    Stop,
}

/// Where messages wait, in their order.
pub(super) struct Inbox {
    messages: Mutex<Vec<Message>>,
    waker: Waker,
    clients: AtomicUsize,
}

impl Inbox {
    /// An inbox whose messages wake `poll` by an event with that key.
    pub(super) fn new(poll: &Poll, key: Key) -> io::Result<Self> {
        Ok(Self {
            messages: Mutex::default(),
            waker: Waker::new(poll.registry(), key)?,
            clients: AtomicUsize::new(0),
        })
    }

    /// Adds a message.
    pub(super) fn send(&self, message: Message) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = messages.is_empty();
        messages.push(message);
        drop(messages);
        if is_first {
            // It fails only where the system has no memory left for it.
            let _ = self.waker.wake();
        }
    }

    /// Takes all messages.
    pub(super) fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many clients the loop has, or has been sent.
    pub(super) fn clients(&self) -> usize {
        self.clients.load(Ordering::SeqCst)
    }

    /// Counts a client that is sent.
    pub(super) fn enter(&self) {
        self.clients.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts a client that has left.
    pub(super) fn leave(&self) {
        self.clients.fetch_sub(1, Ordering::SeqCst);
    }
}
