//! The result of a search for people: a line for each note and, below it, its lines that match, with the
//! matches marked. No line is wider than the terminal.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use console::measure_text_width;

use super::{ShownTime, Stream, Style, sanitize, short_id};
use crate::note::{Note, tag};
use crate::query::{Field, Query};

/// Writes the notes that a query found.
pub(crate) struct Matches {
    query: Query,
    abbreviation: usize,
    time: ShownTime,
}

impl Matches {
    /// `abbreviation` and `time` are as for the table.
    pub(crate) fn new(query: Query, abbreviation: usize, time: ShownTime) -> Self {
        Self {
            query,
            abbreviation,
            time,
        }
    }

    pub(crate) fn write(
        &self,
        out: &mut dyn Write,
        notes: &[Note],
        stream: &Stream,
    ) -> io::Result<()> {
        for note in notes {
            let id = short_id(&note.id, self.abbreviation);
            let id = stream.paint(sanitize::one_line(&id), Style::Id);
            let age = self.time.describe(note);
            let age = stream.paint(sanitize::one_line(&age), Style::Faint);
            let title = note.heading();
            let title = marked(title, &self.query.matches(Field::Title, title), stream);
            writeln!(out, "{}", stream.cut(&format!("{id}  {title}  {age}")))?;
            self.write_lines(out, note.content(), stream)?;
        }
        Ok(())
    }

    /// Writes the lines of a content that match.
    fn write_lines(&self, out: &mut dyn Write, content: &str, stream: &Stream) -> io::Result<()> {
        let matches = self.query.matches(Field::Content, content);
        let room = usize::from(stream.width_or_usual().saturating_sub(4));
        let mut begin = 0;
        for line in content.split_inclusive('\n') {
            let text = line.trim_end_matches(['\n', '\r']);
            let first = matches.partition_point(|found| found.end <= begin);
            let mut in_line = Vec::new();
            for found in matches.iter().skip(first) {
                if found.start >= begin + text.len() {
                    break;
                }
                let end = (found.end - begin).min(text.len());
                in_line.push(found.start.saturating_sub(begin)..end);
            }
            if let Some(found) = in_line.first() {
                let cut = cut_before(text, found, room);
                for found in &mut in_line {
                    *found = found.start - cut..found.end - cut;
                }
                let text = marked(text.get(cut..).unwrap_or_default(), &in_line, stream);
                let before = if cut > 0 { "…" } else { "" };
                writeln!(out, "{}", stream.cut(&format!("    {before}{text}")))?;
            }
            begin += line.len();
        }
        Ok(())
    }
}

/// Returns the offset at which a line is cut, so that its first match is visible.
fn cut_before(text: &str, first: &Range<usize>, room: usize) -> usize {
    let [before, up_to] = [first.start, first.end].map(|end| text.get(..end).unwrap_or_default());
    if measure_text_width(up_to) <= room {
        return 0;
    }
    // A third of the line, if each character takes two columns.
    let kept = before.char_indices().rev().take(room / 6);
    kept.last().map_or(first.start, |(at, _)| at)
}

/// Returns the text made safe, with the matches marked, and the tags that have none.
fn marked(text: &str, matches: &[Range<usize>], stream: &Stream) -> String {
    let mut spans: Vec<(Range<usize>, Style)> = Vec::new();
    for (at, tag) in tag::in_text(text) {
        let tag = at..at + 1 + tag.len();
        let next = matches.partition_point(|found| found.end <= tag.start);
        if matches.get(next).is_none_or(|found| tag.end <= found.start) {
            spans.push((tag, Style::Tag));
        }
    }
    spans.extend(matches.iter().map(|found| (found.clone(), Style::Match)));
    spans.sort_unstable_by_key(|(span, _)| span.start);
    let mut line = String::new();
    let mut done = 0;
    for (span, style) in spans {
        line += &safe_part(text, done..span.start);
        let part = safe_part(text, span.clone());
        line += &stream.paint(part, style).to_string();
        done = span.end;
    }
    line + &safe_part(text, done..text.len())
}

fn safe_part(text: &str, range: Range<usize>) -> Cow<'_, str> {
    sanitize::one_line(text.get(range).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::output::tests::{TERMINAL, nasty, note, written};
    use crate::timestamp;

    fn found(words: &[&str], notes: &[Note], width: u16, color: bool) -> String {
        let mut query = Query::default();
        for word in words {
            query.word(word).unwrap();
        }
        let stream = Stream {
            width: Some(width),
            color,
            ..TERMINAL
        };
        let now = timestamp::parse("2024-01-18T10:30:00+00:00").unwrap();
        let field = "updated_at";
        let matches = Matches::new(query, 1, ShownTime { field, now });
        written(|out| matches.write(out, notes, &stream))
    }

    fn shopping() -> Note {
        note(&[
            ("title", "Milk and more"),
            ("content", "eggs\nmilk, no milk\r\n\nbread"),
            ("updated_at", "2024-01-16T10:30:00+00:00"),
        ])
    }

    #[test]
    fn the_lines_that_match_stand_below_the_note_with_the_words_marked() {
        assert_eq!(
            found(&["milk"], &[shopping()], 80, false),
            "a  Milk and more  2 days ago\n    milk, no milk\n"
        );
        assert_eq!(
            found(&["milk", "bread"], &[shopping()], 80, true),
            "\x1b[33ma\x1b[0m  \x1b[1;31mMilk\x1b[0m and more  \x1b[2m2 days ago\x1b[0m\n    \
             \x1b[1;31mmilk\x1b[0m, no \x1b[1;31mmilk\x1b[0m\n    \x1b[1;31mbread\x1b[0m\n"
        );
    }

    #[test]
    fn tags_are_coloured_unless_they_match() {
        let note = note(&[("title", "#a milk#x"), ("content", "#milk #b")]);
        let text = found(&["milk"], &[note], 80, true);
        let [head, line] = text.lines().collect::<Vec<_>>()[..] else {
            panic!("{text}");
        };
        let tag = |tag: &str| format!("\x1b[36m{tag}\x1b[0m");
        let milk = "\x1b[1;31mmilk\x1b[0m";
        assert!(
            head.contains(&format!("{} {milk}#x", tag("#a"))),
            "{head:?}"
        );
        assert_eq!(line, format!("    #{milk} {}", tag("#b")));
    }

    #[test]
    fn a_long_line_is_cut_around_its_first_match() {
        let content = format!("{}needle{}", "買い物 ".repeat(40), " hay".repeat(40));
        let note = note(&[("title", "T"), ("content", &content)]);
        for width in [12, 20, 40, 80] {
            let text = found(&["needle"], std::slice::from_ref(&note), width, false);
            for line in text.lines() {
                assert!(line.width() <= usize::from(width), "{line}");
            }
            let line = text.lines().nth(1).unwrap();
            assert!(line.starts_with("    …") && line.ends_with('…'), "{line}");
            assert!(width < 20 || line.contains("needle"), "{line}");
        }
    }

    #[test]
    fn what_others_wrote_cannot_reach_the_terminal_raw() {
        let hostile = note(&[
            ("title", "a\x1b[2Jb"),
            ("content", "\x1b]0;x\x07 \u{202e}b"),
        ]);
        let text = found(&["b"], &[hostile], 80, false);
        assert_eq!(text, "a  a^[[2Jb\n    ^[]0;x^G \\u{202e}b\n");
        found(&["x"], &nasty(), 5, true);
    }
}
