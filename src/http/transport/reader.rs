//! The connection to Redis by which an event loop reads notes, and never waits for them.
//!
//! Requests for one note each gather while an answer is on its way, and are asked for together: under
//! load that is a fraction of the system calls and thread switches of an exchange for each. Whatever
//! goes wrong here is left to the workers, who can wait.

use std::os::fd::{AsFd as _, AsRawFd as _};
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token as Key};

use super::super::exchange::Exchange;
use crate::note::Note;
use crate::store::Store;

/// How many notes are asked for at once.
const TOGETHER: usize = 128;

/// How long an answer is waited for before the workers are asked instead.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long the rest of an answer may take that has begun to arrive. Everybody waits for that.
const STALL: Duration = Duration::from_millis(100);

/// How long no connection is opened after one has failed: the first time, and at the most.
const REST: (Duration, Duration) = (Duration::from_millis(100), Duration::from_mins(1));

/// A request for one note.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) exchange: Exchange,
    pub(super) id: String,
}

/// What reads notes for an event loop.
pub(super) struct Reader {
    key: Key,
    store: Option<Box<Store>>,
    /// Whether a connection is being opened.
    is_connecting: bool,
    /// What has been asked for, and until when the answer is waited for.
    asked: Vec<Wanted>,
    until: Option<Instant>,
    /// What is to be asked for next.
    gathered: Vec<Wanted>,
    /// Before this no connection is opened.
    rests_until: Option<Instant>,
    rest: Duration,
}

/// What a reader wants done.
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// That somebody opens a connection for it.
    Connection,
}

impl Reader {
    /// A reader without a connection, whose events will have that key.
    pub(super) fn new(key: Key) -> Self {
        Self {
            key,
            store: None,
            is_connecting: false,
            asked: Vec::new(),
            until: None,
            gathered: Vec::new(),
            rests_until: None,
            rest: REST.0,
        }
    }

    /// Takes a request.
    pub(super) fn gather(&mut self, wanted: Wanted) {
        self.gathered.push(wanted);
    }

    /// Until when an answer is waited for.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Takes the connection that was opened for it, if one could be.
    pub(super) fn connected(
        &mut self,
        store: Option<Box<Store>>,
        registry: &Registry,
        now: Instant,
    ) {
        self.is_connecting = false;
        self.until = None;
        let registered = store.and_then(|store| {
            let socket = store.as_fd().as_raw_fd();
            let mut source = SourceFd(&socket);
            let done = registry.register(&mut source, self.key, Interest::READABLE);
            done.ok().map(|()| store)
        });
        match registered {
            Some(store) => self.store = Some(store),
            None => self.take_a_rest(now),
        }
    }

    /// Asks for what has gathered, if nothing is on its way. What cannot be asked for is added to
    /// `left`.
    pub(super) fn ask(&mut self, now: Instant, left: &mut Vec<Wanted>) -> Need {
        if self.gathered.is_empty() || !self.asked.is_empty() {
            return Need::Nothing;
        }
        let Some(store) = &mut self.store else {
            return self.connect(now, left);
        };
        let count = self.gathered.len().min(TOGETHER);
        self.asked.extend(self.gathered.drain(..count));
        self.until = Some(now + PATIENCE);
        if store.ask(&ids(&self.asked)).is_err() {
            self.fail(now, left);
        }
        Need::Nothing
    }

    /// Without a connection, what has gathered waits for one, if one may be opened.
    fn connect(&mut self, now: Instant, left: &mut Vec<Wanted>) -> Need {
        if self.rests_until.is_some_and(|until| until > now) {
            left.append(&mut self.gathered);
            return Need::Nothing;
        }
        self.until.get_or_insert(now + PATIENCE);
        if std::mem::replace(&mut self.is_connecting, true) {
            return Need::Nothing;
        }
        Need::Connection
    }

    /// Takes an answer that has begun to arrive. What was not found out by it is added to `left`.
    pub(super) fn answer(
        &mut self,
        event: &Event,
        now: Instant,
        left: &mut Vec<Wanted>,
    ) -> Vec<(Wanted, Option<Note>)> {
        let Some(store) = &mut self.store else {
            return Vec::new();
        };
        if self.asked.is_empty() {
            // Redis has nothing to say unless it is asked.
            if event.is_read_closed() || event.is_error() {
                self.store = None;
            }
            return Vec::new();
        }
        match store.answer(&ids(&self.asked), STALL) {
            Ok(notes) => {
                // Nobody here mends other writers' data or shows its faults; do not gather them.
                store.take_faults();
                self.until = None;
                self.rest = REST.0;
                self.asked.drain(..).zip(notes).collect()
            }
            // One bad note fails them all, so each is to be asked for by itself.
            Err(_) if store.is_usable() => {
                self.until = None;
                left.append(&mut self.asked);
                Vec::new()
            }
            Err(_) => {
                self.fail(now, left);
                Vec::new()
            }
        }
    }

    /// Gives up an answer, or a connection, that does not come.
    pub(super) fn expire(&mut self, now: Instant, left: &mut Vec<Wanted>) {
        if self.until.is_some_and(|until| until <= now) {
            self.fail(now, left);
        }
    }

    fn fail(&mut self, now: Instant, left: &mut Vec<Wanted>) {
        self.store = None;
        self.until = None;
        left.append(&mut self.asked);
        left.append(&mut self.gathered);
        self.take_a_rest(now);
    }

    fn take_a_rest(&mut self, now: Instant) {
        self.rests_until = Some(now + self.rest);
        self.rest = (self.rest * 2).min(REST.1);
    }
}

fn ids(wanted: &[Wanted]) -> Vec<&str> {
    wanted.iter().map(|wanted| wanted.id.as_str()).collect()
}
