//! A note as one text, for pipes and editors: the title, then the content. No I/O.
//!
//! A pipe carries the text byte for byte: the first line is the title, the rest is the content. An editor
//! gets an empty line between the two, as in a commit message, and a line break at the end, because
//! editors add one; both are removed again. So are the mark of the byte order that an editor adds, and
//! its carriage returns if every line ends with CRLF, unless the note had some.

use std::borrow::Cow;

use crate::input::{MARK, without_mark};
use crate::note::Note;
use crate::unicode::is_blank;

/// The most characters of a text that a message quotes.
const QUOTED: usize = 80;

/// The two parts of a note that people write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) content: String,
}

/// Removes white space at the ends of a title. `None` if nothing visible is left.
pub(crate) fn trim_title(text: &str) -> Option<String> {
    // `notes add "$(cat FILE)"` passes the byte order mark of the file.
    let title = without_mark(text.to_owned());
    (!is_blank(&title)).then(|| title.trim().to_owned())
}

impl Text {
    /// Reads the text of a pipe or a file. Blank lines before the title are passed over.
    ///
    /// `None` if there is nothing to see.
    pub(crate) fn from_pipe(text: &str) -> Option<Self> {
        first_line(text).map(|(title, content)| Self::new(title, content))
    }

    /// Reads the text that an editor saved, after it was given that of [`for_editor`], or an empty file.
    ///
    /// An unchanged text gives exactly the title and content of `before`. `None` if there is nothing to
    /// see.
    pub(crate) fn from_editor(text: &str, before: Option<&Note>) -> Option<Self> {
        let had_mark = before.is_some_and(|note| title_line(note.title()).starts_with(MARK));
        let text = text
            .strip_prefix(MARK)
            .filter(|_| !had_mark)
            .unwrap_or(text);
        let had_crlf = before.is_some_and(|note| note.content().contains("\r\n"));
        if !had_crlf && has_crlf_alone(text) {
            return Self::from_form(&text.replace("\r\n", "\n"), before);
        }
        Self::from_form(text, before)
    }

    /// Reads a text in that form, in which every line break counts.
    pub(crate) fn from_form(text: &str, before: Option<&Note>) -> Option<Self> {
        let untitled = before.map(|note| title_line(note.title()));
        let untitled = untitled.filter(|title| is_blank(title));
        let rest = untitled.as_deref().and_then(|title| {
            let rest = text.strip_prefix(title)?.strip_prefix('\n')?;
            (!is_blank(rest)).then_some(rest)
        });
        let (title, rest) = match rest {
            // A note without a visible title keeps its first line as it was.
            Some(rest) => (untitled.as_deref().unwrap_or_default(), rest),
            None => first_line(text)?,
        };
        let content = rest
            .strip_prefix('\n')
            .or_else(|| rest.strip_prefix("\r\n"));
        let content = content.unwrap_or(rest);
        let Some(before) = before else {
            return Some(Self::new(title, unterminated(content)));
        };
        let title = kept_title(title, before);
        let content = match before.content() {
            old if old.ends_with('\n') => content,
            // That carriage return was there before the line feed was added.
            old if old.ends_with('\r') => content.strip_suffix('\n').unwrap_or(content),
            _ => unterminated(content),
        };
        Some(Self::new(title, content))
    }

    pub(crate) fn from_note(note: &Note) -> Self {
        Self::new(note.title(), note.content())
    }

    fn new(title: &str, content: &str) -> Self {
        Self {
            title: title.to_owned(),
            content: content.to_owned(),
        }
    }
}

/// Returns the title as people read it: of a Markdown heading, which is stored as it was given, the text.
pub(crate) fn heading(title: &str) -> &str {
    let marked = title.trim_start_matches('#');
    let level = title.len() - marked.len();
    if !(1..=6).contains(&level) || !marked.starts_with([' ', '\t']) {
        return title;
    }
    let text = marked.trim();
    // A heading may be closed: `## Plan ##`.
    let open = text.trim_end_matches('#');
    let text = if open.ends_with([' ', '\t']) {
        open.trim_end()
    } else {
        text
    };
    if is_blank(text.trim_start_matches('#')) {
        title
    } else {
        text
    }
}

/// Returns a content without the empty line at its beginning, for output that has one above it.
pub(crate) fn below_empty_line(content: &str) -> &str {
    let content = content
        .strip_prefix('\r')
        .filter(|rest| rest.starts_with('\n'))
        .unwrap_or(content);
    content.strip_prefix('\n').unwrap_or(content)
}

/// Returns the text of a note for an editor.
pub(crate) fn for_editor(text: &Text) -> String {
    let (title, content) = (title_line(&text.title), terminated(&text.content));
    format!("{title}\n\n{content}")
}

/// Returns the beginning of a text, for a message: it may be of any length.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Returns the text with a line feed at its end, unless it is empty.
pub(crate) fn terminated(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') {
        text.into()
    } else {
        format!("{text}\n").into()
    }
}

/// Returns a title in one line, as a draft has it: another program's title may have line breaks.
fn title_line(title: &str) -> String {
    let words: Vec<&str> = title.split(['\n', '\r']).map(str::trim).collect();
    words.join(" ").trim().to_owned()
}

/// Splits a text at its first line with something to see.
fn first_line(mut text: &str) -> Option<(&str, &str)> {
    while !text.is_empty() {
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let line = line.trim_start_matches('\r');
        if !is_blank(line) {
            return Some((line.trim(), rest));
        }
        text = rest;
    }
    None
}

/// Returns true if every line break of the text is CRLF, and there are some.
fn has_crlf_alone(text: &str) -> bool {
    let mut ends = text.match_indices('\n').peekable();
    let returns = text.as_bytes();
    ends.peek().is_some() && ends.all(|(at, _)| at > 0 && returns.get(at - 1) == Some(&b'\r'))
}

/// Returns the title as it was before, if its one-line form is unchanged.
fn kept_title<'a>(title: &'a str, before: &'a Note) -> &'a str {
    if title == title_line(before.title()) {
        before.title()
    } else {
        title
    }
}

/// Returns the text without the line break at its end.
fn unterminated(text: &str) -> &str {
    match text.strip_suffix('\n') {
        Some(text) => text.strip_suffix('\r').unwrap_or(text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note(title: &str, content: &str) -> Note {
        Note {
            title: Some(title.to_owned()),
            content: Some(content.to_owned()),
            ..Note::default()
        }
    }

    fn text(title: &str, content: &str) -> Text {
        Text {
            title: title.to_owned(),
            content: content.to_owned(),
        }
    }

    #[test]
    fn a_pipe_is_taken_byte_for_byte_below_its_first_line() {
        assert_eq!(Text::from_pipe("a\n\n"), Some(text("a", "\n")));
        assert_eq!(Text::from_pipe("a"), Some(text("a", "")));
        assert_eq!(
            Text::from_pipe("\n\n  a \r\n b\r\n"),
            Some(text("a", " b\r\n"))
        );
        assert_eq!(Text::from_pipe(" \n\t\n"), None);
        assert_eq!(Text::from_pipe(""), None);
    }

    #[test]
    fn the_text_of_a_heading_is_the_title_that_people_read() {
        for (title, read) in [
            ("# Plan", "Plan"),
            ("###### Plan  ", "Plan"),
            ("##\tPlan ##", "Plan"),
            ("# C#", "C#"),
            ("# C #", "C"),
            ("####### Plan", "####### Plan"),
            ("#tag Plan", "#tag Plan"),
            ("Plan # 9", "Plan # 9"),
            (" # Plan", " # Plan"),
            ("# ", "# "),
            ("# #", "# #"),
            ("# \u{200b}", "# \u{200b}"),
            ("", ""),
        ] {
            assert_eq!(heading(title), read, "{title:?}");
        }
        for (content, below) in [
            ("\na", "a"),
            ("\r\n\na", "\na"),
            ("a\n", "a\n"),
            ("\ra", "\ra"),
        ] {
            assert_eq!(below_empty_line(content), below, "{content:?}");
        }
    }

    #[test]
    fn an_editor_shows_an_empty_line_between_title_and_content() {
        assert_eq!(for_editor(&text("T", "one\ntwo")), "T\n\none\ntwo\n");
        assert_eq!(for_editor(&text("T", "")), "T\n\n");
        assert_eq!(for_editor(&text("two\nlines", "x\n")), "two lines\n\nx\n");
    }

    #[test]
    fn an_editor_s_additions_to_the_form_are_removed() {
        let before = note("T", "old");
        for (left, title, content) in [
            ("T\n\nnew\n", "T", "new"),
            ("T\nnew", "T", "new"),
            ("U\n\nold\n", "U", "old"),
            ("T\n", "T", ""),
            ("\n\nT\n\nnew\n\n", "T", "new\n"),
        ] {
            assert_eq!(
                Text::from_editor(left, Some(&before)),
                Some(text(title, content)),
                "{left:?}"
            );
        }
        assert_eq!(Text::from_editor("\n \n\u{200b}\n", Some(&before)), None);
        assert_eq!(Text::from_editor("N\n\nc\n", None), Some(text("N", "c")));
    }

    #[test]
    fn what_is_not_seen_is_no_title() {
        assert_eq!(Text::from_pipe("\u{200b}\n\u{feff} \n"), None);
        assert_eq!(Text::from_pipe("\u{200b}\nT\nc"), Some(text("T", "c")));
        let before = note("\u{200b}", "c");
        let draft = for_editor(&Text::from_note(&before));
        let read = Text::from_editor(&draft, Some(&before));
        assert_eq!(read, Some(text("\u{200b}", "c")));
    }

    #[test]
    fn the_carriage_returns_and_the_mark_of_an_editor_are_taken_away() {
        assert_eq!(
            Text::from_editor("\u{feff}N\n\nc\n", None),
            Some(text("N", "c"))
        );
        let [plain, crlf, mixed] = ["x\ny", "x\r\ny", "x\r\ny\nz"].map(|text| note("T", text));
        for (left, before, content) in [
            ("N\r\n\r\none\r\ntwo\r\n", None, "one\ntwo"),
            ("T\r\n\r\nx\r\nz\r\n", Some(&plain), "x\nz"),
            ("T\r\n\r\nx\r\nz\r\n", Some(&crlf), "x\r\nz"),
            ("T\n\nx\nz\r\n", Some(&plain), "x\nz"),
            ("T\n\nx\r\nz\n", Some(&plain), "x\r\nz"),
            ("T\n\nx\r\ny\nz\r\n", Some(&mixed), "x\r\ny\nz"),
        ] {
            let read = Text::from_editor(left, before).unwrap();
            assert_eq!(read.content, content, "{left:?}");
            assert!(!read.title.contains('\r'), "{left:?}");
        }
    }

    proptest! {
        #[test]
        fn a_draft_that_was_not_touched_is_the_note(title in any::<String>(), content in any::<String>()) {
            let before = note(&title, &content);
            let draft = for_editor(&Text::from_note(&before));
            let read = Text::from_editor(&draft, Some(&before));
            if is_blank(&draft) {
                prop_assert_eq!(read, None);
            } else {
                prop_assert_eq!(read, Some(Text { title, content }));
            }
        }

        #[test]
        fn a_pipe_gives_back_what_it_took(title in "[^\\s](.*[^\\s])?", content in any::<String>()) {
            prop_assume!(!is_blank(&title));
            let piped = format!("{title}\n{content}");
            prop_assert_eq!(Text::from_pipe(&piped), Some(text(&title, &content)));
        }
    }
}
