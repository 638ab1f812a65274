//! The server's own end.

use super::*;

#[test]
fn a_stop_finishes_what_is_under_way_and_takes_nothing_more() {
    let hold = Hold::default();
    let mut server = hold.server(Limits::default());
    let mut idle = server.client();
    assert_eq!(idle.request("GET /", &[], "").status, 200);
    let mut client = server.client();
    client.send_request(
        "POST /api/v1/notes",
        &["Content-Type: application/json"],
        r#"{"title":"a"}"#,
    );
    hold.await_someone();
    server.stop.store(true, Ordering::SeqCst);
    eventually("nobody listens any more", || {
        HttpClient::try_connect(server.address).is_err()
    });
    let thread = server.thread.take().unwrap();
    assert!(!thread.is_finished(), "it waits for the request");
    hold.end();
    let reply = client.reply_to("POST");
    assert_eq!(
        (reply.status, reply.header("connection")),
        (201, Some("close"))
    );
    assert_eq!(client.rest(), b"");
    thread.join().unwrap().unwrap();
    assert_eq!(server.redis(&["SCARD", "notes:ids"]), "1");
}

#[test]
fn a_stop_does_not_wait_for_clients_that_ask_for_nothing() {
    let server = TestServer::start();
    let mut clients: Vec<HttpClient> = (0..10).map(|_| server.client()).collect();
    for client in &mut clients {
        client.send("GET /health HTT");
    }
    let start = Instant::now();
    server.stop().unwrap();
    assert!(start.elapsed() < Limits::default().grace);
    // A server that is stopped before it starts does not start.
    let listener = bind("127.0.0.1", 0, &Limits::default()).unwrap();
    let stop = Arc::new(AtomicBool::new(true));
    let options = Options {
        token: None,
        limits: Limits::default(),
        log: Log::new(Box::new(io::sink()), Verbosity::Problems).unwrap(),
        journal: None,
        watching: Arc::new(|| anyhow::bail!("unused")),
    };
    serve(
        listener,
        options,
        Arc::new(|| anyhow::bail!("unused")),
        stop,
    )
    .unwrap();
}

#[test]
fn what_is_not_done_within_the_grace_is_left_and_told() {
    let hold = Hold::default();
    let limits = Limits {
        grace: Duration::from_millis(20),
        ..Limits::default()
    };
    let server = hold.server(limits);
    let mut client = server.client();
    client.send_request("GET /health", &[], "");
    hold.await_someone();
    let log = server.log.clone();
    server.stop().unwrap();
    assert!(
        log.text().contains("stopped with 1 requests unfinished"),
        "{}",
        log.text()
    );
    hold.end();
}

#[test]
fn what_has_arrived_before_a_stop_is_answered() {
    let server = TestServer::start();
    let mut clients: Vec<HttpClient> = (0..300).map(|_| server.client()).collect();
    for client in clients.iter_mut().take(200) {
        assert_eq!(client.request("GET /", &[], "").status, 200);
    }
    // A third of them may not have been let in yet.
    clients.extend((0..100).map(|_| server.client()));
    for client in &mut clients {
        client.send_request("GET /api/v1/notes/none", &[], "");
    }
    server.stop().unwrap();
    for client in &mut clients {
        assert_eq!(client.reply_to("GET").status, 404);
    }
}
