//! The pool against real servers that go away and come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;
use crate::redis_server::RedisServer;
use crate::store::Address;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server that can be replaced by another, and how often it was connected to.
#[derive(Default)]
struct Redis {
    server: Mutex<Option<RedisServer>>,
    opened: AtomicUsize,
}

impl Redis {
    fn start() -> Arc<Self> {
        let redis = Arc::new(Self::default());
        redis.restart();
        redis
    }

    fn restart(&self) {
        let mut server = self.server.lock().unwrap();
        drop(server.take());
        *server = Some(RedisServer::start());
    }

    fn stop(&self) {
        *self.server.lock().unwrap() = None;
    }

    fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    fn pool(self: &Arc<Self>, limit: usize, patience: Duration) -> Pool {
        let redis = Arc::clone(self);
        let opener = move || {
            redis.opened.fetch_add(1, Ordering::SeqCst);
            let url = redis.server.lock().unwrap().as_ref().map(RedisServer::url);
            let url = url.ok_or("no server")?;
            Ok(Store::open(
                &Address::parse(&url, "a test".into())?,
                PATIENCE,
            )?)
        };
        Pool::new(Box::new(opener), limit, patience)
    }
}

fn ping(pool: &Pool, purpose: Purpose) -> Result<(), Failure> {
    pool.with(purpose, |store| Ok(store.ping().map(drop)?))
}

#[test]
fn a_connection_is_opened_once_and_kept() {
    let redis = Redis::start();
    let pool = redis.pool(2, PATIENCE);
    for purpose in [Purpose::Read, Purpose::Write, Purpose::Read] {
        ping(&pool, purpose).unwrap();
    }
    assert_eq!(redis.opened(), 1);
}

#[test]
fn a_dead_connection_is_replaced_without_the_request_noticing() {
    let redis = Redis::start();
    let pool = redis.pool(4, PATIENCE);
    for purpose in [Purpose::Read, Purpose::Write] {
        // Two connections are idle when the server goes.
        pool.with(Purpose::Read, |_| ping(&pool, Purpose::Read))
            .unwrap();
        redis.restart();
        let before = redis.opened();
        let mut tries = 0;
        pool.with(purpose, |store| {
            tries += 1;
            Ok(store.ping().map(drop)?)
        })
        .unwrap();
        assert_eq!(redis.opened(), before + 1, "{purpose:?}");
        assert_eq!(tries, if purpose == Purpose::Read { 2 } else { 1 });
        assert_eq!(pool.stock().open, 1, "the other dead one is gone too");
    }
}

#[test]
fn without_a_server_it_fails_and_it_works_again_once_there_is_one() {
    let redis = Redis::start();
    let pool = redis.pool(1, PATIENCE);
    ping(&pool, Purpose::Read).unwrap();
    redis.stop();
    for purpose in [Purpose::Read, Purpose::Write, Purpose::Read] {
        assert!(matches!(ping(&pool, purpose), Err(Failure::NoRedis(_))));
    }
    redis.restart();
    ping(&pool, Purpose::Write).unwrap();
}

#[test]
fn a_request_waits_for_a_connection_and_not_for_ever() {
    let redis = Redis::start();
    let pool = redis.pool(1, Duration::from_millis(10));
    pool.with(Purpose::Read, |_| {
        assert!(matches!(
            ping(&pool, Purpose::Read),
            Err(Failure::NoFreeRedis)
        ));
        Ok(())
    })
    .unwrap();
    let pool = redis.pool(2, PATIENCE);
    let most = AtomicUsize::new(0);
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                pool.with(Purpose::Read, |store| {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let result = store.ping().map(drop);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    Ok(result?)
                })
                .unwrap();
            });
        }
    });
    assert!(most.into_inner() <= 2);
}

#[test]
fn a_panic_gives_the_place_back() {
    let redis = Redis::start();
    let pool = redis.pool(1, PATIENCE);
    let panicked = thread::scope(|scope| {
        let work = || pool.with::<()>(Purpose::Read, |_| panic!("on purpose"));
        scope.spawn(work).join().is_err()
    });
    assert!(panicked);
    ping(&pool, Purpose::Read).unwrap();
    assert_eq!(pool.stock().open, 1);
}
