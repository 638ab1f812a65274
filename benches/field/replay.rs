//! What the server itself needs for a command of notes: its requests, recorded on the way to the server,
//! are sent again by a client that only counts the replies.

use std::io::{ErrorKind, Read, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::Field;

/// The requests of one run.
pub(crate) struct Recording {
    requests: Vec<u8>,
    count: usize,
}

impl Recording {
    /// Runs a command by way of a relay that records what it sends.
    pub(crate) fn of(field: &Field, arguments: &[&str]) -> Result<Self> {
        let path = field.home.path().join("relay");
        let listener = UnixListener::bind(&path)?;
        let mut command = field.notes(arguments);
        command
            .env("REDIS_URL", format!("unix://{}", path.display()))
            .stdout(Stdio::null());
        let mut child = command.spawn()?;
        let (client, _) = listener.accept()?;
        std::fs::remove_file(&path)?;
        let server = UnixStream::connect(field.server.socket())?;
        let mut replies = (server.try_clone()?, client.try_clone()?);
        let back = thread::spawn(move || {
            // It ends when either end is closed.
            let _ = std::io::copy(&mut replies.0, &mut replies.1);
        });
        let requests = relay(client, server)?;
        ensure!(child.wait()?.success(), "{command:?} failed");
        back.join().ok().context("the relay ends")?;
        let mut counter = Counter::default();
        counter.read(&requests)?;
        let count = counter.complete;
        Ok(Self { requests, count })
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The time from connecting to the last reply.
    pub(crate) fn replay(&self, field: &Field) -> Result<Duration> {
        let start = Instant::now();
        let mut server = UnixStream::connect(field.server.socket())?;
        let mut sender = server.try_clone()?;
        thread::scope(|scope| {
            let sending = scope.spawn(move || sender.write_all(&self.requests));
            let mut counter = Counter::default();
            let mut buffer = vec![0; 256 * 1024];
            while counter.complete < self.count {
                let length = server.read(&mut buffer)?;
                ensure!(length > 0, "the server closed the connection");
                counter.read(&buffer[..length])?;
            }
            let taken = start.elapsed();
            sending.join().ok().context("the sender ends")??;
            Ok(taken)
        })
    }
}

/// Passes on what the client sends, and returns it.
fn relay(mut client: UnixStream, mut server: UnixStream) -> Result<Vec<u8>> {
    let mut requests = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = match client.read(&mut buffer) {
            Ok(0) => break,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            length => length?,
        };
        requests.extend_from_slice(&buffer[..length]);
        server.write_all(&buffer[..length])?;
    }
    // The client may not have read all; the server may have closed first.
    let _ = server.shutdown(Shutdown::Both);
    Ok(requests)
}

/// Counts whole values of the Redis protocol, which come in parts.
#[derive(Default)]
struct Counter {
    complete: usize,
    /// How many values are missing in the arrays that have begun.
    missing: usize,
    /// How many bytes of a string are to be passed over.
    string: usize,
    line: Vec<u8>,
}

impl Counter {
    fn read(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            if self.string > 0 {
                let passed = self.string.min(bytes.len());
                bytes = &bytes[passed..];
                self.string -= passed;
                if self.string == 0 {
                    self.end_value();
                }
                continue;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let (part, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
            self.line.extend_from_slice(part);
            bytes = rest;
            if end.is_some() {
                self.begin_value()?;
                self.line.clear();
            }
        }
        Ok(())
    }

    fn begin_value(&mut self) -> Result<()> {
        let line = str::from_utf8(&self.line)?.trim_end();
        let kind = line.chars().next().context("a kind of value")?;
        let length = || line[1..].parse::<isize>();
        match kind {
            '$' => match usize::try_from(length()?) {
                Ok(length) => self.string = length + 2,
                Err(_) => self.end_value(),
            },
            '*' => match usize::try_from(length()?) {
                // This one is complete with the last of its values.
                Ok(length) if length > 0 => self.missing += length - usize::from(self.missing > 0),
                _ => self.end_value(),
            },
            '+' | '-' | ':' => self.end_value(),
            other => bail!("a value of the kind {other}"),
        }
        Ok(())
    }

    fn end_value(&mut self) {
        self.missing = self.missing.saturating_sub(1);
        self.complete += usize::from(self.missing == 0);
    }
}
