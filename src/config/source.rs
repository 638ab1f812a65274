//! The sources of settings: flags, the environment, and `.env` files. The meaning of a variable is
//! decided elsewhere.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::env_file::{self, Unreadable};
use super::setting::{Assignments, Setting};
use super::variables::{ReadFrom, VARIABLES, Variable};
use super::{Error, Result, absolute};
use crate::secret::Secret;

/// The environment variables of the process. An empty one counts as unset.
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    pub(crate) fn from_process() -> Self {
        std::env::vars_os().collect()
    }

    /// Returns the value of a variable, if it is UTF-8.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.os(name)?.to_str()
    }

    pub(crate) fn os(&self, name: &str) -> Option<&OsStr> {
        let value = self.0.get(OsStr::new(name))?;
        Some(value.as_os_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn home(&self) -> Option<PathBuf> {
        self.absolute("HOME")
    }

    /// Returns the directory `notes` in the directory that `variable` names, or else in `below_home`.
    /// By the [XDG] rules a relative path counts as unset.
    ///
    /// [XDG]: https://specifications.freedesktop.org/basedir-spec/latest/
    pub(super) fn notes_dir(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        let named = self.absolute(variable);
        let base = named.or_else(|| Some(self.home()?.join(below_home)))?;
        Some(base.join("notes"))
    }

    fn absolute(&self, name: &str) -> Option<PathBuf> {
        let path = self.os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let pairs = variables.into_iter();
        Self(pairs.map(|(name, it)| (name.into(), it.into())).collect())
    }
}

/// A place where variables are set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Flag,
    Environment,
    /// `.env` in the working directory.
    WorkingDir,
    /// The user's own `.env`.
    OwnDir,
}

impl Place {
    /// Returns true if a file in this place may set the variable.
    fn may_set(self, name: &str) -> bool {
        let Some(variable) = VARIABLES.iter().find(|variable| variable.name == name) else {
            return false;
        };
        match variable.read_from {
            ReadFrom::Anywhere => true,
            ReadFrom::UsersPlaces => self == Self::OwnDir,
            ReadFrom::Environment => false,
        }
    }
}

/// The variables that are set in one place.
pub(super) struct Source {
    pub(super) place: Place,
    /// The base of relative paths. `None` if the working directory was deleted.
    directory: Option<PathBuf>,
    assignments: Assignments,
}

impl Source {
    /// `--redis-url`.
    pub(super) fn url(url: &Secret, working_dir: Option<&Path>) -> Self {
        let setting = Setting {
            value: url.expose().to_owned(),
            origin: "--redis-url".to_owned(),
            line: None,
        };
        Self {
            place: Place::Flag,
            directory: working_dir.map(Path::to_owned),
            assignments: [("REDIS_URL".to_owned(), Ok(setting))].into(),
        }
    }

    pub(super) fn environment(environment: &Environment, working_dir: Option<&Path>) -> Self {
        let mut assignments = Assignments::new();
        for Variable { name, .. } in VARIABLES {
            let Some(value) = environment.os(name) else {
                continue;
            };
            let setting = Setting {
                value: value.to_string_lossy().into_owned(),
                origin: format!("{name} in the environment"),
                line: None,
            };
            let setting = match value.to_str() {
                Some(_) => Ok(setting),
                None => Err(setting.must_be("UTF-8 text")),
            };
            assignments.insert((*name).to_owned(), setting);
        }
        Self {
            place: Place::Environment,
            directory: working_dir.map(Path::to_owned),
            assignments,
        }
    }

    /// Reads the user's own `.env` in `directory`, if there is one.
    pub(super) fn own_file(directory: &Path) -> Result<Option<Self>> {
        let path = directory.join(".env");
        let name = path.display();
        let bytes = env_file::read(&path).map_err(|error| match error {
            Unreadable::NoFile => Error(format!(
                "{name} is not a regular file: replace it by one, or remove it"
            )),
            Unreadable::TooLarge => Error(format!("cannot read {name}: {error}")),
            Unreadable::Io(_) => Error(format!(
                "cannot read {name}: {error}; make it readable, or set HOME to your own home"
            )),
        })?;
        match bytes {
            Some(bytes) => Self::parse_file(bytes, directory, &path, Place::OwnDir).map(Some),
            None => Ok(None),
        }
    }

    /// Reads the `.env` of the working directory, if there is one. Skips a file that cannot be read, and
    /// calls `warn` with the reason: the directory may be a stranger's.
    pub(super) fn working_file(directory: &Path, warn: impl FnOnce(Error)) -> Result<Option<Self>> {
        let shown = Path::new("./.env");
        match env_file::read(&directory.join(".env")) {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) => {
                Self::parse_file(bytes, directory, shown, Place::WorkingDir).map(Some)
            }
            Err(error) => {
                warn(Error(format!("skipped {}: {error}", shown.display())));
                Ok(None)
            }
        }
    }

    fn parse_file(bytes: Vec<u8>, directory: &Path, shown: &Path, place: Place) -> Result<Self> {
        Ok(Self {
            place,
            directory: Some(directory.to_owned()),
            assignments: env_file::decode(bytes, shown, |name| place.may_set(name))?,
        })
    }

    /// Returns true unless a stranger may have written it, as the `.env` of the working directory.
    pub(super) fn is_trusted(&self) -> bool {
        self.place != Place::WorkingDir
    }

    /// Returns the value of a variable, if it is set here and not empty.
    pub(super) fn get(&self, variable: &str) -> Result<Option<Setting>> {
        let setting = self.assignments.get(variable).cloned().transpose()?;
        Ok(setting.filter(|setting| !setting.value.is_empty()))
    }

    /// Returns the path that a variable is set to here.
    pub(super) fn path(&self, variable: &str, home: Option<&Path>) -> Result<Option<PathBuf>> {
        let Some(setting) = self.get(variable)? else {
            return Ok(None);
        };
        absolute(Path::new(&setting.value), self.directory.as_deref(), home)
    }
}
