//! Standard output, which goes through the user's pager where it is longer than the terminal is high.
//!
//! Output is held back until it fills the screen or ends, so that a short one starts no pager and a
//! long one reaches it while the rest is read. Without a pager that works it is written as it is.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Write};
use std::mem;
use std::process::{Child, ChildStdin, Stdio};

use crate::config::Environment;
use crate::output::Stream;
use crate::terminal::editor::program;
use crate::terminal::signals::{Held, SIGINT};

/// The default pager.
const USUAL: &str = "less";

/// The most bytes that are kept, to be written if the pager fails. One that took more has worked.
const KEPT: usize = 1024 * 1024;

/// The pager of the user, which has not been started.
struct Pager {
    /// Split into words as in a shell; `cat` and an empty one mean no pager.
    command: String,
    /// The variable `LESS`: the options of less.
    less: OsString,
    stream: Stream,
}

/// Standard output, perhaps through a pager.
#[derive(Default)]
pub(crate) struct Output(State);

#[derive(Default)]
enum State {
    #[default]
    Direct,
    /// The text so far may fit on the screen.
    Held(Pager, Vec<u8>),
    Paged(Running),
    /// The user left the pager, which had not read everything.
    Left,
}

/// A pager that reads.
struct Running {
    input: ChildStdin,
    child: Child,
    /// Ctrl-C is for the pager while it runs.
    interrupts: Held,
    /// Everything that the pager was given, unless that is too much.
    kept: Option<Vec<u8>>,
}

impl Output {
    /// Sends what is written from now on through the pager that the settings name, if it turns out to be
    /// long. `stream` is this output.
    pub(crate) fn page(
        &mut self,
        stream: Stream,
        command: Option<&str>,
        environment: &Environment,
    ) {
        if !stream.terminal || environment.get("TERM") == Some("dumb") {
            return;
        }
        // R keeps colours, X leaves the text on the screen.
        let less = environment.os("LESS").unwrap_or(OsStr::new("RX"));
        let pager = Pager {
            command: command.unwrap_or(USUAL).to_owned(),
            less: less.to_owned(),
            stream,
        };
        self.0 = State::Held(pager, Vec::new());
    }

    /// Returns true if the user left the pager before everything was written.
    pub(crate) fn is_left(&self) -> bool {
        matches!(self.0, State::Left)
    }

    /// Writes what was held back, or waits until the user leaves the pager.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        match mem::take(&mut self.0) {
            State::Direct => Ok(()),
            State::Held(_, text) => io::stdout().write_all(&text),
            State::Paged(running) => match running.wait() {
                Some(unseen) => io::stdout().write_all(&unseen),
                None => Ok(()),
            },
            State::Left => {
                self.0 = State::Left;
                Ok(())
            }
        }
    }

    /// Passes text on to the pager.
    fn give(&mut self, mut running: Running, text: &[u8]) -> io::Result<()> {
        running.keep(text);
        if running.input.write_all(text).is_ok() {
            self.0 = State::Paged(running);
            return Ok(());
        }
        if let Some(unseen) = running.wait() {
            return io::stdout().write_all(&unseen);
        }
        self.0 = State::Left;
        Err(ErrorKind::BrokenPipe.into())
    }
}

impl Write for Output {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match mem::take(&mut self.0) {
            State::Direct => return io::stdout().write(text),
            State::Held(pager, mut held) => {
                held.extend_from_slice(text);
                if !pager.stream.overflows(&String::from_utf8_lossy(&held)) {
                    self.0 = State::Held(pager, held);
                } else if let Some(running) = pager.start() {
                    self.give(running, &held)?;
                } else {
                    io::stdout().write_all(&held)?;
                }
            }
            State::Paged(running) => self.give(running, text)?,
            State::Left => {
                self.0 = State::Left;
                return Err(ErrorKind::BrokenPipe.into());
            }
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            State::Direct => io::stdout().flush(),
            State::Paged(running) => running.input.flush(),
            State::Held(..) | State::Left => Ok(()),
        }
    }
}

impl Pager {
    fn start(&self) -> Option<Running> {
        let mut pager = program(&self.command).ok()?;
        if pager.get_program() == "cat" {
            return None;
        }
        pager.stdin(Stdio::piped());
        pager.env("LESS", &self.less);
        let interrupts = Held::new(&[SIGINT]).ok()?;
        let mut child = pager.spawn().ok()?;
        Some(Running {
            input: child.stdin.take()?,
            child,
            interrupts,
            kept: Some(Vec::new()),
        })
    }
}

impl Running {
    fn keep(&mut self, text: &[u8]) {
        self.kept = self
            .kept
            .take()
            .filter(|kept| kept.len() + text.len() <= KEPT);
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(text);
        }
    }

    /// Waits for the end of the pager. Returns the text if it failed, so that nobody has seen it.
    fn wait(mut self) -> Option<Vec<u8>> {
        drop(self.input);
        let is_done = self.child.wait().is_ok_and(|status| status.success());
        // `less -K` fails at Ctrl-C, but the user has seen the text.
        self.kept
            .filter(|_| !is_done && !self.interrupts.has_come())
    }
}
