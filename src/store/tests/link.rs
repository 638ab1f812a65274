//! Servers whose replies have no end, and what is sent before the replies are read.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::super::ask::AT_ONCE;
use super::super::*;
use super::failure::{misbehaving, then};
use super::{TIMEOUT, address};
use crate::find::{self, Order};
use crate::test_support::redis_server::RedisServer;

/// Short, and long enough to connect within it while other tests run.
const SHORT: Duration = Duration::from_millis(500);

fn open(server: SocketAddr, timeout: Duration) -> Result<Store, Error> {
    Store::open(&address(&format!("redis://{server}")), timeout)
}

/// Writes parts of a reply more often than any timeout, for a minute or until the other end hangs up.
fn drip(mut stream: TcpStream, begin: &[u8], part: &[u8]) {
    let mut sent = stream.write_all(begin);
    for _ in 0..60_000 {
        if sent.is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
        sent = stream.write_all(part);
    }
}

fn list(server: SocketAddr) -> Error {
    let mut store = open(server, SHORT).unwrap();
    let error = find::list(&mut store, Order::default(), None).unwrap_err();
    assert!(!store.is_usable());
    error
}

#[test]
fn a_reply_that_does_not_end_is_waited_for_no_longer_than_the_timeout() {
    for (begin, part) in [
        (&b"$100000000000\r\n"[..], &b"x"[..]),
        (b"$100000000000\r\n", &[b'x'; 10_000]),
        (b"*100000000000\r\n", b":1\r\n"),
        (b"+", b"x"),
    ] {
        let error = list(then(move |mut stream| {
            let _ = stream.read(&mut [0; 1024]);
            drip(stream, begin, part);
        }));
        // At the end of the drip the connection would be lost.
        assert!(
            matches!(error, Error::Redis(redis_client::Error::TooSlow { .. })),
            "{error}"
        );
    }
}

#[test]
fn a_connection_whose_first_reply_does_not_end_is_given_up() {
    let server = misbehaving(|stream| drip(stream, b"+", b"x"));
    let error = open(server, SHORT).err().unwrap();
    assert!(
        matches!(error, Error::Redis(redis_client::Error::TooSlow { .. })),
        "{error}"
    );
}

#[test]
fn a_length_that_no_memory_holds_is_an_error() {
    for reply in ["*9223372036854775807\r\n", "$9223372036854775807\r\n"] {
        let error = list(then(move |mut stream| {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(reply.as_bytes());
        }));
        assert!(
            !matches!(error, Error::Redis(redis_client::Error::Server(_))),
            "{error}"
        );
    }
}

#[test]
fn a_scan_that_does_not_end_is_an_error() {
    let server = then(|mut stream| {
        let step = b"*2\r\n$1\r\n7\r\n*1\r\n$1\r\na\r\n";
        while stream.read(&mut [0; 1024]).is_ok_and(|length| length > 0) {
            stream.write_all(step).unwrap();
        }
    });
    let error = open(server, TIMEOUT).unwrap().ids().unwrap_err();
    assert!(
        matches!(&error, Error::Redis(redis_client::Error::NotRedis { message, .. }) if message.contains("SSCAN")),
        "{error}"
    );
}

#[test]
fn the_next_batch_is_at_the_server_before_the_replies_to_the_last_are_read() {
    let batch = AT_ONCE * "*2\r\n$7\r\nHGETALL\r\n$9\r\nnote:0000\r\n".len();
    let server = then(move |mut stream| {
        stream.read_exact(&mut vec![0; batch]).unwrap();
        for _ in 0..3 {
            // The client looks for more to send after some replies, and it may come late to that.
            stream.set_read_timeout(Some(SHORT / 10)).unwrap();
            let mut left = AT_ONCE - 1;
            while left > 0 && stream.peek(&mut [0]).is_err() {
                stream.write_all(b"*0\r\n").unwrap();
                left -= 1;
            }
            stream.set_read_timeout(None).unwrap();
            // The last reply is not sent before the next batch has come.
            stream.read_exact(&mut vec![0; batch]).unwrap();
            stream
                .write_all("*0\r\n".repeat(left + 1).as_bytes())
                .unwrap();
        }
        stream
            .write_all("*0\r\n".repeat(AT_ONCE).as_bytes())
            .unwrap();
    });
    let mut store = open(server, TIMEOUT).unwrap();
    let ids: Vec<String> = (0..4 * AT_ONCE).map(|id| format!("{id:04}")).collect();
    assert_eq!(store.get_each(&ids).unwrap(), vec![None; ids.len()]);
}

#[test]
fn replies_to_what_is_not_waited_for_are_passed_over() {
    let server = RedisServer::start();
    let mut store = Store::open(&address(&server.url()), TIMEOUT).unwrap();
    let ids: Vec<String> = (0..3 * AT_ONCE).map(|id| format!("{id}")).collect();
    let mut reading = Reading::new(&ids, &[]);
    assert_eq!(reading.next(&mut store, |_| true).unwrap().unwrap(), []);
    drop(reading);
    assert_eq!(store.count().unwrap(), 0);
    assert!(store.is_usable());
}
