//! The notes that what is typed finds, in the order of the picker: those whose title has it, also with
//! letters left out, then those whose tags and content do, the newest first.

use std::cmp::Reverse;

use super::in_one_line;
use crate::note::{Note, tag};
use crate::unicode::{folded, nfc};

/// The most words that are looked for.
const MOST_WORDS: usize = 32;

/// A note, and its texts as they are searched.
pub(super) struct Entry {
    pub(super) note: Note,
    /// The title in one line, safe and in NFC.
    pub(super) title: String,
    folded_title: String,
    folded_content: String,
}

impl Entry {
    pub(super) fn new(note: Note) -> Self {
        let title = in_one_line(note.heading());
        Self {
            folded_title: title.to_lowercase(),
            folded_content: folded(note.content()),
            title,
            note,
        }
    }
}

/// A word that is typed. Letter case counts if it has a capital.
pub(super) struct Word {
    text: String,
    any_case: bool,
}

impl Word {
    fn new(text: &str) -> Self {
        let text = nfc(text).into_owned();
        let any_case = !text.contains(char::is_uppercase);
        Self { text, any_case }
    }

    /// Returns how well the title has the word, from 1 for its letters in their order to 4 for the whole
    /// word.
    fn rank_in_title(&self, entry: &Entry) -> Option<u32> {
        let title = if self.any_case {
            &entry.folded_title
        } else {
            &entry.title
        };
        let mut best = None;
        for (at, _) in title.match_indices(&self.text) {
            let begins = !ends_in_word(&title[..at]);
            let ends = !begins_in_word(&title[at + self.text.len()..]);
            best = best.max(Some(match (begins, ends) {
                (true, true) => 4,
                (true, false) => 3,
                (false, _) => 2,
            }));
        }
        best.or_else(|| has_letters(title, &self.text).then_some(1))
    }

    fn is_in_content(&self, entry: &Entry) -> bool {
        if self.any_case {
            entry.folded_content.contains(&self.text)
        } else {
            nfc(entry.note.content()).contains(&self.text)
        }
    }

    /// Returns true if a tag of a content that has the word has it too.
    fn is_in_tag(&self, entry: &Entry) -> bool {
        let name = self.text.trim_start_matches('#').to_lowercase();
        tag::in_text(&entry.folded_content).any(|(_, tag)| tag.contains(&name))
    }

    /// Returns the places of the word in a text in NFC.
    pub(super) fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut done = 0;
        text.char_indices().filter_map(move |(at, _)| {
            let end = (at >= done).then(|| self.end_at(text, at)).flatten()?;
            done = end;
            Some((at, end))
        })
    }

    /// Returns the end of the word if it begins there.
    fn end_at(&self, text: &str, at: usize) -> Option<usize> {
        let mut rest = text[at..].char_indices();
        for expected in self.text.chars() {
            let (_, found) = rest.next()?;
            let is_same = found == expected || self.any_case && found.to_lowercase().eq([expected]);
            if !is_same {
                return None;
            }
        }
        Some(at + rest.offset())
    }
}

/// Returns true if the title has the letters in their order: close together from the beginning of a word
/// on, or as the first letters of words.
fn has_letters(title: &str, letters: &str) -> bool {
    let count = letters.chars().count();
    if count < 2 {
        return false;
    }
    let mut is_begin = true;
    let mut initials = letters.chars().peekable();
    for (at, c) in title.char_indices() {
        if is_begin && c.is_alphanumeric() {
            if count > 2 && is_close(title[at..].chars().take(2 * count), letters) {
                return true;
            }
            initials.next_if_eq(&c);
        }
        // Each digit of a number begins something to name.
        is_begin = !c.is_alphanumeric() || c.is_numeric();
    }
    initials.peek().is_none()
}

/// Returns true if the text begins with the first letter and has the others after it, in their order.
fn is_close(mut text: impl Iterator<Item = char>, letters: &str) -> bool {
    let mut letters = letters.chars();
    text.next() == letters.next() && letters.all(|letter| text.any(|c| c == letter))
}

fn ends_in_word(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_alphanumeric)
}

fn begins_in_word(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphanumeric)
}

/// The notes that have been loaded, and those of them that are found.
#[derive(Default)]
pub(super) struct Ranking {
    pub(super) entries: Vec<Entry>,
    pub(super) words: Vec<Word>,
    /// What is typed, in lower case and with single spaces.
    phrase: String,
    /// The places of the notes that were found in `entries`, the best first.
    pub(super) found: Vec<usize>,
    /// Those of the search that goes on, each with its rank.
    next_found: Vec<(Reverse<u32>, usize)>,
    /// The number of notes that were looked at.
    looked_at: usize,
    /// The number of notes to look at before `found` changes.
    awaited: usize,
}

impl Ranking {
    pub(super) fn push(&mut self, entries: Vec<Entry>) {
        self.entries.extend(entries);
    }

    /// Begins to look for the notes that have every word.
    pub(super) fn search(&mut self, typed: &str) {
        let words = typed.split_whitespace().take(MOST_WORDS);
        self.words = words.map(Word::new).collect();
        let texts: Vec<String> = self.words.iter().map(|word| folded(&word.text)).collect();
        self.phrase = texts.join(" ");
        self.next_found.clear();
        self.looked_at = 0;
        self.awaited = self.entries.len();
    }

    /// Looks at some more notes. `found` changes once all have been looked at that there were when the
    /// search began, and then with each call.
    pub(super) fn advance(&mut self, most: usize) {
        let end = self.entries.len().min(self.looked_at.saturating_add(most));
        if self.looked_at == end && self.awaited == 0 {
            return;
        }
        for at in self.looked_at..end {
            if let Some(rank) = self.rank(&self.entries[at]) {
                self.next_found.push((Reverse(rank), at));
            }
        }
        self.looked_at = end;
        if end >= self.awaited {
            self.awaited = 0;
            self.next_found.sort_unstable();
            self.found.clear();
            self.found.extend(self.next_found.iter().map(|(_, at)| at));
        }
    }

    /// Returns true if `found` does not have what the last search finds yet.
    pub(super) fn is_searching(&self) -> bool {
        self.awaited > 0
    }

    /// Returns true if there is nothing more to look at.
    pub(super) fn is_done(&self) -> bool {
        self.awaited == 0 && self.looked_at == self.entries.len()
    }

    /// Returns the rank of a note that has every word; a higher one comes first.
    fn rank(&self, entry: &Entry) -> Option<u32> {
        let (mut in_title, mut quality, mut in_tags) = (0, 0, 0);
        for word in &self.words {
            if let Some(rank) = word.rank_in_title(entry) {
                in_title += 1;
                quality += rank;
            } else if !word.is_in_content(entry) {
                return None;
            } else if word.is_in_tag(entry) {
                in_tags += 1;
            }
        }
        if entry.folded_title == self.phrase {
            quality += 100;
        } else if self.words.len() > 1 && entry.folded_title.contains(&self.phrase) {
            quality += 4;
        }
        Some(in_title << 16 | quality << 8 | in_tags)
    }
}

#[cfg(test)]
mod tests;
