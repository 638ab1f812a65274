//! Where variables are set. What a variable means is not known here.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use super::env_file::EnvFile;
use super::variables::{ReadFrom, VARIABLES};
use super::{Result, bad_value};
use crate::secret::Secret;

/// The variables that a process was started with; an empty one is as good as none.
///
/// `Debug` shows the names alone, for values may be secret.
#[derive(Clone, Default)]
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

    pub(crate) fn path(&self) -> Option<&OsStr> {
        self.os("PATH")
    }

    pub(super) fn home(&self) -> Option<PathBuf> {
        self.absolute("HOME")
    }

    /// Where the user's settings are kept, by the [XDG] rules: a relative path counts as unset.
    ///
    /// [XDG]: https://specifications.freedesktop.org/basedir-spec/latest/
    pub(super) fn config_home(&self) -> Option<PathBuf> {
        let named = self.absolute("XDG_CONFIG_HOME");
        named.or_else(|| Some(self.home()?.join(".config")))
    }

    pub(super) fn data_home(&self) -> Option<PathBuf> {
        let named = self.absolute("XDG_DATA_HOME");
        named.or_else(|| Some(self.home()?.join(".local/share")))
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

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

impl<T> Setting<T> {
    pub(super) fn default(value: T) -> Self {
        let origin = Origin::new("default");
        Self { value, origin }
    }
}

/// Where a setting came from: `--redis-url`, `REDIS_HOST in the environment`, `REDIS_URL in ./.env`
/// or `default`; the alternate form (`{:#}`) adds the line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(super) text: String,
    pub(super) line: Option<usize>,
}

impl Origin {
    pub(super) fn new(text: impl Into<String>) -> Self {
        let (text, line) = (text.into(), None);
        Self { text, line }
    }

    pub(super) fn environment(variable: &str) -> Self {
        Self::new(format!("{variable} in the environment"))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) if f.alternate() => write!(f, "{} (line {line})", self.text),
            _ => f.write_str(&self.text),
        }
    }
}

pub(super) enum Source<'a> {
    /// `--redis-url`.
    Url(&'a Secret),
    Environment(&'a Environment),
    /// The `.env` of the working directory, which may be a stranger's, or the user's own.
    File {
        file: EnvFile,
        is_the_users: bool,
    },
}

impl Source<'_> {
    /// What the `.env` of a directory sets and may set, if there is one.
    pub(super) fn read(directory: &Path, is_the_users: bool) -> Result<Option<Self>> {
        let path = directory.join(".env");
        let shown = if is_the_users {
            &path
        } else {
            Path::new("./.env")
        };
        let is_wanted = |name: &str| {
            let mut variables = VARIABLES.iter();
            variables.any(|variable| {
                variable.name == name
                    && match variable.read_from {
                        ReadFrom::Anywhere => true,
                        ReadFrom::UsersPlaces => is_the_users,
                        ReadFrom::Environment => false,
                    }
            })
        };
        let file = EnvFile::read(&path, shown, is_wanted)?;
        Ok(file.map(|file| Source::File { file, is_the_users }))
    }

    /// Whether the user alone decides what is set here.
    pub(super) fn is_the_users(&self) -> bool {
        !matches!(
            self,
            Self::File {
                is_the_users: false,
                ..
            }
        )
    }

    /// The value of a variable that is set here and not empty.
    pub(super) fn text(&self, variable: &str) -> Result<Option<Setting<String>>> {
        let environment = match self {
            Self::Environment(environment) => environment,
            Self::Url(url) => {
                let is_given = variable == "REDIS_URL" && !url.expose().is_empty();
                return Ok(is_given.then(|| Setting {
                    value: url.expose().to_owned(),
                    origin: Origin::new("--redis-url"),
                }));
            }
            Self::File { file, .. } => {
                let found = file.get(variable)?;
                return Ok(found.filter(|found| !found.value.is_empty()));
            }
        };
        let Some(value) = environment.os(variable) else {
            return Ok(None);
        };
        let origin = Origin::environment(variable);
        match value.to_str() {
            Some(value) => Ok(Some(Setting {
                value: value.to_owned(),
                origin,
            })),
            None => Err(bad_value(&origin, "UTF-8 text")),
        }
    }
}
