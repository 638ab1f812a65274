//! How long a command takes and its peak memory. This program starts itself to start the command from
//! there, since a process begins with the peak of the one that it was forked from.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::resource::{UsageWho, getrusage};

/// The argument with which the program measures a command.
const MEASURE: &str = "measure";

/// Measures a command if the program was started for that. Says whether it is to run as a benchmark:
/// `cargo test --benches` wants to know no more than that it builds.
pub(crate) fn is_benchmark() -> Result<bool> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some(MEASURE) {
        return Ok(std::env::args().any(|argument| argument == "--bench"));
    }
    let mut command = Command::new(arguments.next().context("a command")?);
    command.args(arguments);
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status()?;
    let taken = start.elapsed().as_nanos();
    let code = status.code().context("it was killed")?;
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    writeln!(io::stderr(), "\n{taken} {kilobytes} {code}")?;
    Ok(false)
}

/// The time from the start of the command to its end, and its peak memory in MB. It fails if the command
/// ends with more than the exit code `most`.
pub(crate) fn measure(command: &Command, most: i32) -> Result<(Duration, f64)> {
    let mut measured = Command::new(std::env::current_exe()?);
    measured
        .arg(MEASURE)
        .arg(command.get_program())
        .args(command.get_args());
    measured.env_clear().stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        measured.env(name, value.context("a value")?);
    }
    let output = measured.output()?;
    let text = String::from_utf8(output.stderr)?;
    ensure!(output.status.success(), "{measured:?}: {text}");
    let figures: Vec<&str> = text.lines().last().unwrap_or_default().split(' ').collect();
    let [taken, kilobytes, code] = figures[..] else {
        bail!("{text}");
    };
    ensure!(code.parse::<i32>()? <= most, "{command:?}: {text}");
    let taken = Duration::from_nanos(taken.parse()?);
    Ok((taken, kilobytes.parse::<f64>()? / 1024.0))
}
