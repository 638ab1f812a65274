//! What the commands cost at 100,000 and 1,000,000 notes of 300 bytes: time, peak memory, and the
//! longest that one command of theirs held up the Redis server, by its SLOWLOG.
//!
//! `make bench-large` runs it. It knows the program from outside only.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

#[expect(dead_code, reason = "it has no redis-cli read the same notes")]
mod field;
#[path = "field/peak.rs"]
mod peak;

use field::{Field, Input, median};

/// How many notes, and how often each command is measured.
const SIZES: [(usize, usize); 2] = [(100_000, 5), (1_000_000, 3)];

/// How much content a note has, in bytes.
const CONTENT: usize = 300;

/// All that takes a millisecond is to be in SLOWLOG.
const SETTINGS: [[&str; 2]; 2] = [
    ["slowlog-log-slower-than", "1000"],
    ["slowlog-max-len", "100000"],
];

fn main() -> Result<()> {
    if !peak::is_benchmark()? {
        return Ok(());
    }
    for (notes, rounds) in SIZES {
        measure(notes, rounds)?;
    }
    Ok(())
}

fn measure(notes: usize, rounds: usize) -> Result<()> {
    let start = Instant::now();
    let field = Field::prepare(notes, CONTENT)?;
    for [name, value] in SETTINGS {
        field.server.command(&["CONFIG", "SET", name, value]);
    }
    let mut out = io::stdout();
    writeln!(
        out,
        "{notes} notes of {CONTENT} bytes in {}, stored in {:.0} s; the median time of {rounds} runs\n\
         {:<24} {:>9} {:>9} {:>10}  the server's slowest command, average (ms)",
        field.version(),
        start.elapsed().as_secs_f64(),
        "",
        "time (ms)",
        "peak (MB)",
        "longest"
    )?;
    let prefix: String = field
        .ids
        .first()
        .context("there are notes")?
        .chars()
        .take(8)
        .collect();
    let cases: [&[&str]; 8] = [
        &["list", "-n", "20"],
        &["search", "zebra"],
        &["show", &prefix],
        &["show", "@"],
        &["add", "Milk", "-c", "two litres"],
        &["export", "--format", "jsonl"],
        &["tags"],
        &["health", "--deep"],
    ];
    for arguments in cases {
        let name = arguments.join(" ").replace(&prefix, "PREFIX");
        // That the server saves nothing is a problem to `health`.
        let most = i32::from(arguments.contains(&"health"));
        let command = field.notes(arguments);
        row(&field, &name, rounds, || peak::measure(&command, most))?;
    }
    row(&field, "GET /api/v1/notes", rounds, || get_all(&field))?;
    Ok(writeln!(out)?)
}

/// Prints what a command costs, of which `run` tells the time and the memory. Other programs on the
/// machine can hold up the server, too: of the longest commands of the runs, the shortest counts.
fn row(
    field: &Field,
    name: &str,
    rounds: usize,
    run: impl Fn() -> Result<(Duration, f64)>,
) -> Result<()> {
    let (mut times, mut longest) = (Vec::new(), Vec::new());
    let mut peak = 0_f64;
    field.server.command(&["CONFIG", "RESETSTAT"]);
    for _ in 0..rounds {
        field.server.command(&["SLOWLOG", "RESET"]);
        let (taken, memory) = run()?;
        longest.push(held_up(field)?);
        times.push(taken);
        peak = peak.max(memory);
    }
    let stats = field.server.command(&["INFO", "commandstats"]);
    let averages = stats.lines().filter_map(|line| {
        let (command, figures) = line.strip_prefix("cmdstat_")?.split_once(':')?;
        let (_, average) = figures.split_once("usec_per_call=")?;
        let average: f64 = average.split(',').next()?.parse().ok()?;
        let is_ours = !["config", "info", "slowlog"]
            .iter()
            .any(|own| command.starts_with(own));
        is_ours.then_some((average / 1000.0, command))
    });
    let slowest = averages.max_by(|(one, _), (other, _)| one.total_cmp(other));
    let (average, command) = slowest.context("a command")?;
    let longest = longest.into_iter().min().unwrap_or_default().as_secs_f64() * 1000.0;
    let time = median(&mut times);
    Ok(writeln!(
        io::stdout(),
        "{name:<24} {time:>9.0} {peak:>9.1} {longest:>10.1}  {command}, {average:.3}"
    )?)
}

/// The longest time that SLOWLOG has.
fn held_up(field: &Field) -> Result<Duration> {
    let arguments = ["--json", "SLOWLOG", "GET", "-1"].map(str::to_owned);
    let output = field
        .client(&Input::Arguments(arguments.to_vec()))?
        .output()?;
    let entries: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)?;
    let longest = entries.iter().filter_map(|entry| entry[2].as_u64()).max();
    Ok(Duration::from_micros(longest.unwrap_or_default()))
}

/// One request for all notes to a server of its own: its time and the server's peak memory.
fn get_all(field: &Field) -> Result<(Duration, f64)> {
    let mut serve = field.notes(&["serve", "-q", "--port", "0"]);
    let mut serve = serve.stdout(Stdio::piped()).spawn()?;
    let answered = ask(&mut serve);
    let status = fs::read_to_string(format!("/proc/{}/status", serve.id()))?;
    serve.kill()?;
    serve.wait()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.trim().strip_suffix(" kB"));
    let kilobytes: f64 = peak.context("the peak of the server")?.parse()?;
    Ok((answered?, kilobytes / 1024.0))
}

fn ask(serve: &mut Child) -> Result<Duration> {
    let mut address = String::new();
    BufReader::new(serve.stdout.take().context("an address")?).read_line(&mut address)?;
    let start = Instant::now();
    let mut stream = TcpStream::connect(address.trim().trim_start_matches("http://"))?;
    stream.write_all(b"GET /api/v1/notes HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    ensure!(
        status.ends_with(b" 200"),
        "it answered {:?}",
        status.escape_ascii()
    );
    io::copy(&mut stream, &mut io::sink())?;
    Ok(start.elapsed())
}
