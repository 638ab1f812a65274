//! An output stream: terminal or not, coloured or not, its size, and the form of text that it needs.
//!
//! Only [`Stream::detect`] asks a real terminal; the rest depends on values.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal as _, Write};
use std::os::fd::AsFd;

use console::truncate_str;
use terminal_size::{Height, Width, terminal_size_of};

use super::{hyperlinks, rows, sanitize};
use crate::note::tag;

/// The columns of a terminal of unknown size.
const USUAL_WIDTH: u16 = 80;

/// The rows of a terminal of unknown size.
const USUAL_HEIGHT: u16 = 24;

/// The role of a piece of text, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Heading,
    Id,
    /// Less important text.
    Faint,
    /// A match of a search.
    Match,
    /// A tag, or a link to a note.
    Tag,
    Strong,
    Emphasis,
    Struck,
    Code,
    /// The mark of a list item, a check box, a rule.
    Mark,
    Link,
}

impl Style {
    /// Returns the parameters of the sequence that starts the style; none for plain text.
    pub(super) fn code(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Heading | Style::Strong => "1",
            Style::Faint => "2",
            Style::Emphasis => "3",
            Style::Link => "4",
            Style::Struck => "9",
            Style::Match => "1;31",
            Style::Code => "32",
            Style::Id | Style::Mark => "33",
            Style::Tag => "36",
        }
    }
}

/// A text between the sequences that start and end a style. An empty code is no style.
pub(crate) struct Painted<T> {
    code: &'static str,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            "" => self.text.fmt(f),
            code => write!(f, "\x1b[{code}m{}\x1b[0m", self.text),
        }
    }
}

/// The properties of an output stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// True for a terminal, on which text from Redis is made safe.
    pub(crate) terminal: bool,
    pub(crate) color: bool,
    /// The columns, if known; never 0.
    pub(crate) width: Option<u16>,
    /// The lines, if known; never 0.
    pub(crate) height: Option<u16>,
    /// True for a coloured terminal that opens links.
    pub(crate) links: bool,
}

impl Stream {
    /// Asks the system about `stream` and decides the rest by [`Stream::decide`].
    pub(crate) fn detect(
        stream: impl AsFd,
        color: Option<bool>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let size = terminal_size_of(&stream).map(|(Width(width), Height(height))| (width, height));
        Self::decide(stream.as_fd().is_terminal(), size, color, variable)
    }

    /// Decides from values. Without a choice of the user a terminal is coloured. These variables count,
    /// unless they are empty:
    /// - `NO_COLOR` and `TERM=dumb` then switch colours off (<https://no-color.org>);
    /// - those that name a terminal which opens links, see [`hyperlinks`];
    /// - `COLUMNS`, if it is a positive number, takes precedence over the width of the terminal.
    pub(crate) fn decide(
        terminal: bool,
        size: Option<(u16, u16)>,
        color: Option<bool>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let color = color.unwrap_or_else(|| {
            terminal
                && variable("NO_COLOR").is_none()
                && variable("TERM").as_deref() != Some("dumb")
        });
        let columns = variable("COLUMNS")
            .and_then(|text| text.trim().parse::<u64>().ok())
            .filter(|&columns| columns > 0)
            .map(|columns| u16::try_from(columns).unwrap_or(u16::MAX));
        let size = size.filter(|&(width, height)| width > 0 && height > 0);
        Self {
            terminal,
            color,
            width: columns.or(size.map(|(width, _)| width)),
            height: size.map(|(_, height)| height),
            links: terminal && color && hyperlinks::are_known(variable),
        }
    }

    /// Returns the width in columns, or the usual 80 if it is unknown.
    pub(crate) fn width_or_usual(&self) -> u16 {
        self.width.unwrap_or(USUAL_WIDTH)
    }

    /// Returns true if the text and the prompt below it take more rows than the terminal has.
    pub(crate) fn overflows(&self, text: &str) -> bool {
        let height = self.height.unwrap_or(USUAL_HEIGHT);
        rows::exceed(text, self.width_or_usual().into(), height.into())
    }

    /// Cuts a line at the width of the stream.
    pub(crate) fn cut<'a>(&self, line: &'a str) -> Cow<'a, str> {
        truncate_str(line.trim_end(), self.width_or_usual().into(), "…")
    }

    /// Cuts a line at the width of the stream, white space at its end included.
    pub(crate) fn cut_untrimmed(&self, line: &str) -> String {
        truncate_str(line, self.width_or_usual().into(), "…").into_owned()
    }

    /// Puts text in a style, if the stream is coloured.
    pub(crate) fn paint<T: Display>(&self, text: T, style: Style) -> Painted<T> {
        Painted {
            code: if self.color { style.code() } else { "" },
            text,
        }
    }

    /// Writes a line with its tags coloured.
    pub(super) fn write_tagged(&self, out: &mut dyn Write, line: &str) -> io::Result<()> {
        let mut done = 0;
        if self.color {
            for (at, tag) in tag::in_text(line) {
                let end = at + 1 + tag.len();
                let before = line.get(done..at).unwrap_or_default();
                let tag = line.get(at..end).unwrap_or_default();
                write!(out, "{before}{}", self.paint(tag, Style::Tag))?;
                done = end;
            }
        }
        out.write_all(line.get(done..).unwrap_or_default().as_bytes())
    }

    /// Makes text from Redis fit for a part of one line.
    pub(crate) fn one_line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.safe(text, sanitize::one_line)
    }

    /// Makes text from Redis of many lines fit.
    pub(crate) fn multi_line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.safe(text, sanitize::multi_line)
    }

    /// Applies `sanitize` on a terminal alone.
    pub(super) fn safe<'a>(
        &self,
        text: &'a str,
        sanitize: impl Fn(&'a str) -> Cow<'a, str>,
    ) -> Cow<'a, str> {
        if self.terminal {
            sanitize(text)
        } else {
            Cow::Borrowed(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    /// A lookup in variables given as `NAME=value`, separated by spaces.
    fn environment(text: &str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            text.split(' ')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn colours_follow_the_choice_then_the_environment_then_the_terminal() {
        const AUTO: Option<bool> = None;
        const ALWAYS: Option<bool> = Some(true);
        const NEVER: Option<bool> = Some(false);
        for (terminal, choice, variables, color) in [
            (true, AUTO, "", true),
            (true, AUTO, "TERM=xterm-256color", true),
            (true, AUTO, "NO_COLOR=1", false),
            (true, AUTO, "NO_COLOR=0", false),
            (true, AUTO, "NO_COLOR=", true),
            (true, AUTO, "TERM=dumb", false),
            (false, AUTO, "", false),
            (true, ALWAYS, "NO_COLOR=1 TERM=dumb", true),
            (false, ALWAYS, "NO_COLOR=1", true),
            (true, NEVER, "TERM=xterm", false),
        ] {
            let stream = Stream::decide(terminal, None, choice, environment(variables));
            assert_eq!(stream.color, color, "{terminal} {choice:?} {variables}");
            assert_eq!(stream.terminal, terminal);
        }
    }

    #[test]
    fn links_are_for_coloured_terminals_that_open_them() {
        for (terminal, color, variables, links) in [
            (true, None, "WT_SESSION=1", true),
            (true, None, "", false),
            (true, None, "FORCE_HYPERLINK=1", true),
            (true, None, "FORCE_HYPERLINK=1 NO_COLOR=1", false),
            (true, Some(false), "FORCE_HYPERLINK=1", false),
            (true, None, "FORCE_HYPERLINK=1 TERM=dumb", false),
            (false, Some(true), "FORCE_HYPERLINK=1", false),
        ] {
            let stream = Stream::decide(terminal, None, color, environment(variables));
            assert_eq!(stream.links, links, "{terminal} {color:?} {variables}");
        }
    }

    #[test]
    fn columns_wins_over_the_terminal_where_it_is_a_positive_number() {
        for (variables, width) in [
            ("", Some(100)),
            ("COLUMNS=40", Some(40)),
            ("COLUMNS=0", Some(100)),
            ("COLUMNS=-1", Some(100)),
            ("COLUMNS=wide", Some(100)),
            ("COLUMNS=", Some(100)),
            ("COLUMNS=70000", Some(u16::MAX)),
        ] {
            let stream = Stream::decide(true, Some((100, 30)), None, environment(variables));
            assert_eq!(stream.width, width, "{variables}");
            assert_eq!(stream.height, Some(30));
        }
    }

    #[test]
    fn a_terminal_without_a_size_has_the_usual_width() {
        for size in [None, Some((0, 0))] {
            let stream = Stream::decide(true, size, None, environment(""));
            assert_eq!((stream.width, stream.height), (None, None));
            assert_eq!(stream.width_or_usual(), 80);
        }
    }

    #[test]
    fn a_file_is_no_terminal() {
        let file = File::open("/dev/null").unwrap();
        let stream = Stream::detect(&file, None, environment("TERM=xterm"));
        assert_eq!(stream, Stream::PIPE);
    }

    #[test]
    fn styles_are_written_to_a_coloured_stream_only() {
        let colored = Stream {
            color: true,
            ..Stream::PIPE
        };
        let styles = [Style::Plain, Style::Heading, Style::Id, Style::Faint];
        let painted = |stream: Stream| styles.map(|style| stream.paint("x", style).to_string());
        assert_eq!(
            painted(colored),
            [
                "x",
                "\x1b[1mx\x1b[0m",
                "\x1b[33mx\x1b[0m",
                "\x1b[2mx\x1b[0m"
            ]
        );
        assert_eq!(painted(Stream::PIPE), ["x"; 4]);
    }

    #[test]
    fn text_of_others_is_made_safe_on_a_terminal_only() {
        let terminal = Stream {
            terminal: true,
            ..Stream::PIPE
        };
        assert_eq!(terminal.one_line("a\n\x1b"), "a^J^[");
        assert_eq!(terminal.multi_line("a\n\x1b"), "a\n^[");
        assert_eq!(Stream::PIPE.one_line("a\n\x1b"), "a\n\x1b");
        assert_eq!(Stream::PIPE.multi_line("a\n\x1b"), "a\n\x1b");
    }
}
