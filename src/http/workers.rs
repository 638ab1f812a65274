//! The threads that wait for Redis, and the requests that wait for one of them.
//!
//! Nothing here knows sockets.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::error::Failure;
use super::exchange::{Desk, Reply, Task};
use super::reconnecting::{Opener, Reconnecting};
use super::router::Operation;
use crate::store::Store;

/// How many lists of all notes are made at once. Each may be long, and be held three times over
/// while it is made; and other requests are not to wait for all of them.
const LISTS: usize = 2;

/// What a worker has to do.
#[derive(Debug)]
pub(super) enum Work {
    /// To answer a request.
    Task(Box<Task>),
    /// To open a connection to Redis for someone who cannot wait for it.
    Connect,
}

/// What came of it.
pub(super) enum Outcome {
    /// The answer.
    Reply(Reply),
    /// The connection, if there is one to be had.
    Connected(Option<Box<Store>>),
}

/// Takes what came of the work.
pub(super) type Outlet = Box<dyn Fn(Outcome) + Send + Sync>;

/// The threads that wait for Redis. Dropped, they end with what they have at hand.
pub(super) struct Workers {
    board: Arc<Board>,
}

/// What the threads share.
struct Board {
    desk: Arc<Desk>,
    opener: Arc<Opener>,
    outlet: Outlet,
    /// How many threads there may be.
    limit: usize,
    /// How long a request waits for one.
    patience: Duration,
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    work: VecDeque<Work>,
    threads: usize,
    /// How many of them have no work.
    idle: usize,
    /// How many of them make a list of all notes.
    lists: usize,
    is_over: bool,
}

impl Workers {
    /// Starts with one thread; there will be more, up to `limit`, when they are needed.
    pub(super) fn start(
        desk: Arc<Desk>,
        opener: Arc<Opener>,
        outlet: Outlet,
        limit: usize,
        patience: Duration,
    ) -> io::Result<Self> {
        let board = Arc::new(Board {
            desk,
            opener,
            outlet,
            limit,
            patience,
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        Board::spawn(&board, &mut board.queue())?;
        Ok(Self { board })
    }

    /// Has some work done.
    pub(super) fn submit(&self, work: Work) {
        let mut queue = self.board.queue();
        queue.work.push_back(work);
        if queue.work.len() > queue.idle && queue.threads < self.board.limit {
            // Where there can be no other thread, those that there are do it, later.
            let _ = Board::spawn(&self.board, &mut queue);
        }
        drop(queue);
        self.board.changed.notify_one();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.board.queue().is_over = true;
        self.board.changed.notify_all();
    }
}

impl Work {
    fn is_list(&self) -> bool {
        matches!(self, Self::Task(task) if task.operation == Operation::List)
    }
}

impl Queue {
    /// Takes what has waited longest and may be done now. What is left for later is taken by whoever
    /// is done first.
    fn take(&mut self) -> Option<Work> {
        let has_lists = self.lists >= LISTS;
        let at = self
            .work
            .iter()
            .position(|work| !has_lists || !work.is_list())?;
        let work = self.work.remove(at)?;
        self.idle -= 1;
        self.lists += usize::from(work.is_list());
        Some(work)
    }
}

impl Board {
    fn spawn(board: &Arc<Self>, queue: &mut Queue) -> io::Result<()> {
        let thread = thread::Builder::new().name("worker".into());
        thread.spawn({
            let board = Arc::clone(board);
            move || board.work()
        })?;
        queue.threads += 1;
        queue.idle += 1;
        Ok(())
    }

    /// Works until it is over.
    fn work(&self) {
        let mut redis = Reconnecting::new(&self.opener);
        while let Some(work) = self.next() {
            let is_list = work.is_list();
            let outcome = match work {
                Work::Task(task) => Outcome::Reply(self.perform(&mut redis, &task)),
                Work::Connect => Outcome::Connected(self.connect()),
            };
            let mut queue = self.queue();
            // Whoever has the outcome may have more work at once, and is not to start a thread for
            // that.
            queue.idle += 1;
            queue.lists -= usize::from(is_list);
            drop(queue);
            (self.outlet)(outcome);
        }
    }

    fn next(&self) -> Option<Work> {
        let mut queue = self.queue();
        loop {
            if let Some(work) = queue.take() {
                return Some(work);
            }
            if queue.is_over {
                return None;
            }
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn perform(&self, redis: &mut Reconnecting<'_>, task: &Task) -> Reply {
        let exchange = &task.exchange;
        if exchange.start.elapsed() > self.patience {
            return self.desk.answer(exchange, &Failure::NoFreeRedis.into());
        }
        // Much may have been taken on since it was let in.
        if self.desk.is_too_much(&task.operation) {
            return self.desk.answer(exchange, &Failure::Overloaded.into());
        }
        let (request, now) = (&exchange.incoming.request, exchange.time);
        let service = self.desk.service();
        let response = catch_unwind(AssertUnwindSafe(|| {
            service.perform(redis, &task.operation, request, now)
        }))
        .unwrap_or_else(|_| Failure::Panicked.into());
        self.desk.answer(exchange, &response)
    }

    fn connect(&self) -> Option<Box<Store>> {
        let opened = catch_unwind(AssertUnwindSafe(|| (self.opener)()));
        // Why there is none is told to those whose requests need it.
        opened.ok()?.ok().map(Box::new)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Each change is one step; a thread that panics leaves none half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::exchange::Exchange;
    use crate::http::head::Incoming;

    fn task(operation: Operation) -> Work {
        Work::Task(Box::new(Task {
            exchange: Exchange::new(0, "a test".into(), Incoming::unreadable()),
            operation,
        }))
    }

    #[test]
    fn many_lists_wait_for_one_another_and_nothing_else_waits_for_them() {
        let mut queue = Queue {
            idle: 9,
            ..Queue::default()
        };
        for operation in [
            Operation::List,
            Operation::List,
            Operation::List,
            Operation::Create,
            Operation::List,
            Operation::Health,
        ] {
            queue.work.push_back(task(operation));
        }
        let mut taken = Vec::new();
        while let Some(Work::Task(task)) = queue.take() {
            taken.push(task.operation);
        }
        let expected = [
            Operation::List,
            Operation::List,
            Operation::Create,
            Operation::Health,
        ];
        assert_eq!(taken, expected);
        assert_eq!((queue.idle, queue.work.len()), (5, 2));
        queue.lists -= 1;
        assert!(queue.take().is_some_and(|work| work.is_list()));
        assert!(queue.take().is_none());
    }
}
