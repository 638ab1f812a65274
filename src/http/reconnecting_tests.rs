//! A connection against real servers that go away and come back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::http::tests::open;
use crate::redis_server::RedisServer;

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
        Box::new(move || {
            redis.opened.fetch_add(1, Ordering::SeqCst);
            let url = redis.server.lock().unwrap().as_ref().map(RedisServer::url);
            let url = url.ok_or("no server")?;
            open(&url)
        })
    }
}

fn ping(connection: &mut Reconnecting<'_>, purpose: Purpose) -> Result<(), Failure> {
    connection.with(purpose, |store| Ok(store.ping().map(drop)?))
}

#[test]
fn a_connection_is_opened_when_it_is_needed_and_kept() {
    let redis = Redis::start();
    let opener = redis.opener();
    let mut connection = Reconnecting::new(&opener);
    assert_eq!(redis.opened(), 0);
    for purpose in [Purpose::Read, Purpose::Write, Purpose::Read] {
        ping(&mut connection, purpose).unwrap();
    }
    assert_eq!(redis.opened(), 1);
}

#[test]
fn a_dead_connection_is_replaced_without_the_request_noticing() {
    let redis = Redis::start();
    let opener = redis.opener();
    let mut connection = Reconnecting::new(&opener);
    for purpose in [Purpose::Read, Purpose::Write] {
        ping(&mut connection, Purpose::Read).unwrap();
        redis.restart();
        let before = redis.opened();
        let mut tries = 0;
        connection
            .with(purpose, |store| {
                tries += 1;
                Ok(store.ping().map(drop)?)
            })
            .unwrap();
        assert_eq!(redis.opened(), before + 1, "{purpose:?}");
        assert_eq!(tries, if purpose == Purpose::Read { 2 } else { 1 });
    }
}

#[test]
fn without_a_server_it_fails_and_it_works_again_once_there_is_one() {
    let redis = Redis::start();
    let opener = redis.opener();
    let mut connection = Reconnecting::new(&opener);
    ping(&mut connection, Purpose::Read).unwrap();
    redis.stop();
    for purpose in [Purpose::Read, Purpose::Write, Purpose::Read] {
        let result = ping(&mut connection, purpose);
        assert!(matches!(result, Err(Failure::NoRedis(_))));
    }
    redis.restart();
    ping(&mut connection, Purpose::Write).unwrap();
}

#[test]
fn a_panic_loses_the_connection_and_nothing_else() {
    let redis = Redis::start();
    let opener = redis.opener();
    let mut connection = Reconnecting::new(&opener);
    ping(&mut connection, Purpose::Read).unwrap();
    let work = std::panic::AssertUnwindSafe(|| {
        connection.with::<()>(Purpose::Read, |_| panic!("on purpose"))
    });
    assert!(std::panic::catch_unwind(work).is_err());
    ping(&mut connection, Purpose::Read).unwrap();
    assert_eq!(redis.opened(), 2);
}
