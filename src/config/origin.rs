//! A setting together with where it came from.

use std::fmt;
use std::path::PathBuf;

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A setting that nobody made.
    pub(super) const fn default(value: T) -> Self {
        let origin = Origin::Default;
        Self { value, origin }
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting {
            value: change(self.value),
            origin: self.origin,
        }
    }
}

/// Where a setting came from.
///
/// It is displayed as `--redis-url`, `REDIS_HOST in the environment`, `REDIS_URL in ./.env` or
/// `default`; the alternate form (`{:#}`) adds the line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line, with its dashes.
    Flag(&'static str),
    /// A variable of the process environment.
    Environment(&'static str),
    /// A line of a `.env` file.
    File {
        /// The file: `./.env` for the one in the working directory.
        path: PathBuf,
        /// The variable.
        variable: &'static str,
        /// The line that names the variable, from 1.
        line: usize,
    },
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(variable) => write!(f, "{variable} in the environment"),
            Self::File {
                path,
                variable,
                line,
            } => {
                write!(f, "{variable} in {}", path.display())?;
                if f.alternate() {
                    write!(f, " (line {line})")?;
                }
                Ok(())
            }
            Self::Default => f.write_str("default"),
        }
    }
}
