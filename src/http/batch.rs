//! Reads of single notes that share exchanges with Redis.
//!
//! A thread that wants a note takes a connection, if one is free, and asks for all the notes that are wanted
//! by then. If none is, it waits until another thread hands it the note, or a connection.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use super::error::Failure;
use super::pool::{Opener, lock, open};
use crate::note::Note;
use crate::store::Store;

/// While one connection waits for Redis, the answer of the other is handed out.
const CONNECTIONS: usize = 2;

/// The notes that are wanted, and the connections by which to get them.
pub(super) struct Batch {
    opener: Arc<Opener>,
    state: Mutex<State>,
}

struct State {
    wanted: Vec<Wanted>,
    /// The connections that are in no thread's hands; none where one is yet to be opened.
    free: Vec<Option<Store>>,
}

/// The id of a note, and the thread that waits for the note.
type Wanted = (String, SyncSender<Outcome>);

enum Outcome {
    Found(Option<Note>),
    Failed,
    /// The thread is to ask for what is wanted.
    Connection(Option<Store>),
}

impl Batch {
    pub(super) fn new(opener: Arc<Opener>) -> Self {
        let state = Mutex::new(State {
            wanted: Vec::new(),
            free: (0..CONNECTIONS).map(|_| None).collect(),
        });
        Self { opener, state }
    }

    /// Reads a note; where one of the reads failed, reads it `alone`, so that each is told its own failure.
    pub(super) fn get(
        &self,
        id: &str,
        alone: impl FnOnce() -> Result<Option<Note>, Failure>,
    ) -> Result<Option<Note>, Failure> {
        let mut state = lock(&self.state);
        let outcome = if let Some(store) = state.free.pop() {
            drop(state);
            self.ask(id, store)
        } else {
            let (sender, outcome) = sync_channel(1);
            state.wanted.push((id.to_owned(), sender));
            drop(state);
            match outcome.recv().unwrap_or(Outcome::Failed) {
                Outcome::Connection(store) => self.ask(id, store),
                outcome => outcome,
            }
        };
        match outcome {
            Outcome::Found(note) => Ok(note),
            _ => alone(),
        }
    }

    /// Asks for a note and all others that are wanted; hands the connection on, and the others out.
    fn ask(&self, id: &str, store: Option<Store>) -> Outcome {
        // Threads that have a request by now add their notes first: fewer exchanges, of more notes each.
        thread::yield_now();
        let others = mem::take(&mut lock(&self.state).wanted);
        let ids = others.iter().map(|(id, _)| id.as_str());
        let ids: Vec<&str> = [id].into_iter().chain(ids).collect();
        let read = || read(store, &self.opener, &ids);
        let read = catch_unwind(AssertUnwindSafe(read)).ok().flatten();
        let (store, notes) = read.unzip();
        let mut state = lock(&self.state);
        // Threads that wait are there to be told, and have room for the one outcome.
        match state.wanted.pop() {
            Some((_, next)) => drop(next.send(Outcome::Connection(store))),
            None => state.free.push(store),
        }
        drop(state);
        let mut notes = notes.into_iter().flatten();
        let mut next = || notes.next().map_or(Outcome::Failed, Outcome::Found);
        let own = next();
        for (_, thread) in others {
            let _ = thread.send(next());
        }
        own
    }
}

fn read(store: Option<Store>, opener: &Opener, ids: &[&str]) -> Option<(Store, Vec<Option<Note>>)> {
    let mut store = store.map_or_else(|| open(opener), Ok).ok()?;
    let notes = store.get_each(ids).ok()?;
    store.take_faults();
    Some((store, notes))
}
