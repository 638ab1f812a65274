//! The places in which variables are set, and the rule of which may be set where.
//!
//! It knows nothing of what a variable means.

use std::ffi::OsStr;
use std::path::Path;

use super::environment::Environment;
use super::origin::{Origin, Setting};
use super::variables::{self, Privacy, ReadFrom, VARIABLES, Variable};
use super::{Error, bad_value};
use crate::config::env_file::{self, EnvFile};

/// A place in which variables are set.
pub(super) enum Source<'a> {
    Environment(&'a Environment),
    File(Place, EnvFile),
}

/// Where a `.env` file lies, which decides what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The working directory: the file may be a stranger's.
    WorkingDir,
    /// The user's own directory of settings.
    ConfigDir,
}

impl Place {
    fn may_set(self, variable: &Variable) -> bool {
        match variable.read_from {
            ReadFrom::Anywhere => true,
            ReadFrom::UsersPlaces => self == Self::ConfigDir,
            ReadFrom::Environment => false,
        }
    }

    /// Whether `${NAME}` in the file may stand for the variable of the environment.
    fn may_learn(self, variable: &Variable) -> bool {
        self == Self::ConfigDir || (self.may_set(variable) && variable.privacy == Privacy::Open)
    }
}

impl Source<'_> {
    /// Reads the `.env` of a directory; `None` where there is none.
    pub(super) fn read(
        place: Place,
        directory: &Path,
        environment: &Environment,
    ) -> Result<Option<Self>, env_file::Error> {
        let path = directory.join(".env");
        let shown = match place {
            Place::WorkingDir => Path::new("./.env"),
            Place::ConfigDir => &path,
        };
        let wanted = |name: &str| {
            variables::find(name)
                .is_some_and(|variable| variable.read_from != ReadFrom::Environment)
        };
        let outside = |name: &str| {
            variables::find(name).filter(|variable| place.may_learn(variable))?;
            environment.raw(name)?.to_str().map(str::to_owned)
        };
        let file = EnvFile::read(&path, shown, wanted, outside)?;
        Ok(file.map(|file| Source::File(place, file)))
    }

    /// Whether the user alone decides what is in this place.
    pub(super) fn is_the_users(&self) -> bool {
        !matches!(self, Self::File(Place::WorkingDir, _))
    }

    /// The value of a variable that is set here, may be set here, and is not empty.
    pub(super) fn text(&self, variable: &'static str) -> Result<Option<Setting<String>>, Error> {
        match self {
            Self::Environment(environment) => {
                let origin = Origin::Environment(variable);
                match environment.os(variable).map(OsStr::to_str) {
                    None => Ok(None),
                    Some(None) => Err(bad_value(origin, "UTF-8 text")),
                    Some(Some(value)) => {
                        let value = value.to_owned();
                        Ok(Some(Setting { value, origin }))
                    }
                }
            }
            Self::File(place, file) => {
                if !variables::find(variable).is_some_and(|known| place.may_set(known)) {
                    return Ok(None);
                }
                let found = file.get(variable)?;
                let found = found.filter(|found| !found.value.expose().is_empty());
                Ok(found.map(|found| Setting {
                    value: found.value.expose().to_owned(),
                    origin: origin_in(file, variable, found.line),
                }))
            }
        }
    }

    /// The variables that are set here but may not be.
    pub(super) fn refused(&self) -> Vec<Origin> {
        let Self::File(place, file) = self else {
            return Vec::new();
        };
        let refused = VARIABLES.iter().filter(|variable| !place.may_set(variable));
        refused
            .filter_map(|variable| {
                let found = file.get(variable.name).ok()??;
                let is_set = !found.value.expose().is_empty();
                is_set.then(|| origin_in(file, variable.name, found.line))
            })
            .collect()
    }
}

fn origin_in(file: &EnvFile, variable: &'static str, line: usize) -> Origin {
    let path = file.shown().to_owned();
    Origin::File {
        path,
        variable,
        line,
    }
}
