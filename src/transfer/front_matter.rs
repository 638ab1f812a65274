//! YAML front matter: the names and values between two lines of `---` at the head of a text. The one
//! place that names saphyr-parser.

use std::fmt::Write as _;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

/// The line above and below it.
const FENCE: &str = "---";

/// The most characters of a name: a YAML parser need not look further for its colon.
const LONGEST_NAME: usize = 1_000;

/// Whether a name can stand in front matter.
pub(super) fn can_name(name: &str) -> bool {
    !name.is_empty() && quoted(name).len() <= LONGEST_NAME
}

/// The front matter of these values, each of which is text.
pub(super) fn encode<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = format!("{FENCE}\n");
    for (name, value) in values {
        let value = quoted(value);
        // Writing to a string cannot fail.
        let _ = if is_plain(name) {
            writeln!(text, "{name}: {value}")
        } else {
            writeln!(text, "{}: {value}", quoted(name))
        };
    }
    text.push_str(FENCE);
    text.push('\n');
    text
}

/// Splits a file into its front matter and what is below it, if it has any.
pub(super) fn split(file: &[u8]) -> Option<(&[u8], &[u8])> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut lines = file.split_inclusive(|byte| *byte == b'\n');
    let is_fence = |line: &[u8]| line.trim_ascii_end() == FENCE.as_bytes();
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

/// The names and values, in order; a list is its items with commas between them. Fails with the line,
/// from 1, and what is wrong there. Aliases and what is nested deeper are refused, so that the result
/// is never larger than the text.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, (u64, String)> {
    let mut events = Events(Parser::new_from_str(text));
    loop {
        match events.next()? {
            (_, Event::StreamStart | Event::DocumentStart(_)) => {}
            (_, Event::MappingStart(..)) => break,
            (_, Event::StreamEnd | Event::DocumentEnd) => return Ok(Vec::new()),
            (line, _) => return Err((line, "names and values are expected".to_owned())),
        }
    }
    let mut values = Vec::new();
    loop {
        match events.next()? {
            (_, Event::MappingEnd) => break,
            (_, Event::Scalar(name, ..)) => {
                let value = events.value(&name)?;
                values.push((name.into_owned(), value));
            }
            (line, _) => return Err((line, "a name that is no text".to_owned())),
        }
    }
    loop {
        match events.next()? {
            (_, Event::DocumentEnd) => {}
            (_, Event::StreamEnd) => return Ok(values),
            (line, _) => return Err((line, "more than names and values".to_owned())),
        }
    }
}

struct Events<'a>(Parser<'a, StrInput<'a>>);

impl<'a> Events<'a> {
    /// The next event and the line that it begins in.
    fn next(&mut self) -> Result<(u64, Event<'a>), (u64, String)> {
        match self.0.next_event() {
            Some(Ok((event, span))) => Ok((line(span.start.line()), event)),
            Some(Err(error)) => Err((line(error.marker().line()), error.info().to_owned())),
            None => Ok((1, Event::StreamEnd)),
        }
    }

    fn value(&mut self, name: &str) -> Result<String, (u64, String)> {
        let mut items = Vec::new();
        let mut in_list = false;
        loop {
            match self.next()? {
                (_, Event::Scalar(text, style, ..)) => {
                    let is_null = style == ScalarStyle::Plain && matches!(&*text, "~" | "null");
                    items.push(if is_null {
                        String::new()
                    } else {
                        text.into_owned()
                    });
                }
                (_, Event::SequenceStart(..)) if !in_list => in_list = true,
                (_, Event::SequenceEnd) => in_list = false,
                (line, _) => {
                    return Err((
                        line,
                        format!("`{name}` is neither a text nor a list of texts"),
                    ));
                }
            }
            if !in_list {
                return Ok(items.join(", "));
            }
        }
    }
}

fn line(line: usize) -> u64 {
    line.try_into().unwrap_or(u64::MAX)
}

/// A text between double quotes as JSON and every version of YAML understand it.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for c in json.chars() {
        // JSON leaves these as they are; YAML takes them for line ends, or does not allow them.
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

/// Whether a name needs no quotes, and means nothing but itself in any version of YAML.
fn is_plain(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&name.to_ascii_lowercase().as_str())
}
