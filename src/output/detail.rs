//! A note for people, or its parts as they are stored.
//!
//! On a terminal times are in words, and text is made safe, wrapped and styled; elsewhere everything is
//! as stored.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::markdown::{self, Long};
use super::{Stream, Style, age, sanitize};
use crate::note::Note;
use crate::note::text::below_empty_line;
use crate::timestamp;

/// The longest rule between two notes, in columns: one across a wide screen would distract.
const LONGEST_RULE: u16 = 80;

/// Writes notes for people, with a rule between two of them.
///
/// Each is its title, on a terminal the text of a Markdown heading, a line for each of its other fields as `name: value`, then a blank line and
/// its content with exactly one line feed at its end; a note without content ends before the blank
/// line. On a terminal times are shown to the minute, and as their age at `now`.
pub(crate) fn write_notes<'a>(
    out: &mut dyn Write,
    notes: impl IntoIterator<Item = &'a Note>,
    now: DateTime<Utc>,
    stream: &Stream,
) -> io::Result<()> {
    for (index, note) in notes.into_iter().enumerate() {
        if index > 0 {
            let rule = if stream.terminal {
                let width = stream.width_or_usual().min(LONGEST_RULE);
                "─".repeat(usize::from(width))
            } else {
                "---".to_owned()
            };
            writeln!(out, "\n{}\n", stream.paint(rule, Style::Faint))?;
        }
        write_note(out, note, now, stream)?;
    }
    Ok(())
}

/// Returns the id and the times of a note in short lines for a terminal; the ages come first, so that a
/// narrow one shows them.
pub(crate) fn short_header(note: &Note, now: DateTime<Utc>) -> Vec<String> {
    let mut lines = vec![sanitize::one_line(&note.id).into_owned()];
    for (name, stored) in [("updated", &note.updated_at), ("created", &note.created_at)] {
        let Some(stored) = stored else { continue };
        lines.push(match timestamp::parse(stored) {
            Some(time) => {
                let minute = timestamp::local(time).format("%Y-%m-%d %H:%M");
                format!("{name} {}, {minute}", age::in_words(time, now))
            }
            None => format!("{name} {}", sanitize::one_line(stored)),
        });
    }
    lines
}

/// Writes the title, a line feed and the content, as they were given to `add`. In a pipe they are the
/// same byte for byte.
pub(crate) fn write_raw(out: &mut dyn Write, note: &Note, stream: &Stream) -> io::Result<()> {
    write_field(out, note.title(), "\n", stream)?;
    write_field(out, note.content(), "", stream)
}

/// Writes the value of one field, and `ending` after it.
pub(crate) fn write_field(
    out: &mut dyn Write,
    value: &str,
    ending: &str,
    stream: &Stream,
) -> io::Result<()> {
    out.write_all(stream.multi_line(value).as_bytes())?;
    out.write_all(ending.as_bytes())
}

fn write_note(
    out: &mut dyn Write,
    note: &Note,
    now: DateTime<Utc>,
    stream: &Stream,
) -> io::Result<()> {
    let (title, content) = if stream.terminal {
        (note.heading(), below_empty_line(note.content()))
    } else {
        (note.title(), note.content())
    };
    let title = stream.one_line(title);
    if title.is_empty() && stream.terminal {
        writeln!(out, "{}", stream.paint("(no title)", Style::Faint))?;
    } else {
        writeln!(out, "{}", stream.paint(title, Style::Heading))?;
    }
    write_line(out, "id", &note.id, stream)?;
    for (name, time) in [("created", &note.created_at), ("updated", &note.updated_at)] {
        if let Some(time) = time {
            write_time(out, name, time, now, stream)?;
        }
    }
    for (name, value) in &note.other {
        write_line(out, name, value, stream)?;
    }
    // Made safe first, which removes a carriage return before the last line feed.
    let content = stream.multi_line(content);
    match content.trim_end_matches('\n') {
        "" => Ok(()),
        text if stream.terminal => {
            let styled = markdown::styled(text, Long::ByTerminal, stream);
            writeln!(out, "\n{styled}")
        }
        text => writeln!(out, "\n{text}"),
    }
}

fn write_line(out: &mut dyn Write, name: &str, value: &str, stream: &Stream) -> io::Result<()> {
    let line = format!("{}: {}", stream.one_line(name), stream.one_line(value));
    writeln!(out, "{}", stream.paint(line, Style::Faint))
}

/// Writes a stored time, on a terminal in local time and with its age, which gets a line of its own where
/// both are too wide. A time that cannot be read stays as it is.
fn write_time(
    out: &mut dyn Write,
    name: &str,
    stored: &str,
    now: DateTime<Utc>,
    stream: &Stream,
) -> io::Result<()> {
    let Some(time) = timestamp::parse(stored).filter(|_| stream.terminal) else {
        return write_line(out, name, stored, stream);
    };
    let minute = timestamp::local(time).format("%Y-%m-%d %H:%M %:z");
    let age = format!("({})", age::in_words(time, now));
    let line = format!("{minute} {age}");
    let indent = name.len() + ": ".len();
    if indent + line.len() <= usize::from(stream.width_or_usual()) {
        return write_line(out, name, &line, stream);
    }
    write_line(out, name, &minute.to_string(), stream)?;
    writeln!(out, "{:indent$}{}", "", stream.paint(age, Style::Faint))
}

#[cfg(test)]
mod tests;
