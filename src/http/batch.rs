//! Reads of single notes that share exchanges with Redis.
//!
//! Notes that are wanted at the same time are read in one round. A worker takes one round after the other and asks
//! Redis once for each. The more is asked for, the less often Redis is asked. A worker never waits for a client:
//! the thread that wants a note waits for it here, and writes to its client itself.
//!
//! The worker also makes the responses. A note has a dozen pieces of memory; threads of connections that freed those
//! would compete with the workers for the locks of the allocator.
//!
//! A large note is not read in a round with others, which would wait for it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::{io, mem, thread};

use super::error::Failure;
use super::large_notes::{LARGE, LargeNotes};
use super::lock::lock;
use super::message::Response;
use super::pool::{Opener, open};
use crate::note::Note;
use crate::store::Store;

/// The most notes of one round.
const NOTES_PER_ROUND: usize = 32;

/// While one worker waits for Redis, the other makes responses.
const WORKERS: usize = 2;

pub(super) struct Batch {
    opener: Opener,
    pub(super) large_notes: LargeNotes,
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// The read of a whole round failed. Each note is then read alone, so that each request gets its own failure.
#[derive(Clone, Copy)]
pub(super) struct RoundFailed;

/// The outcome of the read of one note.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are notes")]
pub(super) enum Found {
    Nothing,
    Note(Response),
    /// A large note, of this size. It is to be read by itself.
    Large(usize),
}

struct Queue {
    rounds: VecDeque<Round>,
    /// The most notes of a round now. It doubles after each full round, and is one after a round with a large note:
    /// all notes of a round are in memory at once.
    room: usize,
    idle_workers: usize,
}

#[derive(Default)]
struct Round {
    ids: Vec<String>,
    found: Arc<OnceLock<Outcome>>,
}

/// What a round found, in the order of its ids. Setting it wakes all threads that wait, by one system call.
type Outcome = Result<Vec<Mutex<Found>>, RoundFailed>;

impl From<Option<Note>> for Found {
    fn from(note: Option<Note>) -> Self {
        let Some(note) = note else {
            return Self::Nothing;
        };
        match note.size() {
            size if size >= LARGE => Self::Large(size),
            _ => Self::Note(Response::with_note(200, &note)),
        }
    }
}

impl Batch {
    /// Starts the workers, which end with the process.
    pub(super) fn start(opener: Opener) -> io::Result<Arc<Self>> {
        let batch = Arc::new(Self::new(opener));
        for _ in 0..WORKERS {
            let shared = Arc::clone(&batch);
            thread::Builder::new().spawn(move || shared.work())?;
        }
        Ok(batch)
    }

    fn new(opener: Opener) -> Self {
        Self {
            opener,
            large_notes: LargeNotes::default(),
            queue: Mutex::new(Queue {
                rounds: VecDeque::new(),
                room: 1,
                idle_workers: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Returns the response with the note that has this id, if there is one.
    pub(super) fn get(&self, id: &str) -> Result<Found, RoundFailed> {
        if let Some(size) = self.large_notes.size(id) {
            return Ok(Found::Large(size));
        }
        let (found, index) = self.join_round(id.to_owned());
        match found.wait() {
            // No other thread has this index.
            Ok(found) => Ok(mem::replace(&mut *lock(&found[index]), Found::Nothing)),
            Err(failed) => Err(*failed),
        }
    }

    /// Adds an id to the last round; returns where its note will be.
    fn join_round(&self, id: String) -> (Arc<OnceLock<Outcome>>, usize) {
        let mut queue = lock(&self.queue);
        let has_room = |round: &Round| round.ids.len() < queue.room;
        if !queue.rounds.back().is_some_and(has_room) {
            queue.rounds.push_back(Round::default());
        }
        let round = queue.rounds.back_mut().expect("a round was added");
        let place = (Arc::clone(&round.found), round.ids.len());
        round.ids.push(id);
        let wakes = queue.idle_workers > 0;
        if wakes {
            queue.idle_workers -= 1;
        }
        drop(queue);
        if wakes {
            self.changed.notify_one();
        }
        place
    }

    fn work(&self) -> ! {
        let mut store = None;
        loop {
            let round = self.next_round();
            let read = catch_unwind(AssertUnwindSafe(|| self.read(&round.ids, &mut store)));
            let outcome = if let Ok(Ok(found)) = read {
                Ok(found)
            } else {
                store = None;
                Err(RoundFailed)
            };
            // The worker alone sets it, and once.
            let _ = round.found.set(outcome);
        }
    }

    fn next_round(&self) -> Round {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(round) = queue.rounds.pop_front() {
                return round;
            }
            queue.idle_workers += 1;
            let woken = self.changed.wait(queue);
            queue = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn read(
        &self,
        ids: &[String],
        store: &mut Option<Store>,
    ) -> Result<Vec<Mutex<Found>>, Failure> {
        // The last round may have shown that notes of this one are large.
        let sizes: Vec<_> = ids.iter().map(|id| self.large_notes.size(id)).collect();
        let unknown = ids.iter().zip(&sizes).filter(|(_, size)| size.is_none());
        let asked: Vec<&str> = unknown.map(|(id, _)| id.as_str()).collect();
        let connected = match store {
            Some(store) => store,
            None => store.insert(open(&self.opener)?),
        };
        let mut notes = connected.get_each(&asked)?.into_iter();
        // The API does not report odd data; reset the counters.
        connected.take_faults();
        let mut outcome = Vec::with_capacity(ids.len());
        let mut is_small = true;
        for (id, size) in ids.iter().zip(sizes) {
            if let Some(size) = size {
                outcome.push(Mutex::new(Found::Large(size)));
                continue;
            }
            let found = notes.next().expect("each id has a reply").into();
            if let Found::Large(size) = found {
                self.large_notes.learn(id, size);
                is_small = false;
                // A connection keeps a buffer of the size of the longest reply.
                *store = None;
            }
            outcome.push(Mutex::new(found));
        }
        self.set_room(ids.len(), is_small);
        Ok(outcome)
    }

    /// Sets the size of the rounds to come after a round of this size.
    fn set_room(&self, count: usize, is_small: bool) {
        let mut queue = lock(&self.queue);
        if !is_small {
            queue.room = 1;
        } else if count >= queue.room {
            queue.room = (2 * queue.room).min(NOTES_PER_ROUND);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wants that many notes, and returns how many each round has.
    fn rounds(batch: &Batch, count: usize) -> Vec<usize> {
        for _ in 0..count {
            batch.join_round("a".to_owned());
        }
        let rounds = mem::take(&mut lock(&batch.queue).rounds);
        rounds.iter().map(|round| round.ids.len()).collect()
    }

    #[test]
    fn rounds_grow_while_they_are_full_and_shrink_after_a_large_note() {
        let batch = Batch::new(Arc::new(|| anyhow::bail!("no server")));
        assert_eq!(rounds(&batch, 3), [1, 1, 1]);
        batch.set_room(1, true);
        assert_eq!(rounds(&batch, 3), [2, 1]);
        batch.set_room(1, true);
        assert_eq!(rounds(&batch, 3), [2, 1]);
        for count in [2, 4, 8, 16, 32] {
            batch.set_room(count, true);
        }
        assert_eq!(rounds(&batch, 70), [32, 32, 6]);
        batch.set_room(32, false);
        assert_eq!(rounds(&batch, 2), [1, 1]);
    }

    #[test]
    fn a_note_that_is_known_to_be_large_joins_no_round() {
        let batch = Batch::new(Arc::new(|| anyhow::bail!("no server")));
        batch.large_notes.learn("a", LARGE);
        assert!(matches!(batch.get("a"), Ok(Found::Large(LARGE))));
    }
}
