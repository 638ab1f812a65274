//! The list as a table for a terminal: a line for each note, never wider than the terminal.
//!
//! Text is always made safe for a terminal: a table is for people.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentLineStyle, Row, Table, TableStyle, Width};

use super::{ShownTime, Stream, Style, sanitize, short_id};
use crate::note::Note;

/// The spaces between two cells.
const GAP: u16 = 2;

/// Separates two cells until they are written. It is a control character, so no cell contains it.
const SEPARATOR: char = '\u{1f}';

/// Separates characters that are measured as one although many terminals draw them side by side. It has
/// no width and joins nothing. Cells contain no other, since there it is made visible.
const BREAK: char = '\u{2069}';

const STYLES: [Style; 4] = [Style::Id, Style::Plain, Style::Faint, Style::Plain];

/// A table of notes, written part by part.
///
/// The columns are the beginning of the id, the title, the age of the note in words, and the beginning of
/// the content in one line. `…` marks a cell that was cut. In a narrow stream the content is
/// left out first, then the age, then the title. No line is wider than a stream of 2 columns or more;
/// joined emoji count as all their parts, since many terminals do not join them. The first part decides
/// the widths.
pub(crate) struct NoteTable {
    abbreviation: usize,
    time: ShownTime,
    widths: Option<[Option<u16>; 4]>,
}

impl NoteTable {
    /// `abbreviation` is the number of characters of an id, at least 8.
    pub(crate) fn new(abbreviation: usize, time: ShownTime) -> Self {
        Self {
            abbreviation,
            time,
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
            // Cuts a cell where it is full, not at the last space before that.
            .set_delimiter(SEPARATOR);
        let mut styles = STYLES;
        if self.widths.is_none() {
            table.set_header(row(["ID", "TITLE", self.time.heading(), "CONTENT"]));
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

    /// Returns the texts of a line, made safe, each no longer than a line can show.
    fn cells(&self, note: &Note, width: u16) -> [String; 4] {
        let width = usize::from(width);
        let words = note.content().split_whitespace().take(2 * width);
        let content = words.collect::<Vec<_>>().join(" ");
        [
            short_id(note, self.abbreviation),
            start(note.heading(), width),
            start(&self.time.describe(note), width),
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

/// Divides the width of the stream among the columns, given the natural width of each (0 if it is empty);
/// a column without a width is hidden.
fn fit(natural: [u16; 4], width: u16) -> [Option<u16>; 4] {
    /// The columns of a title that take precedence over the age, and over the content.
    const TITLE_BEFORE_AGE: u16 = 12;
    const TITLE_BEFORE_CONTENT: u16 = 24;
    /// The shortest title, and content, that is worth showing.
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
            write!(out, "{:spaces$}", "")?;
            match style {
                Style::Plain => stream.write_tagged(out, text)?,
                style => write!(out, "{}", stream.paint(text, style))?,
            }
            spaces = 0;
        }
        spaces += cell.len() - text.len() + usize::from(GAP);
    }
    out.write_all(b"\n")
}

/// Returns as much of the text as `width` columns can show, with a mark if it is cut. Half of the
/// characters may have no width, such as vowel signs.
fn start(text: &str, width: usize) -> String {
    let mut characters = text.chars();
    let mut start: String = characters.by_ref().take(2 * width).collect();
    if characters.next().is_some() {
        start.push('…');
    }
    start
}

/// Puts a [`BREAK`] between characters that `unicode-width`, which measures the cells, counts as one and a
/// terminal without ligatures draws apart: joined emoji, skin tones, text presentation, the Arabic lam
/// and alef.
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
