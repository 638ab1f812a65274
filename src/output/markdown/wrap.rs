//! The line breaks that wrap a text at words.

use std::ops::Range;

use console::measure_text_width;

/// The columns from one tab stop to the next.
const TAB: usize = 8;

/// The way in which words that are longer than a line, and lines that are kept whole, are wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Long {
    /// The terminal wraps them, and a copy of them has no line breaks.
    ByTerminal,
    /// They are cut at the last column.
    Cut,
}

/// A line break in place of a part of the text, and the spaces after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Break {
    pub(super) range: Range<usize>,
    pub(super) indent: usize,
}

/// Returns the line breaks, in order, that make no line of a text wider than `columns`.
///
/// A line breaks at white space; white space at its end that has no room is left out. Lines that have a
/// part of `verbatim`, ranges in order, are kept whole. What continues a list item or a quote is indented.
pub(super) fn breaks(
    text: &str,
    columns: usize,
    verbatim: &[Range<usize>],
    long: Long,
) -> Vec<Break> {
    let mut wrapper = Wrapper {
        columns,
        long,
        column: 0,
        indent: 0,
        breaks: Vec::new(),
    };
    let mut verbatim = verbatim.iter().peekable();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        while verbatim.next_if(|part| part.end <= start).is_some() {}
        let is_whole = verbatim.peek().is_some_and(|part| part.start < end);
        // No character takes more columns than bytes, except tabs.
        if line.len() > columns || line.contains('\t') {
            wrapper.wrap(start, line, is_whole);
        }
        start = end;
    }
    wrapper.breaks
}

struct Wrapper {
    columns: usize,
    long: Long,
    column: usize,
    /// The columns before what continues the line.
    indent: usize,
    breaks: Vec<Break>,
}

impl Wrapper {
    /// Wraps a line that begins at an offset.
    fn wrap(&mut self, start: usize, line: &str, is_whole: bool) {
        let text = line.strip_suffix('\n').unwrap_or(line);
        let marks = marks(text);
        self.column = 0;
        self.indent = width(&text[..marks], 0);
        // The widest character takes two columns.
        if is_whole || self.indent > self.columns / 2 || self.indent + 2 > self.columns {
            self.indent = 0;
        }
        let mut first = text.trim_end_matches(is_space).len();
        if !is_whole {
            first = first.min(marks + end_of_word(&text[marks..]));
        }
        self.place(start, &text[..first]);
        let mut at = first;
        while at < text.len() {
            let rest = &text[at..];
            let space = rest.len() - rest.trim_start_matches(is_space).len();
            let word = &rest[space..space + end_of_word(&rest[space..])];
            let after_space = self.column + width(&rest[..space], self.column);
            let place = start + at..start + at + space;
            if word.is_empty() {
                if after_space > self.columns && line.len() > text.len() {
                    self.indent = 0;
                    self.push(place.start..start + line.len());
                }
                return;
            }
            let columns = width(word, after_space);
            let has_room = after_space + columns <= self.columns;
            if !has_room && (self.indent + columns <= self.columns || after_space >= self.columns) {
                self.push(place.clone());
            } else {
                self.column = after_space;
            }
            self.place(place.end, word);
            at += space + word.len();
        }
    }

    fn push(&mut self, range: Range<usize>) {
        self.column = self.indent;
        self.breaks.push(Break {
            range,
            indent: self.indent,
        });
    }

    /// Places characters from this offset on, beyond the last column too.
    fn place(&mut self, start: usize, text: &str) {
        for (at, c) in text.char_indices() {
            let columns = char_width(c, self.column);
            if self.column + columns > self.columns && self.column > 0 {
                match self.long {
                    // A terminal keeps a tab on its line.
                    Long::ByTerminal if c == '\t' => continue,
                    Long::ByTerminal => self.column = 0,
                    Long::Cut => self.push(start + at..start + at),
                }
            }
            self.column += columns;
        }
    }
}

/// Returns the length of the indentation and the marks of quotes, list items and check boxes with which a
/// line begins.
fn marks(line: &str) -> usize {
    let mut rest = line.trim_start_matches(is_space);
    while let Some(after) = after_mark(rest) {
        rest = after.trim_start_matches(is_space);
    }
    line.len() - rest.len()
}

fn after_mark(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('>') {
        return Some(after);
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = match digits {
        0 => ["-", "*", "+", "[ ]", "[x]", "[X]"]
            .iter()
            .find_map(|mark| text.strip_prefix(mark)),
        1..10 => text[digits..].strip_prefix(['.', ')']),
        _ => None,
    };
    after.filter(|after| after.starts_with(is_space))
}

fn end_of_word(text: &str) -> usize {
    text.find(is_space).unwrap_or(text.len())
}

/// Returns true if a line can be broken at the character.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// Returns the columns of a text that begins in a column.
fn width(text: &str, column: usize) -> usize {
    let mut end = column;
    for c in text.chars() {
        end += char_width(c, end);
    }
    end - column
}

/// Returns the columns of a character. Joined emoji count as all their parts, since many terminals do not
/// join them.
fn char_width(c: char, column: usize) -> usize {
    match c {
        '\t' => TAB - column % TAB,
        // The last one makes an emoji of a narrow character.
        ' '..='~' | '\u{fe0f}' => 1,
        _ => measure_text_width(c.encode_utf8(&mut [0; 4])),
    }
}
