//! A connection against real servers that go away and come back.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::http::tests::open;
use crate::test_support::redis_server::RedisServer;

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

    fn opener(self: &Arc<Self>) -> Opener {
        let redis = Arc::clone(self);
        Arc::new(move || {
            redis.opened.fetch_add(1, Ordering::SeqCst);
            let url = redis.server.lock().unwrap().as_ref().map(RedisServer::url);
            let url = url.ok_or_else(|| anyhow::anyhow!("no server"))?;
            open(&url)
        })
    }
}

fn ping(pool: &Pool) -> Result<(), Failure> {
    pool.with(|store| Ok(store.ping().map(drop)?))
}

fn pool(redis: &Arc<Redis>, limit: usize) -> Pool {
    Pool::new(redis.opener(), limit)
}

#[test]
fn a_connection_is_opened_when_it_is_needed_and_kept() {
    let redis = Redis::start();
    let pool = pool(&redis, 2);
    assert_eq!(redis.opened(), 0);
    for _ in 0..3 {
        ping(&pool).unwrap();
    }
    assert_eq!(redis.opened(), 1);
    pool.with(|_| ping(&pool)).unwrap();
    assert_eq!(redis.opened(), 2, "two at once need two");
    ping(&pool).unwrap();
    assert_eq!(redis.opened(), 2);
}

#[test]
fn a_dead_connection_is_replaced_without_the_request_noticing() {
    let redis = Redis::start();
    let pool = pool(&redis, 2);
    pool.with(|_| ping(&pool)).unwrap();
    redis.restart();
    let mut tries = 0;
    pool.with(|store| {
        tries += 1;
        Ok(store.ping().map(drop)?)
    })
    .unwrap();
    assert_eq!((redis.opened(), tries), (3, 1));
}

#[test]
fn without_a_server_it_fails_and_it_works_again_once_there_is_one() {
    let redis = Redis::start();
    let pool = pool(&redis, 1);
    ping(&pool).unwrap();
    redis.stop();
    for _ in 0..3 {
        assert_eq!(ping(&pool).unwrap_err().cause(), "no server");
    }
    redis.restart();
    ping(&pool).unwrap();
}

#[test]
fn a_panic_loses_the_connection_and_nothing_else() {
    let redis = Redis::start();
    let pool = pool(&redis, 1);
    ping(&pool).unwrap();
    let work = std::panic::AssertUnwindSafe(|| pool.with::<()>(|_| panic!("on purpose")));
    assert!(std::panic::catch_unwind(work).is_err());
    ping(&pool).unwrap();
    assert_eq!(redis.opened(), 2);
}
