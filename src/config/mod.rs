//! The settings, and where each came from. The sources, in order: flags, the environment, `.env` in
//! the working directory, `notes/.env` in the user's configuration directory.
//!
//! An empty value counts as unset. Each setting comes from the first source that has it. Only the
//! server is taken as a whole: all its parts come from one source.

mod env_file;
mod server;
mod setting;
mod source;
#[cfg(test)]
mod tests;
mod variables;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::setting::Setting;
pub(crate) use self::source::Environment;
use self::source::Source;
pub use self::variables::{ReadFrom, VARIABLES, Variable};
use crate::redis_client::{Address, TlsFiles};
use crate::secret::Secret;

/// A setting that cannot be used. It does not hold the value of any variable.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// Empty counts as not given.
    pub(crate) redis_url: Option<Secret>,
    pub(crate) timeout: Option<Duration>,
    /// As typed. They apply to any server.
    pub(crate) tls: TlsFiles,
}

/// The settings of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// `None` if the notes are in the private Redis.
    pub(crate) server: Option<Address>,
    /// True if the `.env` of the working directory, which may be a stranger's, names the server.
    pub(crate) is_named_by_working_dir: bool,
    /// Files and settings that were skipped, and could have named the server.
    pub(crate) warnings: Vec<Error>,
    timeout: Option<Duration>,
    /// The number of replicas that must confirm a change. The private Redis has none.
    pub(crate) wait_replicas: u32,
    /// A shell command: the program and its arguments.
    pub(crate) editor: Option<String>,
    pub(crate) pager: Option<String>,
    /// The program that replaces the built-in picker.
    pub(crate) picker: Option<String>,
    /// The origin of the setting that turns the journal off. `None` if the journal is on.
    pub(crate) journal_off: Option<String>,
    /// True if `serve` logs the details of requests.
    pub(crate) debug: bool,
    /// The directories of programs, in the form of `PATH`.
    pub(crate) search_path: OsString,
    data_dir: Option<PathBuf>,
}

impl Settings {
    /// Collects the settings. `working_dir` should be absolute; `None` means that it was deleted.
    ///
    /// Fails on an invalid value, if it is the one that counts. Skips a `.env` of the working directory
    /// that cannot be read, with a warning. Fails if the user's own cannot be read, for it probably
    /// names the server. Once the server is known, files that cannot be read are ignored.
    pub(crate) fn load(
        flags: &Flags,
        environment: &Environment,
        working_dir: Option<&Path>,
    ) -> Result<Self> {
        let process = Source::environment(environment, working_dir);
        let home = environment.home();
        let home = home.as_deref();
        let mut server = match &flags.redis_url {
            Some(url) => server::find_in(&Source::url(url, working_dir), &process, home)?,
            None => None,
        };
        if server.is_none() {
            server = server::find_in(&process, &process, home)?;
        }
        let (files, skipped) = read_files(environment, working_dir);
        let mut warnings = Vec::new();
        if server.is_none() {
            warnings.extend(skipped);
        }
        let mut is_named_by_working_dir = false;
        let mut sources = Vec::new();
        for file in files {
            if server.is_some() {
                sources.extend(file.ok().flatten());
            } else if let Some(file) = file? {
                server = server::find_in(&file, &process, home)?;
                is_named_by_working_dir = server.is_some() && !file.is_trusted();
                sources.push(file);
            }
        }
        server::add_tls_files(server.as_mut(), &flags.tls, working_dir, home)?;
        sources.insert(0, process);
        if server.is_none() {
            warnings.extend(server::check_without_server(&sources)?);
        }
        let debug = first_value(&["DEBUG"], &sources)?;
        Ok(Self {
            server,
            is_named_by_working_dir,
            warnings,
            timeout: read_timeout(flags, &sources)?,
            wait_replicas: read_wait_replicas(&sources)?,
            editor: first_value(&["NOTES_EDITOR", "VISUAL", "EDITOR"], &sources)?,
            pager: first_value(&["NOTES_PAGER", "PAGER"], &sources)?,
            picker: first_value(&["NOTES_PICKER"], &sources)?,
            journal_off: read_journal_off(&sources)?,
            debug: debug.is_some_and(|debug| parse_switch(&debug) == Some(true)),
            search_path: environment.os("PATH").unwrap_or_default().to_owned(),
            data_dir: find_data_dir(environment, working_dir, &sources)?,
        })
    }

    /// The longest wait for the server: from a millisecond to a day.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(DEFAULT_TIMEOUT)
    }

    /// The directory of the private Redis, absolute if the working directory was.
    ///
    /// Fails if neither `NOTES_DATA_DIR` nor a home directory is known. With a server that does not
    /// matter.
    pub(crate) fn data_dir(&self) -> Result<&Path> {
        let text = "no directory is known for the notes: set NOTES_DATA_DIR to one, HOME, or REDIS_URL to use a server";
        let directory = self.data_dir.as_deref();
        directory.ok_or_else(|| Error(text.to_owned()))
    }
}

/// Reads the `.env` of the working directory, then the user's own. The error is a warning: the reason
/// that the first was skipped.
fn read_files(
    environment: &Environment,
    working_dir: Option<&Path>,
) -> ([Result<Option<Source>>; 2], Option<Error>) {
    let mut skipped = None;
    let own_dir = own_dir(environment);
    let working_file = match working_dir {
        None => {
            let text = format!("{NO_WORKING_DIR}, so no ./.env is read");
            skipped = Some(Error(text));
            Ok(None)
        }
        // This is the user's own file.
        Some(_) if own_dir.as_deref() == working_dir => Ok(None),
        Some(directory) => Source::working_file(directory, |error| skipped = Some(error)),
    };
    let own_file = own_dir.map_or(Ok(None), |directory| Source::own_file(&directory));
    ([working_file, own_file], skipped)
}

const NO_WORKING_DIR: &str = "the working directory cannot be found (was it deleted?)";

fn own_dir(environment: &Environment) -> Option<PathBuf> {
    environment.notes_dir("XDG_CONFIG_HOME", ".config")
}

/// Returns the first of these variables that a source sets.
fn first(variables: &[&str], sources: &[Source]) -> Result<Option<Setting>> {
    for variable in variables {
        for source in sources {
            let found = source.get(variable)?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(None)
}

fn first_value(variables: &[&str], sources: &[Source]) -> Result<Option<String>> {
    Ok(first(variables, sources)?.map(|setting| setting.value))
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const EXPECTED_TIMEOUT: &str = "a number of seconds from 0.001 to 86400, such as 5 or 0.5";

fn read_timeout(flags: &Flags, sources: &[Source]) -> Result<Option<Duration>> {
    if flags.timeout.is_some() {
        return Ok(flags.timeout);
    }
    let Some(setting) = first(&["NOTES_TIMEOUT"], sources)? else {
        return Ok(None);
    };
    match parse_seconds(&setting.value) {
        Some(timeout) => Ok(Some(timeout)),
        None => Err(setting.must_be(EXPECTED_TIMEOUT)),
    }
}

/// Parses a timeout: seconds, with or without a fraction and a final `s`, from a millisecond to a day.
/// Signs, exponents and other units are refused.
pub(crate) fn parse_timeout(text: &str) -> Result<Duration> {
    parse_seconds(text).ok_or_else(|| Error(format!("a timeout must be {EXPECTED_TIMEOUT}")))
}

fn parse_seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let number = text.strip_suffix('s').unwrap_or(text);
    // `f64` also reads signs, exponents, `inf` and `nan`.
    if !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let timeout = Duration::try_from_secs_f64(number.parse().ok()?).ok()?;
    // A timeout of 0 would mean none; the limits of the system are not much above a day.
    let possible = Duration::from_millis(1)..=Duration::from_secs(24 * 60 * 60);
    possible.contains(&timeout).then_some(timeout)
}

fn read_wait_replicas(sources: &[Source]) -> Result<u32> {
    let Some(setting) = first(&["NOTES_WAIT_REPLICAS"], sources)? else {
        return Ok(0);
    };
    let count = setting.value.trim().parse();
    count.map_err(|_| setting.must_be("a number of replicas, from 0 up"))
}

fn read_journal_off(sources: &[Source]) -> Result<Option<String>> {
    let Some(setting) = first(&["NOTES_JOURNAL"], sources)? else {
        return Ok(None);
    };
    match parse_switch(&setting.value) {
        Some(is_on) => Ok((!is_on).then_some(setting.origin)),
        // A typo must not keep a journal that the user meant to turn off.
        None => Err(setting.must_be("on or off")),
    }
}

fn parse_switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Some(true),
        "off" | "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// Returns the data directory. `None` if a home directory is needed and there is none.
fn find_data_dir(
    environment: &Environment,
    working_dir: Option<&Path>,
    sources: &[Source],
) -> Result<Option<PathBuf>> {
    const VARIABLE: &str = "NOTES_DATA_DIR";
    let home = environment.home();
    if let Some(value) = environment.os(VARIABLE) {
        // Not read as text: a path need not be UTF-8.
        return absolute(Path::new(value), working_dir, home.as_deref());
    }
    match first(&[VARIABLE], sources)? {
        Some(setting) => {
            let base = own_dir(environment);
            absolute(Path::new(&setting.value), base.as_deref(), home.as_deref())
        }
        None => Ok(environment.notes_dir("XDG_DATA_HOME", ".local/share")),
    }
}

/// Returns the path from `base`, or from `home` if it begins with a `~`: no shell expands that in a
/// `.env`, and a directory named `~` would be dangerous to remove. `None` if a home directory is
/// needed and there is none.
///
/// Fails on a relative path without `base`: the working directory was deleted.
fn absolute(path: &Path, base: Option<&Path>, home: Option<&Path>) -> Result<Option<PathBuf>> {
    if let Ok(rest) = path.strip_prefix("~") {
        return Ok(home.map(|home| home.join(rest)));
    }
    match base {
        Some(base) => Ok(Some(base.join(path))),
        None if path.is_absolute() => Ok(Some(path.to_owned())),
        None => Err(Error(format!(
            "the path {} is relative, and {NO_WORKING_DIR}: use an absolute path",
            path.display()
        ))),
    }
}
