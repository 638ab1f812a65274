//! Clients that are broken, slow or mean. The server goes on, and a good request is answered.

use super::*;

/// Limits that are reached within a test, but not by a good client on a busy machine.
fn short() -> Limits {
    Limits {
        idle: Duration::from_secs(2),
        head: Duration::from_secs(2),
        transfer: Duration::from_secs(3),
        body: 10_000,
        ..Limits::default()
    }
}

fn assert_serves(server: &TestServer) {
    let start = Instant::now();
    assert_eq!(server.get("/health").status, 200);
    assert!(start.elapsed() < TIMEOUT / 2, "{:?}", start.elapsed());
}

/// Sends bytes on a connection of their own; returns the first response, or nothing if the server
/// hung up without one.
fn first_status(server: &TestServer, bytes: impl AsRef<[u8]>) -> Option<u16> {
    let mut client = server.client();
    client.send(bytes);
    client.finish_sending();
    client.try_reply(false).ok().map(|reply| reply.status)
}

#[test]
fn a_body_over_the_limit_is_refused_before_it_is_sent() {
    let server = TestServer::with(short(), None);
    for length in ["10001", "1000000000000", "99999999999999999999999999"] {
        let mut client = server.client();
        client.send(format!(
            "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
        ));
        let reply = client.reply_to("POST");
        assert_eq!(reply.status, 413, "{length}");
        assert!(reply.error().contains("10000 bytes"), "{reply:?}");
        client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(
            client.rest(),
            b"",
            "{length}: nothing after it is read as a request"
        );
        assert_serves(&server);
    }
    let chunk = format!("2711\r\n{}\r\n", "x".repeat(10_001));
    let head = "POST /api/v1/notes HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(first_status(&server, format!("{head}{chunk}")), Some(413));
    let most = format!("{{\"title\":\"{}\"}}", "x".repeat(10_000 - 12));
    let reply = server.client().json("POST /api/v1/notes", &most);
    assert_eq!(reply.status, 201, "a body of just the limit is taken");
}

#[test]
fn a_length_that_can_be_read_in_two_ways_smuggles_nothing_in() {
    let server = TestServer::start();
    let smuggled = "DELETE /api/v1/notes/n-1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for header in [
        "Content-Length: abc",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: 5, 5",
        "Content-Length:",
        "Content-Length: 0\r\nContent-Length: 70",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: abc",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Content-Length : 5",
    ] {
        server.write("n-1", &["title", "T"]);
        let mut client = server.client();
        client.send(format!(
            "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n{smuggled}"
        ));
        assert_eq!(client.reply_to("POST").status, 400, "{header}");
        assert_eq!(client.rest(), b"", "{header}");
        assert_eq!(server.redis(&["EXISTS", "note:n-1"]), "1", "{header}");
    }
    assert_serves(&server);
}

#[test]
fn a_body_that_is_announced_and_never_sent_holds_nobody_up() {
    let server = TestServer::with(short(), None);
    let announce = |length: usize| {
        let mut client = server.client();
        client.send(format!(
            "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{{"
        ));
        client
    };
    let mut clients: Vec<HttpClient> = [10, 1_000, 5_000].into_iter().map(announce).collect();
    assert_serves(&server);
    for client in &mut clients {
        let status = client.reply_to("POST").status;
        assert!([400, 408].contains(&status), "{status}");
        client.rest();
    }
    // One that hangs up in the middle is told nothing and stores nothing.
    for length in [10, 5_000] {
        let mut client = announce(length);
        client.finish_sending();
        assert_eq!(client.reply_to("POST").status, 400);
    }
    assert_eq!(server.redis(&["DBSIZE"]), "0");
}

#[test]
fn a_body_that_drips_is_given_up() {
    let server = TestServer::with(short(), None);
    let mut client = server.client();
    client.send("POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n");
    let until = Instant::now() + TIMEOUT;
    while !server.log.text().contains("POST /api/v1/notes 408 ") {
        assert!(Instant::now() < until, "the server takes it for ever");
        client.try_send(b" ").unwrap();
        assert_serves(&server);
    }
    assert_eq!(client.reply_to("POST").status, 408);
}

#[test]
fn silent_clients_are_let_go() {
    let server = TestServer::with(short(), None);
    let starts = [
        "",
        "GET /health HT",
        "GET /health HTTP/1.1\r\nHost: localhost\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ];
    let mut clients = starts.map(|start| {
        let mut client = server.client();
        client.send(start);
        client
    });
    for client in &mut clients {
        client.rest();
    }
    assert_serves(&server);
}

#[test]
fn clients_that_send_a_byte_now_and_then_hold_nobody_up() {
    let server = TestServer::start();
    let mut slow: Vec<HttpClient> = (0..20).map(|_| server.client()).collect();
    for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" {
        for client in &mut slow {
            client.send([*byte]);
        }
        assert_serves(&server);
    }
    for client in &mut slow {
        assert_eq!(client.reply_to("GET").status, 200);
    }
}

#[test]
fn a_client_that_never_reads_is_let_go() {
    let server = TestServer::with(short(), None);
    let content = "x".repeat(9_000);
    for index in 0..200 {
        server.write(&format!("n-{index}"), &["title", "T", "content", &content]);
    }
    let mut client = server.client();
    let until = Instant::now() + TIMEOUT;
    let line = "GET /api/v1/notes HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    while client.try_send(line.as_bytes()).is_ok() {
        assert!(Instant::now() < until, "the server goes on for ever");
        assert_serves(&server);
    }
    assert_serves(&server);
}

#[test]
fn many_idle_clients_hold_nobody_up() {
    let server = TestServer::start();
    let mut idle: Vec<HttpClient> = (0..300).map(|_| server.client()).collect();
    for client in &mut idle {
        assert_eq!(client.request("GET /", &[], "").status, 200);
    }
    for _ in 0..20 {
        assert_serves(&server);
    }
    for client in &mut idle {
        assert_eq!(
            client.request("GET /", &[], "").status,
            200,
            "still connected"
        );
    }
}

#[test]
fn what_is_no_request_is_refused_and_logged() {
    let server = TestServer::with(short(), None);
    let expected: [(&[u8], u16); 8] = [
        (b"hello\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: \x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nExpect: a cake\r\n\r\n", 417),
    ];
    for (bytes, status) in expected {
        let mut client = server.client();
        client.send(bytes);
        let reply = client.reply_to("GET");
        assert_eq!(reply.status, status, "{}", bytes.escape_ascii());
        assert_eq!(client.rest(), b"");
    }
    assert_serves(&server);
    let log = server.logged();
    assert_eq!(log.matches(" 400 ").count(), 7, "{log}");
    assert!(log.contains(" - - - 417 "), "{log}");
}

#[test]
fn a_connection_that_can_neither_be_read_nor_closed_leaves_room_for_others_and_is_told() {
    let limits = Limits {
        connections: 2,
        idle: Duration::from_millis(500),
        head: Duration::from_millis(500),
        ..Limits::default()
    };
    let server = TestServer::with(limits, None);
    let mut stuck = [server.client(), server.client()];
    for client in &mut stuck {
        client.send("GET / HTTP/2.0\r\n\r\n");
    }
    for _ in 0..3 {
        assert_serves(&server);
    }
    eventually("it is told", || {
        let log = server.log.text();
        log.contains(" 2 connections sent no request in time and cannot be closed")
    });
}

#[test]
fn a_body_in_chunks_that_never_ends_leaves_its_place_to_others_and_is_told() {
    let limits = Limits {
        connections: 2,
        transfer: Duration::from_millis(500),
        ..Limits::default()
    };
    let server = TestServer::with(limits, None);
    let mut stuck = [server.client(), server.client()];
    for client in &mut stuck {
        client.send("POST /api/v1/notes HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nd;");
    }
    for _ in 0..3 {
        assert_serves(&server);
    }
    eventually("it is told", || {
        let log = server.log.text();
        log.contains(" 2 connections sent no request in time and cannot be closed")
    });
}

/// Marsaglia's xorshift64: the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

fn mutated(random: &mut Random) -> Vec<u8> {
    const SEEDS: [&str; 5] = [
        "GET /api/v1/notes HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /api/v1/notes/%ff%2Fa?b=c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 31\r\n\r\n{\"title\":\"a\",\"content\":\"\\ud83d\"}",
        "PUT /api/v1/notes/n HTTP/1.1\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n9\r\n{\"title\":\r\n4\r\n\"b\"}\r\n0\r\n\r\n",
        "DELETE /api/v1/notes/n HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
         Content-Length: 2000\r\n\r\n",
    ];
    const PIECES: [&[u8]; 10] = [
        b"\r\n",
        b"\n",
        b"\0",
        b"%",
        b": ",
        b"\xff",
        b"Content-Length: 9\r\n",
        b"\"",
        b"{",
        b"999999999999",
    ];
    let mut bytes = SEEDS[random.below(SEEDS.len())].as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes.truncate(at),
            1 => bytes
                .splice(at..at, PIECES[random.below(PIECES.len())].iter().copied())
                .for_each(drop),
            2 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            3 if at < bytes.len() => drop(bytes.remove(at)),
            _ => bytes.extend_from_within(at..),
        }
    }
    bytes
}

#[test]
fn mutated_requests_do_no_harm() {
    // `make faults` asks for all.
    let is_thorough = std::env::var_os("NOTES_FAULTS").is_some_and(|value| value == "all");
    let rounds = if is_thorough { 1_250 } else { 60 };
    let server = TestServer::with(short(), None);
    thread::scope(|scope| {
        for worker in 1..=8_u64 {
            let server = &server;
            scope.spawn(move || {
                let mut random = Random(worker.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                for _ in 0..rounds {
                    let bytes = mutated(&mut random);
                    let mut client = server.client();
                    client.send(&bytes);
                    client.finish_sending();
                    let answer = client.rest();
                    assert!(
                        answer.is_empty() || answer.starts_with(b"HTTP/1."),
                        "{bytes:?}: {answer:?}"
                    );
                }
            });
        }
    });
    assert_serves(&server);
    let log = server.logged();
    assert!(!log.contains(" 500 ") && !log.contains(" 503 "), "{log}");
}
