//! How long the commands take as whole processes, beside `redis-cli` reading or writing the same
//! data: 10,000 notes of 1 KB in a server of their own, in one run, turn by turn.
//!
//! `make bench` runs it. It knows the program from outside only.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

#[expect(
    dead_code,
    unused_imports,
    reason = "the tests use more of it, and have tests of it"
)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;

use redis_server::{RedisServer, client};

const NOTES: usize = 10_000;
const CONTENT: usize = 1024;
const ROUNDS: usize = 31;

fn main() -> Result<()> {
    // `cargo test --benches` runs benchmarks, too, and wants to know no more than that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let field = Field::prepare()?;
    let cases = field.cases()?;
    let mut times = vec![(Vec::new(), Vec::new()); cases.len()];
    for _ in 0..ROUNDS {
        for (case, (ours, theirs)) in cases.iter().zip(&mut times) {
            for _ in 0..case.repeats {
                ours.push(field.time_notes(&case.notes)?);
                theirs.push(field.time_client(&case.client)?);
            }
        }
    }
    let mut out = io::stdout();
    writeln!(
        out,
        "{NOTES} notes of {CONTENT} bytes in {}, on a Unix socket; medians of whole processes, in \
         milliseconds\n",
        field.version()
    )?;
    writeln!(
        out,
        "{:<24} {:>8} {:>10} {:>6}   redis-cli does",
        "notes", "notes", "redis-cli", "ratio"
    )?;
    for (case, (ours, theirs)) in cases.iter().zip(&mut times) {
        let (ours, theirs) = (median(ours), median(theirs));
        writeln!(
            out,
            "{:<24} {ours:>8.2} {theirs:>10.2} {:>6.2}   {}",
            case.name,
            ours / theirs,
            case.same
        )?;
    }
    Ok(())
}

/// A command of notes, and what has redis-cli move the same data.
struct Case {
    name: &'static str,
    notes: Vec<String>,
    client: Input,
    /// What redis-cli does, in words.
    same: &'static str,
    /// How often it is timed in each round.
    repeats: usize,
}

/// How redis-cli is told what to do.
enum Input {
    Arguments(Vec<String>),
    Lines(PathBuf),
}

/// A server with the notes, and a home without settings.
struct Field {
    server: RedisServer,
    home: TempDir,
    ids: Vec<String>,
}

impl Field {
    fn prepare() -> Result<Self> {
        let field = Self {
            server: RedisServer::start(),
            home: tempfile::tempdir()?,
            ids: (0..NOTES).map(id).collect(),
        };
        let content = "x".repeat(CONTENT);
        let fill = field.lines("fill", |file| {
            for (number, id) in field.ids.iter().enumerate() {
                let (minute, second) = (number / 60 % 60, number % 60);
                let time = format!("2026-01-01T00:{minute:02}:{second:02}.{number:06}+00:00");
                writeln!(
                    file,
                    "HSET note:{id} id {id} title \"note {number}\" content {content} created_at \
                     {time} updated_at {time}\nSADD notes:ids {id}"
                )?;
            }
            Ok(())
        })?;
        field.time_client(&Input::Lines(fill))?;
        let count = field.server.command(&["SCARD", "notes:ids"]);
        ensure!(count == NOTES.to_string(), "{count} notes were stored");
        Ok(field)
    }

    fn cases(&self) -> Result<Vec<Case>> {
        let id = self.ids.first().context("there are notes")?;
        let prefix: String = id.chars().take(8).collect();
        let key = format!("note:{id}");
        let hgetall = || Input::Arguments(vec!["HGETALL".to_owned(), key.clone()]);
        let times = self.lines("times", |file| {
            writeln!(file, "SMEMBERS notes:ids")?;
            let mut ids = self.ids.iter();
            ids.try_for_each(|id| writeln!(file, "HGET note:{id} created_at"))
        })?;
        let all = self.lines("all", |file| {
            writeln!(file, "SMEMBERS notes:ids")?;
            let mut ids = self.ids.iter();
            ids.try_for_each(|id| writeln!(file, "HGETALL note:{id}"))
        })?;
        let write = self.lines("write", |file| {
            writeln!(
                file,
                "SELECT 1\nMULTI\nHSET note:x id x title T content c created_at t updated_at t\n\
                 SADD notes:ids x\nEXEC"
            )
        })?;
        let case = |name, arguments: &[&str], client, same, repeats| Case {
            name,
            notes: arguments.iter().map(|&text| text.to_owned()).collect(),
            client,
            same,
            repeats,
        };
        let elsewhere = format!("{}?db=1", self.server.url());
        Ok(vec![
            case(
                "show ID --json",
                &["show", id, "--json"],
                hgetall(),
                "HGETALL note:ID",
                10,
            ),
            case(
                "show PREFIX",
                &["show", &prefix],
                hgetall(),
                "HGETALL note:ID (it has no prefix search)",
                10,
            ),
            case(
                "list -n 20",
                &["list", "-n", "20"],
                Input::Lines(times),
                "SMEMBERS, 10000 HGET created_at",
                1,
            ),
            case(
                "list --json",
                &["list", "--json"],
                Input::Lines(all),
                "SMEMBERS, 10000 HGETALL",
                1,
            ),
            case(
                "add TITLE -c TEXT",
                &["-u", &elsewhere, "add", "-q", "T", "-c", "c"],
                Input::Lines(write),
                "MULTI, HSET, SADD, EXEC",
                10,
            ),
        ])
    }

    /// A file of commands for redis-cli.
    fn lines(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<PathBuf> {
        let path = self.home.path().join(name);
        let mut file = BufWriter::new(File::create(&path)?);
        write(&mut file)?;
        file.flush()?;
        Ok(path)
    }

    fn time_notes(&self, arguments: &[String]) -> Result<Duration> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_notes"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("REDIS_URL", self.server.url())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        time(command)
    }

    fn time_client(&self, input: &Input) -> Result<Duration> {
        let mut command = Command::new(client());
        command.arg("-s").arg(self.server.socket());
        match input {
            Input::Arguments(arguments) => command.args(arguments).stdin(Stdio::null()),
            Input::Lines(path) => command.stdin(File::open(path)?),
        };
        time(command)
    }

    fn version(&self) -> String {
        let info = self.server.command(&["INFO", "server"]);
        let value = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
        match (value("valkey_version:"), value("redis_version:")) {
            (Some(version), _) => format!("Valkey {}", version.trim()),
            (None, version) => format!("Redis {}", version.unwrap_or_default().trim()),
        }
    }
}

/// The id of a note: random to look at, the same in every run.
fn id(number: usize) -> String {
    let mixed = (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    uuid::Builder::from_random_bytes(mixed.to_be_bytes())
        .into_uuid()
        .to_string()
}

/// How long the process takes from its start to its end; what it prints goes nowhere.
fn time(mut command: Command) -> Result<Duration> {
    command.stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("{command:?}"))?;
    let taken = start.elapsed();
    ensure!(status.success(), "{command:?}: {status}");
    Ok(taken)
}

/// In milliseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}
