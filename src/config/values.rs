//! The values of single settings, read from the first source that sets them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;

use super::paths::absolute;
use super::setting::{Error, Result, Setting};
use super::source::{Environment, Source};
use crate::unicode::is_blank;

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

pub(super) fn first_value(variables: &[&str], sources: &[Source]) -> Result<Option<String>> {
    Ok(first(variables, sources)?.map(|setting| setting.value))
}

const EXPECTED_TIMEOUT: &str = "a number of seconds from 0.001 to 86400, such as 5 or 0.5";

pub(super) fn read_timeout(sources: &[Source]) -> Result<Option<Duration>> {
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

pub(super) fn read_wait_replicas(sources: &[Source]) -> Result<u32> {
    let Some(setting) = first(&["NOTES_WAIT_REPLICAS"], sources)? else {
        return Ok(0);
    };
    let count = setting.value.trim().parse();
    count.map_err(|_| setting.must_be("a number of replicas, from 0 up"))
}

pub(super) fn read_journal_off(sources: &[Source]) -> Result<Option<String>> {
    let Some(setting) = first(&["NOTES_JOURNAL"], sources)? else {
        return Ok(None);
    };
    match parse_switch(&setting.value) {
        Some(is_on) => Ok((!is_on).then_some(setting.origin)),
        // A typo must not keep a journal that the user meant to turn off.
        None => Err(setting.must_be("on or off")),
    }
}

pub(super) fn read_today(sources: &[Source]) -> Result<Option<String>> {
    let Some(setting) = first(&["NOTES_TODAY"], sources)? else {
        return Ok(None);
    };
    if is_format_of_title(&setting.value) {
        return Ok(Some(setting.value));
    }
    Err(setting.must_be("a format of strftime that makes one line, such as %Y-%m-%d"))
}

/// Returns true if every date has a title in this format.
fn is_format_of_title(format: &str) -> bool {
    let mut title = String::new();
    let written = write!(title, "{}", DateTime::UNIX_EPOCH.format(format));
    written.is_ok() && !is_blank(&title) && !title.contains(char::is_control)
}

pub(super) fn parse_switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Some(true),
        "off" | "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// Returns the data directory. `None` if a home directory is needed and there is none.
pub(super) fn find_data_dir(
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
            let base = environment.config_dir();
            absolute(Path::new(&setting.value), base.as_deref(), home.as_deref())
        }
        None => Ok(environment.notes_dir("XDG_DATA_HOME", ".local/share")),
    }
}
