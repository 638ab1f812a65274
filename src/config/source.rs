//! Where variables are set. What a variable means is not known here.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::env_file::{self, Unreadable};
use super::variables::{ReadFrom, VARIABLES, Variable};
use super::{Error, Result, absolute};
use crate::secret::Secret;

/// The variables that a process was started with; an empty one is as good as none.
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    pub(crate) fn from_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The value of a variable that is UTF-8.
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

    /// The directory of `notes` in that which `variable` names, or else in `below_home`, by the [XDG]
    /// rules: a relative path counts as unset.
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

/// The text of a variable, and where it was set.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) value: String,
    /// `--redis-url`, `REDIS_HOST in the environment` or `REDIS_URL in ./.env`.
    pub(super) origin: String,
    /// The line of a file.
    pub(super) line: Option<usize>,
}

impl Setting {
    /// The error for a value that is not what it must be.
    pub(super) fn must_be(&self, expected: &str) -> Error {
        self.error(&format!("must be {expected}"))
    }

    /// The error that says this of the setting.
    pub(super) fn error(&self, predicate: &str) -> Error {
        let line = self.line.map(|line| format!(" (line {line})"));
        let (origin, line) = (&self.origin, line.unwrap_or_default());
        Error(format!("{origin}{line} {predicate}"))
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

/// What is set in one place.
pub(super) struct Source {
    pub(super) place: Place,
    /// Where relative paths begin; `None` where the working directory was deleted.
    directory: Option<PathBuf>,
    settings: env_file::Settings,
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
            settings: [("REDIS_URL".to_owned(), Ok(setting))].into(),
        }
    }

    pub(super) fn environment(environment: &Environment, working_dir: Option<&Path>) -> Self {
        let settings = VARIABLES.iter().filter_map(|Variable { name, .. }| {
            let value = environment.os(name)?;
            let setting = Setting {
                value: value.to_string_lossy().into_owned(),
                origin: format!("{name} in the environment"),
                line: None,
            };
            let setting = match value.to_str() {
                Some(_) => Ok(setting),
                None => Err(setting.must_be("UTF-8 text")),
            };
            Some(((*name).to_owned(), setting))
        });
        Self {
            place: Place::Environment,
            directory: working_dir.map(Path::to_owned),
            settings: settings.collect(),
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
        let bytes = bytes.map(|bytes| Self::of_file(bytes, directory, &path, Place::OwnDir));
        bytes.transpose()
    }

    /// Reads the `.env` of the working directory, if there is one. One that cannot be read is passed
    /// over, and `warn` gets the reason: the directory may be a stranger's.
    pub(super) fn working_file(directory: &Path, warn: impl FnOnce(Error)) -> Result<Option<Self>> {
        let shown = Path::new("./.env");
        match env_file::read(&directory.join(".env")) {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) => Self::of_file(bytes, directory, shown, Place::WorkingDir).map(Some),
            Err(error) => {
                warn(Error(format!(
                    "{} is passed over: {error}",
                    shown.display()
                )));
                Ok(None)
            }
        }
    }

    fn of_file(bytes: Vec<u8>, directory: &Path, shown: &Path, place: Place) -> Result<Self> {
        let may_set = |variable: &Variable| match variable.read_from {
            ReadFrom::Anywhere => true,
            ReadFrom::UsersPlaces => place == Place::OwnDir,
            ReadFrom::Environment => false,
        };
        let is_wanted = |name: &str| VARIABLES.iter().any(|it| it.name == name && may_set(it));
        Ok(Self {
            place,
            directory: Some(directory.to_owned()),
            settings: env_file::decode(bytes, shown, is_wanted)?,
        })
    }

    /// Returns true where the user alone decides what is set: the `.env` of the working directory may
    /// be a stranger's.
    pub(super) fn is_the_users(&self) -> bool {
        self.place != Place::WorkingDir
    }

    /// The value of a variable that is set here and not empty.
    pub(super) fn text(&self, variable: &str) -> Result<Option<Setting>> {
        let setting = self.settings.get(variable).cloned().transpose()?;
        Ok(setting.filter(|setting| !setting.value.is_empty()))
    }

    /// The path that a variable is set to here.
    pub(super) fn path(&self, variable: &str, home: Option<&Path>) -> Result<Option<PathBuf>> {
        let Some(setting) = self.text(variable)? else {
            return Ok(None);
        };
        absolute(Path::new(&setting.value), self.directory.as_deref(), home)
    }
}
