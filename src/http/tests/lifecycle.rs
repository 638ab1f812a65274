//! Connections that begin, stay and end; Redis going away and coming back.

use serde_json::json;

use super::*;

#[test]
fn requests_sent_ahead_are_answered_in_their_order() {
    let server = TestServer::start();
    let mut client = server.client();
    let body = r#"{"content":"no title"}"#;
    let length = body.len();
    for index in 0..50 {
        client.send(format!(
            "GET /api/v1/notes/{index} HTTP/1.1\r\nHost: localhost\r\n\r\n\
             POST /api/v1/notes HTTP/1.1\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ));
    }
    for index in 0..50 {
        let reply = client.reply_to("GET");
        assert_eq!(reply.error(), format!("Note '{index}' not found"));
        assert_eq!(client.reply_to("POST").status, 400);
    }
}

#[test]
fn a_connection_lasts_as_the_client_asks() {
    let server = TestServer::start();
    for (head, stays) in [
        ("GET /health HTTP/1.1\r\nHost: localhost", true),
        (
            "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close",
            false,
        ),
        ("GET /health HTTP/1.0", false),
        ("GET /health HTTP/1.0\r\nConnection: keep-alive", true),
        (
            "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c",
            false,
        ),
    ] {
        let mut client = server.client();
        client.send(format!("{head}\r\n\r\n"));
        let reply = client.reply_to(head);
        assert_eq!(reply.status, 200, "{head}");
        if stays {
            client.send(format!("{head}\r\n\r\n"));
            assert_eq!(client.reply_to(head).status, 200, "{head}");
        } else {
            assert_eq!(reply.header("connection"), Some("close"), "{head}");
            assert_eq!(client.rest(), b"", "{head}");
        }
    }
}

#[test]
fn a_body_may_come_in_chunks_and_after_a_hundred_continue() {
    let server = TestServer::start();
    let mut client = server.client();
    let head =
        "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    client.send(format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n9\r\n{{\"title\":\r\n4\r\n\"a\"}}\r\n0\r\n\r\n"
    ));
    assert_eq!(client.reply_to("POST").status, 201);
    client.send(format!(
        "{head}Expect: 100-continue\r\nContent-Length: 13\r\n\r\n"
    ));
    client.await_continue();
    client.send("{\"title\":\"b\"}");
    assert_eq!(client.reply_to("POST").value()["title"], "b");
    let long = "x".repeat(500_000);
    let body = json!({ "title": "c", "content": long }).to_string();
    assert_eq!(
        client.json("POST /api/v1/notes", &body).value()["content"],
        long
    );
    let list = client.request("GET /api/v1/notes", &[], "");
    assert_eq!(list.value()["count"], 3);
}

#[test]
fn a_client_beyond_the_limit_is_answered_once_another_is_done() {
    let hold = Hold::default();
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let server = hold.server(limits);
    let mut first = server.client();
    first.send_request("GET /health", &[], "");
    hold.await_someone();
    let mut others = [server.client(), server.client()];
    for client in &mut others {
        client.send_request("GET /", &[], "");
    }
    hold.end();
    assert_eq!(first.reply_to("GET").status, 200);
    for client in &mut others {
        assert_eq!(client.reply_to("GET").status, 200);
    }
}

#[test]
fn redis_away_is_a_503_and_a_500_on_health_until_it_is_back() {
    let server = TestServer::start();
    let mut client = server.client();
    let id = server.add("T");
    let note = format!("/api/v1/notes/{id}");
    *server.redis.lock().unwrap() = None;
    for _ in 0..2 {
        for line in [
            "GET /api/v1/notes".to_owned(),
            format!("GET {note}"),
            format!("PUT {note}"),
            format!("DELETE {note}"),
            "POST /api/v1/notes".to_owned(),
        ] {
            let reply = client.json(&line, r#"{"title":"a"}"#);
            assert_eq!(
                (reply.status, reply.header("retry-after")),
                (503, Some("1")),
                "{line}"
            );
            assert!(reply.error().contains("Redis"), "{line}");
        }
        let health = client.request("GET /health", &[], "");
        let value = health.value();
        assert_eq!(health.status, 500);
        // Needs no token, and so tells no address.
        assert_eq!(value["detail"], "Redis is not available; try again later");
        let expected =
            json!({ "status": "error", "redis": "unreachable", "detail": value["detail"] });
        assert_eq!(value, expected);
    }
    assert_eq!(client.request("GET /", &[], "").status, 200);
    assert_eq!(
        client.json("POST /api/v1/notes", "{}").status,
        400,
        "no Redis is needed for that"
    );
    *server.redis.lock().unwrap() = Some(RedisServer::start());
    assert_eq!(
        client.json("POST /api/v1/notes", r#"{"title":"a"}"#).status,
        201
    );
    assert_eq!(client.request("GET /health", &[], "").status, 200);
    let log = server.logged();
    assert!(
        log.contains(" 503 ") && log.contains("/gone (a test)"),
        "{log}"
    );
}

#[test]
fn redis_restarted_between_two_requests_is_not_noticed() {
    let server = TestServer::start();
    let mut client = server.client();
    for (line, status) in [
        ("POST /api/v1/notes", 201),
        ("GET /api/v1/notes", 200),
        ("GET /api/v1/notes/none", 404),
        ("GET /api/v1/notes/none", 404),
        ("GET /health", 200),
        ("POST /api/v1/notes", 201),
    ] {
        let reply = client.json(line, r#"{"title":"a"}"#);
        assert_eq!(reply.status, status, "{line}");
        let next = RedisServer::start();
        *server.redis.lock().unwrap() = Some(next);
    }
    assert_eq!(server.logged().matches(" 503 ").count(), 0);
}

#[test]
fn a_redis_that_does_not_answer_holds_up_nobody_who_does_not_need_it() {
    let server = TestServer::start();
    let note = format!("GET /api/v1/notes/{}", server.add("T"));
    let mut clients: Vec<HttpClient> = (0..8).map(|_| server.client()).collect();
    for client in &mut clients {
        assert_eq!(client.request(&note, &[], "").status, 200);
    }
    let pause = Duration::from_secs(3);
    let start = Instant::now();
    server.redis(&["CLIENT", "PAUSE", &pause.as_millis().to_string()]);
    for client in &mut clients {
        client.send_request(&note, &[], "");
    }
    let mut other = server.client();
    for _ in 0..100 {
        assert_eq!(other.request("GET /", &[], "").status, 200);
    }
    assert!(start.elapsed() < pause, "{:?}", start.elapsed());
    for client in &mut clients {
        assert_eq!(client.reply_to("GET").status, 200);
        assert_eq!(client.request(&note, &[], "").status, 200);
    }
}

#[test]
fn something_that_is_no_note_spoils_no_note_that_is_asked_for_with_it() {
    let server = TestServer::start();
    let note = format!("GET /api/v1/notes/{}", server.add("T"));
    server.redis(&["SET", "note:other", "x"]);
    thread::scope(|scope| {
        for worker in 0..8 {
            let (server, note) = (&server, note.as_str());
            scope.spawn(move || {
                let mut client = server.client();
                for _ in 0..50 {
                    let (line, status) = match worker {
                        0 => ("GET /api/v1/notes/other", 409),
                        1 => ("GET /api/v1/notes/none", 404),
                        _ => (note, 200),
                    };
                    assert_eq!(client.request(line, &[], "").status, status, "{line}");
                }
            });
        }
    });
}

#[test]
fn a_panic_costs_one_request_a_500() {
    let panics = Arc::new(AtomicBool::new(true));
    let redis = RedisServer::start();
    let url = redis.url();
    let opener: Opener = Arc::new({
        let panics = Arc::clone(&panics);
        move || {
            assert!(!panics.load(Ordering::SeqCst), "on purpose");
            open(&url)
        }
    });
    let redis = Arc::new(Mutex::new(Some(redis)));
    let server = TestServer::over(redis, opener, Limits::default(), None);
    let mut client = server.client();
    for _ in 0..3 {
        let reply = client.request("GET /api/v1/notes/a", &[], "");
        assert_eq!(
            (reply.status, reply.error().contains("internal error")),
            (500, true)
        );
    }
    panics.store(false, Ordering::SeqCst);
    assert_eq!(client.request("GET /api/v1/notes/a", &[], "").status, 404);
}

#[test]
fn every_request_is_a_line_in_the_log() {
    let server = TestServer::start();
    let mut client = server.client();
    client.request("GET /x?y", &[], "");
    client.json("POST /api/v1/notes", r#"{"title":"a"}"#);
    client.request("HEAD /", &[], "");
    eventually("three lines", || server.log.text().lines().count() == 3);
    let log = server.log.text();
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].contains("GET /x?y 404 "), "{log}");
    assert!(lines[1].contains(" POST /api/v1/notes 201 "), "{log}");
    assert!(
        lines[1].contains(" host=localhost type=application/json length=13"),
        "{log}"
    );
    assert!(lines[2].contains(" HEAD / 200 0 "), "{log}");
    assert!(
        lines
            .iter()
            .all(|line| line.contains(" 127.0.0.1:") && line.contains("ms")),
        "{log}"
    );
}
