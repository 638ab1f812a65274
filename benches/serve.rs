//! How fast `notes serve` gives one note, beside how fast Redis itself does.
//!
//! Both are asked in the same run, with as many connections, over TCP on loopback: `redis-benchmark` for
//! the HGETALL of the note, `wrk` for the GET of it over keep-alive. Run by `make bench-serve`; both
//! programs, and `redis-server`, must be on PATH. Those of Valkey do as well.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;
use std::time::Duration;

use notes::http::{self, Limits, Log, Options, Stop, Verbosity};
use notes::note::Note;
use notes::store::{Address, Store};

#[expect(
    dead_code,
    unused_imports,
    reason = "the tests use more of it, and have tests in it"
)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;

use redis_server::RedisServer;

/// The share of Redis's own speed that is aimed at.
const AIM: f64 = 0.6;

const SECONDS: &str = "8";
const REQUESTS: &str = "400000";
const TIMEOUT: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn Error>> {
    let redis = RedisServer::start();
    let port = listen_on_loopback(&redis)?;
    let url = format!("redis://127.0.0.1:{port}");
    let address = Address::parse(&url, "the benchmark".into())?;
    let note = Note::new(
        "Milk".into(),
        "two litres, ".repeat(20),
        "2024-01-15T10:30:00.123456+00:00",
    );
    Store::open(&address, TIMEOUT)?.create(&note)?;
    let limits = Limits::default();
    let listener = http::bind("127.0.0.1", 0)?;
    let url = format!("http://{}/api/v1/notes/{}", listener.local_addr()?, note.id);
    let stop = Stop::new();
    let options = Options {
        token: None,
        limits,
        log: Log::new(Box::new(io::sink()), Verbosity::Requests)?,
        journal: None,
    };
    let handle = stop.clone();
    let opener = Box::new(move || Ok(Store::open(&address, TIMEOUT)?));
    let server = thread::spawn(move || http::serve(listener, options, opener, &handle));
    let mut out = io::stdout();
    for connections in ["16", "64"] {
        let hgetall = redis_speed(&port, connections, &note.id)?;
        let get = http_speed(&url, connections)?;
        let share = get / hgetall;
        let verdict = if share >= AIM { "ok" } else { "below the aim" };
        writeln!(
            out,
            "{connections} connections: HGETALL {hgetall:.0}/s, GET {get:.0}/s, {share:.2} of it \
             (aim {AIM}): {verdict}"
        )?;
    }
    stop.stop();
    server.join().map_err(|_| "the server panicked")??;
    Ok(())
}

/// Has the server listen at a free TCP port as well: its clients and those of `notes serve` then pay
/// the same for their sockets.
fn listen_on_loopback(redis: &RedisServer) -> Result<String, Box<dyn Error>> {
    let free = TcpListener::bind("127.0.0.1:0")?;
    let port = free.local_addr()?.port().to_string();
    drop(free);
    match redis.command(&["CONFIG", "SET", "port", &port]).as_str() {
        "OK" => Ok(port),
        answer => Err(answer.into()),
    }
}

fn redis_speed(port: &str, connections: &str, id: &str) -> Result<f64, Box<dyn Error>> {
    let program = redis_server::server().replace("-server", "-benchmark");
    let output = Command::new(program)
        .args([
            "-p",
            port,
            "-c",
            connections,
            "-n",
            REQUESTS,
            "--csv",
            "HGETALL",
        ])
        .arg(format!("note:{id}"))
        .output()?;
    // "test","rps",... and then a line of values in quotes.
    let text = String::from_utf8(output.stdout)?;
    let speed = text
        .lines()
        .last()
        .and_then(|line| line.split("\",\"").nth(1));
    Ok(speed.ok_or("redis-benchmark gave no result")?.parse()?)
}

fn http_speed(url: &str, connections: &str) -> Result<f64, Box<dyn Error>> {
    let output = Command::new("wrk")
        .args([
            "-t",
            "1",
            "-c",
            connections,
            "-d",
            SECONDS,
            "--latency",
            url,
        ])
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(text.into());
    }
    let speed = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    Ok(speed.ok_or("wrk gave no result")?.trim().parse()?)
}
