//! Bodies whose end is told in an unusual way.

use super::*;

const HEAD: &str =
    "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
const CHUNKS: &str = "d\r\n{\"title\":\"a\"}\r\n0\r\n\r\n";

/// Sends a request, and returns the response and what came after it.
fn last_reply(server: &TestServer, request: &str) -> (Reply, Vec<u8>) {
    let mut client = server.client();
    client.send(request);
    let reply = client.reply_to("POST");
    (reply, client.rest())
}

#[test]
fn a_client_that_asks_for_an_upgrade_may_send_its_body_in_chunks() {
    let server = TestServer::start();
    let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";
    for (encoding, body) in [
        ("Transfer-Encoding: chunked", CHUNKS),
        ("Transfer-Encoding: Chunked", CHUNKS),
        ("Content-Length: 13", "{\"title\":\"a\"}"),
    ] {
        let request = format!("{HEAD}{upgrade}{encoding}\r\n\r\n{body}GET / HTTP/1.1\r\n\r\n");
        let (reply, rest) = last_reply(&server, &request);
        let shown = (reply.status, reply.header("connection"));
        assert_eq!(shown, (201, Some("close")), "{encoding}");
        assert_eq!(rest, b"", "{encoding}");
    }
}

#[test]
fn a_body_in_chunks_beside_an_upgrade_has_the_limits_of_every_body() {
    let limits = Limits {
        body: 10_000,
        transfer: Duration::from_secs(1),
        ..Limits::default()
    };
    let server = TestServer::with(limits, None);
    let head = format!("{HEAD}Connection: Upgrade\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (body, status) in [
        (format!("2711\r\n{}\r\n0\r\n\r\n", "x".repeat(10_001)), 413),
        (format!("d;{}", "x".repeat(200_000)), 400),
        ("zz\r\n".to_owned(), 400),
    ] {
        let (reply, _) = last_reply(&server, &format!("{head}{body}"));
        assert_eq!(reply.status, status, "{}", &body[..4]);
        assert_eq!(reply.header("connection"), Some("close"));
    }
    let mut client = server.client();
    client.send(format!("{head}d;"));
    eventually("a drip is given up", || {
        server.log.text().contains("POST /api/v1/notes 408 ") || client.try_send(b"x").is_err()
    });
}

#[test]
fn chunks_over_http_1_0_are_refused() {
    let server = TestServer::start();
    let head = HEAD.replace("HTTP/1.1", "HTTP/1.0");
    for keep in ["", "Connection: keep-alive\r\n"] {
        let request = format!("{head}{keep}Transfer-Encoding: chunked\r\n\r\n{CHUNKS}");
        let (reply, rest) = last_reply(&server, &request);
        assert_eq!((reply.status, rest), (400, Vec::new()));
        assert!(reply.error().contains("HTTP/1.0"), "{reply:?}");
    }
}

#[test]
fn a_refusal_says_that_the_connection_ends() {
    let server = TestServer::with(
        Limits {
            body: 10_000,
            ..Limits::default()
        },
        None,
    );
    for (rest, status) in [
        ("Content-Length: abc\r\n\r\n".to_owned(), 400),
        (
            "Content-Length: 0\r\nContent-Length: 70\r\n\r\n".to_owned(),
            400,
        ),
        ("Host: localhost\r\n\r\n".to_owned(), 400),
        (
            format!(
                "Transfer-Encoding: chunked\r\n\r\n2711\r\n{}\r\n",
                "x".repeat(10_001)
            ),
            413,
        ),
        (
            "Content-Length: 99999999999999999999999999\r\n\r\n".to_owned(),
            413,
        ),
    ] {
        let (reply, _) = last_reply(&server, &format!("{HEAD}{rest}"));
        let shown = (reply.status, reply.header("connection"));
        assert_eq!(shown, (status, Some("close")), "{}", &rest[..20]);
    }
}
