//! Where connections are accepted and given to the event loops, up to the limit.
//!
//! Where there is no room, a client that asks for nothing makes room for one that has just come. An
//! error of accept is about one client, or passes: it is said once, and tried again.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token as Key, Waker};

use super::super::exchange::Desk;
use super::super::stop::Stop;
use super::inbox::{Inbox, Message};

const LISTENER: Key = Key(0);
const WAKER: Key = Key(1);

/// How long accepting waits after an error: for someone to close a file, mostly.
const RECOVERY: Duration = Duration::from_millis(100);

/// What the door and the event loops tell each other of the room that there is.
pub(super) struct Room {
    /// Whether a client waits at the door.
    is_awaited: AtomicBool,
    /// Whether a client is to leave for it.
    is_wanted: AtomicBool,
    door: Waker,
}

impl Room {
    /// Whether a client that asks for nothing is to leave.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::SeqCst)
    }

    /// Says that one is about to leave; false where another has done so.
    pub(super) fn give(&self) -> bool {
        self.is_wanted.swap(false, Ordering::SeqCst)
    }

    /// Says that a client has left.
    pub(super) fn has_been_left(&self) {
        if self.is_awaited.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Has the door look whether there is something to do.
    pub(super) fn wake(&self) {
        // It fails where the system has no memory left; the next client wakes it as well.
        let _ = self.door.wake();
    }
}

/// A listener and who waits at it.
pub(super) struct Door {
    poll: Poll,
    listener: TcpListener,
    room: Arc<Room>,
    desk: Arc<Desk>,
    /// How many clients there may be inside.
    limit: usize,
    /// Whether there may be someone to accept.
    is_knocked_at: bool,
    /// One that was accepted and found no room. Until that is let in, nobody else is accepted.
    held: Option<(TcpStream, SocketAddr)>,
    /// When accepting is to be tried again.
    retry: Option<Instant>,
    /// Whether accepting failed the last time.
    in_trouble: bool,
}

impl Door {
    pub(super) fn new(
        listener: std::net::TcpListener,
        desk: Arc<Desk>,
        limit: usize,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let door = Waker::new(poll.registry(), WAKER)?;
        listener.set_nonblocking(true)?;
        let mut listener = TcpListener::from_std(listener);
        let registry = poll.registry();
        registry.register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            poll,
            listener,
            room: Arc::new(Room {
                is_awaited: AtomicBool::new(false),
                is_wanted: AtomicBool::new(false),
                door,
            }),
            desk,
            limit,
            is_knocked_at: false,
            held: None,
            retry: None,
            in_trouble: false,
        })
    }

    pub(super) fn room(&self) -> Arc<Room> {
        Arc::clone(&self.room)
    }

    /// Lets clients in until the server is stopped, each to the event loop that has the fewest. Those
    /// that have come by then are let in.
    pub(super) fn attend(mut self, loops: &[Arc<Inbox>], stop: &Stop) -> io::Result<()> {
        let mut events = Events::with_capacity(2);
        while !stop.is_asked() {
            let left = |retry: Instant| retry.saturating_duration_since(Instant::now());
            match self.poll.poll(&mut events, self.retry.map(left)) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            self.is_knocked_at |= events.iter().any(|event| event.token() == LISTENER);
            if self.retry.is_some_and(|retry| retry <= Instant::now()) {
                self.retry = None;
            }
            self.let_in(loops);
        }
        self.is_knocked_at = true;
        self.let_in(loops);
        Ok(())
    }

    fn let_in(&mut self, loops: &[Arc<Inbox>]) {
        while let Some((stream, address)) = self.held.take().or_else(|| self.accept()) {
            if self.is_full(loops) {
                self.held = Some((stream, address));
                self.await_room(loops);
                // One may have left just before it could know that it is awaited.
                if self.is_full(loops) {
                    return;
                }
            } else if let Some(inbox) = loops.iter().min_by_key(|inbox| inbox.clients()) {
                inbox.enter();
                inbox.send(Message::Client(stream, address));
            }
        }
        self.room.is_awaited.store(false, Ordering::SeqCst);
        self.room.is_wanted.store(false, Ordering::SeqCst);
        self.desk.set_crowded(false);
    }

    fn is_full(&self, loops: &[Arc<Inbox>]) -> bool {
        loops.iter().map(|inbox| inbox.clients()).sum::<usize>() >= self.limit
    }

    fn await_room(&self, loops: &[Arc<Inbox>]) {
        // Whoever is answered now gives up its place.
        self.desk.set_crowded(true);
        self.room.is_awaited.store(true, Ordering::SeqCst);
        self.room.is_wanted.store(true, Ordering::SeqCst);
        for inbox in loops {
            inbox.send(Message::Wake);
        }
    }

    fn accept(&mut self) -> Option<(TcpStream, SocketAddr)> {
        while self.is_knocked_at && self.retry.is_none() {
            match self.listener.accept() {
                Ok((stream, address)) => {
                    self.in_trouble = false;
                    // Without it a response of more than one packet waits for the client's delayed
                    // acknowledgement. Where it cannot be set, the client is gone.
                    let _ = stream.set_nodelay(true);
                    return Some((stream, address));
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => self.is_knocked_at = false,
                    ErrorKind::Interrupted
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::ConnectionReset => {}
                    _ => self.recover(&error),
                },
            }
        }
        None
    }

    fn recover(&mut self, error: &io::Error) {
        if !self.in_trouble {
            self.desk.say(&format!(
                "cannot accept connections, goes on trying: {error}"
            ));
        }
        self.in_trouble = true;
        self.retry = Some(Instant::now() + RECOVERY);
    }
}
