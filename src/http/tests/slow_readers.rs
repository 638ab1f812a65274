//! Clients that ask and do not read. No other client waits for them.

use std::net::TcpStream;

use socket2::{Domain, Socket, Type};

use super::*;

/// The content of the large note: more than the socket buffers of a connection hold.
const LARGE: usize = 8 * 1024 * 1024;

/// Limits under which a slow reader is not let go within a test.
fn patient() -> Limits {
    Limits {
        transfer: 10 * TIMEOUT,
        ..Limits::default()
    }
}

/// Adds a note that is too large for socket buffers.
fn write_large(server: &TestServer, id: &str) {
    let script = "redis.call('HSET', 'note:' .. ARGV[1], 'title', 'large', 'content', string.rep('x', ARGV[2]))";
    server.redis(&["EVAL", script, "0", id, &LARGE.to_string()]);
    server.redis(&["SADD", "notes:ids", id]);
}

/// Sends a GET by a client whose socket takes next to nothing before it is read.
fn ask(server: &TestServer, path: &str) -> TcpStream {
    send(
        server,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
}

/// Sends a request by such a client.
fn send(server: &TestServer, request: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// Waits until the answer begins.
fn await_beginning(stream: &TcpStream) {
    assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
}

/// Limits that one long answer exhausts.
fn tight() -> Limits {
    Limits {
        memory: 1,
        disk: 1,
        ..patient()
    }
}

#[test]
fn a_client_that_does_not_read_its_note_holds_up_no_other() {
    let server = TestServer::with(patient(), None);
    write_large(&server, "large");
    server.write("small", &["title", "small"]);
    let slow: Vec<TcpStream> = (0..2)
        .map(|_| ask(&server, "/api/v1/notes/large"))
        .collect();
    for stream in &slow {
        await_beginning(stream);
    }
    // No answer to a slow reader can have ended: the rest does not fit into the buffers.
    let mut good = server.client();
    for _ in 0..20 {
        let reply = good.request("GET /api/v1/notes/small", &[], "");
        assert_eq!(reply.value()["title"], "small");
    }
    for stream in slow {
        let reply = HttpClient::over(stream).unwrap().reply_to("GET");
        assert_eq!(reply.value()["content"].as_str().unwrap().len(), LARGE);
    }
}

#[test]
fn long_notes_that_no_client_reads_are_bounded_and_short_ones_are_served() {
    let server = TestServer::with(tight(), None);
    write_large(&server, "large");
    server.write("small", &["title", "small"]);
    let slow = ask(&server, "/api/v1/notes/large");
    await_beginning(&slow);
    let mut client = server.client();
    for _ in 0..3 {
        let reply = client.request("GET /api/v1/notes/large", &[], "");
        let shown = (reply.status, reply.header("retry-after"));
        assert_eq!(shown, (503, Some("1")));
        assert_eq!(
            client.request("GET /api/v1/notes/small", &[], "").status,
            200
        );
    }
    assert_eq!(HttpClient::over(slow).unwrap().reply_to("GET").status, 200);
    eventually("the answer is sent", || {
        server.get("/api/v1/notes/large").status == 200
    });
}

#[test]
fn a_change_whose_long_answer_has_no_room_is_refused_before_it_is_made() {
    let server = TestServer::with(tight(), None);
    write_large(&server, "large");
    let body = r#"{"title":"first"}"#;
    let length = body.len();
    let slow = send(
        &server,
        &format!(
            "PUT /api/v1/notes/large HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ),
    );
    await_beginning(&slow);
    let mut client = server.client();
    let reply = client.json("PUT /api/v1/notes/large", r#"{"title":"second"}"#);
    assert_eq!(reply.status, 503);
    assert_eq!(server.redis(&["HGET", "note:large", "title"]), "first");
    assert_eq!(HttpClient::over(slow).unwrap().reply_to("PUT").status, 200);
}

#[test]
fn long_lists_that_no_client_reads_are_bounded() {
    let server = TestServer::with(tight(), None);
    write_large(&server, "large");
    let slow = ask(&server, "/api/v1/notes");
    await_beginning(&slow);
    for _ in 0..3 {
        let reply = server.get("/api/v1/notes");
        let shown = (reply.status, reply.header("retry-after"));
        assert_eq!(shown, (503, Some("1")));
    }
    assert_eq!(HttpClient::over(slow).unwrap().reply_to("GET").status, 200);
    eventually("the answer is sent", || {
        server.get("/api/v1/notes").status == 200
    });
}
