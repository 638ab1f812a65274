//! A page of the manual as roff: its sections, paragraphs, lists and blocks.

use roff::{Inline, Roff, bold, italic, roman};

use notes::config::VARIABLES;

/// A space at which no line is broken.
pub(super) const NO_BREAK: char = '\u{a0}';

/// The longest line of text, not counting roff markup.
const WIDTH: usize = 64;

pub(super) struct Page {
    roff: Roff,
    /// The names of values, such as `FILE`.
    placeholders: Vec<String>,
}

impl Page {
    /// An empty page, without a date: it must not differ from day to day.
    pub(super) fn new(name: &str, version: &str, placeholders: Vec<String>) -> Self {
        let mut roff = Roff::new();
        let source = format!("notes {version}");
        roff.control(
            "TH",
            [
                name.to_uppercase().as_str(),
                "1",
                // An empty argument has to be quoted, or the next one takes its place.
                "\"\"",
                &source,
                "Notes Manual",
            ],
        );
        // A word that is broken cannot be copied, and left-aligned lines need no wide gaps.
        roff.control("nh", []);
        roff.control("ad", ["l"]);
        Self { roff, placeholders }
    }

    pub(super) fn section(&mut self, name: &str) {
        self.roff.control("SH", [name]);
    }

    pub(super) fn subsection(&mut self, name: &str) {
        self.roff.control("SS", [name]);
    }

    pub(super) fn line(&mut self, inlines: Vec<Inline>) {
        self.roff.text(inlines);
    }

    pub(super) fn line_break(&mut self) {
        self.roff.control("br", []);
    }

    /// Paragraphs separated by blank lines. The first one follows a heading.
    pub(super) fn paragraphs(&mut self, text: &str) {
        for (index, paragraph) in text.split("\n\n").enumerate() {
            if index > 0 {
                self.roff.control("PP", []);
            }
            self.fill(paragraph);
        }
    }

    /// A paragraph that follows another, a list or a block.
    pub(super) fn next_paragraph(&mut self, text: &str) {
        self.roff.control("PP", []);
        self.paragraphs(text);
    }

    /// A term and its description, in paragraphs separated by blank lines.
    pub(super) fn term(&mut self, term: Vec<Inline>, text: &str) {
        self.roff.control("TP", []);
        self.roff.text(term);
        for (index, paragraph) in text.split("\n\n").enumerate() {
            if index > 0 {
                self.roff.control("IP", []);
            }
            self.fill(paragraph);
        }
    }

    /// Indents what `write` writes under the term before it.
    pub(super) fn within_term(&mut self, write: impl FnOnce(&mut Self)) {
        self.roff.control("RS", []);
        write(self);
        self.roff.control("RE", []);
    }

    pub(super) fn steps(&mut self, steps: &[&str]) {
        for (index, step) in steps.iter().enumerate() {
            self.roff
                .control("IP", [format!("{}.", index + 1).as_str(), "4"]);
            self.fill(step);
        }
    }

    /// Lines that are not filled, after a paragraph.
    pub(super) fn next_block<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        self.roff.control("PP", []);
        self.block(lines);
    }

    /// Lines that are not filled.
    pub(super) fn block<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        self.roff.control("RS", ["4"]);
        self.roff.control("nf", []);
        for line in lines {
            self.roff.text([roman(line)]);
        }
        self.roff.control("fi", []);
        self.roff.control("RE", []);
    }

    /// References to other pages of section 1.
    pub(super) fn references(&mut self, names: &[String]) {
        let mut inlines = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                inlines.push(roman(", "));
            }
            inlines.push(bold(name));
            inlines.push(roman("(1)"));
        }
        self.roff.text(inlines);
    }

    /// The text of the page, with the characters that roff would replace by typographic ones escaped
    /// (`groff_char(7)`).
    pub(super) fn finish(self) -> String {
        self.roff
            .render()
            .replace(r"\\", r"\e")
            .replace('~', r"\(ti")
            .replace('^', r"\(ha")
            .replace('`', r"\(ga")
            .replace(NO_BREAK, r"\ ")
    }

    /// A paragraph, in lines short enough for an editor and for `mandoc -T lint`.
    fn fill(&mut self, paragraph: &str) {
        let mut line = String::new();
        for word in unbroken(paragraph).split([' ', '\n']) {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
                self.roff.text(self.inlines(&line));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.roff.text(self.inlines(&line));
    }

    /// Text with options, variables and quoted words in bold, placeholders in italics.
    fn inlines(&self, text: &str) -> Vec<Inline> {
        let mut inlines: Vec<Inline> = Vec::new();
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 1 {
                inlines.push(bold(part));
                continue;
            }
            for (index, word) in part.split(' ').enumerate() {
                if index > 0 {
                    inlines.push(roman(" "));
                }
                self.word(word, &mut inlines);
            }
        }
        joined(inlines)
    }

    fn word(&self, word: &str, inlines: &mut Vec<Inline>) {
        let punctuation = |c: char| matches!(c, '.' | ',' | ';' | ':' | '(' | ')' | '=');
        let core = word.trim_end_matches(punctuation);
        let end = &word[core.len()..];
        let start = &core[..core.len() - core.trim_start_matches('(').len()];
        let core = core.trim_start_matches('(');
        if start.is_empty() && end.is_empty() && core.is_empty() {
            return;
        }
        inlines.push(roman(start));
        let is_option = core
            .strip_prefix("--")
            .or_else(|| core.strip_prefix('-').filter(|rest| rest.len() == 1))
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        if is_option || VARIABLES.iter().any(|variable| variable.name == core) {
            inlines.push(bold(core));
        } else if self.placeholders.iter().any(|it| it == core) {
            inlines.push(italic(core));
        } else {
            inlines.push(roman(core));
        }
        inlines.push(roman(end));
    }
}

/// The text with its quoted words kept on one line.
fn unbroken(text: &str) -> String {
    let mut quoted = false;
    text.chars()
        .map(|c| {
            quoted ^= c == '`';
            if quoted && c == ' ' { NO_BREAK } else { c }
        })
        .collect()
}

/// The same with adjacent roman texts joined.
fn joined(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::new();
    for inline in inlines {
        if let (Some(Inline::Roman(before)), Inline::Roman(text)) = (joined.last_mut(), &inline) {
            before.push_str(text);
        } else {
            joined.push(inline);
        }
    }
    joined.retain(|inline| *inline != roman(""));
    joined
}

/// The text with one period at its end.
pub(super) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}
