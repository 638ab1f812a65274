//! How soon `notes watch` tells of a change, beside redis-cli that listens to keyspace events in the same run;
//! and its start and its memory at 1,000,000 notes, beside `notes export`.
//!
//! `make bench-watch` runs it. It knows the program from outside only.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

#[expect(dead_code, reason = "it has no redis-cli read the same notes")]
mod field;
#[path = "field/peak.rs"]
mod peak;

use field::{Field, Input, median};

/// How many changes are timed, one after the other.
const CHANGES: usize = 10_000;

/// How many notes there are at the start that is timed, and how often it is.
const MANY: (usize, usize) = (1_000_000, 3);

/// How long a line may take.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<()> {
    if !peak::is_benchmark()? {
        return Ok(());
    }
    latency()?;
    start()
}

/// A program that prints a line for each change.
struct Listener {
    child: Child,
    lines: Receiver<(Instant, String)>,
}

impl Listener {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let stdout = BufReader::new(child.stdout.take().context("a pipe")?);
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // It ends with the benchmark.
                let _ = sender.send((Instant::now(), line));
            }
        });
        Ok(Self { child, lines })
    }

    /// The time at which the next line with this text came.
    fn heard(&self, text: &str) -> Result<Instant> {
        loop {
            let (time, line) = self.lines.recv_timeout(PATIENCE)?;
            if line.contains(text) {
                return Ok(time);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn latency() -> Result<()> {
    let field = Field::prepare(1_000, 300)?;
    field
        .server
        .command(&["CONFIG", "SET", "notify-keyspace-events", "KEA"]);
    let psubscribe = ["--csv", "PSUBSCRIBE", "__keyspace@0__:note:*"].map(str::to_owned);
    let mut redis_cli = field.client(&Input::Arguments(psubscribe.into()))?;
    redis_cli.stdin(Stdio::null());
    let listeners = [
        Listener::start(field.notes(&["watch", "--initial"]))?,
        Listener::start(redis_cli)?,
    ];
    listeners[0].heard("created")?;
    listeners[1].heard("psubscribe")?;
    let mut redis = UnixStream::connect(field.server.socket())?;
    let mut taken = [const { Vec::new() }; 2];
    for (number, id) in field.ids.iter().cycle().take(CHANGES + 100).enumerate() {
        let command = format!("HSET note:{id} content changed{number}.\r\n");
        let begun = Instant::now();
        redis.write_all(command.as_bytes())?;
        let [line, event] = [format!("changed{number}."), format!("note:{id}\"")];
        for ((listener, text), taken) in listeners.iter().zip([&line, &event]).zip(&mut taken) {
            let heard = listener.heard(text)?;
            // The first ones come while the programs start.
            if number >= 100 {
                taken.push(heard.duration_since(begun));
            }
        }
        let mut reply = [0; 4];
        redis.read_exact(&mut reply)?;
        ensure!(reply == *b":0\r\n", "{reply:?}");
    }
    let mut out = io::stdout();
    writeln!(
        out,
        "{CHANGES} changes, one after the other, in {}: from HSET to the line\n{:<32} {:>11} {:>11}",
        field.version(),
        "",
        "median (ms)",
        "worst (ms)"
    )?;
    let names = ["notes watch", "redis-cli --csv PSUBSCRIBE"];
    for (name, taken) in names.into_iter().zip(&mut taken) {
        let median = median(taken);
        let worst = taken.last().context("there are changes")?.as_secs_f64() * 1000.0;
        writeln!(out, "{name:<32} {median:>11.3} {worst:>11.3}")?;
    }
    Ok(writeln!(out)?)
}

fn start() -> Result<()> {
    let (notes, rounds) = MANY;
    let field = Field::prepare(notes, 300)?;
    let mut out = io::stdout();
    writeln!(
        out,
        "{notes} notes of 300 bytes; the median time of {rounds} runs\n{:<32} {:>9} {:>9}",
        "", "time (ms)", "peak (MB)"
    )?;
    keep_changing(&field)?;
    for arguments in [&["watch", "--count", "1"][..], &["export"]] {
        let (mut times, mut most) = (Vec::new(), 0_f64);
        for _ in 0..rounds {
            let (taken, memory) = peak::measure(&field.notes(arguments), 0)?;
            times.push(taken);
            most = most.max(memory);
        }
        writeln!(
            out,
            "{:<32} {:>9.0} {most:>9.0}",
            arguments.join(" "),
            median(&mut times)
        )?;
    }
    Ok(())
}

/// Changes a note again and again until its server ends: the first event is told once the watch has started.
fn keep_changing(field: &Field) -> Result<()> {
    let mut redis = UnixStream::connect(field.server.socket())?;
    let id = field.ids.first().context("there are notes")?.clone();
    thread::spawn(move || {
        let mut reply = [0; 4];
        for number in 0.. {
            let command = format!("HSET note:{id} content changed{number}.\r\n");
            if redis.write_all(command.as_bytes()).is_err() || redis.read_exact(&mut reply).is_err()
            {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    });
    Ok(())
}
