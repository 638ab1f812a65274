//! The styles of the parts of a text in Markdown, by their offsets.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::link;
use crate::note::tag;
use crate::output::{Stream, Style};

/// The longest text that is styled. Longer ones are data of a program, and would take seconds.
const LONGEST: usize = 1024 * 1024;

/// The most bytes of a link besides its target. A longer one could repeat a long target on many lines.
const LONGEST_LINK_TEXT: usize = 1024;

/// The bytes of targets that a text may have besides its own length: each use of a link reference repeats
/// its target.
const SPARE_TARGETS: usize = 64 * 1024;

/// The styles that may go together, in the order of their codes.
const STYLES: [Style; 9] = [
    Style::Heading,
    Style::Strong,
    Style::Faint,
    Style::Emphasis,
    Style::Code,
    Style::Mark,
    Style::Tag,
    Style::Link,
    Style::Struck,
];

/// The styles of a text.
#[derive(Default)]
pub(crate) struct Markup {
    runs: Vec<Run>,
    targets: Vec<String>,
    verbatim: Vec<Range<usize>>,
}

/// A part of the text with the same styles.
struct Run {
    range: Range<usize>,
    /// The parameters of the sequence that starts the styles.
    codes: String,
    /// The place in `targets` of the target of a link.
    target: Option<usize>,
}

impl Markup {
    /// Finds the styles of Markdown, addresses and tags.
    pub(crate) fn parse(text: &str) -> Self {
        if text.len() > LONGEST {
            return Self::default();
        }
        let mut spans = Spans::default();
        spans.add_markdown(text);
        spans.add_addresses(text);
        spans.add_tags(text);
        spans.into_markup()
    }

    /// Finds the tags alone.
    pub(crate) fn of_tags(text: &str) -> Self {
        let mut spans = Spans::default();
        spans.add_tags(text);
        spans.into_markup()
    }

    /// Returns the places of code blocks and tables, in order.
    pub(super) fn verbatim(&self) -> &[Range<usize>] {
        &self.verbatim
    }

    fn add_run(&mut self, range: Range<usize>, codes: String, target: Option<usize>) {
        if codes.is_empty() && target.is_none() {
            return;
        }
        match self.runs.last_mut() {
            Some(last)
                if last.range.end == range.start
                    && (&last.codes, last.target) == (&codes, target) =>
            {
                last.range.end = range.end;
            }
            _ => self.runs.push(Run {
                range,
                codes,
                target,
            }),
        }
    }

    /// Appends a part of the text, styled if the stream is coloured and made safe. No style goes beyond
    /// the end of a line.
    pub(crate) fn push(
        &self,
        to: &mut String,
        text: &str,
        part: Range<usize>,
        safe: impl Fn(&str) -> Cow<'_, str>,
        stream: &Stream,
    ) {
        let mut done = part.start;
        if stream.color {
            let first = self.runs.partition_point(|run| run.range.end <= part.start);
            for run in &self.runs[first..] {
                if run.range.start >= part.end {
                    break;
                }
                let (start, end) = (run.range.start.max(done), run.range.end.min(part.end));
                to.push_str(&safe(&text[done..start]));
                for line in text[start..end].split_inclusive('\n') {
                    let words = line.trim_end_matches('\n');
                    if !words.is_empty() {
                        self.push_run(to, run, &safe(words), stream);
                    }
                    to.push_str(&line[words.len()..]);
                }
                done = end;
            }
        }
        to.push_str(&safe(&text[done..part.end]));
    }

    /// Appends words of a run between its sequences.
    fn push_run(&self, to: &mut String, run: &Run, words: &str, stream: &Stream) {
        let link = run.target.filter(|_| stream.links);
        if let Some(at) = link {
            // The terminal joins the parts of a link by its number.
            for part in [
                "\x1b]8;id=",
                &at.to_string(),
                ";",
                &self.targets[at],
                "\x1b\\",
            ] {
                to.push_str(part);
            }
        }
        if run.codes.is_empty() {
            to.push_str(words);
        } else {
            for part in ["\x1b[", &run.codes, "m", words, "\x1b[0m"] {
                to.push_str(part);
            }
        }
        if link.is_some() {
            to.push_str("\x1b]8;;\x1b\\");
        }
    }
}

/// The beginning or the end of something in the text.
enum Edge {
    Begin(Style),
    End(Style),
    BeginLink(String),
    EndLink,
}

/// What is found in a text before it is put in order.
#[derive(Default)]
struct Spans {
    edges: Vec<(usize, Edge)>,
    /// Code and links, in order: their text has no addresses and no tags.
    literal: Vec<Range<usize>>,
    verbatim: Vec<Range<usize>>,
    targets: usize,
}

impl Spans {
    fn add_markdown(&mut self, text: &str) {
        let options = Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TABLES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_WIKILINKS
            | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
        // The link that is open, and the range of its text so far.
        let mut open: Option<(Range<usize>, Option<Range<usize>>)> = None;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            if let Some((link, inner)) = &mut open
                && range != *link
            {
                inner.get_or_insert(range.clone()).end = range.end;
            }
            match event {
                Event::Start(
                    Tag::Link {
                        link_type,
                        dest_url,
                        ..
                    }
                    | Tag::Image {
                        link_type,
                        dest_url,
                        ..
                    },
                ) if open.is_none() => {
                    match link_type {
                        LinkType::WikiLink { .. } => self.add(Style::Tag, range.clone()),
                        LinkType::Email => {
                            let url = format!("mailto:{dest_url}");
                            self.add_target(text, &url, range.clone());
                        }
                        _ => self.add_target(text, &dest_url, range.clone()),
                    }
                    self.add_literal(range.clone());
                    open = Some((range, None));
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    if let Some((link, inner)) = open.take_if(|(link, _)| *link == range) {
                        self.add_link_styles(link, inner);
                    }
                }
                Event::Start(tag) => self.add_tag(text, &tag, range),
                Event::Code(_) => {
                    self.add(Style::Code, range.clone());
                    self.add_literal(range);
                }
                Event::Html(_) | Event::InlineHtml(_) => self.add(Style::Faint, range),
                Event::Rule | Event::TaskListMarker(_) => self.add(Style::Mark, range),
                _ => {}
            }
        }
    }

    fn add_tag(&mut self, text: &str, tag: &Tag, range: Range<usize>) {
        match tag {
            Tag::Heading { .. } | Tag::TableHead => self.add(Style::Heading, range),
            Tag::Emphasis => self.add(Style::Emphasis, range),
            Tag::Strong => self.add(Style::Strong, range),
            Tag::Strikethrough => self.add(Style::Struck, range),
            Tag::BlockQuote(_) | Tag::MetadataBlock(_) => self.add(Style::Faint, range),
            Tag::Item => {
                let item = &text[range.clone()];
                let mark = item.trim_start();
                let start = range.start + item.len() - mark.len();
                let length = mark.find(char::is_whitespace).unwrap_or(mark.len());
                self.add(Style::Mark, start..start + length);
            }
            Tag::CodeBlock(_) => {
                self.add(Style::Code, range.clone());
                self.add_literal(range.clone());
                self.verbatim.push(range);
            }
            Tag::Table(_) => self.verbatim.push(range),
            _ => {}
        }
    }

    fn add(&mut self, style: Style, range: Range<usize>) {
        if !range.is_empty() {
            self.edges.push((range.start, Edge::Begin(style)));
            self.edges.push((range.end, Edge::End(style)));
        }
    }

    fn add_literal(&mut self, range: Range<usize>) {
        if self
            .literal
            .last()
            .is_none_or(|last| last.end <= range.start)
        {
            self.literal.push(range);
        }
    }

    /// Makes a part of the text a link to this address, if the terminal should have it.
    fn add_target(&mut self, text: &str, url: &str, range: Range<usize>) {
        let Some(target) = link::target(url) else {
            return;
        };
        let is_short = range.len() <= url.len() + LONGEST_LINK_TEXT;
        if is_short && self.targets + target.len() <= text.len() + SPARE_TARGETS {
            self.targets += target.len();
            self.edges.push((range.start, Edge::BeginLink(target)));
            self.edges.push((range.end, Edge::EndLink));
        }
    }

    /// Underlines the text of a link, and makes the rest of it faint.
    fn add_link_styles(&mut self, link: Range<usize>, inner: Option<Range<usize>>) {
        let inner = inner.unwrap_or(link.end..link.end);
        self.add(Style::Faint, link.start..inner.start);
        self.add(Style::Link, inner.clone());
        self.add(Style::Faint, inner.end..link.end);
    }

    fn add_addresses(&mut self, text: &str) {
        for range in self.outside_literal(link::addresses(text)) {
            self.add_target(text, &text[range.clone()], range.clone());
            self.add(Style::Link, range);
        }
    }

    fn add_tags(&mut self, text: &str) {
        let tags = tag::in_text(text).map(|(at, name)| at..at + 1 + name.len());
        for range in self.outside_literal(tags) {
            self.add(Style::Tag, range);
        }
    }

    /// Returns those of the ranges, which are in order, that begin outside of code and links.
    fn outside_literal(&self, ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
        let mut literal = self.literal.iter().peekable();
        let mut outside = Vec::new();
        for range in ranges {
            while literal.next_if(|part| part.end <= range.start).is_some() {}
            if literal.peek().is_none_or(|part| range.end <= part.start) {
                outside.push(range);
            }
        }
        outside
    }

    fn into_markup(mut self) -> Markup {
        // What ends at an offset ends before another begins there.
        self.edges
            .sort_by_key(|(at, edge)| (*at, matches!(edge, Edge::Begin(_) | Edge::BeginLink(_))));
        let mut markup = Markup {
            verbatim: self.verbatim,
            ..Markup::default()
        };
        let mut open = [0_u32; STYLES.len()];
        let (mut target, mut start) = (None, 0);
        for (at, edge) in self.edges {
            if at > start {
                markup.add_run(start..at, codes(open), target);
                start = at;
            }
            match edge {
                Edge::Begin(style) => open[place(style)] += 1,
                Edge::End(style) => open[place(style)] -= 1,
                Edge::BeginLink(url) => {
                    target = Some(markup.targets.len());
                    markup.targets.push(url);
                }
                Edge::EndLink => target = None,
            }
        }
        markup
    }
}

fn place(style: Style) -> usize {
    let place = STYLES.iter().position(|known| *known == style);
    place.expect("STYLES has every style of Markdown")
}

/// Returns the parameters of the sequence that starts the styles of which a part is open.
fn codes(open: [u32; STYLES.len()]) -> String {
    let open = STYLES.iter().zip(open).filter(|(_, count)| *count > 0);
    let mut codes: Vec<&str> = open.map(|(style, _)| style.code()).collect();
    codes.dedup();
    codes.join(";")
}
