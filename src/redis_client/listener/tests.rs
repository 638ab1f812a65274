//! A listener and servers that are slow, silent or gone.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::*;

/// A time that a test waits out.
const SHORT: Duration = Duration::from_millis(60);

/// The longest wait of a test, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Listens to a server that does this with the connection once it tells of changes.
fn listen(then: impl FnOnce(TcpStream) + Send + 'static) -> (Arc<Inbox>, Listener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for replies in ["+PONG\r\n-ERR no\r\n", "%0\r\n", "+OK\r\n"] {
            let _ = stream.read(&mut [0; 1_024]).unwrap();
            stream.write_all(replies.as_bytes()).unwrap();
        }
        then(stream);
    });
    let address = Address::tcp("127.0.0.1".into(), port, "a test".into());
    let inbox = Arc::default();
    match Listener::start(&address, &["a"], PATIENCE, &inbox).unwrap() {
        Listening::Started(listener) => (inbox, listener),
        Listening::Unsupported(reason) => panic!("{reason}"),
    }
}

/// Runs the loop of a listener that checks the connection after a short silence, and gives the server this time for
/// that.
fn hear(timeout: Duration, then: impl FnOnce(TcpStream) + Send + 'static) -> Arc<Inbox> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    thread::spawn(move || then(listener.accept().unwrap().0));
    let info = redis::IntoConnectionInfo::into_connection_info(url).unwrap();
    let settings = info.redis_settings().clone().set_skip_set_lib_name();
    let client = redis::Client::open(info.set_redis_settings(settings)).unwrap();
    let redis = client.get_connection().unwrap();
    let inbox = Arc::default();
    let hearing = Hearing {
        server: "a test".into(),
        advice: "",
        silence: SHORT,
        timeout,
        inbox: Arc::clone(&inbox),
        is_dropped: Arc::default(),
        end: None,
    };
    thread::spawn(move || hearing.run(redis));
    inbox
}

fn push(key: &str) -> Vec<u8> {
    format!(
        ">2\r\n$10\r\ninvalidate\r\n*1\r\n${}\r\n{key}\r\n",
        key.len()
    )
    .into()
}

/// Answers each PING, until so many have come.
fn answer(stream: &mut TcpStream, count: usize) {
    let mut answered = 0;
    let mut request = [0; 14];
    while answered < count {
        stream.read_exact(&mut request).unwrap();
        assert_eq!(&request, b"*1\r\n$4\r\nPING\r\n");
        stream.write_all(b"+PONG\r\n").unwrap();
        answered += 1;
    }
}

fn only_key(inbox: &Inbox) -> String {
    let heard = inbox.take(PATIENCE);
    assert!(heard.lost.is_none() && !heard.everything, "{heard:?}");
    let key = heard.keys.into_iter().next().unwrap();
    String::from_utf8(key).unwrap()
}

#[test]
fn a_push_that_comes_in_parts_slower_than_a_tick_is_heard() {
    let inbox = hear(PATIENCE, |mut stream| {
        let push = push("some key");
        for part in push.chunks(12) {
            stream.write_all(part).unwrap();
            thread::sleep(SHORT);
        }
        answer(&mut stream, usize::MAX);
    });
    assert_eq!(only_key(&inbox), "some key");
}

#[test]
fn a_silent_server_that_answers_is_listened_to_and_no_push_is_taken_for_an_answer() {
    let inbox = hear(PATIENCE, |mut stream| {
        for key in ["a", "b", "c"] {
            answer(&mut stream, 7);
            stream.write_all(&push(key)).unwrap();
        }
        answer(&mut stream, usize::MAX);
    });
    for key in ["a", "b", "c"] {
        assert_eq!(only_key(&inbox), key);
    }
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let inbox = hear(SHORT, |stream| {
        thread::sleep(PATIENCE);
        drop(stream);
    });
    let lost = inbox.take(PATIENCE).lost.unwrap();
    assert!(matches!(lost, Error::TooSlow { .. }), "{lost}");
}

#[test]
fn a_lost_connection_and_a_flush_are_heard() {
    let (inbox, _listener) = listen(|mut stream| {
        stream.write_all(&push("a")).unwrap();
        stream
            .write_all(b">2\r\n$10\r\ninvalidate\r\n_\r\n")
            .unwrap();
    });
    let mut heard = Heard::default();
    while heard.lost.is_none() {
        let more = inbox.take(PATIENCE);
        assert!(!more.is_empty(), "nothing came");
        heard.everything |= more.everything;
        heard.lost = more.lost;
    }
    assert!(heard.everything);
    assert!(matches!(heard.lost, Some(Error::Lost { .. })), "{heard:?}");
}

#[test]
fn a_listener_that_is_dropped_closes_its_connection_and_says_nothing() {
    let (closed, is_closed) = std::sync::mpsc::channel();
    let (inbox, listener) = listen(move |mut stream| {
        let rest = stream.read(&mut [0; 16]);
        closed.send(rest.unwrap_or(0)).unwrap();
    });
    drop(listener);
    assert_eq!(is_closed.recv_timeout(PATIENCE), Ok(0));
    assert!(inbox.take(SHORT).is_empty());
}

#[test]
fn an_inbox_that_nobody_empties_keeps_a_bounded_number_of_keys() {
    let mut heard = Heard::default();
    let mut most = 0;
    for number in 0..300_000 {
        let key = Value::BulkString(format!("key {number}").into());
        heard.add(vec![Value::Array(vec![key])]);
        most = most.max(heard.keys.len());
    }
    assert!(heard.everything && heard.keys.is_empty());
    assert!(most > 50_000 && most < 200_000, "{most}");
}
