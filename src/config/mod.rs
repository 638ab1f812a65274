//! The settings, and where each came from. The sources, in order: flags, the environment, `.env` in
//! the working directory, `notes/.env` in the user's configuration directory.
//!
//! An empty value counts as unset. Each setting comes from the first source that has it. Only the
//! server is taken as a whole: all its parts come from one source.

mod env_file;
mod paths;
mod server;
mod setting;
mod source;
#[cfg(test)]
mod tests;
mod values;
mod variables;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::paths::NO_WORKING_DIR;
pub(crate) use self::setting::Error;
use self::setting::Result;
pub(crate) use self::source::Environment;
use self::source::Source;
pub(crate) use self::values::parse_timeout;
use self::values::{
    find_data_dir, first_value, parse_switch, read_journal_off, read_timeout, read_today,
    read_wait_replicas,
};
pub use self::variables::{ReadFrom, VARIABLES, Variable};
use crate::redis_client::{Address, TlsFiles};
use crate::secret::Secret;

#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// Empty counts as not given.
    pub(crate) redis_url: Option<Secret>,
    pub(crate) timeout: Option<Duration>,
    /// As typed. They apply to any server.
    pub(crate) tls: TlsFiles,
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

const DEFAULT_TODAY: &str = "%Y-%m-%d";

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
    today: Option<String>,
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
            timeout: match flags.timeout {
                None => read_timeout(&sources)?,
                given => given,
            },
            wait_replicas: read_wait_replicas(&sources)?,
            editor: first_value(&["NOTES_EDITOR", "VISUAL", "EDITOR"], &sources)?,
            pager: first_value(&["NOTES_PAGER", "PAGER"], &sources)?,
            picker: first_value(&["NOTES_PICKER"], &sources)?,
            today: read_today(&sources)?,
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

    /// The format of the title that the note of a day has.
    pub(crate) fn today(&self) -> &str {
        self.today.as_deref().unwrap_or(DEFAULT_TODAY)
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
    let own_dir = environment.config_dir();
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
