//! How long it takes to find notes and how much memory, beside `redis-cli` reading the same notes
//! and `rg` searching them as files: 10,000 and 100,000 notes of 1 KB, in one run, turn by turn.
//!
//! `make bench-find` runs it. It knows the program from outside only.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};

mod field;

use field::{Field, Input, median, time};

/// How many notes, and how often each command is timed.
const SIZES: [(usize, usize); 2] = [(10_000, 11), (100_000, 5)];

/// How much content a note has, in bytes.
const CONTENT: usize = 1024;

/// The argument with which the program runs a command and prints its peak memory.
const PEAK: &str = "peak-memory-of";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, program, rest @ ..] = arguments.as_slice()
        && first == PEAK
    {
        return print_peak(Command::new(program).args(rest));
    }
    // `cargo test --benches` runs benchmarks, too, and wants to know no more than that they build.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    for (notes, rounds) in SIZES {
        compare(notes, rounds)?;
    }
    Ok(())
}

fn compare(notes: usize, rounds: usize) -> Result<()> {
    let field = Field::prepare(notes, content)?;
    let files = field.home.path().join("files");
    fs::create_dir(&files)?;
    for (number, id) in field.ids.iter().enumerate() {
        fs::write(
            files.join(id),
            format!("note {number}\n{}\n", content(number)),
        )?;
    }
    let read_times = field.read_all("HGET", "created_at")?;
    let read_all = field.read_all("HGETALL", "")?;
    let mut out = io::stdout();
    writeln!(
        out,
        "{notes} notes of {CONTENT} bytes in {}: medians of {rounds} whole processes in milliseconds, \
         peak memory in MB\n{:<28} {:>8} {:>8} {:>10} {:>8}",
        field.version(),
        "notes",
        "notes",
        "memory",
        "redis-cli",
        "rg"
    )?;
    let key = format!("note:{}", field.ids.first().context("there are notes")?);
    let read_one = Input::Arguments(vec!["HGETALL".to_owned(), key]);
    let cases: [(&[&str], &Input, Option<&str>); 7] = [
        (&["show", "note 0"], &read_one, None),
        (&["list", "-n", "20"], &read_times, None),
        (&["list"], &read_all, None),
        (&["search", "zebra"], &read_all, Some("zebra")),
        (&["search", "coffee"], &read_all, Some("coffee")),
        (&["list", "--tag", "work"], &read_all, Some("#work")),
        (&["export", "--format", "jsonl"], &read_all, None),
    ];
    for (arguments, client, pattern) in cases {
        let [mut ours, mut theirs, mut grep] = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            ours.push(time(field.notes(arguments))?);
            theirs.push(time(field.client(client)?)?);
            if let Some(pattern) = pattern {
                grep.extend(ripgrep(pattern, &files)?);
            }
        }
        let peak = peak(&field.notes(arguments))?;
        let grep = if grep.is_empty() {
            "-".to_owned()
        } else {
            format!("{:.1}", median(&mut grep))
        };
        writeln!(
            out,
            "{:<28} {:>8.1} {peak:>8.1} {:>10.1} {grep:>8}",
            arguments.join(" "),
            median(&mut ours),
            median(&mut theirs),
        )?;
    }
    Ok(writeln!(out)?)
}

/// About 1 KB of words: `zebra` in 3 notes, `coffee` in every fifth, the tag `work` in every tenth.
fn content(number: usize) -> String {
    let mut text = String::with_capacity(CONTENT + 16);
    let mut state = number as u64 + 1;
    while text.len() < CONTENT {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let syllables = ["ka", "lo", "mi", "ne", "ru", "sa", "ti", "vo"];
        for shift in [33, 39, 45] {
            text += syllables[usize::from((state >> shift & 7) as u8)];
        }
        text.push(' ');
    }
    if [7, 4_321, 9_999].contains(&number) {
        text += "zebra ";
    }
    if number.is_multiple_of(5) {
        text += "coffee ";
    }
    if number.is_multiple_of(10) {
        text += "#work ";
    }
    text + "end"
}

/// How long `rg` takes for the same; nothing where it is not installed.
fn ripgrep(pattern: &str, files: &Path) -> Result<Option<Duration>> {
    let found = Command::new("rg")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if found.is_err() {
        return Ok(None);
    }
    let mut rg = Command::new("rg");
    rg.args(["-i", pattern]).arg(files).stdin(Stdio::null());
    time(rg).map(Some)
}

/// The peak memory of a command in MB. Another process starts it, since a process begins with the
/// peak of the one that it was forked from.
fn peak(command: &Command) -> Result<f64> {
    let mut measured = Command::new(std::env::current_exe()?);
    measured
        .arg(PEAK)
        .arg(command.get_program())
        .args(command.get_args());
    measured.env_clear().stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        measured.env(name, value.context("a value")?);
    }
    let output = measured.output()?;
    ensure!(output.status.success(), "{measured:?}: {}", output.status);
    let text = String::from_utf8(output.stderr)?;
    let kilobytes: f64 = text.trim().parse().with_context(|| text.clone())?;
    Ok(kilobytes / 1024.0)
}

fn print_peak(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?}: {status}");
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    Ok(writeln!(io::stderr(), "{kilobytes}")?)
}
