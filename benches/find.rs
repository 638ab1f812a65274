//! How long it takes to find and to import notes and how much memory, beside `redis-cli` reading and
//! storing the same notes and `rg` searching them as files: 10,000 and 100,000 notes of 1 KB, in one run,
//! turn by turn.
//!
//! `make bench-find` runs it. It knows the program from outside only.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

mod field;
#[path = "field/peak.rs"]
mod peak;

use field::{Field, Input, median, time, words};

/// How many notes, and how often each command is timed.
const SIZES: [(usize, usize); 2] = [(10_000, 11), (100_000, 5)];

/// How much content a note has, in bytes.
const CONTENT: usize = 1024;

fn main() -> Result<()> {
    if !peak::is_benchmark()? {
        return Ok(());
    }
    for (notes, rounds) in SIZES {
        compare(notes, rounds)?;
    }
    Ok(())
}

fn compare(notes: usize, rounds: usize) -> Result<()> {
    let field = Field::prepare(notes, CONTENT)?;
    let files = field.home.path().join("files");
    fs::create_dir(&files)?;
    for (number, id) in field.ids.iter().enumerate() {
        fs::write(
            files.join(id),
            format!("note {number}\n{}\n", words(number, CONTENT)),
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
        let (_, peak) = peak::measure(&field.notes(arguments), 0)?;
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
    import(&field, rounds)?;
    Ok(writeln!(out)?)
}

/// What an import of all notes costs, and its undo, beside `redis-cli --pipe` storing them.
fn import(field: &Field, rounds: usize) -> Result<()> {
    let file = field.home.path().join("notes.jsonl");
    let file = file.to_str().context("a path that is text")?;
    time(field.notes(&["export", "-q", "-o", file]))?;
    let [mut imports, mut undos, mut theirs] = [const { Vec::new() }; 3];
    let [mut most, mut most_of_undo] = [0_f64; 2];
    for _ in 0..rounds {
        field.server.command(&["FLUSHALL"]);
        theirs.push(time(field.fill(CONTENT)?)?);
        field.server.command(&["FLUSHALL"]);
        let (taken, peak) = peak::measure(&field.notes(&["import", file]), 0)?;
        imports.push(taken);
        most = most.max(peak);
        let (taken, peak) = peak::measure(&field.notes(&["undo"]), 0)?;
        undos.push(taken);
        most_of_undo = most_of_undo.max(peak);
    }
    let theirs = median(&mut theirs);
    for (name, mut ours, peak) in [
        ("import notes.jsonl", imports, most),
        ("undo", undos, most_of_undo),
    ] {
        let ours = median(&mut ours);
        writeln!(
            io::stdout(),
            "{name:<28} {ours:>8.1} {peak:>8.1} {theirs:>10.1} {:>8}",
            "-"
        )?;
    }
    Ok(())
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
