//! The list as a table for a terminal: a line a note, never wider than the terminal.
//!
//! The one file that names `comfy_table`, which measures, cuts and pads the cells. How a cell is
//! worded, which columns there is room for, and colours are decided here. Everything is made safe
//! for a terminal, whatever the stream: a table is for people.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use comfy_table::{Cell, ColumnConstraint, ContentLineStyle, Row, Table, TableStyle, Width};

use super::{Header, Stream, Style, age, sanitize};
use crate::note::Note;
use crate::timestamp;

/// The characters of an id that are shown at least.
const SHORTEST_ID: usize = 8;

/// The spaces between two cells.
const GAP: u16 = 2;

/// What stands between two cells until they are written. As a control character it is in none of
/// them.
const SEPARATOR: char = '\u{1f}';

/// Put where characters are measured as one although many terminals draw them side by side. It has
/// no width, joins nothing, and is in no cell otherwise, since there it is made visible.
const BREAK: char = '\u{2069}';

/// What the table needs to know besides the notes.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Where the table goes; its width is kept to.
    pub stream: Stream,
    /// The time from which ages are counted.
    pub now: DateTime<Utc>,
    /// How many characters of an id are shown; 8 where it says less.
    pub abbreviation: usize,
    /// Whether the first line names the columns.
    pub header: Header,
}

/// Writes the notes as a table, in the order given; nothing where there are none.
///
/// The columns are the id's first characters, the title, when the note was changed last in words,
/// and the start of the content with its white space flattened. `…` says that a cell was cut. Where
/// there is no room the content goes first, then the age, then the title. No line is wider than a
/// stream of 2 columns or more; joined emoji count as all that they are made of, since many
/// terminals do not join them.
pub fn write(out: &mut dyn Write, notes: &[Note], layout: &Layout) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    let mut table = table(notes, layout);
    let widths = fit(natural_widths(&table, notes), layout);
    for (column, width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, 0)).set_constraint(match width {
            Some(width) => ColumnConstraint::Absolute(Width::Fixed(width)),
            None => ColumnConstraint::Hidden,
        });
    }
    let styles: Vec<Style> = Column::ALL
        .into_iter()
        .zip(widths)
        .filter(|(_, width)| width.is_some())
        .map(|(column, _)| column.style())
        .collect();
    let mut lines = table.lines();
    if layout.header == Header::Shown
        && let Some(line) = lines.next()
    {
        write_line(out, &line, &[Style::Heading; 4], &layout.stream)?;
    }
    for line in lines {
        write_line(out, &line, &styles, &layout.stream)?;
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Column {
    Id,
    Title,
    Age,
    Content,
}

impl Column {
    const ALL: [Self; 4] = [Self::Id, Self::Title, Self::Age, Self::Content];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "ID",
            Self::Title => "TITLE",
            Self::Age => "UPDATED",
            Self::Content => "CONTENT",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Id => Style::Id,
            Self::Age => Style::Faint,
            Self::Title | Self::Content => Style::Plain,
        }
    }

    /// The text of the cell, made safe, and no longer than a line could show.
    fn text(self, note: &Note, layout: &Layout) -> String {
        let width = usize::from(layout.stream.width_or_usual());
        let text = match self {
            Self::Id => note.id.chars().take(id_length(layout)).collect(),
            Self::Title => start(note.title().chars(), width),
            Self::Age => match timestamp::parse(note.updated_at()) {
                Some(time) => age::in_words(time, layout.now),
                None => start(note.updated_at().chars(), width),
            },
            Self::Content => start(flattened(note.content()), width),
        };
        measurable(&sanitize::one_line(&text)).into_owned()
    }
}

/// The table with all its columns, each as wide as it would like to be.
fn table(notes: &[Note], layout: &Layout) -> Table {
    let mut table = Table::new();
    let between = ContentLineStyle::none().junction(SEPARATOR);
    table
        .load_style(
            TableStyle::new()
                .header_lines(between)
                .content_lines(between),
        )
        .set_truncation_indicator("…")
        // A cell is cut where it is full, not at the last space before that.
        .set_delimiter(SEPARATOR);
    if layout.header == Header::Shown {
        table.set_header(row(|column| column.name().to_owned()));
    }
    for note in notes {
        table.add_row(row(|column| column.text(note, layout)));
    }
    table
}

fn row(text: impl Fn(Column) -> String) -> Row {
    let mut row = Row::new();
    for column in Column::ALL {
        row.add_cell(Cell::new_owned(text(column)));
    }
    row.max_height(1);
    row
}

/// The width that each column would like; 0 for a content of which no note has any.
fn natural_widths(table: &Table, notes: &[Note]) -> [u16; 4] {
    let widths = table.column_max_content_widths();
    let blank = notes.iter().all(|note| note.content().trim().is_empty());
    Column::ALL.map(|column| match column {
        Column::Content if blank => 0,
        _ => widths.get(column as usize).copied().unwrap_or(1),
    })
}

/// Shares the width of the stream out among the columns, given the width each would like (0 where it
/// has nothing to show); a column without a width is not shown.
fn fit(natural: [u16; 4], layout: &Layout) -> [Option<u16>; 4] {
    /// How much of a title is worth more than the age, and than the content, in columns.
    const TITLE_BEFORE_AGE: u16 = 12;
    const TITLE_BEFORE_CONTENT: u16 = 24;
    /// The least of a title, and of a content, that is worth showing.
    const SHORTEST_TITLE: u16 = 4;
    const SHORTEST_CONTENT: u16 = 12;
    /// Only a time that cannot be read is longer.
    const LONGEST_AGE: u16 = 16;

    let [id, title, age, content] = natural;
    let width = layout.stream.width_or_usual();
    let longest_id = u16::try_from(id_length(layout)).unwrap_or(u16::MAX);
    let id = id.min(longest_id.max(width / 2)).min(width);
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
    [
        Some(id),
        Some(title),
        Some(age),
        Some(content.min(room - title)),
    ]
}

/// Writes a line of the table, cell by cell, without white space at its end.
fn write_line(
    out: &mut dyn Write,
    line: &str,
    styles: &[Style],
    stream: &Stream,
) -> io::Result<()> {
    let mut spaces = 0;
    for (cell, &style) in line.split(SEPARATOR).zip(styles) {
        let text = cell.trim_end_matches(' ');
        if !text.is_empty() {
            let text = if text.contains(BREAK) {
                Cow::Owned(text.replace(BREAK, ""))
            } else {
                Cow::Borrowed(text)
            };
            write!(out, "{:spaces$}{}", "", stream.paint(text, style))?;
            spaces = 0;
        }
        spaces += cell.len() - text.len() + usize::from(GAP);
    }
    out.write_all(b"\n")
}

fn id_length(layout: &Layout) -> usize {
    layout.abbreviation.max(SHORTEST_ID)
}

/// As much of the text as can be seen in `width` columns and shows that there is more.
///
/// One character too many is enough in ASCII, since the table cuts it off and marks the cut.
/// Elsewhere half the characters may have no width, as vowel signs have none, so that there are
/// twice as many and the cut is marked here.
fn start(mut characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut start: String = characters.by_ref().take(width + 1).collect();
    if !start.is_ascii() {
        start.extend(characters.by_ref().take(width));
        if characters.next().is_some() {
            start.push('…');
        }
    }
    start
}

/// The characters without white space at either end, and with one space for any other run of it.
fn flattened(text: &str) -> impl Iterator<Item = char> {
    let mut characters = text.trim().chars().peekable();
    std::iter::from_fn(move || {
        let character = characters.next()?;
        if !character.is_whitespace() {
            return Some(character);
        }
        while characters.next_if(|next| next.is_whitespace()).is_some() {}
        Some(' ')
    })
}

/// The text with a [`BREAK`] wherever `unicode-width`, which measures the cells, takes characters
/// for one that a terminal without ligatures draws apart: joined emoji, skin tones, text
/// presentation, the Arabic lam and alef.
fn measurable(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut apart = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{1f3fb}'..='\u{1f3ff}') {
            apart.push(BREAK);
        }
        apart.push(c);
        if matches!(
            c,
            '\u{644}' | '\u{6b5}'..='\u{6b8}' | '\u{76a}' | '\u{8a6}' | '\u{8c7}'
        ) {
            apart.push(BREAK);
        }
    }
    Cow::Owned(apart)
}

#[cfg(test)]
mod tests;
