//! A note as one text, for pipes and editors: the title, then the content. No I/O.
//!
//! A pipe carries the text byte for byte: the first line is the title, what follows is the content.
//! In an editor there is an empty line between the two, as in a commit message, and the text ends
//! with a line break, because editors add one; both are taken away again.

use std::borrow::Cow;

use super::Note;

/// The two parts of a note that people write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) content: String,
}

impl Text {
    /// Reads the text of a pipe or a file. Empty lines before the title are passed over.
    ///
    /// `None` if there is nothing but white space.
    pub(crate) fn from_pipe(text: &str) -> Option<Self> {
        first_line(text).map(|(title, content)| Self::new(title, content))
    }

    /// Reads the text that an editor left of [`for_editor`]'s, or of an empty file.
    ///
    /// What the file's form made different from the note is undone: a text that was not touched
    /// gives exactly the title and content of `before`. `None` if there is nothing but white space.
    pub(crate) fn from_editor(text: &str, before: Option<&Note>) -> Option<Self> {
        let untitled = before.is_some_and(|note| title_line(note.title()).is_empty());
        let (title, rest) = match text.strip_prefix('\n') {
            // A note of another writer without a title keeps its first line as empty as it was.
            Some(rest) if untitled && !rest.trim().is_empty() => ("", rest),
            _ => first_line(text)?,
        };
        let content = rest
            .strip_prefix('\n')
            .or_else(|| rest.strip_prefix("\r\n"));
        let content = content.unwrap_or(rest);
        let (title, content) = match before {
            None => (title, unterminated(content)),
            Some(note) if note.content().ends_with('\n') => (kept_title(title, note), content),
            Some(note) => (kept_title(title, note), unterminated(content)),
        };
        Some(Self::new(title, content))
    }

    pub(crate) fn of(note: &Note) -> Self {
        Self::new(note.title(), note.content())
    }

    fn new(title: &str, content: &str) -> Self {
        Self {
            title: title.to_owned(),
            content: content.to_owned(),
        }
    }
}

/// The text of a note for an editor.
pub(crate) fn for_editor(text: &Text) -> String {
    let (title, content) = (title_line(&text.title), terminated(&text.content));
    format!("{title}\n\n{content}")
}

/// The text with a line feed at its end, if there is any text.
pub(crate) fn terminated(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') {
        text.into()
    } else {
        format!("{text}\n").into()
    }
}

/// Another writer's title may have line breaks, but the title of a draft is its first line.
fn title_line(title: &str) -> String {
    let words: Vec<&str> = title.split(['\n', '\r']).map(str::trim).collect();
    words.join(" ").trim().to_owned()
}

fn first_line(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['\n', '\r']);
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    match title.trim() {
        "" if rest.is_empty() => None,
        "" => first_line(rest),
        title => Some((title, rest)),
    }
}

/// The title as it was before, if its one-line form is still the same.
fn kept_title<'a>(title: &'a str, before: &'a Note) -> &'a str {
    if title == title_line(before.title()) {
        before.title()
    } else {
        title
    }
}

fn unterminated(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
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
    fn an_editor_shows_an_empty_line_between_title_and_content() {
        assert_eq!(for_editor(&text("T", "one\ntwo")), "T\n\none\ntwo\n");
        assert_eq!(for_editor(&text("T", "")), "T\n\n");
        assert_eq!(for_editor(&text("two\nlines", "x\n")), "two lines\n\nx\n");
    }

    #[test]
    fn what_an_editor_adds_to_the_form_is_taken_away() {
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
        assert_eq!(Text::from_editor("\n \n", Some(&before)), None);
        assert_eq!(Text::from_editor("N\n\nc\n", None), Some(text("N", "c")));
    }

    proptest! {
        #[test]
        fn a_draft_that_was_not_touched_is_the_note(title in any::<String>(), content in any::<String>()) {
            let before = note(&title, &content);
            let draft = for_editor(&Text::of(&before));
            let read = Text::from_editor(&draft, Some(&before));
            if draft.trim().is_empty() {
                prop_assert_eq!(read, None);
            } else {
                prop_assert_eq!(read, Some(Text { title, content }));
            }
        }

        #[test]
        fn a_pipe_gives_back_what_it_took(title in "[^\\s](.*[^\\s])?", content in any::<String>()) {
            let piped = format!("{title}\n{content}");
            prop_assert_eq!(Text::from_pipe(&piped), Some(text(&title, &content)));
        }
    }
}
