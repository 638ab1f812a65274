//! What every command has at hand: the settings, the streams, the time, and the store once it is
//! asked for.
//!
//! Data goes to standard output by [`Context::print`], talk to standard error by [`Context::say`];
//! there is no other way out. What is said and printed is decided by the commands.

use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};

use crate::config::open::{self, Starting};
use crate::config::{Environment, Journaling, Settings};
use crate::error::{self, Usage};
use crate::exit::Exit;
use crate::journal::Journal;
use crate::notebook::Notebook;
use crate::output::{OutputOptions, Talk};
use crate::output::{Stream, json};
use crate::private_redis::PrivateRedis;
use crate::store::{self, Store};
use crate::terminal::drafts::Draft;
use crate::terminal::editor;
use crate::terminal::progress::{Progress, Visibility};
use crate::timestamp;

/// How much output is gathered before it is written, in bytes.
const BUFFER: usize = 64 * 1024;

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub struct PrintError(#[from] io::Error);

/// What every command has at hand.
pub struct Context {
    /// How to print.
    pub options: OutputOptions,
    /// What the user has decided.
    pub settings: Settings,
    /// The environment of the process.
    pub environment: Environment,
    /// When the run began.
    pub now: DateTime<Utc>,
    out: BufWriter<io::Stdout>,
    store: Option<Store>,
    journal: Option<Journal>,
}

impl Context {
    /// A context without a store.
    #[must_use]
    pub fn new(options: OutputOptions, settings: Settings, environment: Environment) -> Self {
        Self {
            journal: journal(&settings),
            options,
            settings,
            environment,
            now: timestamp::now(),
            out: BufWriter::with_capacity(BUFFER, io::stdout()),
            store: None,
        }
    }

    /// Closes the store, if it is open.
    pub fn close_store(&mut self) {
        self.store = None;
    }

    /// The store that the settings choose, opened when it is first asked for; the private Redis is
    /// started for it if need be.
    pub fn store(&mut self) -> Result<&mut Store, open::Error> {
        let Self { settings, .. } = self;
        open(&mut self.store, settings, &self.environment, &self.options)
    }

    /// The same with the journal of what is done to it, for a change by the command `by`.
    pub fn notebook<'a>(&'a mut self, by: &'a str) -> Result<Notebook<'a>, open::Error> {
        let Self { settings, .. } = self;
        let store = open(&mut self.store, settings, &self.environment, &self.options)?;
        let now = Self::timestamp();
        Ok(Notebook::new(store, self.journal.as_ref(), by, now))
    }

    /// The journal, if there is to be one; nothing on the disk is looked at.
    #[must_use]
    pub fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// The journal for a command that records changes by itself.
    pub fn take_journal(&mut self) -> Option<Journal> {
        self.journal.take()
    }

    /// The time now, as a note carries it.
    #[must_use]
    pub fn timestamp() -> String {
        timestamp::format(timestamp::now())
    }

    /// Prints data to standard output.
    pub fn print(
        &mut self,
        write: impl FnOnce(&mut dyn Write, &Stream) -> io::Result<()>,
    ) -> Result<(), PrintError> {
        Ok(write(&mut self.out, &self.options.stdout)?)
    }

    /// Writes what has been printed so far, for a command that goes on for long.
    pub fn flush(&mut self) -> Result<(), PrintError> {
        Ok(self.out.flush()?)
    }

    /// Prints a value of a command's own as JSON.
    pub fn print_json(&mut self, value: &serde_json::Value) -> Result<(), PrintError> {
        self.print(|out, stream| json::write(out, value, stream))
    }

    /// Says on standard error what happened, unless that is to be quiet.
    pub fn say(&self, text: &str) {
        say(&self.options, text);
    }

    /// A bar on standard error for work that may take a while, where there is somebody to see it.
    #[must_use]
    pub fn progress(&self, label: &'static str) -> Progress {
        let seen = self.options.stderr.terminal
            && self.options.talk == Talk::Normal
            && self.environment.get("TERM") != Some("dumb");
        let visibility = if seen {
            Visibility::Shown
        } else {
            Visibility::Hidden
        };
        Progress::begin(label, visibility)
    }

    /// Says an error on standard error, and returns what the run ends with for it.
    #[must_use]
    pub fn complain(&self, error: &anyhow::Error) -> Exit {
        error::report(error, &self.options);
        error::exit_of(error)
    }

    /// Whether there is a person to ask: one who sees the question and can answer it.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && self.options.stderr.terminal
    }

    /// The text of a file, or of standard input for `-`.
    ///
    /// A text that is not UTF-8 is refused: it could not be given back as it was.
    pub fn read_text(&self, file: &Path) -> anyhow::Result<String> {
        let from_stdin = file == Path::new("-");
        let name = if from_stdin {
            "standard input".to_owned()
        } else {
            file.display().to_string()
        };
        let mut bytes = Vec::new();
        if from_stdin {
            io::stdin().lock().read_to_end(&mut bytes)
        } else {
            std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
        }
        .with_context(|| format!("cannot read {name}"))?;
        String::from_utf8(bytes).map_err(|_| {
            Usage::new(format!(
                "{name} is not UTF-8 text; convert it first, for example with iconv"
            ))
            .into()
        })
    }

    /// A new draft with this text, named after `name`.
    pub fn draft(&self, name: &str, text: &str) -> anyhow::Result<Draft> {
        Draft::create(&self.drafts(), name, text)
            .context("cannot keep a draft; set NOTES_DATA_DIR to a directory that can be written")
    }

    /// The user's editor.
    #[must_use]
    pub fn editor(&self) -> &str {
        let editor = self.settings.editor.as_ref();
        editor.map_or(editor::USUAL, |editor| editor.value.as_str())
    }

    /// Where drafts are kept, the best place first: beside the private Redis, and in the directory
    /// for temporary files should that be missing, full or closed to the user.
    #[must_use]
    pub fn drafts(&self) -> Vec<PathBuf> {
        let data_dir = self.settings.data_dir().ok();
        let beside = data_dir.map(|directory| directory.value.join("drafts"));
        beside.into_iter().chain([std::env::temp_dir()]).collect()
    }

    /// The error, with what the log of the private Redis says of it where that server ended while it
    /// was in use: a disk that has become full, say.
    #[must_use]
    pub fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        if !error::is_lost(&error) {
            return error;
        }
        match open::last_words(&self.settings, self.environment.path()) {
            Some(words) => error::explained(error, &words),
            None => error,
        }
    }

    /// Ends the output: what is still gathered is written; that a change could not be recorded and
    /// that data is odd are told, each once.
    pub fn finish(&mut self) -> Result<(), PrintError> {
        let printed = self.out.flush();
        if let Some(fault) = self.journal.as_mut().and_then(Journal::take_fault) {
            // No failure of the command, but said however quiet it is to be: the user counts on it.
            let fault = anyhow::Error::from(fault)
                .context("not recorded, so that `notes undo` cannot take it back");
            error::report(&fault, &self.options);
        }
        printed?;
        let faults = self.store.as_mut().map(Store::take_faults);
        if let Some(summary) = faults.as_deref().and_then(store::summary) {
            self.say(&summary);
        }
        Ok(())
    }
}

/// Opens the store unless it is open.
fn open<'a>(
    store: &'a mut Option<Store>,
    settings: &Settings,
    environment: &Environment,
    options: &OutputOptions,
) -> Result<&'a mut Store, open::Error> {
    let opened = if let Some(store) = store.take() {
        store
    } else {
        open::open(
            settings,
            environment.path(),
            Starting::Allowed(&mut |redis| say_started(options, redis)),
        )?
    };
    Ok(store.insert(opened))
}

fn journal(settings: &Settings) -> Option<Journal> {
    match settings.journal.value {
        Journaling::On => Some(Journal::new(&settings.data_dir().ok()?.value)),
        Journaling::Off => None,
    }
}

fn say_started(options: &OutputOptions, redis: &PrivateRedis) {
    say(
        options,
        &format!(
            "started your private Redis in {} (`notes redis stop` stops it, REDIS_URL uses another)",
            redis.dir().display()
        ),
    );
}

fn say(options: &OutputOptions, text: &str) {
    if options.talk == Talk::Normal {
        // Nothing is left to tell the user when standard error is gone.
        let _ = writeln!(io::stderr(), "{}", options.stderr.one_line(text));
    }
}
