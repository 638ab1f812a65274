//! The context of a command: the settings, the streams, the time, and the store, opened when a command
//! first asks for it.
//!
//! Commands write data to standard output through `Context::print`, and messages to standard error
//! through `Context::say`, and in no other way.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use chrono::{DateTime, Utc};

use crate::config::{Environment, Settings};
use crate::connect;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::journal::Journal;
use crate::output::{OutputOptions, Stream, json, sanitize};
use crate::private_redis::PrivateRedis;
use crate::store::{JournaledStore, Store};
use crate::terminal::drafts::Drafts;
use crate::terminal::editor;
use crate::terminal::pager::Output;
use crate::terminal::progress::Progress;
use crate::terminal::{prompt, tty};
use crate::timestamp;

/// The size of the output buffer, in bytes.
const BUFFER: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct PrintError(#[from] io::Error);

impl PrintError {
    /// Returns true if the reader has closed standard output, as `head` does. That is no failure; a
    /// broken pipe of a connection is one.
    pub(crate) fn is_closed(error: &anyhow::Error) -> bool {
        match error.downcast_ref() {
            Some(Self(cause)) => cause.kind() == io::ErrorKind::BrokenPipe,
            None => false,
        }
    }
}

pub(crate) struct Context {
    pub(crate) options: OutputOptions,
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
    pub(crate) now: DateTime<Utc>,
    out: BufWriter<Output>,
    store: Option<Store>,
    journal: Option<Journal>,
}

impl Context {
    pub(crate) fn new(
        options: OutputOptions,
        settings: Settings,
        environment: Environment,
    ) -> Self {
        Self {
            journal: match settings.journal_off {
                None => settings.data_dir().ok().map(Journal::new),
                Some(_) => None,
            },
            options,
            settings,
            environment,
            now: timestamp::now(),
            out: BufWriter::with_capacity(BUFFER, Output::default()),
            store: None,
        }
    }

    pub(crate) fn close_store(&mut self) {
        self.store = None;
    }

    /// Returns the store, for a command that opens others after it.
    pub(crate) fn take_store(&mut self) -> Result<Store, connect::Error> {
        self.store()?;
        Ok(self.store.take().expect("it has just been opened"))
    }

    /// Returns the store that the settings choose. Opens it at the first call, and starts the private
    /// Redis if needed.
    pub(crate) fn store(&mut self) -> Result<&mut Store, connect::Error> {
        open(&mut self.store, &self.settings, &self.options)
    }

    /// Returns the store with the journal, for a change by the command `by`.
    pub(crate) fn journaled_store<'a>(
        &'a mut self,
        by: &'a str,
    ) -> Result<JournaledStore<'a>, connect::Error> {
        let store = open(&mut self.store, &self.settings, &self.options)?;
        let now = Self::timestamp();
        Ok(JournaledStore::new(store, self.journal.as_ref(), by, now))
    }

    /// Returns the journal, unless it is off. Does not touch the disk.
    pub(crate) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Returns true if the changes so far can be undone.
    pub(crate) fn can_undo(&self) -> bool {
        let journal = self.journal.as_ref();
        journal.is_some_and(|journal| journal.fault().is_none())
    }

    /// Returns the journal, for a command that records changes by itself.
    pub(crate) fn take_journal(&mut self) -> Option<Journal> {
        self.journal.take()
    }

    /// Returns the current time, as notes store it.
    pub(crate) fn timestamp() -> String {
        timestamp::format(timestamp::now())
    }

    pub(crate) fn print(
        &mut self,
        write: impl FnOnce(&mut dyn Write, &Stream) -> io::Result<()>,
    ) -> Result<(), PrintError> {
        Ok(write(&mut self.out, &self.options.stdout)?)
    }

    /// Sends what is printed from now on through the pager, if it is longer than the terminal is high.
    pub(crate) fn begin_paging(&mut self) {
        let (stream, command) = (self.options.stdout, self.settings.pager.as_deref());
        self.out.get_mut().page(stream, command, &self.environment);
    }

    /// Writes the buffered output, and waits until the user leaves the pager. Printing that failed because
    /// the user has left it is no failure.
    pub(crate) fn end_paging(&mut self, printed: Result<(), PrintError>) -> Result<(), PrintError> {
        let flushed = self.out.flush();
        let output = self.out.get_mut();
        let ended = output.end();
        if output.is_left() {
            return Ok(());
        }
        printed?;
        flushed?;
        Ok(ended?)
    }

    /// Writes the buffered output, for a command that runs on.
    pub(crate) fn flush(&mut self) -> Result<(), PrintError> {
        Ok(self.out.flush()?)
    }

    pub(crate) fn print_json(&mut self, value: &serde_json::Value) -> Result<(), PrintError> {
        self.print(|out, stream| json::write(out, value, stream))
    }

    /// Prints a message as one line on standard error, unless `--quiet` is given.
    pub(crate) fn say(&self, text: &str) {
        say(&self.options, text);
    }

    /// On a terminal, names the server if the working directory chose it: the user may not know of the
    /// `.env` there.
    pub(crate) fn say_surprising_server(&self) {
        if let Some(server) = &self.settings.server
            && self.settings.is_named_by_working_dir
            && self.options.stderr.terminal
        {
            let (place, origin) = (server.server(), &server.origin);
            self.say(&format!("using the Redis at {place} ({origin})"));
        }
    }

    /// Returns a progress bar, which is shown only on a terminal.
    pub(crate) fn progress(&self, label: &'static str) -> Progress {
        let OutputOptions { stderr, quiet, .. } = &self.options;
        let dumb = self.environment.get("TERM") == Some("dumb");
        Progress::begin(label, stderr.terminal && !quiet && !dumb)
    }

    /// Prints an error on standard error, and returns its exit code.
    pub(crate) fn complain(&self, error: &anyhow::Error) -> Exit {
        error::report(error, &self.options);
        error::exit_of(error)
    }

    /// Returns true if a person can see a question and answer it.
    pub(crate) fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && self.options.stderr.terminal
    }

    /// Returns true if a question can be asked before these NOTEs are changed. If `-` among them reads
    /// standard input, the answer comes from the terminal of the process.
    pub(crate) fn can_ask(&self, notes: &[String]) -> bool {
        let stdin_had_ids = notes.iter().any(|note| note == "-");
        self.options.stderr.terminal && prompt::can_be_answered(stdin_had_ids)
    }

    /// Returns true if an editor has a terminal, even if standard input is none.
    pub(crate) fn has_terminal(&self) -> bool {
        self.options.stderr.terminal && (io::stdin().is_terminal() || tty::open().is_ok())
    }

    pub(crate) fn editor(&self) -> &str {
        self.settings.editor.as_deref().unwrap_or(editor::USUAL)
    }

    /// Returns the directory of drafts: beside the private Redis, or among the temporary files if that is
    /// missing, full or not writable.
    pub(crate) fn drafts(&self) -> Drafts {
        Drafts::new(self.settings.data_dir().ok(), &std::env::temp_dir())
    }

    /// Adds the reason from the log of the private Redis to an error, if that server ended while it was
    /// in use, for example because its disk was full.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let words = error::is_lost(&error).then(|| self.settings.last_words());
        match words.flatten() {
            Some(words) => Error::explained(&error, &words).into(),
            None => error,
        }
    }

    /// Writes the buffered output, and reports a change that could not be recorded and odd data, each
    /// once.
    pub(crate) fn finish(&mut self) -> Result<(), PrintError> {
        let printed = self.end_paging(Ok(()));
        if let Some(fault) = self.journal.as_mut().and_then(Journal::take_fault) {
            // Printed even with --quiet, as the user relies on undo; but the command did not fail.
            let fault =
                anyhow::Error::from(fault).context("not recorded; `notes undo` cannot undo it");
            error::report(&fault, &self.options);
        }
        printed?;
        if let Some(odd) = self.store.as_mut().and_then(Store::take_faults) {
            self.say(&odd);
        }
        Ok(())
    }
}

/// Opens the store unless it is open.
fn open<'a>(
    store: &'a mut Option<Store>,
    settings: &Settings,
    options: &OutputOptions,
) -> Result<&'a mut Store, connect::Error> {
    let opened = match store.take() {
        Some(opened) => opened,
        None => settings.open_store(Some(&|redis| say_started(redis, options)))?,
    };
    Ok(store.insert(opened))
}

fn say_started(redis: &PrivateRedis, options: &OutputOptions) {
    let dir = redis.dir().display();
    let text = format!(
        "started your private Redis in {dir} (`notes redis stop` stops it, REDIS_URL uses another)"
    );
    say(options, &text);
    if let Some(loss) = redis.cut_off() {
        say(options, &loss);
    }
}

fn say(options: &OutputOptions, text: &str) {
    if !options.quiet {
        // A failure to write to standard error cannot be reported.
        let _ = writeln!(io::stderr(), "{}", sanitize::one_line(text));
    }
}
