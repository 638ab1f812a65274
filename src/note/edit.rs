//! An edit of a note without an editor: a new text, made of the old one. No I/O.

use std::borrow::Cow;

use super::tag;
use super::task::{self, TaskError};
use super::text::{Text, quoted, terminated};
use crate::input::LARGEST_NOTE;
use crate::unicode::is_blank;

/// The parts of an edit, in the order in which they are made. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The new title.
    pub(crate) title: Option<String>,
    /// The new content.
    pub(crate) content: Option<String>,
    /// The lines of the content, from 1, whose open tasks are to be done.
    pub(crate) ticks: Vec<usize>,
    pub(crate) replacements: Vec<Replacement>,
    /// Lines before the content.
    pub(crate) prepend: Option<String>,
    /// Lines below the content.
    pub(crate) append: Option<String>,
    /// The names of tags that the note is to have.
    pub(crate) tags: Vec<String>,
    /// The names of tags that title and content are not to have.
    pub(crate) untags: Vec<String>,
}

/// A part of the content and the text in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    pub(crate) old: String,
    pub(crate) new: String,
    /// Replaces it wherever it occurs, at least once; else it must occur exactly once.
    pub(crate) every: bool,
}

/// An edit that does not fit the note.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EditError {
    #[error("the title would be blank without the tag")]
    BlankTitle,
    #[error(transparent)]
    Task(#[from] TaskError),
    #[error("an empty text cannot be replaced")]
    NothingToReplace,
    #[error("'{old}' occurs {count} times in the content, not once", old = quoted(.old))]
    NotOnce { old: String, count: usize },
    #[error("'{old}' occurs 0 times in the content", old = quoted(.old))]
    NotThere { old: String },
    /// The note would be larger than a note can be.
    #[error("it would have more than {} MiB, the most that a note holds", LARGEST_NOTE >> 20)]
    TooLarge,
    #[error("the {field} is not UTF-8 text and would be altered")]
    NotText { field: &'static str },
}

impl EditError {
    /// Returns the message with the id of the note.
    pub(super) fn message_about(&self, id: &str) -> String {
        match self {
            Self::TooLarge => format!(
                "note {id} would have more than {} MiB, the most that a note holds",
                LARGEST_NOTE >> 20
            ),
            Self::NotText { field } => {
                format!("the {field} of note {id} is not UTF-8 text and would be altered")
            }
            _ => format!("note {id}: {self}"),
        }
    }
}

impl Edit {
    /// Returns true if the new content has parts of the old one.
    pub(crate) fn needs_content(&self) -> bool {
        self.content.is_none() && self.changes_content()
    }

    /// Returns true if the new title has parts of the old one.
    pub(crate) fn needs_title(&self) -> bool {
        self.title.is_none() && !self.untags.is_empty()
    }

    fn changes_content(&self) -> bool {
        self.prepend.is_some()
            || self.append.is_some()
            || !self.ticks.is_empty()
            || !self.replacements.is_empty()
            || !self.tags.is_empty()
            || !self.untags.is_empty()
    }

    /// Returns the text of a note after the edit.
    pub(crate) fn apply(&self, title: &str, content: &str) -> Result<Text, EditError> {
        let mut title = Cow::Borrowed(self.title.as_deref().unwrap_or(title));
        let mut new = Cow::Borrowed(self.content.as_deref().unwrap_or(content));
        if !self.ticks.is_empty() {
            new = task::tick(&new, &self.ticks)?.into();
        }
        for replacement in &self.replacements {
            new = replacement.apply(&new)?.into();
        }
        for name in &self.untags {
            new = tag::remove(&new, name).into_owned().into();
            let rest = tag::remove(&title, name).into_owned();
            if is_blank(&rest) && !is_blank(&title) {
                return Err(EditError::BlankTitle);
            }
            title = rest.into();
        }
        if let Some(lines) = &self.prepend {
            new = if new.is_empty() {
                lines.into()
            } else {
                (terminated(lines).into_owned() + &new).into()
            };
        }
        if let Some(lines) = &self.append {
            new = (terminated(&new).into_owned() + lines).into();
        }
        for name in &self.tags {
            if let Some(tagged) = tag::add(&title, &new, name) {
                new = tagged.into();
            }
        }
        Ok(Text {
            title: title.into_owned(),
            content: new.into_owned(),
        })
    }
}

impl Replacement {
    fn apply(&self, text: &str) -> Result<String, EditError> {
        let old = self.old.as_str();
        if old.is_empty() {
            return Err(EditError::NothingToReplace);
        }
        let count = count(text, old);
        if count == 0 {
            return Err(EditError::NotThere { old: old.into() });
        }
        if count > 1 && !self.every {
            let old = old.to_owned();
            return Err(EditError::NotOnce { old, count });
        }
        // A short text that occurs often must not become a text that fills the memory.
        let growth = self.new.len().saturating_sub(old.len());
        if growth > 0 && text.len() + count.saturating_mul(growth) > LARGEST_NOTE {
            return Err(EditError::TooLarge);
        }
        Ok(text.replace(old, &self.new))
    }
}

/// Counts how often a text occurs. Two occurrences that overlap are at least two.
fn count(text: &str, part: &str) -> usize {
    let count = text.matches(part).count();
    let overlaps = count == 1 && text.find(part) != text.rfind(part);
    count + usize::from(overlaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str, old: &str, new: &str, every: bool) -> Result<String, EditError> {
        let (old, new) = (old.to_owned(), new.to_owned());
        Replacement { old, new, every }.apply(text)
    }

    #[test]
    fn a_text_is_replaced_if_it_occurs_exactly_once_or_every_time() {
        for (text, old, count) in [
            ("a b", "a", 1),
            ("a b a", "a", 2),
            ("aaa", "aa", 2),
            ("b", "a", 0),
            ("\n\n", "\n", 2),
            ("ababa", "aba", 2),
        ] {
            let expected = match count {
                0 => Err(EditError::NotThere { old: old.into() }),
                1 => Ok(text.replace(old, "x")),
                count => {
                    let old = old.to_owned();
                    Err(EditError::NotOnce { old, count })
                }
            };
            assert_eq!(replaced(text, old, "x", false), expected, "{text:?}");
            let every = replaced(text, old, "x", true);
            assert_eq!(every.ok(), (count > 0).then(|| text.replace(old, "x")));
        }
        assert_eq!(
            replaced("a", "", "x", true),
            Err(EditError::NothingToReplace)
        );
    }

    #[test]
    fn a_replacement_that_would_fill_the_memory_is_refused_before_it_is_made() {
        let text = "a".repeat(LARGEST_NOTE);
        let new = "b".repeat(1 << 20);
        assert_eq!(replaced(&text, "a", &new, true), Err(EditError::TooLarge));
    }

    #[test]
    fn the_parts_of_an_edit_are_made_in_their_order() {
        let some = |text: &str| Some(text.to_owned());
        let replacement = |old: &str, new: &str| Replacement {
            old: old.into(),
            new: new.into(),
            every: false,
        };
        let after = |edit: &Edit, title: &str, content: &str| {
            let text = edit.apply(title, content)?;
            Ok((text.title, text.content))
        };
        let edit = Edit {
            replacements: vec![replacement("a", "b"), replacement("b", "c")],
            prepend: some("a"),
            append: some("b"),
            tags: vec!["x".into(), "y".into()],
            untags: vec!["y".into()],
            ..Edit::default()
        };
        let expected = Ok(("T".into(), "a\nc\nb\n#x #y".into()));
        assert_eq!(after(&edit, "T #y", "a\n#y"), expected);
        assert_eq!(after(&edit, "#y", "a"), Err(EditError::BlankTitle));
        let edit = Edit {
            title: some("U"),
            content: some(""),
            prepend: some("first"),
            ..Edit::default()
        };
        assert_eq!(after(&edit, "T", "c"), Ok(("U".into(), "first".into())));
    }
}
