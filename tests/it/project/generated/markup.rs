//! Sections of the manual that are written by hand, as roff.

use roff::{Inline, Roff, bold, roman};

#[derive(Default)]
pub(super) struct Sections(Roff);

impl Sections {
    pub(super) fn section(&mut self, name: &str) {
        self.0.control("SH", [name]);
    }

    pub(super) fn subsection(&mut self, name: &str) {
        self.0.control("SS", [name]);
    }

    /// Paragraphs separated by blank lines. The first one follows a heading.
    pub(super) fn paragraphs(&mut self, text: &str) {
        for (index, paragraph) in text.split("\n\n").enumerate() {
            if index > 0 {
                self.0.control("PP", []);
            }
            self.0.text(inlines(paragraph));
        }
    }

    /// A paragraph that follows another, a list or a block.
    pub(super) fn next_paragraph(&mut self, text: &str) {
        self.0.control("PP", []);
        self.paragraphs(text);
    }

    /// A term and its description, in paragraphs separated by blank lines.
    pub(super) fn term(&mut self, term: &str, text: &str) {
        self.0.control("TP", []);
        self.0.text([bold(term)]);
        for (index, paragraph) in text.split("\n\n").enumerate() {
            if index > 0 {
                self.0.control("IP", []);
            }
            self.0.text(inlines(paragraph));
        }
    }

    pub(super) fn steps(&mut self, steps: &[&str]) {
        for (index, step) in steps.iter().enumerate() {
            let number = format!("{}.", index + 1);
            self.0.control("IP", [number.as_str(), "4"]);
            self.0.text(inlines(step));
        }
    }

    /// Lines that are not filled, after a paragraph.
    pub(super) fn next_block<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        self.0.control("PP", []);
        self.block(lines);
    }

    /// Lines that are not filled.
    pub(super) fn block<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        self.0.control("RS", ["4"]);
        self.0.control("nf", []);
        for line in lines {
            self.0.text([roman(line)]);
        }
        self.0.control("fi", []);
        self.0.control("RE", []);
    }

    pub(super) fn finish(self) -> String {
        let preamble = Roff::default().render();
        let text = self.0.render();
        text.strip_prefix(&preamble).unwrap_or(&text).to_owned()
    }
}

/// Text with what stands between backquotes in bold.
fn inlines(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| match index % 2 {
            0 => roman(part),
            _ => bold(part),
        })
        .collect()
}

/// The text with one period at its end.
pub(super) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}
