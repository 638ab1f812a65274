//! Reads of single notes that share exchanges with Redis.
//!
//! A few threads each take all the notes that are wanted by then, ask Redis once for all of them, and
//! answer. So the thread of a connection waits for its client alone, and Redis is asked the less often
//! the more is asked for.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::{io, mem};

use super::error::Failure;
use super::pool::{Opener, lock, open};
use crate::note::Note;
use crate::store::Store;

/// While one thread waits for Redis, another answers.
const THREADS: usize = 2;

/// How long a note may be wanted until each gets a thread of its own: those here are held up by clients
/// that do not read.
const STALE: Duration = Duration::from_millis(50);

/// What was found; nothing where the note is to be asked for alone, so that each request is told its own
/// failure.
pub(super) type Found = Option<Option<Note>>;
type Answer = Box<dyn FnOnce(&str, Found) + Send>;

pub(super) struct Batch {
    opener: Opener,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    wanted: VecDeque<Wanted>,
    /// How many threads wait for something to do.
    idle: usize,
}

struct Wanted {
    id: String,
    since: Instant,
    answer: Answer,
}

impl Batch {
    /// Starts the threads, which end with the process.
    pub(super) fn start(opener: Opener) -> io::Result<Arc<Self>> {
        let batch = Arc::new(Self {
            opener,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        for _ in 0..THREADS {
            let batch = Arc::clone(&batch);
            thread::Builder::new().spawn(move || batch.run())?;
        }
        Ok(batch)
    }

    /// Has a note asked for and its request answered, soon and mostly by another thread.
    pub(super) fn get(&self, id: String, answer: Answer) {
        let since = Instant::now();
        let mut state = lock(&self.state);
        state.wanted.push_back(Wanted { id, since, answer });
        let is_stale = |wanted: &Wanted| since.duration_since(wanted.since) > STALE;
        if state.wanted.front().is_some_and(is_stale) {
            let wanted = mem::take(&mut state.wanted);
            drop(state);
            answer_each(wanted);
        } else if state.idle > 0 {
            drop(state);
            self.changed.notify_one();
        }
    }

    fn run(&self) -> ! {
        let mut store = None;
        loop {
            let mut state = lock(&self.state);
            state.idle += 1;
            let woken = self.changed.wait_while(state, |it| it.wanted.is_empty());
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
            let wanted = mem::take(&mut state.wanted);
            drop(state);
            let ids: Vec<&str> = wanted.iter().map(|wanted| wanted.id.as_str()).collect();
            let read = catch_unwind(AssertUnwindSafe(|| self.read(&ids, &mut store)));
            if let Ok(Ok(notes)) = read {
                for (wanted, note) in wanted.into_iter().zip(notes) {
                    (wanted.answer)(&wanted.id, Some(note));
                }
            } else {
                store = None;
                answer_each(wanted);
            }
        }
    }

    fn read(&self, ids: &[&str], store: &mut Option<Store>) -> Result<Vec<Option<Note>>, Failure> {
        let store = match store {
            Some(store) => store,
            None => store.insert(open(&self.opener)?),
        };
        let notes = store.get_each(ids)?;
        store.take_faults();
        Ok(notes)
    }
}

/// Answers each by itself, which takes as long as it takes.
fn answer_each(wanted: VecDeque<Wanted>) {
    for wanted in wanted {
        // Where there can be no thread, the request is dropped, which answers it with a 500.
        let _ = thread::Builder::new().spawn(move || (wanted.answer)(&wanted.id, None));
    }
}
