//! The picker on the screen: what is typed, the list, the preview beside it, and the keys.

use chrono::{DateTime, Utc};

use super::keys;
use super::list::List;
use super::ranking::{Entry, Word};
use super::{beginning, in_one_line};
use crate::note::text::below_empty_line;
use crate::output::markdown::{self, Long};
use crate::output::{Stream, Style, detail, measure_text_width, sanitize};
use crate::timestamp;

/// The rows above the list: the prompt and the counts.
const ABOVE: usize = 2;

/// The lowest screen that has a line with the keys.
const LEAST_FOR_KEYS: usize = 6;

/// The columns of context before a match in a content.
const CONTEXT: usize = 8;

/// The column of the list in which titles begin.
const INDENT: usize = 2;

/// The most bytes of a content that a row looks at.
const IN_ROW: usize = 4 * 1024;

/// Draws the picker.
pub(super) struct View {
    color: bool,
    now: DateTime<Utc>,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// The lines of a screen, and the column of the cursor in the first.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) lines: Vec<String>,
    pub(super) cursor: usize,
}

impl View {
    pub(super) fn new(color: bool) -> Self {
        Self {
            color,
            now: timestamp::now(),
            columns: 0,
            rows: 0,
        }
    }

    /// Returns the rows of the list.
    pub(super) fn list_rows(&self) -> usize {
        let keys = usize::from(self.rows >= LEAST_FOR_KEYS);
        self.rows.saturating_sub(ABOVE + keys).max(1)
    }

    pub(super) fn draw(&self, list: &List) -> Frame {
        let rows = self.list_rows();
        let beside = self.columns / 2;
        let (list_columns, preview) = if list.has_preview {
            let entry = list.highlighted();
            let lines =
                entry.map(|entry| self.preview(entry, self.columns.saturating_sub(beside + 1)));
            (beside.saturating_sub(1), Some(lines.unwrap_or_default()))
        } else {
            (self.columns, None)
        };
        let (prompt, cursor) = self.prompt(list);
        let mut lines = vec![prompt, self.counts(list)];
        for row in 0..rows {
            let mut line = self.row(list, list.top + row, list_columns);
            if let Some(preview) = &preview {
                // The list may have characters that this terminal draws wider than they were measured.
                let column = beside;
                let text = preview.get(list.scrolled + row).map_or("", String::as_str);
                let border = self.paint("│", Style::Faint);
                line = format!("{line}\x1b[K\x1b[{column}G{border} {text}");
            }
            lines.push(line);
        }
        if self.rows >= LEAST_FOR_KEYS {
            lines.push(self.keys(list.several));
        }
        lines.truncate(self.rows);
        Frame { lines, cursor }
    }

    fn stream(&self, columns: usize) -> Stream {
        Stream {
            terminal: true,
            color: self.color,
            width: Some(u16::try_from(columns.max(1)).unwrap_or(u16::MAX)),
            height: None,
            links: false,
        }
    }

    fn paint(&self, text: &str, style: Style) -> String {
        self.stream(0).paint(text, style).to_string()
    }

    /// Returns the line with what is typed, of which the end before the cursor is shown if it is long.
    fn prompt(&self, list: &List) -> (String, usize) {
        let room = self.columns.saturating_sub(INDENT + 1);
        let mut before = sanitize::one_line(list.prompt.before()).into_owned();
        let after = &list.prompt.text()[list.prompt.before().len()..];
        while measure_text_width(&before) > room {
            before.remove(0);
        }
        let text = format!("> {before}{}", sanitize::one_line(after));
        let cursor = INDENT + measure_text_width(&before);
        (self.stream(self.columns).cut_untrimmed(&text), cursor)
    }

    fn counts(&self, list: &List) -> String {
        let ranking = &list.ranking;
        let (found, all) = (ranking.found.len(), ranking.entries.len());
        let more = if list.is_loaded { "" } else { "…" };
        let marked = match list.marked.len() {
            0 => String::new(),
            count => format!(" ({count} marked)"),
        };
        let text = format!("  {found}/{all}{more}{marked} ");
        let rule = self.columns.saturating_sub(text.chars().count());
        let line = text + &"─".repeat(rule);
        self.paint(&self.stream(self.columns).cut(&line), Style::Faint)
    }

    fn keys(&self, several: bool) -> String {
        let mut line = String::new();
        for key in keys::help(several) {
            let longer = if line.is_empty() {
                format!("  {key}")
            } else {
                format!("{line} · {key}")
            };
            if measure_text_width(&longer) > self.columns {
                break;
            }
            line = longer;
        }
        self.paint(&line, Style::Faint)
    }

    /// Returns a row of the list: the title and, where there is room, the content from the first match on.
    fn row(&self, list: &List, place: usize, columns: usize) -> String {
        let Some(at) = list.ranking.found.get(place) else {
            return String::new();
        };
        let entry = &list.ranking.entries[*at];
        let words = &list.ranking.words;
        let is_highlighted = place == list.at;
        let cursor = if is_highlighted {
            self.paint("▌", Style::Match)
        } else {
            " ".to_owned()
        };
        let mark = if list.marked.contains(at) {
            self.paint("●", Style::Match)
        } else {
            " ".to_owned()
        };
        let title = if entry.title.is_empty() {
            self.paint("(no title)", Style::Faint)
        } else {
            let style = if is_highlighted {
                Style::Heading
            } else {
                Style::Plain
            };
            self.marked(&entry.title, words, style)
        };
        let content = self.marked(&excerpt(entry, words), words, Style::Faint);
        let line = format!("{cursor}{mark}{title}  {content}");
        self.stream(columns).cut(&line).into_owned()
    }

    /// Returns a safe text in NFC with the words marked in it, the rest in a style.
    fn marked(&self, text: &str, words: &[Word], style: Style) -> String {
        let mut places: Vec<_> = words.iter().flat_map(|word| word.places(text)).collect();
        places.sort_unstable();
        let mut line = String::new();
        let mut done = 0;
        for (at, end) in places {
            if at < done {
                continue;
            }
            line += &self.paint_some(&text[done..at], style);
            line += &self.paint_some(&text[at..end], Style::Match);
            done = end;
        }
        line + &self.paint_some(&text[done..], style)
    }

    fn paint_some(&self, text: &str, style: Style) -> String {
        if text.is_empty() {
            String::new()
        } else {
            self.paint(text, style)
        }
    }

    /// Returns the title, the id, the times and the content in lines that fit.
    fn preview(&self, entry: &Entry, columns: usize) -> Vec<String> {
        let columns = columns.max(1);
        let stream = self.stream(columns);
        let title = markdown::wrapped(&entry.title, Long::Cut, &stream);
        let mut lines: Vec<String> = title
            .split('\n')
            .map(|line| self.paint_some(line, Style::Heading))
            .collect();
        for line in detail::short_header(&entry.note, self.now) {
            lines.push(self.paint_some(&stream.cut(&line), Style::Faint));
        }
        lines.push(String::new());
        let content = below_empty_line(entry.note.content());
        let content = sanitize::multi_line(content).replace('\t', "    ");
        let styled = markdown::styled(&content, Long::Cut, &stream);
        lines.extend(styled.split('\n').map(str::to_owned));
        lines
    }
}

/// Returns the content in one line, from shortly before the first match of what the title lacks.
fn excerpt(entry: &Entry, words: &[Word]) -> String {
    let text = in_one_line(beginning(entry.note.content(), IN_ROW));
    let lacking = words
        .iter()
        .filter(|word| word.places(&entry.title).next().is_none());
    let mut matches = lacking.filter_map(|word| word.places(&text).next());
    let Some((at, _)) = matches.next() else {
        return text;
    };
    let before = text[..at].char_indices().rev().nth(CONTEXT);
    match before {
        Some((from, _)) => format!("…{}", &text[from..]),
        None => text,
    }
}
