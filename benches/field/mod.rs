//! What the benchmarks of commands share: a server with notes, and how long processes take.

use std::ffi::OsStr;
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
#[path = "../../tests/it/support/redis_server.rs"]
mod redis_server;

use redis_server::{RedisServer, client};

/// How redis-cli is told what to do.
pub(crate) enum Input {
    Arguments(Vec<String>),
    Lines(PathBuf),
}

/// A server with the notes, and a home without settings.
pub(crate) struct Field {
    pub(crate) server: RedisServer,
    pub(crate) home: TempDir,
    pub(crate) ids: Vec<String>,
}

impl Field {
    /// A server with that many notes with as many bytes of [`words`].
    pub(crate) fn prepare(notes: usize, bytes: usize) -> Result<Self> {
        let field = Self {
            server: RedisServer::start(),
            home: tempfile::tempdir()?,
            ids: (0..notes).map(id).collect(),
        };
        time(field.fill(bytes)?)?;
        let count = field.server.command(&["SCARD", "notes:ids"]);
        ensure!(count == notes.to_string(), "{count} notes were stored");
        Ok(field)
    }

    /// What has redis-cli store the notes.
    pub(crate) fn fill(&self, bytes: usize) -> Result<Command> {
        let path = self.lines("fill", |file| {
            for (number, id) in self.ids.iter().enumerate() {
                let (minute, second) = (number / 60 % 60, number % 60);
                let time = format!("2026-01-01T00:{minute:02}:{second:02}.{number:06}+00:00");
                writeln!(
                    file,
                    "HSET note:{id} id {id} title \"note {number}\" content \"{}\" created_at {time} \
                     updated_at {time}\r\nSADD notes:ids {id}\r",
                    words(number, bytes)
                )?;
            }
            Ok(())
        })?;
        let mut fill = self.client(&Input::Lines(path))?;
        fill.arg("--pipe");
        Ok(fill)
    }

    /// What has redis-cli read a field of every note, or with `HGETALL` all of them.
    pub(crate) fn read_all(&self, command: &str, field: &str) -> Result<Input> {
        let path = self.lines(command, |file| {
            writeln!(file, "SMEMBERS notes:ids")?;
            let mut ids = self.ids.iter();
            ids.try_for_each(|id| writeln!(file, "{command} note:{id} {field}"))
        })?;
        Ok(Input::Lines(path))
    }

    /// A file of commands for redis-cli.
    pub(crate) fn lines(
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

    pub(crate) fn notes<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        self.program(env!("CARGO_BIN_EXE_notes").as_ref(), arguments)
    }

    /// This build of `notes`, or another.
    pub(crate) fn program<S: AsRef<OsStr>>(&self, program: &OsStr, arguments: &[S]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("REDIS_URL", self.server.url())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn client(&self, input: &Input) -> Result<Command> {
        let mut command = Command::new(client());
        command.arg("-s").arg(self.server.socket());
        match input {
            Input::Arguments(arguments) => command.args(arguments).stdin(Stdio::null()),
            Input::Lines(path) => command.stdin(File::open(path)?),
        };
        Ok(command)
    }

    pub(crate) fn version(&self) -> String {
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
pub(crate) fn time(mut command: Command) -> Result<Duration> {
    command.stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("{command:?}"))?;
    let taken = start.elapsed();
    ensure!(status.success(), "{command:?}: {status}");
    Ok(taken)
}

/// In milliseconds.
pub(crate) fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// About that many bytes of words: `zebra` in 3 notes, `coffee` in every fifth, the tag `work` in every
/// tenth.
pub(crate) fn words(number: usize, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 32);
    let mut state = number as u64 + 1;
    while text.len() < bytes {
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
