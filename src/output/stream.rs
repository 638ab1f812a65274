//! One output stream: is it a terminal, is it coloured, how large is it; and what that makes of text.
//!
//! Only [`Stream::detect`] asks a real terminal; the rest is decided from values.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::io::IsTerminal as _;
use std::os::fd::AsFd;

use console::truncate_str;
use terminal_size::{Height, Width, terminal_size_of};

use super::{rows, sanitize};

/// The columns that are assumed of a terminal that does not tell its size.
const USUAL_WIDTH: u16 = 80;

/// The rows that are assumed of it.
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

/// The facts about one output stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// True for a terminal, on which text that others wrote is made safe.
    pub(crate) terminal: bool,
    pub(crate) color: bool,
    /// The columns, where they are known; never 0.
    pub(crate) width: Option<u16>,
    /// The lines, where they are known; never 0.
    pub(crate) height: Option<u16>,
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

    /// Decides from values. Where the user has not said whether it is to be coloured, a terminal is.
    /// Of the environment these count, and an empty value counts as none:
    /// - `NO_COLOR` then switches colours off (<https://no-color.org>), and so does `TERM=dumb`;
    /// - `COLUMNS`, where it is a positive number, is the width whatever the terminal tells.
    pub(crate) fn decide(
        terminal: bool,
        size: Option<(u16, u16)>,
        color: Option<bool>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
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
        }
    }

    /// The width in columns, or the usual 80 where it is not known.
    pub(crate) fn width_or_usual(&self) -> u16 {
        self.width.unwrap_or(USUAL_WIDTH)
    }

    /// Returns true if the text and the prompt below it take more rows than the terminal has.
    pub(crate) fn overflows(&self, text: &str) -> bool {
        let height = self.height.unwrap_or(USUAL_HEIGHT);
        rows::exceed(text, self.width_or_usual().into(), height.into())
    }

    /// As much of a line as the stream is wide.
    pub(crate) fn cut<'a>(&self, line: &'a str) -> Cow<'a, str> {
        truncate_str(line.trim_end(), self.width_or_usual().into(), "…")
    }

    /// The text between the sequences that start and end a style, where the stream is coloured.
    pub(crate) fn paint<T: Display>(&self, text: T, style: Style) -> Painted<T> {
        let code = match style {
            Style::Plain => "",
            Style::Heading => "1",
            Style::Id => "33",
            Style::Faint => "2",
            Style::Match => "1;31",
        };
        Painted {
            code: if self.color { code } else { "" },
            text,
        }
    }

    /// Text of others as a part of one line.
    pub(crate) fn one_line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.safe(text, sanitize::one_line)
    }

    /// Text of others of many lines.
    pub(crate) fn multi_line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.safe(text, sanitize::multi_line)
    }

    /// Text as `sanitize` makes it safe on a terminal, and as it is elsewhere.
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
