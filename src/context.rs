//! What every command has at hand: the settings, the streams, the time, and the store once it is
//! asked for.
//!
//! Data goes to standard output by `Context::print`, talk to standard error by `Context::say`;
//! there is no other way out. What is said and printed is decided by the commands.

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
use crate::terminal::progress::Progress;
use crate::terminal::{prompt, tty};
use crate::timestamp;

/// How much output is gathered before it is written, in bytes.
const BUFFER: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct PrintError(#[from] io::Error);

impl PrintError {
    /// Whether the reader of standard output has gone away, as `head` does: that is no failure. Any
    /// other broken pipe is one, such as that of a connection.
    pub(crate) fn is_closed(error: &anyhow::Error) -> bool {
        let broken = |Self(cause): &Self| cause.kind() == io::ErrorKind::BrokenPipe;
        error.downcast_ref().is_some_and(broken)
    }
}

pub(crate) struct Context {
    pub(crate) options: OutputOptions,
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
    pub(crate) now: DateTime<Utc>,
    out: BufWriter<io::Stdout>,
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
            out: BufWriter::with_capacity(BUFFER, io::stdout()),
            store: None,
        }
    }

    pub(crate) fn close_store(&mut self) {
        self.store = None;
    }

    /// The store that the settings choose, opened when it is first asked for; the private Redis is
    /// started for it if need be.
    pub(crate) fn store(&mut self) -> Result<&mut Store, connect::Error> {
        open(&mut self.store, &self.settings, &self.options)
    }

    /// The same with the journal of what is done to it, for a change by the command `by`.
    pub(crate) fn journaled_store<'a>(
        &'a mut self,
        by: &'a str,
    ) -> Result<JournaledStore<'a>, connect::Error> {
        let store = open(&mut self.store, &self.settings, &self.options)?;
        let now = Self::timestamp();
        Ok(JournaledStore::new(store, self.journal.as_ref(), by, now))
    }

    /// The journal, if there is to be one; nothing on the disk is looked at.
    pub(crate) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Whether what was changed so far can be undone.
    pub(crate) fn can_undo(&self) -> bool {
        let journal = self.journal.as_ref();
        journal.is_some_and(|journal| journal.fault().is_none())
    }

    /// The journal for a command that records changes by itself.
    pub(crate) fn take_journal(&mut self) -> Option<Journal> {
        self.journal.take()
    }

    /// The time now, as a note carries it.
    pub(crate) fn timestamp() -> String {
        timestamp::format(timestamp::now())
    }

    pub(crate) fn print(
        &mut self,
        write: impl FnOnce(&mut dyn Write, &Stream) -> io::Result<()>,
    ) -> Result<(), PrintError> {
        Ok(write(&mut self.out, &self.options.stdout)?)
    }

    /// Writes what has been printed so far, for a command that goes on for long.
    pub(crate) fn flush(&mut self) -> Result<(), PrintError> {
        Ok(self.out.flush()?)
    }

    pub(crate) fn print_json(&mut self, value: &serde_json::Value) -> Result<(), PrintError> {
        self.print(|out, stream| json::write(out, value, stream))
    }

    /// Says on standard error in one line what happened, unless that is to be quiet.
    pub(crate) fn say(&self, text: &str) {
        say(&self.options, text);
    }

    /// Says on a terminal which server is used if the working directory names it: the user may not
    /// know of the `.env` there.
    pub(crate) fn say_surprising_server(&self) {
        if let Some(server) = &self.settings.server
            && self.settings.is_named_by_working_dir
            && self.options.stderr.terminal
        {
            let (place, origin) = (server.server(), &server.origin);
            self.say(&format!("using the Redis at {place} ({origin})"));
        }
    }

    /// A bar on standard error for work that may take a while, where there is somebody to see it.
    pub(crate) fn progress(&self, label: &'static str) -> Progress {
        let OutputOptions { stderr, quiet, .. } = &self.options;
        let dumb = self.environment.get("TERM") == Some("dumb");
        Progress::begin(label, stderr.terminal && !quiet && !dumb)
    }

    /// Says an error on standard error, and returns what the run ends with for it.
    pub(crate) fn complain(&self, error: &anyhow::Error) -> Exit {
        error::report(error, &self.options);
        error::exit_of(error)
    }

    /// Whether there is a person to ask: one who sees the question and can answer it.
    pub(crate) fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && self.options.stderr.terminal
    }

    /// Returns true if a question can be asked before these NOTEs are changed. `-` among them has read
    /// standard input, and leaves the terminal of the process for the answer.
    pub(crate) fn can_ask(&self, notes: &[String]) -> bool {
        let stdin_had_ids = notes.iter().any(|note| note == "-");
        self.options.stderr.terminal && prompt::can_be_answered(stdin_had_ids)
    }

    /// Returns true if an editor has a terminal to run on, whatever standard input is.
    pub(crate) fn has_terminal(&self) -> bool {
        self.options.stderr.terminal && (io::stdin().is_terminal() || tty::open().is_ok())
    }

    pub(crate) fn editor(&self) -> &str {
        self.settings.editor.as_deref().unwrap_or(editor::USUAL)
    }

    /// Where drafts are kept: beside the private Redis, and among the temporary files should that be
    /// missing, full or closed to the user.
    pub(crate) fn drafts(&self) -> Drafts {
        Drafts::new(self.settings.data_dir().ok(), &std::env::temp_dir())
    }

    /// The error, with what the log of the private Redis says of it where that server ended while it
    /// was in use: a disk that has become full, say.
    pub(crate) fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        let words = error::is_lost(&error).then(|| self.settings.last_words());
        match words.flatten() {
            Some(words) => Error::explained(&error, &words).into(),
            None => error,
        }
    }

    /// Ends the output: what is still gathered is written; that a change could not be recorded and
    /// that data is odd are told, each once.
    pub(crate) fn finish(&mut self) -> Result<(), PrintError> {
        let printed = self.out.flush();
        if let Some(fault) = self.journal.as_mut().and_then(Journal::take_fault) {
            // No failure of the command, but said however quiet it is to be: the user counts on it.
            let fault = anyhow::Error::from(fault)
                .context("not recorded, so that `notes undo` cannot undo it");
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
    if let Some(opened) = store.take() {
        return Ok(store.insert(opened));
    }
    let started = |redis: &PrivateRedis| {
        let dir = redis.dir().display();
        let text = format!(
            "started your private Redis in {dir} (`notes redis stop` stops it, REDIS_URL uses another)"
        );
        say(options, &text);
        if let Some(loss) = redis.cut_off() {
            say(options, &loss);
        }
    };
    Ok(store.insert(settings.open(Some(&started))?))
}

fn say(options: &OutputOptions, text: &str) {
    if !options.quiet {
        // Nothing is left to tell the user when standard error is gone.
        let _ = writeln!(io::stderr(), "{}", sanitize::one_line(text));
    }
}
