//! How fast `notes serve` gives one note, beside how fast Redis itself does, and what readers of events cost.
//!
//! Both are asked in the same run, with as many connections, over TCP on loopback: `redis-benchmark` for
//! the HGETALL of the note, `wrk` for the GET of it over keep-alive. Run by `make bench-serve`; both
//! programs, and `redis-server`, must be on PATH. Those of Valkey do as well.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

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

/// How many read events where that is compared with none, and how often it is.
const READERS: usize = 100;
const PAIRS: usize = 3;

/// The changes whose cost is measured.
const CHANGES: usize = 10_000;

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
    speed(&port)?;
    cost_of_events(&redis, &port)
}

/// A `notes serve` whose log nobody reads. It is killed with the value.
struct Served {
    child: Child,
    /// It stays open, as for a program that is at work.
    _stdout: BufReader<ChildStdout>,
    address: String,
}

impl Served {
    fn start(redis_port: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_notes"))
            .args(["serve", "--port", "0", "--max-streams"])
            .arg(READERS.to_string())
            .env("REDIS_URL", format!("redis://127.0.0.1:{redis_port}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("the server has no output")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let address = line.trim().trim_start_matches("http://");
        Ok(Self {
            child,
            _stdout: stdout,
            address: address.trim_end_matches('/').to_owned(),
        })
    }

    /// Connects a reader of events, once it is told of them.
    fn reader(&self) -> io::Result<BufReader<TcpStream>> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut reader = BufReader::new(stream);
        next_id(&mut reader)?;
        Ok(reader)
    }

    fn readers(&self, count: usize) -> io::Result<Vec<BufReader<TcpStream>>> {
        (0..count).map(|_| self.reader()).collect()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Either fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the id of the next event.
fn next_id(reader: &mut impl io::BufRead) -> io::Result<()> {
    let mut line = String::new();
    while !line.starts_with("id: ") {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn url_of_note(server: &Served) -> String {
    format!("http://{}/api/v1/notes/{ID}", server.address)
}

fn speed(port: &str) -> Result<(), Box<dyn Error>> {
    let server = Served::start(port)?;
    let url = url_of_note(&server);
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
    let mut shares = Vec::new();
    for _ in 0..PAIRS {
        // The streams of readers that are gone stay until something is written to them.
        let server = Served::start(port)?;
        let url = url_of_note(&server);
        let alone = http_speed(&url, "64")?;
        let readers = server.readers(READERS)?;
        let with_readers = http_speed(&url, "64")?;
        drop(readers);
        shares.push(with_readers / alone);
        writeln!(
            out,
            "64 connections: GET {alone:.0}/s, with {READERS} idle readers of events {with_readers:.0}/s"
        )?;
    }
    shares.sort_unstable_by(f64::total_cmp);
    Ok(writeln!(
        out,
        "with {READERS} idle readers {:.2} of the speed without, the median of {PAIRS} (aim 0.95)\n",
        shares[PAIRS / 2]
    )?)
}

/// Measures the processor time of both servers for the same changes, by the number of readers of events.
fn cost_of_events(redis: &RedisServer, port: &str) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout();
    writeln!(
        out,
        "{CHANGES} changes, one after the other: seconds of processor time\n{:<22} {:>8} {:>8}",
        "readers of events", "serve", "Redis"
    )?;
    for count in [0, 1, READERS] {
        let before = redis_seconds(redis)?;
        let children = children_seconds()?;
        let server = Served::start(port)?;
        change(redis, server.readers(count)?)?;
        drop(server);
        let serve = children_seconds()? - children;
        let redis = redis_seconds(redis)? - before;
        writeln!(out, "{count:<22} {serve:>8.2} {redis:>8.2}")?;
    }
    Ok(())
}

/// Changes the note again and again; each time the first reader is told before the next. Returns once all have
/// been told of all.
fn change(
    redis: &RedisServer,
    mut readers: Vec<BufReader<TcpStream>>,
) -> Result<(), Box<dyn Error>> {
    let mut first = readers.pop();
    let mut threads = Vec::new();
    for mut reader in readers {
        threads.push(thread::spawn(move || {
            (0..CHANGES).try_for_each(|_| next_id(&mut reader))
        }));
    }
    let mut redis = UnixStream::connect(redis.socket())?;
    for number in 0..CHANGES {
        redis.write_all(format!("HSET note:{ID} title t{number}\r\n").as_bytes())?;
        redis.read_exact(&mut [0; 4])?;
        if let Some(first) = &mut first {
            next_id(first)?;
        }
    }
    for thread in threads {
        thread.join().map_err(|_| "a reader failed")??;
    }
    Ok(())
}

/// The processor time of the programs that were started here and have ended.
fn children_seconds() -> Result<f64, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(time.num_microseconds().try_into()?).as_secs_f64())
}

fn redis_seconds(redis: &RedisServer) -> Result<f64, Box<dyn Error>> {
    let info = redis.command(&["INFO", "cpu"]);
    let mut seconds = 0.0;
    for name in ["used_cpu_sys:", "used_cpu_user:"] {
        let value = info.lines().find_map(|line| line.strip_prefix(name));
        seconds += value
            .ok_or("INFO has no such line")?
            .trim()
            .parse::<f64>()?;
    }
    Ok(seconds)
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
