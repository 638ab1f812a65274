//! The stream of events: what its readers get, and what becomes of those that go away or do not read.

use std::net::{Shutdown, TcpStream};

use serde_json::Value;
use socket2::{Domain, Socket, Type};

use super::*;

/// Limits under which readers that are gone are noticed within a test.
fn lively() -> Limits {
    Limits {
        comment: Duration::from_millis(50),
        linger: Duration::from_millis(300),
        ..Limits::default()
    }
}

/// A client that reads events.
struct Stream {
    reader: io::BufReader<TcpStream>,
    /// The id of the last event.
    last: String,
}

impl Stream {
    fn open(server: &TestServer) -> Self {
        Self::after(server, None)
    }

    /// Asks for the events after the one with an id.
    fn after(server: &TestServer, last: Option<&str>) -> Self {
        let (head, stream) = Self::ask(server, last);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        for header in [
            "Content-Type: text/event-stream",
            "Cache-Control: no-store",
            "Connection: close",
        ] {
            assert!(head.contains(&format!("{header}\r\n")), "{head}");
        }
        assert!(!head.contains("Content-Length"), "{head}");
        stream
    }

    fn ask(server: &TestServer, last: Option<&str>) -> (String, Self) {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n"));
        let request = format!(
            "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
            last.unwrap_or_default()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let reader = io::BufReader::new(stream);
        let mut stream = Self {
            reader,
            last: String::new(),
        };
        let head = stream.block("\r\n");
        (head, stream)
    }

    /// Reads to the next empty line; to the end where the stream ends.
    fn block(&mut self, empty: &str) -> String {
        let mut block = String::new();
        while !block.ends_with(&format!("\n{empty}")) {
            if io::BufRead::read_line(&mut self.reader, &mut block).unwrap() == 0 {
                break;
            }
        }
        block
    }

    /// Returns the kind and the data of the next event.
    fn next(&mut self) -> Option<(String, Value)> {
        loop {
            let block = self.block("\n");
            if block.is_empty() {
                return None;
            }
            let field = |name: &str| {
                let line = block
                    .lines()
                    .find_map(|line| line.strip_prefix(&format!("{name}: ")));
                line.map(str::to_owned)
            };
            if let Some(id) = field("id") {
                self.last = id;
            }
            if let (Some(kind), Some(data)) = (field("event"), field("data")) {
                return Some((kind, serde_json::from_str(&data).unwrap()));
            }
        }
    }

    /// Returns the kind and the title of the next event.
    fn told(&mut self) -> String {
        let (kind, data) = self.next().unwrap();
        assert_eq!(data["event"], kind.as_str());
        format!(
            "{kind} {}",
            data["note"]["title"].as_str().unwrap_or_default()
        )
    }
}

/// The number of connections to Redis, but for that of redis-cli.
fn connections(server: &TestServer) -> usize {
    let list = server.redis(&["CLIENT", "LIST"]);
    list.lines()
        .filter(|line| !line.contains("cmd=client"))
        .count()
}

/// The number of threads of this process that watch or stream.
fn watchers(server: &TestServer) -> usize {
    let list = server.redis(&["CLIENT", "LIST"]);
    list.lines().filter(|line| line.contains("flags=t")).count()
}

#[test]
fn every_reader_is_told_of_each_change_after_it_has_connected() {
    let server = TestServer::start();
    server.write("old", &["title", "old"]);
    let mut readers = [(); 3].map(|()| Stream::open(&server));
    let id = server.add("new");
    server.write("old", &["title", "changed"]);
    server.redis(&["DEL", "note:old"]);
    for reader in &mut readers {
        let (kind, data) = reader.next().unwrap();
        assert_eq!(kind, "created");
        let note = server.get(&format!("/api/v1/notes/{id}")).value();
        assert_eq!(
            data,
            serde_json::json!({ "event": "created", "id": id, "note": note })
        );
        let mut told = reader.told();
        // The two may be one.
        if told != "deleted " {
            assert_eq!(told, "updated changed");
            told = reader.told();
        }
        assert_eq!(told, "deleted ");
    }
    assert_eq!(watchers(&server), 1, "one watcher for all");
}

#[test]
fn a_reader_that_comes_back_goes_on_where_it_was_or_begins_anew() {
    let server = TestServer::with(
        Limits {
            linger: TIMEOUT,
            ..Limits::default()
        },
        None,
    );
    let mut reader = Stream::open(&server);
    server.add("one");
    assert_eq!(reader.told(), "created one");
    let last = reader.last.clone();
    drop(reader);
    server.add("two");
    server.add("three");
    let mut reader = Stream::after(&server, Some(&last));
    assert_eq!(
        [reader.told(), reader.told()],
        ["created two", "created three"]
    );
    // Before the first event there is an id, too.
    let mut fresh = Stream::open(&server);
    server.add("four");
    assert_eq!(
        [reader.told(), fresh.told()],
        ["created four", "created four"]
    );
    let mut again = Stream::after(&server, Some(&reader.last));
    server.add("five");
    assert_eq!(again.told(), "created five");
    for unknown in ["0-0", "x", "", &format!("{last}99")] {
        let mut reader = Stream::after(&server, Some(unknown));
        assert_eq!(reader.told(), "reset ", "{unknown}");
        let mut after_reset = Stream::after(&server, Some(&reader.last));
        server.add("after");
        assert_eq!(
            [reader.told(), after_reset.told()],
            ["created after", "created after"]
        );
    }
}

#[test]
fn a_reader_whose_next_event_is_forgotten_begins_anew() {
    let server = TestServer::with(
        Limits {
            linger: TIMEOUT,
            ..Limits::default()
        },
        None,
    );
    let reader = Stream::open(&server);
    let mut good = Stream::open(&server);
    server.add("one");
    assert_eq!(good.told(), "created one");
    let last = good.last.clone();
    drop(reader);
    // More than is kept.
    for number in 0..6 {
        let id = format!("large{number}");
        let fill =
            "redis.call('HSET', KEYS[1], 'title', 'large', 'content', string.rep('x', 1000000))";
        server.redis(&["EVAL", fill, "1", &format!("note:{id}")]);
        server.redis(&["SADD", "notes:ids", &id]);
        assert_eq!(good.told(), "created large");
    }
    assert_eq!(Stream::after(&server, Some(&last)).told(), "reset ");
}

#[test]
fn a_reader_that_does_not_read_holds_up_no_other_and_is_let_go() {
    let limits = Limits {
        transfer: Duration::from_secs(1),
        ..lively()
    };
    let server = TestServer::with(limits, None);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let mut slow = TcpStream::from(socket);
    slow.write_all(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert_eq!(slow.peek(&mut [0]).unwrap(), 1);
    let mut good = Stream::open(&server);
    for number in 0..8 {
        let fill =
            "redis.call('HSET', KEYS[1], 'title', ARGV[1], 'content', string.rep('x', 3000000))";
        server.redis(&["EVAL", fill, "1", "note:large", &number.to_string()]);
        server.redis(&["SADD", "notes:ids", "large"]);
        let told = good.told();
        assert!(told.ends_with(&format!(" {number}")), "{told}");
    }
    drop(good);
    // The slow one is let go without having read: nobody is left to watch for.
    eventually("nobody watches", || watchers(&server) == 0);
    drop(slow);
}

#[test]
fn readers_that_come_and_go_leave_nothing_behind() {
    let server = TestServer::with(lively(), None);
    server.add("T");
    let before = connections(&server);
    for _ in 0..100 {
        drop(Stream::open(&server));
    }
    let mut reader = Stream::open(&server);
    server.add("still told");
    assert_eq!(reader.told(), "created still told");
    drop(reader);
    eventually("nobody watches", || {
        watchers(&server) == 0 && connections(&server) <= before
    });
    let mut reader = Stream::open(&server);
    server.add("again");
    assert_eq!(reader.told(), "created again");
}

#[test]
fn there_are_at_most_so_many_readers_and_those_that_are_gone_make_room() {
    let limits = Limits {
        streams: 4,
        comment: TIMEOUT,
        ..Limits::default()
    };
    let server = TestServer::with(limits, None);
    let mut readers: Vec<_> = (0..4).map(|_| Stream::open(&server)).collect();
    let reply = server.get("/api/v1/events");
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (503, Some("1"))
    );
    assert_eq!(
        reply.error(),
        "too many clients read events; try again later"
    );
    assert_eq!(server.get("/health").status, 200);
    readers.remove(1);
    let mut reader = Stream::open(&server);
    server.add("T");
    readers.push(Stream {
        reader: reader.reader,
        last: reader.last,
    });
    reader = readers.remove(0);
    for reader in readers.iter_mut().chain([&mut reader]) {
        assert_eq!(reader.told(), "created T");
    }
    let few = TestServer::with(
        Limits {
            connections: 4,
            ..Limits::default()
        },
        None,
    );
    let _readers = [Stream::open(&few), Stream::open(&few)];
    assert_eq!(
        few.get("/api/v1/events").status,
        503,
        "half of the connections are for requests"
    );
}

#[test]
fn a_comment_comes_while_there_are_no_events() {
    let server = TestServer::with(lively(), None);
    let mut reader = Stream::open(&server);
    let first = reader.block("\n");
    assert!(first.starts_with("id: "), "{first}");
    for _ in 0..3 {
        assert_eq!(reader.block("\n"), ":\n\n");
    }
}

#[test]
fn a_stop_ends_all_streams_in_time() {
    let mut server = TestServer::start();
    let mut readers = [(); 5].map(|()| Stream::open(&server));
    let start = Instant::now();
    server.stop.store(true, Ordering::SeqCst);
    for reader in &mut readers {
        assert_eq!(reader.next(), None);
    }
    server.thread.take().unwrap().join().unwrap().unwrap();
    assert!(start.elapsed() < Limits::default().grace);
    assert!(
        !server.log.text().contains("unfinished"),
        "{}",
        server.log.text()
    );
}

#[test]
fn events_go_on_after_redis_was_away() {
    let server = TestServer::start();
    let mut reader = Stream::open(&server);
    server.redis(&["CLIENT", "KILL", "TYPE", "normal"]);
    server.add("T");
    assert_eq!(reader.told(), "created T");
    let gone = server.redis.lock().unwrap().take();
    drop(gone);
    eventually("a new reader is refused", || {
        let mut client = server.client();
        client.send_request("GET /api/v1/events", &[], "");
        let status = client.reply_to("GET").status;
        status == 503
    });
    *server.redis.lock().unwrap() = Some(RedisServer::start());
    assert_eq!(reader.told(), "deleted ");
    server.write("b", &["title", "B"]);
    assert_eq!(reader.told(), "created B");
}

#[test]
fn a_head_and_a_reader_without_a_token_get_no_events() {
    let server = TestServer::with(Limits::default(), Some("s3cret"));
    assert_eq!(server.get("/api/v1/events").status, 401);
    let bearer = ["Authorization: Bearer s3cret"];
    let reply = server.client().request("HEAD /api/v1/events", &bearer, "");
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("text/event-stream"))
    );
    assert_eq!(watchers(&server), 0, "nothing is watched for it");
    let mut stream = TcpStream::connect(server.address).unwrap();
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: evil.example\r\n{}\r\n\r\n",
        bearer[0]
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    io::Read::read_to_string(&mut stream, &mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 421 "), "{text}");
}
