//! Reads a `.env` file, one assignment a line, by the rules of python-dotenv 1.2, so that one file
//! serves `notes` and the service that it replaces. The process environment is not changed.
//!
//! `dotenvy` reads several common lines in another way, or refuses them (`K=p$ss`, `K = v`,
//! `K=a'b`). So lines are split here, and `dotenvy` decodes quoted values. The file may be a
//! stranger's: no error holds any of its text.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind::{NotADirectory, NotFound};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::Chars;

use rustix::fs::OFlags;

use super::setting::{Assignments, Setting};
use super::{Error, Result};

/// The advice for a value that cannot be read, up to the number of the line.
type Advice = &'static str;
const CHECK_QUOTES: Advice = "check the quotes in";
const WRITE_OUT: Advice = "write out the ${NAME} in";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The reason that a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("it is not a regular file")]
    NoFile,
    #[error("it is larger than 1 MiB")]
    TooLarge,
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Returns the bytes of the file at `path`. `None` if there is none, or a directory: Python's virtual
/// environments are often called `.env`.
///
/// Does not wait for the writer of a pipe.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Ok(None),
        // Not opened, which alone has an effect on some devices.
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

/// Reads the wanted assignments in the bytes of a file. The last line for a name counts. `shown` is
/// the path of the file in messages.
pub(super) fn decode(
    bytes: Vec<u8>,
    shown: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Assignments> {
    let text = String::from_utf8(bytes).map_err(|_| {
        let name = shown.display();
        Error(format!("{name} is not UTF-8 text: save it as UTF-8"))
    })?;
    Ok(parse(&text, shown, is_wanted))
}

pub(super) fn parse(text: &str, shown: &Path, is_wanted: impl Fn(&str) -> bool) -> Assignments {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let path = shown.display();
    let mut assignments = Assignments::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (name, rest) = split_name(line);
        if !is_wanted(name) {
            continue;
        }
        let setting = match parse_value(rest) {
            Ok(value) => Ok(Setting {
                value,
                origin: format!("{name} in {path}"),
                line: Some(number),
            }),
            Err(advice) => Err(Error(format!(
                "the value of {name} cannot be read: {advice} line {number} of {path}"
            ))),
        };
        assignments.insert(name.to_owned(), setting);
    }
    assignments
}

/// Splits a line into the name and the rest, from the equals sign on.
fn split_name(line: &str) -> (&str, &str) {
    let line = line.trim();
    let line = match line.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => line,
    };
    let end = line.find(|c: char| matches!(c, '=' | '#') || c.is_whitespace());
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    (name, rest.trim_start())
}

/// Reads the value from the rest of a line. It is empty without an equals sign.
fn parse_value(rest: &str) -> Result<String, Advice> {
    let Some(text) = rest.strip_prefix('=') else {
        return is_end(rest).then(String::new).ok_or(CHECK_QUOTES);
    };
    let mut chars = text.trim_start().chars();
    let value = match chars.next() {
        Some(quote @ ('\'' | '"')) => parse_quoted(chars, quote).ok_or(CHECK_QUOTES)?,
        _ => strip_comment(text).trim().to_owned(),
    };
    // python-dotenv replaces it by the value of another variable, also within quotes.
    let reference = value.split_once("${").map(|(_, inside)| inside);
    if reference.is_some_and(|inside| inside.contains('}')) {
        return Err(WRITE_OUT);
    }
    Ok(value)
}

/// Removes a comment: a `#` after white space, also that of an empty value.
fn strip_comment(text: &str) -> &str {
    for (at, _) in text.match_indices('#') {
        let before = text.split_at(at).0;
        if before.ends_with(char::is_whitespace) {
            return before;
        }
    }
    text
}

/// Returns true if the rest of a line is empty or a comment.
fn is_end(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// Reads the value after a quote. `None` if the quote is not closed, or something follows it.
///
/// python-dotenv knows the escapes below, keeps the backslash of any other, and keeps a `$`. `dotenvy`
/// knows the same escapes in double quotes, refuses others, and replaces `$NAME`.
fn parse_quoted(mut chars: Chars<'_>, quote: char) -> Option<String> {
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
    // An error holds the text, and must not leave this function.
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
