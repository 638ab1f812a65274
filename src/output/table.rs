//! The list as a table for a terminal: a line a note, never wider than the terminal.
//!
//! Everything is made safe for a terminal, whatever the stream: a table is for people.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use comfy_table::{ColumnConstraint, ContentLineStyle, Row, Table, TableStyle, Width};

use super::{Stream, Style, age, sanitize, short_id};
use crate::note::Note;

/// The spaces between two cells.
const GAP: u16 = 2;

/// Separates two cells until they are written. It is a control character, so no cell contains it.
const SEPARATOR: char = '\u{1f}';

/// Put where characters are measured as one although many terminals draw them side by side. It has
/// no width, joins nothing, and is in no cell otherwise, since there it is made visible.
const BREAK: char = '\u{2069}';

const NAMES: [&str; 4] = ["ID", "TITLE", "UPDATED", "CONTENT"];
const STYLES: [Style; 4] = [Style::Id, Style::Plain, Style::Faint, Style::Plain];

/// A table of notes, written part by part.
///
/// The columns are the id's first characters, the title, when the note was changed last in words,
/// and the start of the content with its white space flattened. `…` says that a cell was cut. Where
/// there is no room the content goes first, then the age, then the title. No line is wider than a
/// stream of 2 columns or more; joined emoji count as all that they are made of, since many
/// terminals do not join them. The widths are those that the first part needs.
pub(crate) struct NoteTable {
    abbreviation: usize,
    now: DateTime<Utc>,
    widths: Option<[Option<u16>; 4]>,
}

impl NoteTable {
    /// `abbreviation` is how many characters of an id are shown, but 8 where it is less; ages are
    /// counted from `now`.
    pub(crate) fn new(abbreviation: usize, now: DateTime<Utc>) -> Self {
        Self {
            abbreviation,
            now,
            widths: None,
        }
    }

    /// Writes some more notes, in the order given, with a header above the first.
    pub(crate) fn write(
        &mut self,
        out: &mut dyn Write,
        notes: &[Note],
        stream: &Stream,
    ) -> io::Result<()> {
        if notes.is_empty() {
            return Ok(());
        }
        let room = stream.width_or_usual();
        let between = ContentLineStyle::none().junction(SEPARATOR);
        let style = TableStyle::new().header_lines(between);
        let mut table = Table::new();
        table
            .load_style(style.content_lines(between))
            .set_truncation_indicator("…")
            // A cell is cut where it is full, not at the last space before that.
            .set_delimiter(SEPARATOR);
        let mut styles = STYLES;
        if self.widths.is_none() {
            table.set_header(row(NAMES));
            styles = [Style::Heading; 4];
        }
        for note in notes {
            table.add_row(row(self.cells(note, room)));
        }
        let widths = *self.widths.get_or_insert_with(|| {
            let mut natural = [0; 4];
            natural.copy_from_slice(&table.column_max_content_widths());
            if notes.iter().all(|note| note.content().trim().is_empty()) {
                natural[3] = 0;
            }
            fit(natural, room)
        });
        for (column, width) in table.column_iter_mut().zip(widths) {
            column.set_padding((0, 0)).set_constraint(match width {
                Some(width) => ColumnConstraint::Absolute(Width::Fixed(width)),
                None => ColumnConstraint::Hidden,
            });
        }
        for line in table.lines() {
            write_line(out, &line, styles, stream)?;
            styles = STYLES;
        }
        Ok(())
    }

    /// The texts of a line, made safe, each no longer than a line could show.
    fn cells(&self, note: &Note, width: u16) -> [String; 4] {
        let width = usize::from(width);
        let words = note.content().split_whitespace().take(2 * width);
        let content = words.collect::<Vec<_>>().join(" ");
        [
            short_id(note, self.abbreviation),
            start(note.title(), width),
            start(&age::of(note.updated_at(), self.now), width),
            start(&content, width),
        ]
        .map(|text| measurable(&sanitize::one_line(&text)))
    }
}

fn row(cells: impl Into<Row>) -> Row {
    let mut row = cells.into();
    row.max_height(1);
    row
}

/// Shares the width of the stream out among the columns, given the width each would like (0 where it
/// has nothing to show); a column without a width is not shown.
fn fit(natural: [u16; 4], width: u16) -> [Option<u16>; 4] {
    /// The columns of a title that take precedence over the age, and over the content.
    const TITLE_BEFORE_AGE: u16 = 12;
    const TITLE_BEFORE_CONTENT: u16 = 24;
    /// The least of a title, and of a content, that is worth showing.
    const SHORTEST_TITLE: u16 = 4;
    const SHORTEST_CONTENT: u16 = 12;
    /// Only a time that cannot be read is longer.
    const LONGEST_AGE: u16 = 16;

    let [id, title, age, content] = natural;
    let id = id.min(width);
    let mut room = width.saturating_sub(id).saturating_sub(GAP);
    if room < SHORTEST_TITLE {
        return [Some(id), None, None, None];
    }
    let age = age.min(LONGEST_AGE);
    if room < title.min(TITLE_BEFORE_AGE) + GAP + age {
        return [Some(id), Some(title.min(room)), None, None];
    }
    room -= GAP + age;
    let shortest_content = content.min(SHORTEST_CONTENT);
    if content == 0 || room < title.min(TITLE_BEFORE_CONTENT) + GAP + shortest_content {
        return [Some(id), Some(title.min(room)), Some(age), None];
    }
    room -= GAP;
    let title = title
        .min((room / 5 * 3).max(room.saturating_sub(content)))
        .min(room - shortest_content);
    let content = content.min(room - title);
    [Some(id), Some(title), Some(age), Some(content)]
}

/// Writes a line of the table, cell by cell, without white space at its end.
fn write_line(
    out: &mut dyn Write,
    line: &str,
    styles: [Style; 4],
    stream: &Stream,
) -> io::Result<()> {
    let mut spaces = 0;
    for (cell, style) in line.replace(BREAK, "").split(SEPARATOR).zip(styles) {
        let text = cell.trim_end_matches(' ');
        if !text.is_empty() {
            write!(out, "{:spaces$}{}", "", stream.paint(text, style))?;
            spaces = 0;
        }
        spaces += cell.len() - text.len() + usize::from(GAP);
    }
    out.write_all(b"\n")
}

/// As much of the text as `width` columns can show and a mark where it is cut; half of the
/// characters may have no width, as vowel signs have none.
fn start(text: &str, width: usize) -> String {
    let mut characters = text.chars();
    let mut start: String = characters.by_ref().take(2 * width).collect();
    if characters.next().is_some() {
        start.push('…');
    }
    start
}

/// The text with a [`BREAK`] wherever `unicode-width`, which measures the cells, takes characters
/// for one that a terminal without ligatures draws apart: joined emoji, skin tones, text
/// presentation, the Arabic lam and alef.
fn measurable(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\u{200d}' | '\u{fe0e}' | '\u{1f3fb}'..='\u{1f3ff}' => apart.extend([BREAK, c]),
            '\u{644}' | '\u{6b5}'..='\u{6b8}' | '\u{76a}' | '\u{8a6}' | '\u{8c7}' => {
                apart.extend([c, BREAK]);
            }
            _ => apart.push(c),
        }
    }
    apart
}

#[cfg(test)]
mod tests;
