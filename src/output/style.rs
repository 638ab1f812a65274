//! The few styles that output uses, as the escape sequences of ECMA-48 (SGR).
//!
//! Whether a stream is coloured at all is decided in [`terminal`](super::terminal), not here.

use std::fmt;

/// What a piece of text is, which decides how it looks on a coloured stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text as it comes.
    Plain,
    /// A title, or the head of a table: bold.
    Heading,
    /// The id of a note: yellow.
    Id,
    /// What matters less than the rest: dim.
    Faint,
}

impl Style {
    fn start(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Heading => "\x1b[1m",
            Self::Id => "\x1b[33m",
            Self::Faint => "\x1b[2m",
        }
    }
}

/// Text in a style, as [`Stream::paint`](super::Stream::paint) makes it: displayed, it is the text
/// between the sequences that start and end the style, where the stream is coloured.
#[derive(Clone, Copy, Debug)]
pub struct Painted<T> {
    text: T,
    style: Style,
}

impl<T: fmt::Display> Painted<T> {
    pub(super) fn new(text: T, style: Style) -> Self {
        Self { text, style }
    }
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.style == Style::Plain {
            return self.text.fmt(f);
        }
        write!(f, "{}{}\x1b[0m", self.style.start(), self.text)
    }
}
