//! Many clients, and those who mean no good.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::Served;
use crate::support::Sandbox;
use crate::support::http_client::HttpClient;

/// How long a request may take that nothing holds up, on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn a_thousand_idle_clients_hold_nobody_up() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = 4_200;
    assert!(
        maximum.is_none_or(|maximum| maximum >= needed),
        "this test and its server need {needed} descriptors each: ulimit -Hn"
    );
    if current.is_some_and(|current| current < needed) {
        let raised = Rlimit {
            current: Some(needed),
            maximum,
        };
        setrlimit(Resource::Nofile, raised).unwrap();
    }
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &["-q"]);
    let path = format!("GET /api/v1/notes/{}", server.add("T"));
    let mut idle: Vec<HttpClient> = (0..1_000).map(|_| server.client()).collect();
    for client in &mut idle {
        let reply = client.request("GET /", &[], "");
        assert_eq!((reply.status, reply.header("connection")), (200, None));
    }
    let mut client = server.client();
    for _ in 0..200 {
        let start = Instant::now();
        assert_eq!(client.request(&path, &[], "").status, 200);
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
    for client in &mut idle {
        assert_eq!(client.request("GET /", &[], "").status, 200, "still there");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_bounded_whatever_is_announced_or_sent() {
    const MIB: u64 = 1_024 * 1_024;
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &["-q"]);
    assert_eq!(server.get("/health").status, 200);
    let before = resident(&server);
    let garbage = vec![b'x'; 256 * 1_024];
    let mut clients: Vec<HttpClient> = Vec::new();
    for index in 0..60 {
        let mut client = server.client();
        let framing = match index % 3 {
            0 => "Content-Length: 1000000000000",
            1 => "Content-Length: 1000000",
            _ => "Transfer-Encoding: chunked\r\n\r\nffffffffff",
        };
        client.send(format!(
            "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             {framing}\r\n\r\n"
        ));
        for _ in 0..if index % 3 == 1 { 3 } else { 16 } {
            if client.try_send(&garbage).is_err() {
                break;
            }
        }
        clients.push(client);
        let start = Instant::now();
        assert_eq!(server.get("/health").status, 200);
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
    let grown = resident(&server).saturating_sub(before);
    // Twenty bodies may be on their way, of 1 MB each, with what their buffers have to spare.
    assert!(grown < 100 * MIB, "{grown}");
    drop(clients);
    for _ in 0..200 {
        let mut client = server.client();
        client.send(&garbage);
    }
    assert_eq!(server.get("/health").status, 200);
    let grown = resident(&server).saturating_sub(before);
    assert!(grown < 150 * MIB, "{grown}");
}

/// The bytes of memory that it has in use.
#[cfg(target_os = "linux")]
fn resident(server: &Served) -> u64 {
    let path = format!("/proc/{}/status", server.pid().as_raw_nonzero());
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line
        .and_then(|line| line.split_whitespace().next())
        .unwrap();
    kib.parse::<u64>().unwrap() * 1_024
}
