//! How fast `notes serve` gives one note, beside how fast Redis itself does.
//!
//! Both are asked in the same run, with as many connections, over TCP on loopback: `redis-benchmark` for
//! the HGETALL of the note, `wrk` for the GET of it over keep-alive. Run by `make bench-serve`; both
//! programs, and `redis-server`, must be on PATH. Those of Valkey do as well.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

#[expect(
    dead_code,
    unused_imports,
    reason = "the tests use more of it, and have tests in it"
)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;

use redis_server::RedisServer;

/// The share of Redis's own speed that is aimed at, by the number of connections.
const AIMS: [(&str, f64); 2] = [("16", 0.55), ("64", 0.65)];

const SECONDS: &str = "8";
const REQUESTS: &str = "400000";
/// The id of the one note.
const ID: &str = "00000000-0000-4000-8000-000000000000";

fn main() -> Result<(), Box<dyn Error>> {
    let redis = RedisServer::start();
    let port = listen_on_loopback(&redis)?;
    let (key, content, time) = (
        format!("note:{ID}"),
        "two litres, ".repeat(20),
        "2024-01-15T10:30:00.123456+00:00",
    );
    redis.command(&[
        "HSET",
        &key,
        "id",
        ID,
        "title",
        "Milk",
        "content",
        &content,
        "created_at",
        time,
        "updated_at",
        time,
    ]);
    redis.command(&["SADD", "notes:ids", ID]);
    let mut server = serve(&port)?;
    let measured = measure(&port, &mut server);
    server.kill()?;
    server.wait()?;
    measured
}

/// The program that is measured, with its log, which nobody reads.
fn serve(redis_port: &str) -> io::Result<Child> {
    Command::new(env!("CARGO_BIN_EXE_notes"))
        .args(["serve", "--port", "0"])
        .env("REDIS_URL", format!("redis://127.0.0.1:{redis_port}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

fn measure(port: &str, server: &mut Child) -> Result<(), Box<dyn Error>> {
    let mut address = String::new();
    let stdout = server.stdout.take().ok_or("the server has no output")?;
    BufReader::new(stdout).read_line(&mut address)?;
    let url = format!("{}/api/v1/notes/{ID}", address.trim().trim_end_matches('/'));
    let mut out = io::stdout();
    for (connections, aim) in AIMS {
        let hgetall = redis_speed(port, connections)?;
        let get = http_speed(&url, connections)?;
        let share = get / hgetall;
        let verdict = if share >= aim { "ok" } else { "below the aim" };
        writeln!(
            out,
            "{connections} connections: HGETALL {hgetall:.0}/s, GET {get:.0}/s, {share:.2} of it \
             (aim {aim}): {verdict}"
        )?;
    }
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

fn redis_speed(port: &str, connections: &str) -> Result<f64, Box<dyn Error>> {
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
        .arg(format!("note:{ID}"))
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
