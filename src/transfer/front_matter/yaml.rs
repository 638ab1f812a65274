//! YAML front matter, a name and its value at a time. The one place that names saphyr-parser.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::{Property, Value};
use crate::note::FIELDS;
use crate::transfer::fields::REST;

/// The most characters of a name: YAML parsers need not look further for the colon.
const LONGEST_NAME: usize = 1_000;

/// The most names that are read: more are no front matter.
const MOST_NAMES: usize = 200_000;

/// Returns true if a name can stand in front matter.
pub(in crate::transfer) fn can_name(name: &str) -> bool {
    !name.is_empty() && quoted(name).len() <= LONGEST_NAME
}

/// Writes front matter with these values, and a list below them.
pub(in crate::transfer) fn encode<'a>(
    values: impl Iterator<Item = (&'a str, &'a str)>,
    list: Option<(&str, &[&str])>,
) -> String {
    let mut text = "---\n".to_owned();
    for (name, value) in values {
        let value = quoted(value);
        let is_plain = FIELDS.contains(&name) || name == REST;
        let name = if is_plain { name } else { &quoted(name) };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    }
    if let Some((name, items)) = list {
        let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
        let _ = writeln!(text, "{name}: [{}]", items.join(", "));
    }
    text.push_str("---\n");
    text
}

/// Reads the names and values of a head.
///
/// Each is parsed by itself, so that one that is not valid does not affect the others. That leaves no
/// anchor to refer to: the result is never larger than the text.
pub(super) fn properties(head: &str) -> Vec<Property> {
    let mut properties = Vec::new();
    let (mut line, mut at) = (2, 0);
    for lines in blocks(head).into_iter().take(MOST_NAMES) {
        let skipped = head.get(at..lines.start).unwrap_or_default();
        line += skipped.matches('\n').count() as u64;
        at = lines.start;
        let block = head.get(lines.clone()).unwrap_or_default();
        if let Some((name, _)) = block.split_once(':') {
            let name = name.trim().trim_matches(['"', '\'']).to_owned();
            properties.push(property(block, name, lines, line));
        }
    }
    properties
}

/// Finds the lines of each name: the one that it begins, and those below it that are indented, blank, or
/// go on with a list.
fn blocks(head: &str) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let (mut at, mut is_in_block) = (0, false);
    for line in head.split_inclusive('\n') {
        let end = at + line.len();
        let text = line.trim_end();
        let goes_on =
            line.starts_with([' ', '\t', ']', '}']) || text == "-" || line.starts_with("- ");
        if line.starts_with('#') {
            is_in_block = false;
        } else if text.is_empty() || goes_on {
            if let Some(block) = blocks
                .last_mut()
                .filter(|_| is_in_block && !text.is_empty())
            {
                block.end = end;
            }
        } else {
            blocks.push(at..end);
            is_in_block = true;
        }
        at = end;
    }
    blocks
}

fn property(block: &str, name: String, lines: Range<usize>, line: u64) -> Property {
    let mut block = Block {
        events: Parser::new_from_str(block),
        scalars: Vec::new(),
        text: block,
    };
    let (name, value) = match block.pair() {
        Ok((name, value)) => (name, value),
        Err(reason) => (name, Value::Unknown(reason)),
    };
    let has_more = block.has_comment();
    Property {
        name,
        value,
        lines,
        line,
        has_more,
    }
}

/// The lines of one name.
struct Block<'t> {
    events: Parser<'t, StrInput<'t>>,
    /// The places of all texts, in characters.
    scalars: Vec<Range<usize>>,
    text: &'t str,
}

impl<'t> Block<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), String> {
        match self.events.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(error.info().to_owned()),
            None => Err("it ends too early".to_owned()),
        }
    }

    /// Reads the one name and its value.
    fn pair(&mut self) -> Result<(String, Value), String> {
        loop {
            match self.next()?.0 {
                Event::StreamStart | Event::DocumentStart(_) => {}
                Event::MappingStart(..) => break,
                _ => return Err("only names and values are expected".to_owned()),
            }
        }
        let name = match self.next()? {
            (Event::Scalar(name, _, 0, None), span) => self.scalar(name, span),
            _ => return Err("a name that is no text".to_owned()),
        };
        let value = self.value(1)?;
        match self.next()?.0 {
            Event::MappingEnd => {}
            _ => return Err(format!("more than the value of `{name}`")),
        }
        match self.next()?.0 {
            Event::DocumentEnd | Event::StreamEnd => Ok((name, value)),
            _ => Err(format!("more than the value of `{name}`")),
        }
    }

    fn scalar(&mut self, text: Cow<'_, str>, span: Span) -> String {
        self.scalars.push(span.start.index()..span.end.index());
        text.into_owned()
    }

    /// Reads a value: a text, a list of texts, or names with such values.
    fn value(&mut self, depth: usize) -> Result<Value, String> {
        match self.next()? {
            (Event::Scalar(text, style, 0, None), span) => {
                let is_null =
                    style == ScalarStyle::Plain && matches!(&*text, "~" | "null" | "Null" | "NULL");
                let text = self.scalar(text, span);
                Ok(Value::Text(if is_null { String::new() } else { text }))
            }
            (Event::SequenceStart(0, None), _) => self.list(),
            (Event::MappingStart(0, None), _) if depth == 1 => {
                let mut values = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, _) => return Ok(Value::Map(values)),
                        (Event::Scalar(name, _, 0, None), span) => {
                            let name = self.scalar(name, span);
                            values.push((name, self.value(depth + 1)?));
                        }
                        _ => return Err("a name that is no text".to_owned()),
                    }
                }
            }
            _ => Err("neither a text nor a list of texts".to_owned()),
        }
    }

    /// Reads a list. One list with texts in it is a link without quotes, as in `date: [[2024-01-15]]`.
    fn list(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (Event::Scalar(text, style, 0, None), span) => {
                    let is_null = style == ScalarStyle::Plain && matches!(&*text, "~" | "null");
                    let text = self.scalar(text, span);
                    items.push(if is_null { String::new() } else { text });
                }
                (Event::SequenceStart(0, None), _) => match self.inner_list()? {
                    inner if inner.is_empty() => {}
                    inner => items.push(format!("[[{}]]", inner.join(", "))),
                },
                _ => return Err("neither a text nor a list of texts".to_owned()),
            }
        }
    }

    fn inner_list(&mut self) -> Result<Vec<String>, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (Event::Scalar(text, _, 0, None), span) => items.push(self.scalar(text, span)),
                _ => return Err("neither a text nor a list of texts".to_owned()),
            }
        }
    }

    /// Returns true if there is a `#` outside of the texts.
    fn has_comment(&self) -> bool {
        if !self.text.contains('#') {
            return false;
        }
        let mut scalars = self.scalars.iter().peekable();
        for (at, _) in self.text.chars().enumerate().filter(|(_, c)| *c == '#') {
            while scalars.next_if(|scalar| scalar.end <= at).is_some() {}
            if !scalars.peek().is_some_and(|scalar| scalar.contains(&at)) {
                return true;
            }
        }
        false
    }
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
