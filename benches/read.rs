//! How long commands that read take as whole processes, beside what the server itself needs for the same
//! requests: 10,000 notes of 1 KB in a server of their own, in one run, turn by turn.
//!
//! `make bench-read` runs it. It knows the program from outside only.

use std::io::{self, Write as _};

use anyhow::Result;

#[expect(dead_code, reason = "it has no redis-cli read the same notes")]
mod field;
#[path = "field/replay.rs"]
mod replay;

use field::{Field, median, time};
use replay::Recording;

const NOTES: usize = 10_000;
const CONTENT: usize = 1024;
const ROUNDS: usize = 31;

/// Commands, and how many times the server's own time they may take.
const CASES: [(&[&str], Option<f64>); 6] = [
    (&["list", "-n", "20"], Some(1.3)),
    (&["search", "zebra"], Some(1.5)),
    (&["search", "coffee"], None),
    (&["tags"], None),
    (&["list", "--json"], None),
    (&["export"], None),
];

fn main() -> Result<()> {
    // `cargo test --benches` runs benchmarks, too, and wants to know no more than that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let field = Field::prepare(NOTES, CONTENT)?;
    let mut out = io::stdout();
    writeln!(
        out,
        "{NOTES} notes of {CONTENT} bytes in {}, on a Unix socket; medians of {ROUNDS} in milliseconds: the \
         whole process, and the same requests sent by a client that counts the replies\n\n\
         {:<20} {:>8} {:>8} {:>8} {:>6} {:>6}",
        field.version(),
        "notes",
        "requests",
        "notes",
        "server",
        "ratio",
        "aim"
    )?;
    for (arguments, aim) in CASES {
        let recording = Recording::of(&field, arguments)?;
        let (mut ours, mut servers) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(time(field.notes(arguments))?);
            servers.push(recording.replay(&field)?);
        }
        let (ours, server) = (median(&mut ours), median(&mut servers));
        writeln!(
            out,
            "{:<20} {:>8} {ours:>8.1} {server:>8.1} {:>6.2} {:>6}",
            arguments.join(" "),
            recording.count(),
            ours / server,
            aim.map_or_else(|| "-".to_owned(), |aim| aim.to_string())
        )?;
    }
    Ok(())
}
