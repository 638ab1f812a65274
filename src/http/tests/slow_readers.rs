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

/// Connects a client whose socket takes next to nothing before it is read.
fn slow_reader(server: &TestServer) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(&server.address.into()).unwrap();
    socket.into()
}

#[test]
fn a_client_that_does_not_read_its_note_holds_up_no_other() {
    let server = TestServer::with(patient(), None);
    write_large(&server, "large");
    server.write("small", &["title", "small"]);
    let slow: Vec<TcpStream> = (0..8).map(|_| slow_reader(&server)).collect();
    for mut stream in &slow {
        stream
            .write_all(b"GET /api/v1/notes/large HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
    }
    for stream in &slow {
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        assert_eq!(stream.peek(&mut [0]).unwrap(), 1, "the answer begins");
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
