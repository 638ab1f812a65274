//! Writes Markdown line by line: the lines of the elements that begin and end, and of the text between.

use std::mem;

use super::element::{Element, Kind};
use super::indent::Indents;
use crate::transfer::LARGEST_NOTE;

#[derive(Default)]
pub(super) struct Writer {
    /// The lines that are complete.
    out: String,
    line: String,
    /// The lists, items, quotes and headings around the line.
    around: Indents,
    /// The marks of the emphasis around the next text, and whether each is in the line.
    emphasis: Vec<(&'static str, bool)>,
    /// The place in the line where a link begins.
    link: Option<usize>,
    inline_code: Option<usize>,
    /// The lines of a block of code, while there is one.
    code: Option<String>,
    /// The tables that are open. Those within the first are part of its cells.
    tables: usize,
    rows: Vec<Vec<String>>,
    /// True if an empty line belongs before the next one.
    wants_gap: bool,
}

impl Writer {
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Begins an element with a text.
    pub(super) fn open(&mut self, element: &Element) {
        let is_cell = self.tables > 0;
        match element.kind {
            Kind::Code | Kind::Block if self.code.is_some() => self.end_code_line(),
            _ if self.code.is_some() => {}
            Kind::Link => self.link = Some(self.line.len()),
            Kind::InlineCode => self.inline_code = self.inline_code.or(Some(self.line.len())),
            Kind::Emphasis(mark) => self.begin_emphasis(mark),
            Kind::Table => {
                self.end_line();
                self.tables += 1;
            }
            Kind::Row if self.tables == 1 => {
                self.end_cell();
                self.rows.push(Vec::new());
            }
            Kind::Cell if self.tables == 1 => self.end_cell(),
            Kind::Block | Kind::Row | Kind::Cell => self.end_line(),
            _ if is_cell => self.end_line(),
            Kind::Paragraph => self.begin_paragraph(),
            Kind::Heading(level) => {
                self.begin_paragraph();
                self.around.begin(
                    element.kind,
                    format!("{} ", "#".repeat(level)),
                    String::new(),
                );
            }
            Kind::List { .. } => self.begin_list(element.kind),
            Kind::Item(check_box) => self.begin_item(check_box),
            Kind::Quote => {
                self.begin_paragraph();
                self.around
                    .begin(element.kind, "> ".to_owned(), "> ".to_owned());
            }
            Kind::Code => {
                self.begin_paragraph();
                self.code = Some(String::new());
            }
            _ => {}
        }
    }

    /// Ends an element with a text.
    pub(super) fn close(&mut self, element: &Element) {
        match element.kind {
            Kind::Code if self.code.is_some() => self.end_code(&element.target),
            Kind::Block if self.code.is_some() => self.end_code_line(),
            _ if self.code.is_some() => {}
            Kind::Link => self.end_link(&element.target),
            Kind::InlineCode => self.end_inline_code(),
            Kind::Emphasis(_) => self.end_emphasis(),
            Kind::Table if self.tables == 1 => self.end_table(),
            Kind::Table => self.tables = self.tables.saturating_sub(1),
            Kind::Cell if self.tables == 1 => {
                // An empty cell counts as well.
                self.line.push(' ');
                self.end_cell();
            }
            Kind::Block if element.is_hidden && element.name == "en-crypt" => {
                self.text(format!("Encrypted: {}", element.label).trim_end_matches([' ', ':']));
                self.end_line();
            }
            Kind::Block | Kind::Row | Kind::Cell => self.end_line(),
            _ if self.tables > 0 => {}
            Kind::Paragraph => {
                self.end_line();
                self.wants_gap = true;
            }
            Kind::Heading(_) | Kind::Quote => {
                self.end_line();
                self.around.end(element.kind);
                self.wants_gap = true;
            }
            Kind::List { .. } => {
                self.end_line();
                self.around.end(element.kind);
                self.wants_gap |= !self.around.is_in_list();
            }
            Kind::Item(_) => {
                self.end_item();
                self.around.end(element.kind);
                self.wants_gap = false;
            }
            _ => {}
        }
    }

    /// Writes an element that has no text.
    pub(super) fn void(&mut self, element: &Element) {
        match element.kind {
            Kind::Break if self.code.is_some() => self.push_code("\n"),
            Kind::Break if self.tables > 0 => self.end_line(),
            Kind::Break if self.line.is_empty() => self.wants_gap |= !self.around.begins_item(),
            Kind::Break => self.end_line(),
            Kind::Rule if self.tables == 0 && self.code.is_none() => {
                self.begin_paragraph();
                "---".clone_into(&mut self.line);
                self.end_line();
                self.wants_gap = true;
            }
            Kind::CheckBox(is_done) => self.check_box(is_done),
            Kind::Image if element.target.starts_with("data:") => self.text(&element.label),
            Kind::Image => {
                let image = format!("![{}]({})", element.label, address(&element.target));
                self.begin_text();
                self.line.push_str(&image);
            }
            _ => {}
        }
    }

    /// Writes a task in a line of its own.
    pub(super) fn task(&mut self, title: &str, is_done: bool) {
        self.end_line();
        self.check_box(is_done);
        self.text(title);
        self.end_line();
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.code.is_some() {
            self.push_code(text);
            return;
        }
        let mut is_begun = false;
        for c in text.chars() {
            // Evernote writes no-break spaces where one space follows another.
            let is_space = c.is_whitespace() && c != '\u{a0}';
            if !is_space && c != '\u{a0}' {
                if !mem::replace(&mut is_begun, true) {
                    self.begin_text();
                }
                if c == '|' && self.tables > 0 {
                    self.line.push('\\');
                }
                self.line.push(c);
            } else if !(self.line.is_empty() || is_space && self.line.ends_with(' ')) {
                self.line.push(' ');
            }
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.end_line();
        self.out
    }

    fn begin_emphasis(&mut self, mark: &'static str) {
        let is_twice = self.emphasis.iter().any(|(known, _)| *known == mark);
        self.emphasis
            .push((if is_twice { "" } else { mark }, false));
    }

    /// Writes the marks of the emphasis before a text that is seen.
    fn begin_text(&mut self) {
        if self.inline_code.is_some() {
            return;
        }
        for (mark, is_open) in &mut self.emphasis {
            if !mem::replace(is_open, true) {
                self.line.push_str(mark);
            }
        }
    }

    fn end_emphasis(&mut self) {
        if let Some((mark, true)) = self.emphasis.pop() {
            self.insert_at_end(mark);
        }
    }

    /// Adds a mark to the line before the white space at its end.
    fn insert_at_end(&mut self, mark: &str) {
        let end = self.line.trim_end().len();
        self.line.insert_str(end, mark);
    }

    fn end_link(&mut self, target: &str) {
        let Some(start) = self.link.take() else {
            return;
        };
        let link = self.line.split_off(start.min(self.line.len()));
        let text = link.trim();
        let before = if link.starts_with(' ') { " " } else { "" };
        let after = if link.len() > 1 && link.ends_with(' ') {
            " "
        } else {
            ""
        };
        let link = if target.starts_with("evernote:") && !text.is_empty() {
            // A link to another note, of which the text is the title.
            format!("[[{text}]]")
        } else if target.is_empty() || text == target || target.starts_with('#') {
            text.to_owned()
        } else if text.is_empty() {
            target.to_owned()
        } else {
            format!("[{text}]({})", address(target))
        };
        if self.line.is_empty() || self.line.ends_with(' ') {
            self.line.push_str(&link);
        } else {
            self.line.push_str(before);
            self.line.push_str(&link);
        }
        self.line.push_str(after);
    }

    fn end_inline_code(&mut self) {
        let Some(start) = self.inline_code.take() else {
            return;
        };
        let code = self.line.split_off(start.min(self.line.len()));
        if code.trim().is_empty() {
            self.line.push_str(&code);
            return;
        }
        let fence = "`".repeat(longest_run(&code) + 1);
        let space = if code.contains('`') { " " } else { "" };
        let end = code.trim_end();
        let after = code.get(end.len()..).unwrap_or_default();
        self.begin_text();
        for part in [&fence, space, end, space, &fence, after] {
            self.line.push_str(part);
        }
    }

    fn check_box(&mut self, is_done: bool) {
        let mark = if is_done { "[x] " } else { "[ ] " };
        if self.code.is_some() {
            return;
        }
        if self.line.is_empty() && !self.around.begins_item() && self.tables == 0 {
            self.line.push_str("- ");
        }
        self.line.push_str(mark);
    }

    fn begin_paragraph(&mut self) {
        self.end_line();
        self.wants_gap |= !self.around.begins_item();
    }

    fn begin_list(&mut self, kind: Kind) {
        self.end_line();
        self.wants_gap = !self.around.is_in_list();
        self.around.begin_list(kind);
    }

    fn begin_item(&mut self, check_box: Option<bool>) {
        self.end_line();
        self.around.begin_item(check_box);
    }

    fn end_item(&mut self) {
        // An empty item is seen as well.
        if self.line.is_empty() && self.around.begins_item() {
            self.write_line("");
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
            return;
        }
        for at in (0..self.emphasis.len()).rev() {
            let Some((mark, is_open)) = self.emphasis.get_mut(at) else {
                break;
            };
            let mark = *mark;
            if mem::take(is_open) {
                self.insert_at_end(mark);
            }
        }
        if self.tables > 0 {
            self.line.truncate(self.line.trim_end().len());
            if !self.line.ends_with("<br>") {
                self.line.push_str("<br>");
            }
            return;
        }
        self.link = self.link.map(|_| 0);
        self.inline_code = self.inline_code.map(|_| 0);
        let line = mem::take(&mut self.line);
        self.write_line(&line);
    }

    /// Writes a line below those that are there, with all indents; none if there is too much for a note.
    fn write_line(&mut self, line: &str) {
        if self.out.len() > LARGEST_NOTE {
            return;
        }
        if mem::take(&mut self.wants_gap) && !self.out.is_empty() {
            self.out.push_str(self.around.gap().trim_end());
            self.out.push('\n');
        }
        let mut whole = self.around.next_line();
        whole.push_str(line);
        self.out.push_str(whole.trim_end());
        self.out.push('\n');
    }

    fn push_code(&mut self, text: &str) {
        if let Some(code) = &mut self.code {
            code.push_str(text);
        }
    }

    fn end_code_line(&mut self) {
        if let Some(code) = &mut self.code
            && !code.is_empty()
            && !code.ends_with('\n')
        {
            code.push('\n');
        }
    }

    fn end_code(&mut self, language: &str) {
        let code = self.code.take().unwrap_or_default();
        let code = code.replace('\u{a0}', " ");
        if code.trim().is_empty() {
            return;
        }
        if self.tables > 0 {
            self.text(&code);
            return;
        }
        let fence = "`".repeat(longest_run(&code).max(2) + 1);
        self.write_line(&format!("{fence}{language}"));
        for line in code.trim_end().trim_start_matches(['\r', '\n']).lines() {
            self.write_line(line);
        }
        self.write_line(&fence);
        self.wants_gap = true;
    }

    /// Ends a cell, or a text that is in none.
    fn end_cell(&mut self) {
        if self.line.is_empty() {
            return;
        }
        self.end_line();
        let cell = mem::take(&mut self.line);
        let cell = cell.trim_end_matches("<br>").trim();
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(cell.to_owned());
        }
    }

    /// Writes a table, of which the first row becomes the header. A table of one cell is its text.
    fn end_table(&mut self) {
        self.end_cell();
        self.tables = 0;
        let mut rows = mem::take(&mut self.rows);
        rows.retain(|row| !row.is_empty());
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        if rows.is_empty() {
            return;
        }
        self.begin_paragraph();
        if columns == 1 && rows.len() == 1 {
            let cell = rows.swap_remove(0).swap_remove(0);
            for line in cell.replace("\\|", "|").split("<br>") {
                self.write_line(line);
            }
        } else {
            if let Some(header) = rows.first_mut() {
                header.resize(columns, String::new());
            }
            rows.insert(1, vec!["---".to_owned(); columns]);
            for row in rows {
                self.write_line(&format!("| {} |", row.join(" | ")));
            }
        }
        self.wants_gap = true;
    }
}

/// Returns an address as it stands in a link.
pub(super) fn address(target: &str) -> String {
    if target.contains([' ', '(', ')', '\n']) {
        return format!("<{}>", target.replace('\n', " "));
    }
    target.to_owned()
}

/// Returns the length of the longest run of backticks.
fn longest_run(code: &str) -> usize {
    let runs = code.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}
