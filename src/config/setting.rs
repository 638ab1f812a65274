//! The text of a variable, and where it was set.

use std::collections::BTreeMap;

use super::{Error, Result};

/// The variables that one source sets, by name. A value that cannot be read is an error only once its
/// variable is asked for.
pub(super) type Assignments = BTreeMap<String, Result<Setting>>;

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
    /// Returns the error for a value that is not what it must be.
    pub(super) fn must_be(&self, expected: &str) -> Error {
        self.error(&format!("must be {expected}"))
    }

    /// Returns the error that says this of the setting.
    pub(super) fn error(&self, predicate: &str) -> Error {
        let line = self.line.map(|line| format!(" (line {line})"));
        let (origin, line) = (&self.origin, line.unwrap_or_default());
        Error(format!("{origin}{line} {predicate}"))
    }
}
