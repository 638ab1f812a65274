//! Reads of single notes that share exchanges with Redis.
//!
//! Notes that are wanted at the same time are read in one round. A worker takes one round after the other and asks
//! Redis once for each. The more is asked for, the less often Redis is asked. The worker never waits for a client:
//! the thread that wants a note waits for it here, and writes to its client itself.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::{io, mem, thread};

use super::error::Failure;
use super::lock::lock;
use super::pool::{Opener, open};
use crate::note::Note;
use crate::store::Store;

/// The most notes of one round. Each may be large, and all are in memory at once.
const NOTES_PER_ROUND: usize = 32;

pub(super) struct Batch {
    opener: Opener,
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// The read of a whole round failed. Each note is then read alone, so that each request gets its own failure.
#[derive(Clone, Copy)]
pub(super) struct RoundFailed;

#[derive(Default)]
struct Queue {
    rounds: VecDeque<Round>,
    is_worker_idle: bool,
}

#[derive(Default)]
struct Round {
    ids: Vec<String>,
    notes: Arc<OnceLock<Notes>>,
}

/// The notes of a round, in the order of its ids. Setting them wakes all threads that wait, by one system call.
type Notes = Result<Vec<Mutex<Option<Note>>>, RoundFailed>;

impl Batch {
    /// Starts the worker, which ends with the process.
    pub(super) fn start(opener: Opener) -> io::Result<Arc<Self>> {
        let batch = Arc::new(Self {
            opener,
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        let shared = Arc::clone(&batch);
        thread::Builder::new().spawn(move || shared.work())?;
        Ok(batch)
    }

    /// Returns the note with this id, if there is one.
    pub(super) fn get(&self, id: &str) -> Result<Option<Note>, RoundFailed> {
        let (notes, index) = self.join_round(id.to_owned());
        match notes.wait() {
            // No other thread has this index.
            Ok(notes) => Ok(lock(&notes[index]).take()),
            Err(failed) => Err(*failed),
        }
    }

    /// Adds an id to the last round; returns where its note will be.
    fn join_round(&self, id: String) -> (Arc<OnceLock<Notes>>, usize) {
        let mut queue = lock(&self.queue);
        let has_room = |round: &Round| round.ids.len() < NOTES_PER_ROUND;
        if !queue.rounds.back().is_some_and(has_room) {
            queue.rounds.push_back(Round::default());
        }
        let round = queue.rounds.back_mut().expect("a round was added");
        let place = (Arc::clone(&round.notes), round.ids.len());
        round.ids.push(id);
        let is_worker_idle = mem::take(&mut queue.is_worker_idle);
        drop(queue);
        if is_worker_idle {
            self.changed.notify_one();
        }
        place
    }

    fn work(&self) -> ! {
        let mut store = None;
        loop {
            let round = self.next_round();
            let read = catch_unwind(AssertUnwindSafe(|| self.read(&round.ids, &mut store)));
            let notes = if let Ok(Ok(notes)) = read {
                Ok(notes.into_iter().map(Mutex::new).collect())
            } else {
                store = None;
                Err(RoundFailed)
            };
            // The worker alone sets them, and once.
            let _ = round.notes.set(notes);
        }
    }

    fn next_round(&self) -> Round {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(round) = queue.rounds.pop_front() {
                return round;
            }
            queue.is_worker_idle = true;
            let woken = self.changed.wait(queue);
            queue = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn read(
        &self,
        ids: &[String],
        store: &mut Option<Store>,
    ) -> Result<Vec<Option<Note>>, Failure> {
        let store = match store {
            Some(store) => store,
            None => store.insert(open(&self.opener)?),
        };
        let notes = store.get_each(ids)?;
        // The API does not report odd data; reset the counters.
        store.take_faults();
        Ok(notes)
    }
}
