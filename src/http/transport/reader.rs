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

/// How many notes are asked for at once, and how many bytes their ids may have together (or one of
/// them has more): less than a socket takes without waiting.
const TOGETHER: (usize, usize) = (128, 32 * 1_024);

/// How long an answer is waited for before the workers are asked instead.
const TIMEOUT: Duration = Duration::from_secs(1);

/// How long a question may take to leave, and the rest of an answer that has begun to arrive.
/// Everybody waits for that.
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
        self.asked
            .extend(self.gathered.drain(..batch(&self.gathered)));
        self.until = Some(now + TIMEOUT);
        if store.ask(&ids(&self.asked), STALL).is_err() {
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
        self.until.get_or_insert(now + TIMEOUT);
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
        let answer = store.answer(&ids(&self.asked), STALL);
        // Nobody here mends other writers' data or shows its faults; do not gather them.
        store.take_faults();
        match answer {
            Ok(notes) => {
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

/// How many of those that have gathered are asked for next.
fn batch(gathered: &[Wanted]) -> usize {
    let (most, most_bytes) = TOGETHER;
    let mut bytes = 0;
    let fits = |wanted: &&Wanted| {
        bytes += wanted.id.len();
        bytes <= most_bytes
    };
    gathered.iter().take(most).take_while(fits).count().max(1)
}

fn ids(wanted: &[Wanted]) -> Vec<&str> {
    wanted.iter().map(|wanted| wanted.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::head::Incoming;

    fn wanted(length: usize) -> Wanted {
        Wanted {
            exchange: Exchange::new(0, "a test".into(), Incoming::unreadable()),
            id: "x".repeat(length),
        }
    }

    #[test]
    fn no_more_is_asked_at_once_than_leaves_without_waiting() {
        let sizes = |count: usize, length: usize| {
            let gathered: Vec<Wanted> = (0..count).map(|_| wanted(length)).collect();
            batch(&gathered)
        };
        assert_eq!(sizes(1, 36), 1);
        assert_eq!(sizes(1_000, 36), TOGETHER.0);
        assert_eq!(sizes(1_000, 10_000), 3);
        assert_eq!(sizes(2, TOGETHER.1 + 1), 1);
    }
}
