//! An edit of a note without an editor: a new text, made of the old one. No I/O.

use std::borrow::Cow;

use super::text::terminated;
use crate::input::LARGEST_NOTE;

/// The most characters of a text that a message quotes.
const QUOTED: usize = 80;

/// The parts of an edit, in the order in which they are made. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The new title.
    pub(crate) title: Option<String>,
    /// The new content.
    pub(crate) content: Option<String>,
    pub(crate) replacements: Vec<Replacement>,
    /// Lines before the content.
    pub(crate) prepend: Option<String>,
    /// Lines below the content.
    pub(crate) append: Option<String>,
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
    #[error("an empty text cannot be replaced")]
    NothingToReplace,
    #[error("'{old}' occurs {count} times in the content, not once", old = quoted(.old))]
    NotOnce { old: String, count: usize },
    #[error("'{old}' occurs 0 times in the content", old = quoted(.old))]
    NotThere { old: String },
    /// The content would be larger than a note can be.
    #[error("the content would have more than {} MiB", LARGEST_NOTE >> 20)]
    TooLarge,
}

impl Edit {
    /// Returns true if the new content has parts of the old one.
    pub(crate) fn needs_content(&self) -> bool {
        let adds = self.prepend.is_some() || self.append.is_some();
        self.content.is_none() && (adds || !self.replacements.is_empty())
    }

    /// Returns the new title and the new content of a note with this content; `None` for one that the
    /// edit is not about.
    pub(crate) fn apply(
        &self,
        content: &str,
    ) -> Result<(Option<String>, Option<String>), EditError> {
        let mut new = Cow::Borrowed(self.content.as_deref().unwrap_or(content));
        for replacement in &self.replacements {
            new = replacement.apply(&new)?.into();
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
        let is_edited = self.content.is_some() || self.needs_content();
        Ok((self.title.clone(), is_edited.then(|| new.into_owned())))
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

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
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
        let edit = Edit {
            replacements: vec![replacement("a", "b"), replacement("b", "c")],
            prepend: some("a"),
            append: some("b"),
            ..Edit::default()
        };
        assert_eq!(edit.apply("a\n"), Ok((None, some("a\nc\nb"))));
        let edit = Edit {
            content: some(""),
            prepend: some("first"),
            ..Edit::default()
        };
        assert_eq!(edit.apply("old"), Ok((None, some("first"))));
        let edit = Edit {
            title: some("T"),
            ..Edit::default()
        };
        assert_eq!(edit.apply("c"), Ok((some("T"), None)));
    }
}
