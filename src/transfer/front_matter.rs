//! YAML front matter: the names and values between two lines of `---` at the head of a text. The one
//! place that names saphyr-parser.

use std::fmt::Write as _;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::Unread;
use super::fields::REST;
use crate::note::FIELDS;

/// The line above and below it.
const FENCE: &str = "---";

/// The most characters of a name: YAML parsers need not look further for the colon.
const LONGEST_NAME: usize = 1_000;

/// Returns true if a name can stand in front matter.
pub(super) fn can_name(name: &str) -> bool {
    !name.is_empty() && quoted(name).len() <= LONGEST_NAME
}

/// Writes front matter with these values.
pub(super) fn encode<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = format!("{FENCE}\n");
    for (name, value) in values {
        let value = quoted(value);
        let is_plain = FIELDS.contains(&name) || name == REST;
        let name = if is_plain { name } else { &quoted(name) };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push_str(FENCE);
    text.push('\n');
    text
}

/// Splits a file into its front matter and what is below it, if it has any.
pub(super) fn split(file: &[u8]) -> Option<(&[u8], &[u8])> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut lines = file.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().filter(|line| is_fence(line))?;
    let mut end = first.len();
    for line in lines {
        if is_fence(line) {
            return Some((file.get(first.len()..end)?, file.get(end + line.len()..)?));
        }
        end += line.len();
    }
    None
}

/// Reads the names and values, in order; a list becomes its items with commas between them. Errors carry
/// the line in the file. Aliases and deeper nesting are refused, so that the result is never larger than
/// the text.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, Unread> {
    let mut events = Events(Parser::new_from_str(text));
    let mut values = Vec::new();
    let mut in_values = false;
    loop {
        match events.next()? {
            (_, Event::StreamEnd) => return Ok(values),
            (_, Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd) => {}
            (_, Event::MappingStart(..)) if values.is_empty() && !in_values => in_values = true,
            (_, Event::MappingEnd) => in_values = false,
            (_, Event::Scalar(name, ..)) if in_values => {
                let value = events.value(&name)?;
                values.push((name.into_owned(), value));
            }
            (line, _) if in_values => return Err(unread(line, "a name that is no text")),
            (line, _) => return Err(unread(line, "only names and values are expected")),
        }
    }
}

struct Events<'a>(Parser<'a, StrInput<'a>>);

impl<'a> Events<'a> {
    /// Returns the next event and the line that it begins in.
    fn next(&mut self) -> Result<(usize, Event<'a>), Unread> {
        match self.0.next_event() {
            Some(Ok((event, span))) => Ok((span.start.line(), event)),
            Some(Err(error)) => Err(unread(error.marker().line(), error.info())),
            None => Ok((1, Event::StreamEnd)),
        }
    }

    fn value(&mut self, name: &str) -> Result<String, Unread> {
        let mut items = Vec::new();
        let mut in_list = false;
        loop {
            match self.next()? {
                (_, Event::Scalar(text, style, ..)) => {
                    let is_null = style == ScalarStyle::Plain && matches!(&*text, "~" | "null");
                    items.push(if is_null { "".into() } else { text });
                }
                (_, Event::SequenceStart(..)) if !in_list => in_list = true,
                (_, Event::SequenceEnd) => in_list = false,
                (line, _) => {
                    let message = format!("`{name}` is neither a text nor a list of texts");
                    return Err(unread(line, &message));
                }
            }
            if !in_list {
                return Ok(items.join(", "));
            }
        }
    }
}

/// Returns an error in a line of the front matter, which begins in the second line of the file.
fn unread(line: usize, message: &str) -> Unread {
    Unread::new(format!("front matter: {message}")).at(line as u64 + 1)
}

fn is_fence(line: &[u8]) -> bool {
    line.trim_ascii_end() == FENCE.as_bytes()
}

/// Quotes a text so that JSON and every version of YAML understand it.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for c in json.chars() {
        // Allowed in JSON strings, but line ends or forbidden in YAML.
        let is_special = matches!(
            c,
            '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        );
        if is_special {
            // Writing to a string cannot fail.
            let _ = write!(quoted, "\\u{:04x}", u32::from(c));
        } else {
            quoted.push(c);
        }
    }
    quoted
}
