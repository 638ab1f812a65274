//! The text that is typed in the picker, and the cursor in it.

use crate::unicode::{first_cluster, last_cluster};

#[derive(Default)]
pub(super) struct Prompt {
    text: String,
    /// The offset of the cursor.
    at: usize,
}

/// A change of the text, or a move of the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PromptEdit {
    Insert(String),
    Left,
    Right,
    ToStart,
    ToEnd,
    Backspace,
    Delete,
    DeleteWord,
    DeleteBefore,
}

impl Prompt {
    pub(super) fn new(text: &str) -> Self {
        let mut prompt = Self::default();
        prompt.edit(&PromptEdit::Insert(text.to_owned()));
        prompt
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text before the cursor.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.at]
    }

    /// Returns true if the text has changed.
    pub(super) fn edit(&mut self, edit: &PromptEdit) -> bool {
        let (before, after) = self.text.split_at(self.at);
        let previous = self.at - last_cluster(before).len();
        let next = self.at + first_cluster(after).len();
        let word = before.trim_end();
        let word = word.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let removed = match edit {
            PromptEdit::Insert(text) => {
                // A pasted text may have line breaks.
                let text: String = text
                    .chars()
                    .map(|c| if c.is_control() { ' ' } else { c })
                    .collect();
                self.text.insert_str(self.at, &text);
                self.at += text.len();
                return !text.is_empty();
            }
            PromptEdit::Backspace => previous..self.at,
            PromptEdit::Delete => self.at..next,
            PromptEdit::DeleteWord => word..self.at,
            PromptEdit::DeleteBefore => 0..self.at,
            PromptEdit::Left => return self.go(previous),
            PromptEdit::Right => return self.go(next),
            PromptEdit::ToStart => return self.go(0),
            PromptEdit::ToEnd => return self.go(self.text.len()),
        };
        self.at = removed.start;
        let is_changed = !removed.is_empty();
        self.text.drain(removed);
        is_changed
    }

    fn go(&mut self, at: usize) -> bool {
        self.at = at;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_moves_and_deletes_by_what_is_seen_as_a_character() {
        let mut prompt = Prompt::new("buy e\u{301}👩\u{200d}👧 milk");
        for (edit, text, before) in [
            (
                PromptEdit::DeleteWord,
                "buy e\u{301}👩\u{200d}👧 ",
                "buy e\u{301}👩\u{200d}👧 ",
            ),
            (
                PromptEdit::Backspace,
                "buy e\u{301}👩\u{200d}👧",
                "buy e\u{301}👩\u{200d}👧",
            ),
            (PromptEdit::Left, "buy e\u{301}👩\u{200d}👧", "buy e\u{301}"),
            (PromptEdit::Delete, "buy e\u{301}", "buy e\u{301}"),
            (PromptEdit::Backspace, "buy ", "buy "),
            (PromptEdit::ToStart, "buy ", ""),
            (PromptEdit::Left, "buy ", ""),
            (PromptEdit::Insert("a\nb\x1b".into()), "a b buy ", "a b "),
            (PromptEdit::DeleteBefore, "buy ", ""),
            (PromptEdit::Right, "buy ", "b"),
            (PromptEdit::ToEnd, "buy ", "buy "),
            (PromptEdit::Delete, "buy ", "buy "),
        ] {
            let changes = prompt.text() != text;
            assert_eq!(prompt.edit(&edit), changes, "{edit:?}");
            assert_eq!((prompt.text(), prompt.before()), (text, before), "{edit:?}");
        }
    }
}
