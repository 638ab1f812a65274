//! The HTTP API over a real socket and a real Redis.

mod access;
mod conditions;
mod contract;
mod events;
mod framing;
mod hostile;
mod lifecycle;
mod long_list;
mod methods;
mod openapi;
mod races;
mod slow_readers;
mod stops;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::*;
use crate::redis_client::Address;
use crate::store::Store;
use crate::test_support::redis_server::RedisServer;

#[path = "../../../tests/it/support/http_client.rs"]
mod http_client;

use http_client::{HttpClient, Reply};

/// How long anything may take, on a machine that is busy with other tests.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A server with a Redis of its own; both are gone with the value.
struct TestServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<io::Result<()>>>,
    log: Written,
    redis: Arc<Mutex<Option<RedisServer>>>,
}

/// What was written to a log.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TestServer {
    fn start() -> Self {
        Self::with(Limits::default(), None)
    }

    fn with(limits: Limits, token: Option<&str>) -> Self {
        let redis = Arc::new(Mutex::new(Some(RedisServer::start())));
        let opener: Opener = Arc::new({
            let redis = Arc::clone(&redis);
            move || {
                let url = redis.lock().unwrap().as_ref().map(RedisServer::url);
                let url = url.unwrap_or_else(|| "redis+unix:///gone".to_owned());
                open(&url)
            }
        });
        Self::over(redis, opener, limits, token)
    }

    fn over(
        redis: Arc<Mutex<Option<RedisServer>>>,
        opener: Opener,
        limits: Limits,
        token: Option<&str>,
    ) -> Self {
        let listener = bind("127.0.0.1", 0, &limits).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, log) = (Arc::<AtomicBool>::default(), Written::default());
        let options = Options {
            token: token.map(|text| Token::parse(text).unwrap()),
            limits,
            log: Log::new(Box::new(log.clone()), Verbosity::Details).unwrap(),
            journal: None,
            watching: Arc::clone(&opener),
        };
        let handle = Arc::clone(&stop);
        let thread = thread::spawn(move || serve(listener, options, opener, handle));
        Self {
            address,
            stop,
            thread: Some(thread),
            log,
            redis,
        }
    }

    fn client(&self) -> HttpClient {
        HttpClient::connect(self.address)
    }

    /// One request on a connection of its own.
    fn get(&self, path: &str) -> Reply {
        self.client().request(&format!("GET {path}"), &[], "")
    }

    /// What has been logged of all that happened by now.
    fn logged(&self) -> String {
        let mark = format!("/mark-{}", uuid::Uuid::new_v4());
        self.get(&mark);
        eventually("the log is written", || self.log.text().contains(&mark));
        self.log.text()
    }

    fn redis(&self, command: &[&str]) -> String {
        self.redis
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .command(command)
    }

    /// A note as another program writes it.
    fn write(&self, id: &str, fields: &[&str]) {
        let key = format!("note:{id}");
        let mut command = vec!["HSET", key.as_str()];
        command.extend(fields);
        self.redis(&command);
        self.redis(&["SADD", "notes:ids", id]);
    }

    /// Makes a note over HTTP and returns its id.
    fn add(&self, title: &str) -> String {
        let body = serde_json::json!({ "title": title }).to_string();
        let reply = self.client().json("POST /api/v1/notes", &body);
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.value()["id"].as_str().unwrap().to_owned()
    }

    /// Stops the server and returns what `serve` did.
    fn stop(mut self) -> io::Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // The thread of a connection that cannot be closed may hold on to it.
        let redis = self
            .redis
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(redis);
    }
}

/// Connects to a Redis.
pub(super) fn open(url: &str) -> anyhow::Result<Store> {
    Ok(Store::open(
        &Address::parse(url, "a test".into())?,
        TIMEOUT,
    )?)
}

/// Holds up whoever connects to Redis.
#[derive(Clone, Default)]
struct Hold(Arc<(AtomicBool, AtomicBool)>);

impl Hold {
    fn opener(&self, url: String) -> Opener {
        let hold = self.clone();
        Arc::new(move || {
            let (is_reached, is_over) = &*hold.0;
            is_reached.store(true, Ordering::SeqCst);
            eventually("the hold ends", || is_over.load(Ordering::SeqCst));
            open(&url)
        })
    }

    /// A server whose connections to Redis are held up.
    fn server(&self, limits: Limits) -> TestServer {
        let redis = RedisServer::start();
        let opener = self.opener(redis.url());
        TestServer::over(Arc::new(Mutex::new(Some(redis))), opener, limits, None)
    }

    /// Waits until someone is held up.
    fn await_someone(&self) {
        eventually("someone connects", || self.0.0.load(Ordering::SeqCst));
    }

    fn end(&self) {
        self.0.1.store(true, Ordering::SeqCst);
    }
}

/// Waits until something holds.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + TIMEOUT;
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        thread::yield_now();
    }
}
