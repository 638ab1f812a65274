//! Reads a `.env` file, an assignment a line, by the rules of python-dotenv 1.2, so that one file
//! serves `notes` and the service that it replaces. Nothing is put into the process environment.
//!
//! `dotenvy` reads several common lines otherwise, or refuses them (`K=p$ss`, `K = v`, `K=a'b`): so
//! a line is split here, and `dotenvy` decodes what is in quotes. The file may be a stranger's: no
//! error holds any of its text.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind::{NotADirectory, NotFound};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::Chars;

use rustix::fs::OFlags;

use super::source::Setting;
use super::{Error, Result};

/// What a file says about the names that were asked for; the last line for a name counts. A bad line
/// is no failure before its variable is asked for.
pub(super) type Settings = BTreeMap<String, Result<Setting>>;

/// What the user is to do about a value that cannot be read, up to the number of the line.
type Advice = &'static str;
const CHECK_QUOTES: Advice = "check the quotes in";
const WRITE_OUT: Advice = "write out the ${NAME} in";

/// The most that is read of a file, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("it is not a regular file")]
    NoFile,
    #[error("it is larger than 1 MiB")]
    TooLarge,
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Returns the bytes of the file at `path`, or `None` where there is no file or a directory, as
/// Python's virtual environments are often called `.env`.
///
/// Does not wait for the writer of a pipe.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Ok(None),
        // Not opened: that alone has an effect on some devices.
        Ok(found) if !found.is_file() => return Err(Unreadable::NoFile),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(None),
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    let file = open(path)?;
    // A pipe may have taken the place of the file.
    if !file.metadata()?.is_file() {
        return Err(Unreadable::NoFile);
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(Unreadable::TooLarge);
    }
    Ok(Some(bytes))
}

fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    // The bits are those of a C int.
    let flags = flags.cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Reads the assignments in the bytes of a file. `shown` is its path for messages.
pub(super) fn decode(
    bytes: Vec<u8>,
    shown: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Settings> {
    let text = String::from_utf8(bytes).map_err(|_| {
        let name = shown.display();
        Error(format!("{name} is not UTF-8 text: save it as UTF-8"))
    })?;
    Ok(parse(&text, shown, is_wanted))
}

pub(super) fn parse(text: &str, shown: &Path, is_wanted: impl Fn(&str) -> bool) -> Settings {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let path = shown.display();
    let mut settings = Settings::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (name, rest) = split_name(line);
        if !is_wanted(name) {
            continue;
        }
        let setting = match value(rest) {
            Ok(value) => Ok(Setting {
                value,
                origin: format!("{name} in {path}"),
                line: Some(number),
            }),
            Err(advice) => Err(Error(format!(
                "the value of {name} cannot be read: {advice} line {number} of {path}"
            ))),
        };
        settings.insert(name.to_owned(), setting);
    }
    settings
}

/// The name that a line sets, and what follows it from the equals sign on.
fn split_name(line: &str) -> (&str, &str) {
    let line = line.trim();
    let exported = line.strip_prefix("export");
    let exported = exported.filter(|rest| rest.starts_with(char::is_whitespace));
    let line = exported.map_or(line, str::trim_start);
    let end = line.find(|c: char| matches!(c, '=' | '#') || c.is_whitespace());
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    (name, rest.trim_start())
}

/// The value of a line without its name; empty where there is no equals sign.
fn value(rest: &str) -> Result<String, Advice> {
    let Some(text) = rest.strip_prefix('=') else {
        return is_end(rest).then(String::new).ok_or(CHECK_QUOTES);
    };
    let mut chars = text.trim_start().chars();
    let value = match chars.next() {
        Some(quote @ ('\'' | '"')) => quoted(chars, quote).ok_or(CHECK_QUOTES)?,
        _ => without_comment(text).trim().to_owned(),
    };
    // python-dotenv puts another value in, also within quotes.
    let reference = value.split_once("${").map(|(_, inside)| inside);
    if reference.is_some_and(|inside| inside.contains('}')) {
        return Err(WRITE_OUT);
    }
    Ok(value)
}

/// A comment begins with a `#` behind white space, also behind that of an empty value.
fn without_comment(text: &str) -> &str {
    let mut signs = text.match_indices('#').map(|(at, _)| text.split_at(at).0);
    let before = signs.find(|before| before.ends_with(char::is_whitespace));
    before.unwrap_or(text)
}

/// Whether no more is said on a line.
fn is_end(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// The value that begins behind a quote; none where it is not closed, or something follows it.
///
/// python-dotenv knows the escapes below and keeps the backslash of any other, and a `$` as it is.
/// In double quotes `dotenvy` knows the same, refuses others and replaces `$NAME`.
fn quoted(mut chars: Chars<'_>, quote: char) -> Option<String> {
    let mut line = "VALUE=\"".to_owned();
    loop {
        match chars.next()? {
            c if c == quote => break,
            '\\' => match chars.next()? {
                c @ ('\\' | '\'') => line.extend(['\\', c]),
                c @ ('"' | 'n') if quote == '"' => line.extend(['\\', c]),
                c => {
                    line.push_str("\\\\");
                    push_escaped(&mut line, c);
                }
            },
            c => push_escaped(&mut line, c),
        }
    }
    line.push('"');
    let mut lines = dotenvy::from_read_iter(line.as_bytes());
    // An error holds the text, and so must end here.
    let (_, value) = lines.next()?.ok()?;
    is_end(chars.as_str()).then_some(value)
}

fn push_escaped(line: &mut String, c: char) {
    if matches!(c, '"' | '$') {
        line.push('\\');
    }
    line.push(c);
}

#[cfg(test)]
mod tests;
