//! Reads of single notes that arrive at the same time, asked of Redis together.
//!
//! While one exchange with Redis is under way, the requests that arrive meanwhile gather; the first
//! of them then asks for all. Under load that is a fraction of the system calls and thread switches
//! of an exchange for each, which cost more than the exchange; a request that comes alone asks at
//! once, as if there were nothing of the kind. Nothing here knows HTTP.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::error::Failure;
use super::pool::{Pool, Purpose};
use crate::note::Note;

/// How many exchanges may be under way at once, so that one that has to wait for its connection
/// does not hold up all the others.
const LEADERS: usize = 2;

/// The requests that gather.
#[derive(Default)]
pub(super) struct Together {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    leaders: usize,
    waiting: Vec<Arc<Seat>>,
}

/// Where a request waits for what others do for it.
struct Seat {
    id: String,
    outcome: Mutex<Option<Outcome>>,
    known: Condvar,
}

enum Outcome {
    /// What was found under its id.
    Found(Option<Note>),
    /// Nothing was found out: it is to ask for itself, and for those that wait.
    Lead,
    /// Nothing was found out: it is to ask for itself.
    Alone,
}

impl Together {
    /// The note with that id, as [`Store::get`](crate::store::Store::get) finds it.
    pub(super) fn get(&self, pool: &Pool, id: &str) -> Result<Option<Note>, Failure> {
        match self.take_seat(id).map(|seat| seat.wait()) {
            Some(Outcome::Found(note)) => Ok(note),
            Some(Outcome::Alone) => alone(pool, id),
            Some(Outcome::Lead) | None => self.lead(pool, id),
        }
    }

    /// A seat to wait at; none for a request that may lead at once.
    fn take_seat(&self, id: &str) -> Option<Arc<Seat>> {
        let mut queue = self.queue();
        if queue.leaders < LEADERS {
            queue.leaders += 1;
            return None;
        }
        let seat = Arc::new(Seat {
            id: id.to_owned(),
            outcome: Mutex::new(None),
            known: Condvar::new(),
        });
        queue.waiting.push(Arc::clone(&seat));
        Some(seat)
    }

    fn lead(&self, pool: &Pool, id: &str) -> Result<Option<Note>, Failure> {
        let mut lead = Lead {
            together: self,
            followers: std::mem::take(&mut self.queue().waiting),
        };
        if lead.followers.is_empty() {
            return alone(pool, id);
        }
        let followers = lead.followers.iter().map(|seat| seat.id.as_str());
        let ids: Vec<&str> = std::iter::once(id).chain(followers).collect();
        let Ok(notes) = pool.with(Purpose::Read, |store| Ok(store.get_each(&ids)?)) else {
            // One bad note fails them all, and an error cannot be shared: each finds its own.
            drop(lead);
            return alone(pool, id);
        };
        let mut notes = notes.into_iter();
        let own = notes.next().flatten();
        let followers = std::mem::take(&mut lead.followers);
        // The next exchange can begin while these are woken.
        drop(lead);
        for (seat, note) in followers.iter().zip(notes) {
            seat.settle(Outcome::Found(note));
        }
        Ok(own)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Each change is one step; a thread that panics leaves none half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn alone(pool: &Pool, id: &str) -> Result<Option<Note>, Failure> {
    pool.with(Purpose::Read, |store| Ok(store.get(id)?))
}

/// The lead of an exchange. Dropped, however that ends, it goes to one that waits, and nobody is
/// left waiting who was to get an answer from it.
struct Lead<'a> {
    together: &'a Together,
    followers: Vec<Arc<Seat>>,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut queue = self.together.queue();
        let next = queue.waiting.pop();
        if next.is_none() {
            queue.leaders -= 1;
        }
        drop(queue);
        if let Some(seat) = next {
            seat.settle(Outcome::Lead);
        }
        for seat in &self.followers {
            seat.settle(Outcome::Alone);
        }
    }
}

impl Seat {
    fn wait(&self) -> Outcome {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(known) = outcome.take() {
                return known;
            }
            outcome = self
                .known
                .wait(outcome)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn settle(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.known.notify_one();
    }
}

#[cfg(test)]
#[path = "together_tests.rs"]
mod tests;
