//! Front matter: the names and values between two fences at the head of a text. YAML stands between lines
//! of `---` (`...` may end it), TOML between lines of `+++`.

mod toml;
mod yaml;

use std::ops::Range;

pub(super) use self::yaml::{can_name, encode};

/// The most bytes of a TOML head: its parser needs many times as much.
const LARGEST_TOML: usize = 1024 * 1024;

/// Front matter, and the text below it.
pub(super) struct FrontMatter<'t> {
    fence: &'static str,
    pub(super) head: &'t [u8],
    pub(super) body: &'t [u8],
}

/// A name with its value, in some lines of the head.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) value: Value,
    /// The place of the lines in the head, in bytes.
    pub(super) lines: Range<usize>,
    /// Counted from 1 in the file.
    pub(super) line: u64,
    /// True if the lines hold more than the name and the value, such as a comment.
    pub(super) has_more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<String>),
    Map(Vec<(String, Self)>),
    /// A value that is not understood, with the reason.
    Unknown(String),
}

impl Value {
    /// Returns the text; a list becomes its items with commas between them.
    pub(super) fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::List(items) => Some(items.join(", ")),
            Self::Map(_) | Self::Unknown(_) => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(_) | Self::Unknown(_) => false,
        }
    }
}

/// Splits a file into its front matter and the text below it, if it has any.
pub(super) fn split(file: &[u8]) -> Option<FrontMatter<'_>> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut lines = file.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next()?;
    let (fence, ends): (_, &[&str]) = match first.trim_ascii_end() {
        b"---" => ("---", &["---", "..."]),
        b"+++" => ("+++", &["+++"]),
        _ => return None,
    };
    let mut end = first.len();
    for line in lines {
        let text = line.trim_ascii_end();
        if ends.iter().any(|end| text == end.as_bytes()) {
            return Some(FrontMatter {
                fence,
                head: file.get(first.len()..end)?,
                body: file.get(end + line.len()..)?,
            });
        }
        end += line.len();
    }
    None
}

impl FrontMatter<'_> {
    /// Reads the names and values, in order. A value that is not understood does not affect the others.
    pub(super) fn properties(&self) -> Vec<Property> {
        match str::from_utf8(self.head) {
            Ok(head) if self.fence == "---" => yaml::properties(head),
            Ok(head) if head.len() <= LARGEST_TOML => toml::properties(head),
            _ => Vec::new(),
        }
    }

    /// Returns the front matter without these lines; nothing if all others are blank.
    pub(super) fn without(&self, lines: &[Range<usize>]) -> Vec<u8> {
        let mut kept = Vec::new();
        let mut at = 0;
        for lines in lines {
            kept.extend_from_slice(self.head.get(at..lines.start).unwrap_or_default());
            at = at.max(lines.end);
        }
        kept.extend_from_slice(self.head.get(at..).unwrap_or_default());
        if kept.trim_ascii().is_empty() {
            return Vec::new();
        }
        [
            self.fence.as_bytes(),
            b"\n",
            &kept,
            self.fence.as_bytes(),
            b"\n",
        ]
        .concat()
    }
}
