//! The settings, and where each came from: made from the flags, the `Environment` and a directory
//! to look for a `.env` in, in this order, and last from `notes/.env` in the user's directory of
//! settings.
//!
//! An empty value counts as none. Each setting is taken from the first source that has it, save for
//! the server, whose parts all come from one source.

mod env_file;
mod server;
mod source;
#[cfg(test)]
mod tests;
mod variables;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use self::source::Environment;
use self::source::{Setting, Source};
pub use self::variables::{ReadFrom, VARIABLES, Variable};
use crate::redis_client::{Address, TlsFiles};
use crate::secret::Secret;

/// Why there are no settings. It does not hold the value of any variable.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// Empty counts as not given.
    pub(crate) redis_url: Option<Secret>,
    pub(crate) timeout: Option<Duration>,
    /// As they were typed; for whichever server is chosen.
    pub(crate) tls: TlsFiles,
}

/// What the user has decided, or left to the defaults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Without one the notes are in the private Redis.
    pub(crate) server: Option<Address>,
    /// Whether the `.env` of the working directory, which may be a stranger's, names the server.
    pub(crate) is_named_by_working_dir: bool,
    /// What was passed over and could have named the server.
    pub(crate) warnings: Vec<Error>,
    timeout: Option<Duration>,
    /// How many replicas have to confirm a change; the private Redis has none.
    pub(crate) wait_replicas: u32,
    /// With its arguments, as a shell would read them.
    pub(crate) editor: Option<String>,
    pub(crate) pager: Option<String>,
    /// What notes are picked with in place of the built-in picker.
    pub(crate) picker: Option<String>,
    /// What switches the journal off; `None` where one is kept.
    pub(crate) journal_off: Option<String>,
    /// Whether `serve` logs the details of requests.
    pub(crate) debug: bool,
    /// Where programs are looked for, in the form of `PATH`.
    pub(crate) search_path: OsString,
    data_dir: Option<PathBuf>,
}

impl Settings {
    /// Collects the settings. `working_dir` should be absolute; `None` stands for one that was deleted.
    ///
    /// Fails on a variable whose value makes no sense, if it is the one that counts. A `.env` of the
    /// working directory that cannot be read is passed over with a warning; the user's own is a
    /// failure, for it most likely names the server. Once the server is named, a file that is wrong is
    /// as good as absent.
    pub(crate) fn load(
        flags: &Flags,
        environment: &Environment,
        working_dir: Option<&Path>,
    ) -> Result<Self> {
        let process = Source::environment(environment, working_dir);
        let home = environment.home();
        let named_in = |source: &_| server::named_in(source, &process, home.as_deref());
        let mut server = match &flags.redis_url {
            Some(url) => named_in(&Source::url(url, working_dir))?,
            None => None,
        };
        if server.is_none() {
            server = named_in(&process)?;
        }
        let (files, passed_over) = files(environment, working_dir);
        let mut warnings = Vec::new();
        if server.is_none() {
            warnings.extend(passed_over);
        }
        let mut is_named_by_working_dir = false;
        let mut sources = Vec::new();
        for file in files {
            if server.is_some() {
                sources.extend(file.ok().flatten());
            } else if let Some(file) = file? {
                server = named_in(&file)?;
                is_named_by_working_dir = server.is_some() && !file.is_the_users();
                sources.push(file);
            }
        }
        server::add_tls_files(server.as_mut(), &flags.tls, working_dir, home.as_deref())?;
        sources.insert(0, process);
        if server.is_none() {
            warnings.extend(server::check_without_server(&sources)?);
        }
        let value = |names: &[&str]| -> Result<Option<String>> {
            Ok(first(names, &sources)?.map(|found| found.value))
        };
        let debug = value(&["DEBUG"])?;
        Ok(Self {
            server,
            is_named_by_working_dir,
            warnings,
            timeout: timeout(flags, &sources)?,
            wait_replicas: wait_replicas(&sources)?,
            editor: value(&["NOTES_EDITOR", "VISUAL", "EDITOR"])?,
            pager: value(&["NOTES_PAGER", "PAGER"])?,
            picker: value(&["NOTES_PICKER"])?,
            journal_off: journal_off(&sources)?,
            debug: debug.is_some_and(|debug| switch(&debug) == Some(true)),
            search_path: environment.os("PATH").unwrap_or_default().to_owned(),
            data_dir: data_dir(environment, working_dir, &sources)?,
        })
    }

    /// The longest wait for the server: from a millisecond to a day.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(DEFAULT_TIMEOUT)
    }

    /// The directory of the private Redis, absolute if the working directory was.
    ///
    /// Fails when neither `NOTES_DATA_DIR` nor a home directory is known, which does not matter to
    /// who names a server.
    pub(crate) fn data_dir(&self) -> Result<&Path> {
        let text = "no directory is known for the notes: set NOTES_DATA_DIR to one, HOME, or REDIS_URL to use a server";
        let directory = self.data_dir.as_deref();
        directory.ok_or_else(|| Error(text.to_owned()))
    }
}

/// Reads the `.env` of the working directory, then the user's own. The error is a warning: why the
/// first was passed over.
fn files(
    environment: &Environment,
    working_dir: Option<&Path>,
) -> ([Result<Option<Source>>; 2], Option<Error>) {
    let mut passed_over = None;
    let own_dir = own_dir(environment);
    let working_file = match working_dir {
        None => {
            let text = format!("{NO_WORKING_DIR}, so no ./.env is read");
            passed_over = Some(Error(text));
            Ok(None)
        }
        // There it is the user's own.
        Some(_) if own_dir.as_deref() == working_dir => Ok(None),
        Some(directory) => Source::working_file(directory, |error| passed_over = Some(error)),
    };
    let own_file = own_dir.map_or(Ok(None), |directory| Source::own_file(&directory));
    ([working_file, own_file], passed_over)
}

const NO_WORKING_DIR: &str = "the working directory cannot be found (was it deleted?)";

fn own_dir(environment: &Environment) -> Option<PathBuf> {
    environment.notes_dir("XDG_CONFIG_HOME", ".config")
}

/// The value of the first of these variables that any source has.
fn first(variables: &[&str], sources: &[Source]) -> Result<Option<Setting>> {
    let pairs = variables
        .iter()
        .flat_map(|it| sources.iter().map(move |source| (source, it)));
    let mut values = pairs.map(|(source, variable)| source.text(variable));
    values.find_map(Result::transpose).transpose()
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const EXPECTED_TIMEOUT: &str = "a number of seconds from 0.001 to 86400, such as 5 or 0.5";

fn timeout(flags: &Flags, sources: &[Source]) -> Result<Option<Duration>> {
    if flags.timeout.is_some() {
        return Ok(flags.timeout);
    }
    let setting = first(&["NOTES_TIMEOUT"], sources)?;
    let timeout = setting.map(|it| seconds(&it.value).ok_or_else(|| it.must_be(EXPECTED_TIMEOUT)));
    timeout.transpose()
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
    let possible = Duration::from_millis(1)..=Duration::from_secs(24 * 60 * 60);
    possible.contains(&timeout).then_some(timeout)
}

fn wait_replicas(sources: &[Source]) -> Result<u32> {
    let Some(setting) = first(&["NOTES_WAIT_REPLICAS"], sources)? else {
        return Ok(0);
    };
    let count = setting.value.trim().parse();
    count.map_err(|_| setting.must_be("a number of replicas, from 0 up"))
}

fn journal_off(sources: &[Source]) -> Result<Option<String>> {
    let Some(setting) = first(&["NOTES_JOURNAL"], sources)? else {
        return Ok(None);
    };
    match switch(&setting.value) {
        Some(is_on) => Ok((!is_on).then_some(setting.origin)),
        // Nobody who meant to switch it off should be kept a journal for.
        None => Err(setting.must_be("on or off")),
    }
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
    working_dir: Option<&Path>,
    sources: &[Source],
) -> Result<Option<PathBuf>> {
    const VARIABLE: &str = "NOTES_DATA_DIR";
    let home = environment.home();
    if let Some(value) = environment.os(VARIABLE) {
        // Taken without the way over text, for a path need not be UTF-8.
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

/// Returns the path from `base`, or from `home` if it begins with a `~`: no shell replaces that in a
/// `.env`, and a directory of that very name would be dangerous to remove. `None` where a home
/// directory would be needed and there is none.
///
/// Fails on a relative path where `base` is a working directory that was deleted.
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
