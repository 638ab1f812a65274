//! The settings, and where each came from.
//!
//! They are made from values alone: the flags, the [`Environment`] and a directory to look for a
//! `.env` in. Nothing here speaks to Redis or a terminal, or knows how a command line is written.
//!
//! Places in the order of precedence: flags, the environment, `.env` in the working directory (and
//! not in those above it), `notes/.env` in the user's directory of settings. An empty value counts
//! as none. Each setting is taken from the first place that has it, save for the server, whose
//! parts all come from one place (see [`NamedServer`]).

pub mod env_file;
mod environment;
pub mod open;
mod origin;
mod server;
mod source;
mod timeout;
mod variables;

#[cfg(test)]
mod tests;

use std::iter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

pub use self::environment::Environment;
pub use self::origin::{Origin, Setting};
pub use self::server::{Address, NamedServer, Server};
use self::source::{Place, Source};
pub use self::timeout::{BadTimeout, parse_timeout};
pub use self::variables::{Privacy, ReadFrom, VARIABLES, Variable};
use crate::secret::Secret;

/// Why there are no settings. No variant holds the value of a variable.
#[derive(Debug, Error)]
pub enum Error {
    /// A `.env` file that could have named the server, or a line of it, cannot be used.
    #[error(transparent)]
    File(#[from] env_file::Error),
    /// A variable holds something that it cannot mean.
    #[error("{origin:#} must be {expected}")]
    BadValue {
        /// The variable and its place.
        origin: Origin,
        /// What it may hold.
        expected: &'static str,
    },
    /// The private Redis has no place, for lack of a home directory.
    #[error(
        "no directory is known for the notes: set NOTES_DATA_DIR to one, HOME, or REDIS_URL to use a server"
    )]
    NoDataDir,
}

fn bad_value(origin: Origin, expected: &'static str) -> Error {
    Error::BadValue { origin, expected }
}

/// The settings that the command line makes.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--redis-url`; empty counts as not given.
    pub redis_url: Option<Secret>,
    /// `--timeout`, as [`parse_timeout`] reads it.
    pub timeout: Option<Duration>,
}

/// Whether a journal of changes is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journaling {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// What the user has decided, or left to the defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the notes are.
    pub server: Server,
    /// The longest wait for the server: from a millisecond to a day.
    pub timeout: Setting<Duration>,
    /// The editor and its arguments, as a shell would read them.
    pub editor: Option<Setting<String>>,
    /// The pager and its arguments, as a shell would read them.
    pub pager: Option<Setting<String>>,
    /// Whether a journal of changes is kept.
    pub journal: Setting<Journaling>,
    /// Whether `serve` logs the details of requests.
    pub debug: bool,
    /// What the `.env` in the working directory sets but may not: see [`ReadFrom::UsersPlaces`].
    pub ignored: Vec<Origin>,
    data_dir: Option<Setting<PathBuf>>,
}

impl Settings {
    /// Collects the settings; `working_dir` should be absolute.
    ///
    /// Fails on a variable whose value makes no sense, if it is the one that counts. A file that
    /// cannot be read is a failure only where it could have named the server, for without it the
    /// notes might go to the wrong one; once the server is named, such a file is as good as absent.
    pub fn load(
        flags: &Flags,
        environment: &Environment,
        working_dir: &Path,
    ) -> Result<Self, Error> {
        let process = Source::Environment(environment);
        let mut server = server::named_by_flags(flags, &process)?;
        if server.is_none() {
            server = server::named_in(&process, &process)?;
        }
        let mut files = Vec::new();
        for (place, directory) in directories(environment, working_dir) {
            let file = match Source::read(place, &directory, environment) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                Err(_) if server.is_some() => continue,
                Err(error) => return Err(error.into()),
            };
            if server.is_none() {
                server = server::named_in(&file, &process)?;
            }
            files.push(file);
        }
        let sources: Vec<_> = iter::once(process).chain(files).collect();
        Ok(Self {
            server: server.map_or(Server::Private, Server::Named),
            timeout: timeout(flags, &sources)?,
            editor: program(&["NOTES_EDITOR", "VISUAL", "EDITOR"], &sources)?,
            pager: program(&["NOTES_PAGER", "PAGER"], &sources)?,
            journal: journal(&sources)?,
            debug: first("DEBUG", &sources)?.is_some_and(|debug| is_true(&debug.value)),
            ignored: sources.iter().flat_map(Source::refused).collect(),
            data_dir: data_dir(environment, working_dir, &sources)?,
        })
    }

    /// The directory of the private Redis, absolute if the working directory was.
    ///
    /// Fails with [`Error::NoDataDir`] when neither `NOTES_DATA_DIR` nor a home directory is known,
    /// which does not matter to who names a server.
    pub fn data_dir(&self) -> Result<&Setting<PathBuf>, Error> {
        self.data_dir.as_ref().ok_or(Error::NoDataDir)
    }
}

/// The directories that may hold a `.env`, in the order in which they count.
fn directories(environment: &Environment, working_dir: &Path) -> Vec<(Place, PathBuf)> {
    let own = own_dir(environment);
    let working = Some(working_dir.to_owned()).filter(|directory| own.as_ref() != Some(directory));
    let working = working.map(|directory| (Place::WorkingDir, directory));
    let own = own.map(|directory| (Place::ConfigDir, directory));
    working.into_iter().chain(own).collect()
}

fn own_dir(environment: &Environment) -> Option<PathBuf> {
    Some(environment.config_home()?.join("notes"))
}

fn first(variable: &'static str, sources: &[Source<'_>]) -> Result<Option<Setting<String>>, Error> {
    let values = sources.iter().map(|source| source.text(variable));
    let mut values = values.filter_map(Result::transpose);
    values.next().transpose()
}

fn timeout(flags: &Flags, sources: &[Source<'_>]) -> Result<Setting<Duration>, Error> {
    if let Some(value) = flags.timeout {
        let origin = Origin::Flag("--timeout");
        return Ok(Setting { value, origin });
    }
    let Some(Setting { value, origin }) = first("NOTES_TIMEOUT", sources)? else {
        return Ok(Setting::default(timeout::DEFAULT));
    };
    match parse_timeout(&value) {
        Ok(value) => Ok(Setting { value, origin }),
        Err(BadTimeout) => Err(bad_value(origin, timeout::EXPECTED)),
    }
}

/// The value of the first of these variables that any source has.
fn program(
    variables: &[&'static str],
    sources: &[Source<'_>],
) -> Result<Option<Setting<String>>, Error> {
    let values = variables.iter().map(|variable| first(variable, sources));
    let mut values = values.filter_map(Result::transpose);
    values.next().transpose()
}

fn journal(sources: &[Source<'_>]) -> Result<Setting<Journaling>, Error> {
    let Some(Setting { value, origin }) = first("NOTES_JOURNAL", sources)? else {
        return Ok(Setting::default(Journaling::On));
    };
    let value = match value.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Journaling::On,
        "off" | "false" | "0" | "no" => Journaling::Off,
        // Nobody who meant to switch it off should be kept a journal for.
        _ => return Err(bad_value(origin, "on or off")),
    };
    Ok(Setting { value, origin })
}

fn is_true(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    matches!(value.as_str(), "true" | "1" | "yes" | "on")
}

fn data_dir(
    environment: &Environment,
    working_dir: &Path,
    sources: &[Source<'_>],
) -> Result<Option<Setting<PathBuf>>, Error> {
    const VARIABLE: &str = "NOTES_DATA_DIR";
    // Taken without the way over text, for a path need not be UTF-8.
    if let Some(value) = environment.os(VARIABLE) {
        let origin = Origin::Environment(VARIABLE);
        let value = PathBuf::from(value);
        return Ok(located(Setting { value, origin }, working_dir, environment));
    }
    if let Some(text) = first(VARIABLE, sources)? {
        let base = own_dir(environment).unwrap_or_else(|| working_dir.to_owned());
        return Ok(located(text.map(PathBuf::from), &base, environment));
    }
    let default = environment.data_home().map(|data| data.join("notes"));
    Ok(default.map(Setting::default))
}

/// Makes a path absolute; `None` where that takes a home directory and there is none.
///
/// A `~` is the home directory: no shell replaces it in a `.env`, and a directory of that very name
/// would be dangerous to remove.
fn located(
    path: Setting<PathBuf>,
    base: &Path,
    environment: &Environment,
) -> Option<Setting<PathBuf>> {
    let Setting { value, origin } = path;
    let value = match value.strip_prefix("~") {
        Ok(rest) => environment.home()?.join(rest),
        Err(_) => base.join(&value),
    };
    Some(Setting { value, origin })
}
