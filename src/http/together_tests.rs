//! Reads together against a real Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::redis_server::RedisServer;
use crate::store::{self, Address, Store};

const PATIENCE: Duration = Duration::from_secs(20);

fn pool(redis: &RedisServer, open: impl Fn() + Send + Sync + 'static) -> Pool {
    let url = redis.url();
    let opener = move || {
        open();
        Ok(Store::open(
            &Address::parse(&url, "a test".into())?,
            PATIENCE,
        )?)
    };
    Pool::new(Box::new(opener), 8, PATIENCE)
}

fn waiting(together: &Together) -> usize {
    together.queue().waiting.len()
}

/// Holds up every exchange until it is let go.
#[derive(Default)]
struct Barrier {
    open: AtomicBool,
    held: AtomicUsize,
}

impl Barrier {
    fn pass(&self) {
        self.held.fetch_add(1, Ordering::SeqCst);
        let until = Instant::now() + PATIENCE;
        while !self.open.load(Ordering::SeqCst) {
            assert!(Instant::now() < until, "nobody opened the barrier");
            thread::yield_now();
        }
    }
}

/// Waits until something holds.
fn eventually(holds: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until);
        thread::yield_now();
    }
}

#[test]
fn those_that_arrive_together_each_get_their_own_note() {
    let redis = RedisServer::start();
    for index in 0..20 {
        redis.command(&[
            "HSET",
            &format!("note:{index}"),
            "title",
            &format!("T{index}"),
        ]);
    }
    // One of them is not a note, which fails whatever is asked together with it.
    redis.command(&["SET", "note:bad", "x"]);
    let barrier = Arc::new(Barrier::default());
    let pool = pool(&redis, {
        let barrier = Arc::clone(&barrier);
        move || barrier.pass()
    });
    let together = Together::default();
    thread::scope(|scope| {
        let mut readers = Vec::new();
        for index in 0..24 {
            let id = match index {
                20 => "bad".to_owned(),
                index => index.to_string(),
            };
            let (pool, together) = (&pool, &together);
            readers.push((index, scope.spawn(move || together.get(pool, &id))));
            // Whoever asks takes along those that wait by then: the first are to ask alone.
            let asking = readers.len().min(LEADERS);
            let held = || barrier.held.load(Ordering::SeqCst);
            eventually(|| held() == asking);
        }
        eventually(|| waiting(&together) == 24 - LEADERS);
        assert_eq!(
            barrier.held.load(Ordering::SeqCst),
            LEADERS,
            "the others wait"
        );
        barrier.open.store(true, Ordering::SeqCst);
        for (index, reader) in readers {
            let found = reader.join().unwrap();
            match index {
                0..20 => assert_eq!(found.unwrap().unwrap().title(), format!("T{index}")),
                20 => assert!(matches!(
                    found,
                    Err(Failure::Store(store::Error::WrongType { .. }))
                )),
                _ => assert_eq!(found.unwrap(), None),
            }
        }
    });
    let queue = together.queue();
    assert_eq!((queue.leaders, queue.waiting.len()), (0, 0));
}

#[test]
fn a_panic_of_the_one_that_asks_leaves_nobody_waiting() {
    let redis = RedisServer::start();
    redis.command(&["HSET", "note:a", "title", "T"]);
    let barrier = Arc::new(Barrier::default());
    let first = AtomicUsize::new(0);
    let pool = pool(&redis, {
        let barrier = Arc::clone(&barrier);
        move || {
            barrier.pass();
            assert!(
                first.fetch_add(1, Ordering::SeqCst) >= LEADERS,
                "on purpose"
            );
        }
    });
    let together = Together::default();
    let found = thread::scope(|scope| {
        let mut readers = Vec::new();
        for _ in 0..8 {
            readers.push(scope.spawn(|| together.get(&pool, "a")));
            let asking = readers.len().min(LEADERS);
            eventually(|| barrier.held.load(Ordering::SeqCst) == asking);
        }
        eventually(|| waiting(&together) == 8 - LEADERS);
        barrier.open.store(true, Ordering::SeqCst);
        let ends = readers.into_iter().map(thread::ScopedJoinHandle::join);
        ends.filter(|end| matches!(end, Ok(Ok(Some(_))))).count()
    });
    assert_eq!(found, 8 - LEADERS);
    assert_eq!(together.queue().leaders, 0);
}
