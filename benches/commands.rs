//! How long the commands take as whole processes, beside `redis-cli` reading or writing the same
//! data: 10,000 notes of 1 KB in a server of their own, in one run, turn by turn.
//!
//! `make bench` runs it. It knows the program from outside only. `NOTES_BEFORE` names another build of
//! `notes`, which then takes the place of redis-cli.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};

mod field;

use field::{Field, Input, median, time};

const NOTES: usize = 10_000;
const CONTENT: usize = 1024;
const ROUNDS: usize = 31;

fn main() -> Result<()> {
    // `cargo test --benches` runs benchmarks, too, and wants to know no more than that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let field = Field::prepare(NOTES, CONTENT)?;
    let cases = cases(&field)?;
    let before = std::env::var_os("NOTES_BEFORE");
    let mut times = vec![(Vec::new(), Vec::new()); cases.len()];
    for _ in 0..ROUNDS {
        for (case, (ours, theirs)) in cases.iter().zip(&mut times) {
            for _ in 0..case.repeats {
                ours.push(time(field.notes(&case.notes))?);
                theirs.push(time(match &before {
                    Some(program) => field.program(program, &case.notes),
                    None => field.client(&case.client)?,
                })?);
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
    let (other, does) = match before {
        Some(_) => ("before", ""),
        None => ("redis-cli", "   redis-cli does"),
    };
    writeln!(
        out,
        "{:<24} {:>8} {other:>10} {:>6}{does}",
        "notes", "notes", "ratio"
    )?;
    for (case, (ours, theirs)) in cases.iter().zip(&mut times) {
        let (ours, theirs) = (median(ours), median(theirs));
        let same = if does.is_empty() { "" } else { case.same };
        let ratio = ours / theirs;
        let line = format!(
            "{:<24} {ours:>8.2} {theirs:>10.2} {ratio:>6.2}   {same}",
            case.name
        );
        writeln!(out, "{}", line.trim_end())?;
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

fn cases(field: &Field) -> Result<Vec<Case>> {
    let id = field.ids.first().context("there are notes")?;
    let prefix: String = id.chars().take(8).collect();
    let key = format!("note:{id}");
    let hgetall = || Input::Arguments(vec!["HGETALL".to_owned(), key.clone()]);
    let write = field.lines("write", |file| {
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
    let elsewhere = format!("{}?db=1", field.server.url());
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
            field.read_all("HGET", "created_at")?,
            "SMEMBERS, 10000 HGET created_at",
            1,
        ),
        case(
            "list --json",
            &["list", "--json"],
            field.read_all("HGETALL", "")?,
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
