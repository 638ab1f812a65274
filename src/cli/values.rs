//! The values of options: numbers and times, with errors for users.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::config::{self, parse_timeout};

/// Parses a whole number.
pub(super) fn parse_number<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse()
        .map_err(|_| "expected a whole number from 0 up")
}

/// Parses the number of a step in the journal.
pub(super) fn parse_step(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "a step is a number from `notes log`")
}

/// A time that is given in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds(pub Duration);

impl FromStr for Seconds {
    type Err = config::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_timeout(text).map(Self)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_secs_f64().fmt(f)
    }
}
