//! The settings, and where each came from: made from the flags, the `Environment` and a directory
//! to look for a `.env` in, in this order, and last from `notes/.env` in the user's directory of
//! settings.
//!
//! An empty value counts as none. Each setting is taken from the first source that has it, save for
//! the server, whose parts all come from one source. Only `open` speaks to Redis.

mod env_file;
#[cfg(test)]
mod env_file_tests;
pub(crate) mod open;
mod server;
mod source;
#[cfg(test)]
mod tests;
mod variables;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use self::server::{Address, NamedServer, Server};
pub(crate) use self::source::Environment;
use self::source::{Origin, Setting, Source};
pub use self::variables::{ReadFrom, VARIABLES, Variable};
use crate::secret::Secret;

/// Why there are no settings. It does not hold the value of any variable.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

type Result<T, E = Error> = std::result::Result<T, E>;

fn bad_value(origin: &Origin, expected: &str) -> Error {
    Error(format!("{origin:#} must be {expected}"))
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// Empty counts as not given.
    pub(crate) redis_url: Option<Secret>,
    pub(crate) timeout: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journaling {
    On,
    Off,
}

/// What the user has decided, or left to the defaults.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) server: Server,
    /// The longest wait for the server: from a millisecond to a day.
    pub(crate) timeout: Setting<Duration>,
    /// With its arguments, as a shell would read them.
    pub(crate) editor: Option<Setting<String>>,
    pub(crate) pager: Option<Setting<String>>,
    pub(crate) journal: Setting<Journaling>,
    /// Whether `serve` logs the details of requests.
    pub(crate) debug: bool,
    data_dir: Option<Setting<PathBuf>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: Server::Private,
            timeout: Setting::default(DEFAULT_TIMEOUT),
            editor: None,
            pager: None,
            journal: Setting::default(Journaling::On),
            debug: false,
            data_dir: None,
        }
    }
}

impl Settings {
    /// Collects the settings; `working_dir` should be absolute.
    ///
    /// Fails on a variable whose value makes no sense, if it is the one that counts. A file that
    /// cannot be read is a failure only where it could have named the server, for without it the
    /// notes might go to the wrong one; once the server is named, such a file is as good as absent.
    pub(crate) fn load(
        flags: &Flags,
        environment: &Environment,
        working_dir: &Path,
    ) -> Result<Self> {
        let process = Source::Environment(environment);
        let mut server = None;
        if let Some(url) = &flags.redis_url {
            server = server::named_in(&Source::Url(url), &process)?;
        }
        if server.is_none() {
            server = server::named_in(&process, &process)?;
        }
        let mut files = Vec::new();
        let own_dir = own_dir(environment);
        let own_file = own_dir.as_deref().map(|dir| Source::read(dir, true));
        let is_own_dir = own_dir.as_deref() == Some(working_dir);
        let working_file = (!is_own_dir).then(|| Source::read(working_dir, false));
        for file in working_file.into_iter().chain(own_file) {
            let file = match file {
                Ok(Some(file)) => file,
                Err(error) if server.is_none() => return Err(error),
                Ok(None) | Err(_) => continue,
            };
            if server.is_none() {
                server = server::named_in(&file, &process)?;
            }
            files.push(file);
        }
        let sources: Vec<_> = [process].into_iter().chain(files).collect();
        let debug = first(&["DEBUG"], &sources)?;
        Ok(Self {
            server: server.map_or(Server::Private, Server::Named),
            timeout: timeout(flags, &sources)?,
            editor: first(&["NOTES_EDITOR", "VISUAL", "EDITOR"], &sources)?,
            pager: first(&["NOTES_PAGER", "PAGER"], &sources)?,
            journal: journal(&sources)?,
            debug: debug.is_some_and(|debug| switch(&debug.value) == Some(true)),
            data_dir: data_dir(environment, working_dir, &sources)?,
        })
    }

    /// The directory of the private Redis, absolute if the working directory was.
    ///
    /// Fails when neither `NOTES_DATA_DIR` nor a home directory is known, which does not matter to
    /// who names a server.
    pub(crate) fn data_dir(&self) -> Result<&Setting<PathBuf>> {
        self.data_dir.as_ref().ok_or_else(|| {
            let text = "no directory is known for the notes: set NOTES_DATA_DIR to one, HOME, or REDIS_URL to use a server";
            Error(text.to_owned())
        })
    }
}

fn own_dir(environment: &Environment) -> Option<PathBuf> {
    Some(environment.config_home()?.join("notes"))
}

/// The value of the first of these variables that any source has.
fn first(variables: &[&str], sources: &[Source<'_>]) -> Result<Option<Setting<String>>> {
    let pairs = variables
        .iter()
        .flat_map(|it| sources.iter().map(move |source| (source, it)));
    let mut values = pairs.map(|(source, variable)| source.text(variable));
    values.find_map(Result::transpose).transpose()
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const EXPECTED_TIMEOUT: &str = "a number of seconds from 0.001 to 86400, such as 5 or 0.5";

fn timeout(flags: &Flags, sources: &[Source<'_>]) -> Result<Setting<Duration>> {
    if let Some(value) = flags.timeout {
        let origin = Origin::new("--timeout");
        return Ok(Setting { value, origin });
    }
    let Some(Setting { value, origin }) = first(&["NOTES_TIMEOUT"], sources)? else {
        return Ok(Setting::default(DEFAULT_TIMEOUT));
    };
    match seconds(&value) {
        Some(value) => Ok(Setting { value, origin }),
        None => Err(bad_value(&origin, EXPECTED_TIMEOUT)),
    }
}

/// Reads a timeout: a number of seconds with or without a fraction and a final `s`, from a
/// millisecond to a day. No sign, no exponent and no other unit is taken.
pub(crate) fn parse_timeout(text: &str) -> Result<Duration> {
    seconds(text).ok_or_else(|| Error(format!("a timeout must be {EXPECTED_TIMEOUT}")))
}

fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let number = text.strip_suffix('s').unwrap_or(text);
    // `f64` also reads signs, exponents, `inf` and `nan`.
    if !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let timeout = Duration::try_from_secs_f64(number.parse().ok()?).ok()?;
    // A wait of 0 would mean one without end; the system's own limits are not much above a day.
    let possible = Duration::from_millis(1)..=Duration::from_hours(24);
    possible.contains(&timeout).then_some(timeout)
}

fn journal(sources: &[Source<'_>]) -> Result<Setting<Journaling>> {
    let Some(Setting { value, origin }) = first(&["NOTES_JOURNAL"], sources)? else {
        return Ok(Setting::default(Journaling::On));
    };
    let value = match switch(&value) {
        Some(true) => Journaling::On,
        Some(false) => Journaling::Off,
        // Nobody who meant to switch it off should be kept a journal for.
        None => return Err(bad_value(&origin, "on or off")),
    };
    Ok(Setting { value, origin })
}

fn switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Some(true),
        "off" | "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// `None` where a home directory would be needed and there is none.
fn data_dir(
    environment: &Environment,
    working_dir: &Path,
    sources: &[Source<'_>],
) -> Result<Option<Setting<PathBuf>>> {
    const VARIABLE: &str = "NOTES_DATA_DIR";
    let (path, origin, base) = if let Some(value) = environment.os(VARIABLE) {
        // Taken without the way over text, for a path need not be UTF-8.
        let origin = Origin::environment(VARIABLE);
        (PathBuf::from(value), origin, working_dir.to_owned())
    } else if let Some(Setting { value, origin }) = first(&[VARIABLE], sources)? {
        let base = own_dir(environment).unwrap_or_else(|| working_dir.to_owned());
        (PathBuf::from(value), origin, base)
    } else {
        let default = environment.data_home().map(|data| data.join("notes"));
        return Ok(default.map(Setting::default));
    };
    // No shell replaces a `~` in a `.env`, and a directory of that very name would be dangerous to
    // remove.
    let value = match path.strip_prefix("~") {
        Ok(rest) => environment.home().map(|home| home.join(rest)),
        Err(_) => Some(base.join(&path)),
    };
    Ok(value.map(|value| Setting { value, origin }))
}
