//! The store against servers that misbehave.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::super::*;
use super::{NOW, TIMEOUT, address};
use crate::note::Note;

/// A server that does with each connection what `serve` says. It ends with the test process.
pub(super) fn misbehaving(serve: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap());
        }
    });
    address
}

/// Answers the first request with `reply` and hangs up.
fn answering(reply: &'static [u8]) -> SocketAddr {
    misbehaving(move |mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(reply);
    })
}

/// Answers the PING of a new connection, and does with the next request what `serve` says.
pub(crate) fn then(serve: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    misbehaving(move |mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"+PONG\r\n-ERR unknown command\r\n");
        serve(stream);
    })
}

/// Reads the next request and hangs up.
fn hanging_up() -> SocketAddr {
    then(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
    })
}

fn failure(server: SocketAddr, timeout: Duration, act: impl Fn(&mut Store) -> Error) -> Error {
    match Store::open(&address(&format!("redis://{server}")), timeout) {
        Ok(mut store) => {
            let error = act(&mut store);
            assert!(
                !store.is_usable() || matches!(error, Error::Redis(redis_client::Error::Busy(_)))
            );
            error
        }
        Err(error) => error,
    }
}

fn count(store: &mut Store) -> Error {
    store.count().unwrap_err()
}

fn create(store: &mut Store) -> Error {
    let note = Note::new("T".into(), String::new(), NOW);
    store.create(&note).unwrap_err()
}

#[test]
fn a_deadline_holds_for_a_pipeline_as_a_whole() {
    let timeout = Duration::from_millis(200);
    let silent = then(std::mem::forget);
    let start = Instant::now();
    let error = failure(silent, timeout, |store| {
        let ids: Vec<String> = (0..100).map(|id| id.to_string()).collect();
        store.get_each(&ids).unwrap_err()
    });
    assert!(
        matches!(error, Error::Redis(redis_client::Error::TooSlow { .. })),
        "{error}"
    );
    assert!(start.elapsed() < timeout * 10, "{:?}", start.elapsed());
}

#[test]
fn a_deadline_may_be_as_short_as_a_moment() {
    for timeout in [1, 3, 6].map(Duration::from_millis) {
        let error = failure(misbehaving(std::mem::forget), timeout, |store| {
            store.get("a").unwrap_err()
        });
        assert!(
            matches!(error, Error::Redis(redis_client::Error::TooSlow { .. })),
            "{error}"
        );
    }
}

#[test]
fn an_error_says_whether_the_change_may_have_been_made() {
    let timeout = Duration::from_millis(200);
    let error = failure(then(std::mem::forget), timeout, create);
    assert!(
        matches!(error, Error::Redis(redis_client::Error::TooSlow { .. })) && error.in_doubt(),
        "{error}"
    );
    assert!(error.to_string().contains("may or may not have been made"));
    let error = failure(hanging_up(), TIMEOUT, create);
    assert!(
        error.to_string().contains("may or may not have been made"),
        "{error}"
    );
    let error = failure(hanging_up(), TIMEOUT, count);
    assert!(!error.to_string().contains("may or may not"), "{error}");
}

#[test]
fn an_answer_that_makes_no_sense_leaves_doubt_only_about_a_change_that_was_sent() {
    // Four replies, as MULTI has: the last is not that of EXEC.
    const NO_EXEC: &[u8] = b"+OK\r\n+QUEUED\r\n+QUEUED\r\n+OK\r\n";
    const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\r\n";
    let then_answering = |reply: &'static [u8]| {
        then(move |mut stream| {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(reply);
        })
    };
    for (server, act, in_doubt) in [
        (answering(HTTP), create as fn(&mut Store) -> Error, false),
        (then_answering(HTTP), create, true),
        (then_answering(HTTP), count, false),
        (then_answering(NO_EXEC), create, true),
        (then_answering(b"+OK\r\n"), count, false),
    ] {
        let opened = Store::open(&address(&format!("redis://{server}")), TIMEOUT);
        let error = match opened {
            Ok(mut store) => act(&mut store),
            Err(error) => error,
        };
        assert!(
            matches!(error, Error::Redis(redis_client::Error::NotRedis { .. })),
            "{error}"
        );
        assert_eq!(error.in_doubt(), in_doubt, "{error}");
        let says_so = error.to_string().contains("may or may not have been made");
        assert_eq!(says_so, in_doubt, "{error}");
    }
}

#[test]
fn an_answer_that_makes_no_sense_is_named_by_its_command() {
    let server = then(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"+OK\r\n");
    });
    let mut store = Store::open(&address(&format!("redis://{server}")), TIMEOUT).unwrap();
    let error = store.key_count().unwrap_err().to_string();
    assert!(error.contains("an answer to DBSIZE"), "{error}");
}

#[test]
fn a_server_is_too_slow_where_no_time_is_left_to_connect() {
    for url in [
        "redis://127.0.0.1:1",
        "redis+unix:///no/such",
        "redis://127.0.0.1:1,127.0.0.1:2",
    ] {
        let error = Store::open(&address(url), Duration::ZERO).err().unwrap();
        assert!(
            matches!(error, Error::Redis(redis_client::Error::TooSlow { .. })),
            "{url}: {error}"
        );
    }
}

#[test]
fn an_error_of_redis_is_told_without_the_arguments_that_it_quotes() {
    for (reply, expected) in [
        (
            &b"-ERR unknown command 'HSET', with args beginning with: 'note:x' 'secret\r\n"[..],
            "it does not know the command HSET, which `notes` needs;",
        ),
        (
            b"-ERR unsupported command `x`, with args beginning with: `secret`\r\n",
            "Redis answered with an error: ERR unsupported command `x`",
        ),
    ] {
        let server = then(move |mut stream| {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(reply);
        });
        let mut store = Store::open(&address(&format!("redis://{server}")), TIMEOUT).unwrap();
        let error = count(&mut store).to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn what_turns_us_away_is_told() {
    let error = failure(answering(b"-LOADING Redis is loading\r\n"), TIMEOUT, count);
    assert!(
        matches!(error, Error::Redis(redis_client::Error::Busy(_))),
        "{error}"
    );
    let error = failure(
        answering(b"-ERR max number of clients reached\r\n"),
        TIMEOUT,
        create,
    );
    assert!(
        error.to_string().contains("max number of clients"),
        "{error}"
    );
}

#[test]
fn nobody_there_names_the_address_and_the_setting() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = failure(address, TIMEOUT, count);
    assert!(
        matches!(error, Error::Redis(redis_client::Error::Unreachable { .. })),
        "{error}"
    );
    assert!(
        error.to_string().contains(&format!("{address} (a test)")),
        "{error}"
    );
}
