//! Reads a `.env` file into a value, by the grammar of python-dotenv 1.2, so that one file serves
//! `notes` and the service that it replaces. Nothing is put into the process environment.
//!
//! `dotenvy` reads several common lines otherwise, or refuses them (`K=p$ss`, `K = v`, `K=a'b`): so
//! a line is split here, and its value put into the dialect of `dotenvy`, which decodes it. The file
//! may be a stranger's: no error holds any of its text.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind::{InvalidData, NotADirectory, NotFound};
use std::path::{Path, PathBuf};

use super::source::Setting;
use super::{Error, Result};
use crate::secret::Secret;

/// What the user is to do about a value that cannot be read, up to the number of the line.
type Advice = &'static str;
const CHECK_QUOTES: Advice = "check the quotes in";
const WRITE_OUT: Advice = "write out the ${NAME} in";

/// What a file says about the names that were asked for; the last line for a name counts.
#[derive(Debug)]
pub(super) struct EnvFile {
    shown: PathBuf,
    entries: BTreeMap<String, (usize, Result<Secret, Advice>)>,
}

impl EnvFile {
    /// Reads the file at `path`, or gives `None` where there is no file or a directory. `shown` is
    /// the path for messages. A bad line is no failure before its variable is asked for.
    pub(super) fn read(
        path: &Path,
        shown: &Path,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Self>> {
        let name = shown.display();
        // Asked before opening: opening a pipe without a writer never returns.
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Ok(None),
            Ok(found) if !found.is_file() => {
                let text = "is not a regular file: replace it by one, or remove it";
                return Err(Error(format!("{name} {text}")));
            }
            Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(None),
            Ok(_) | Err(_) => {}
        }
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            InvalidData => Error(format!("{name} is not UTF-8 text: save it as UTF-8")),
            _ => Error(format!("cannot read {name}: {error}")),
        })?;
        Ok(Some(Self::parse(&text, shown.to_owned(), is_wanted)))
    }

    pub(super) fn parse(text: &str, shown: PathBuf, is_wanted: impl Fn(&str) -> bool) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Python opens the file with universal newlines, inside quoted values too.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let entries = Lines {
            rest: &text,
            counted: &text,
            line: 1,
        }
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, entry)| (name.to_owned(), entry))
        .collect();
        Self { shown, entries }
    }

    /// The value of a variable, empty where the file names it without one.
    pub(super) fn get(&self, variable: &str) -> Result<Option<Setting>> {
        let Some((line, value)) = self.entries.get(variable) else {
            return Ok(None);
        };
        let path = self.shown.display();
        let value = value.as_ref().map_err(|advice| {
            let what = format!("the value of {variable} cannot be read");
            Error(format!("{what}: {advice} line {line} of {path}"))
        })?;
        Ok(Some(Setting {
            value: value.expose().to_owned(),
            origin: format!("{variable} in {path}"),
            line: Some(*line),
        }))
    }
}

/// The assignments of a text: a name, and its line and value.
///
/// What names nothing is passed over. What follows a bad value is read from the next line on, even
/// where a quote was left open.
struct Lines<'a> {
    rest: &'a str,
    /// What was left when lines were last counted.
    counted: &'a str,
    line: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (&'a str, (usize, Result<Secret, Advice>));

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.rest = self.rest.trim_start();
            let (passed, _) = self.counted.split_at(self.counted.len() - self.rest.len());
            self.line += passed.matches('\n').count();
            self.counted = self.rest;
            if self.rest.is_empty() {
                return None;
            }
            let name = self.name();
            let value = self.value().and_then(|value| self.at_end_of_line(value));
            if value.is_err() {
                self.take_while(|c| c != '\n');
            }
            if !name.is_empty() {
                return Some((name, (self.line, value.map(Secret::from))));
            }
        }
    }
}

impl<'a> Lines<'a> {
    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !accept(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn name(&mut self) -> &'a str {
        if let Some(rest) = self.rest.strip_prefix("export")
            && rest.starts_with(is_blank)
        {
            self.rest = rest;
            self.take_while(is_blank);
        }
        let name = self.take_while(|c| !matches!(c, '=' | '#') && !c.is_whitespace());
        let bare = name.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
        bare.unwrap_or(name)
    }

    /// The decoded value; empty where there is no equals sign.
    fn value(&mut self) -> Result<String, Advice> {
        self.take_while(is_blank);
        let Some(rest) = self.rest.strip_prefix('=') else {
            return Ok(String::new());
        };
        self.rest = rest;
        self.take_while(is_blank);
        let quote = self.rest.chars().next();
        let Some(quote) = quote.filter(|quote| matches!(quote, '\'' | '"')) else {
            // A comment begins with a `#` behind white space, also behind that of an empty value.
            self.take_while(|c| c != '\n');
            let (line, _) = rest.split_at(rest.len() - self.rest.len());
            let mut signs = line.match_indices('#').map(|(at, _)| line.split_at(at).0);
            let before = signs.find(|before| before.ends_with(char::is_whitespace));
            return decode(before.unwrap_or(line).trim(), None);
        };
        let inside = self.rest.strip_prefix(quote).unwrap_or_default();
        let mut is_escaped = false;
        let end = inside.find(|c| {
            let closes = c == quote && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            closes
        });
        let (inside, rest) = inside.split_at(end.ok_or(CHECK_QUOTES)?);
        self.rest = rest.strip_prefix(quote).unwrap_or(rest);
        decode(inside, Some(quote))
    }

    /// The value, unless text other than a comment follows it.
    fn at_end_of_line(&mut self, value: String) -> Result<String, Advice> {
        let behind = self.take_while(|c| c != '\n').trim_start();
        let is_end = behind.is_empty() || behind.starts_with('#');
        is_end.then_some(value).ok_or(CHECK_QUOTES)
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

/// What a value stands for, given the quotes that it stood in.
fn decode(text: &str, quote: Option<char>) -> Result<String, Advice> {
    let line = format!("VALUE=\"{}\"", in_dotenvys_dialect(text, quote));
    match dotenvy::from_read_iter(line.as_bytes()).next() {
        Some(Ok((_, value))) if is_expanded(&value) => Err(WRITE_OUT),
        Some(Ok((_, value))) => Ok(value),
        // Its error holds the text, and so must end here.
        Some(Err(_)) | None => Err(CHECK_QUOTES),
    }
}

/// The inside of a double-quoted value that dotenvy reads as python-dotenv reads this one.
///
/// dotenvy takes `\\`, `\"`, `\'`, `\$` and `\n` there, refuses other escapes and replaces `$NAME`;
/// python-dotenv knows those below, keeps the backslash of any other, and a `$` as it is.
fn in_dotenvys_dialect(text: &str, quote: Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && quote.is_some();
        let escape = if is_escape { chars.next() } else { None };
        match (escape, quote) {
            (Some(e @ ('\\' | '\'')), _) | (Some(e @ ('"' | 'n')), Some('"')) => {
                out.extend([c, e]);
            }
            (Some('a'), Some('"')) => out.push('\x07'),
            (Some('b'), Some('"')) => out.push('\x08'),
            (Some('f'), Some('"')) => out.push('\x0c'),
            (Some('r'), Some('"')) => out.push('\r'),
            (Some('t'), Some('"')) => out.push('\t'),
            (Some('v'), Some('"')) => out.push('\x0b'),
            (escape, _) => {
                for c in [Some(c), escape].into_iter().flatten() {
                    out.extend(matches!(c, '\\' | '"' | '$').then_some('\\'));
                    out.push(c);
                }
            }
        }
    }
    out
}

/// Whether python-dotenv would put another value in: for `${NAME}` or `${NAME:-default}`, in quotes
/// of either kind as well.
fn is_expanded(value: &str) -> bool {
    value.match_indices("${").any(|(at, start)| {
        let (_, inside) = value.split_at(at + start.len());
        let (name, default) = inside.split_once(':').unwrap_or((inside, ""));
        name.contains('}') || (default.starts_with('-') && default.contains('}'))
    })
}
