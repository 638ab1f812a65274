//! The result of a search for people: a line for each note and, below it, its lines that match, with the
//! matches marked. No line is wider than the terminal.

use std::io::{self, Write};
use std::ops::Range;

use console::measure_text_width;

use super::markdown::Markup;
use super::{ShownTime, Stream, Style, sanitize, short_id};
use crate::note::Note;
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
            let id = short_id(note, self.abbreviation);
            let id = stream.paint(sanitize::one_line(&id), Style::Id);
            let age = self.time.describe(note);
            let age = stream.paint(sanitize::one_line(&age), Style::Faint);
            let title = note.heading();
            let matches = self.query.matches(Field::Title, title);
            let tags = Markup::of_tags(title);
            let title = marked(title, 0..title.len(), &matches, &tags, stream);
            writeln!(out, "{}", stream.cut(&format!("{id}  {title}  {age}")))?;
            self.write_lines(out, note.content(), stream)?;
        }
        Ok(())
    }

    /// Writes the lines of a content that match.
    fn write_lines(&self, out: &mut dyn Write, content: &str, stream: &Stream) -> io::Result<()> {
        let matches = self.query.matches(Field::Content, content);
        if matches.is_empty() {
            return Ok(());
        }
        let markup = if stream.color {
            Markup::parse(content)
        } else {
            Markup::default()
        };
        let room = usize::from(stream.width_or_usual().saturating_sub(4));
        let mut begin = 0;
        for line in content.split_inclusive('\n') {
            let end = begin + line.trim_end_matches(['\n', '\r']).len();
            let first = matches.partition_point(|found| found.end <= begin);
            let in_line = matches[first..].iter().map_while(|found| {
                let part = found.start.max(begin)..found.end.min(end);
                (found.start < end).then_some(part)
            });
            let in_line: Vec<_> = in_line.collect();
            if let Some(found) = in_line.first() {
                let cut = cut_before(content, begin, found, room);
                let text = marked(content, cut..end, &in_line, &markup, stream);
                let before = if cut > begin { "…" } else { "" };
                writeln!(out, "{}", stream.cut(&format!("    {before}{text}")))?;
            }
            begin += line.len();
        }
        Ok(())
    }
}

/// Returns the offset at which a line that begins at `begin` is cut, so that its first match is visible.
fn cut_before(text: &str, begin: usize, first: &Range<usize>, room: usize) -> usize {
    if measure_text_width(&text[begin..first.end]) <= room {
        return begin;
    }
    // A third of the line, if each character takes two columns.
    let before = text[begin..first.start].char_indices().rev();
    let kept = before.take(room / 6).last();
    kept.map_or(first.start, |(at, _)| begin + at)
}

/// Returns a part of the text made safe and styled, with the matches in it marked.
fn marked(
    text: &str,
    part: Range<usize>,
    matches: &[Range<usize>],
    markup: &Markup,
    stream: &Stream,
) -> String {
    let mut line = String::new();
    let mut done = part.start;
    for found in matches {
        markup.push(
            &mut line,
            text,
            done..found.start,
            sanitize::one_line,
            stream,
        );
        let words = sanitize::one_line(&text[found.clone()]);
        line += &stream.paint(words, Style::Match).to_string();
        done = found.end;
    }
    markup.push(&mut line, text, done..part.end, sanitize::one_line, stream);
    line
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
    fn tags_and_markdown_are_coloured_where_they_do_not_match() {
        let content = "**a\n*b* milk** #milk #b";
        let note = note(&[("title", "#a milk#x"), ("content", content)]);
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
        let bold = "\x1b[1;3m*b*\x1b[0m\x1b[1m \x1b[0m";
        let after = "\x1b[1m**\x1b[0m";
        assert_eq!(
            line,
            format!("    {bold}{milk}{after} {}{milk} {}", tag("#"), tag("#b"))
        );
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
