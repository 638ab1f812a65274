//! The list of the picker: what is typed, which notes are found, highlighted and marked.

use std::collections::BTreeSet;

use super::keys::{Action, Move};
use super::prompt::Prompt;
use super::ranking::{Entry, Ranking};

pub(super) struct List {
    pub(super) prompt: Prompt,
    pub(super) ranking: Ranking,
    /// The place of the highlighted note among those found.
    pub(super) at: usize,
    /// The place of the first note on the screen.
    pub(super) top: usize,
    /// The places of the marked notes among all.
    pub(super) marked: BTreeSet<usize>,
    pub(super) several: bool,
    pub(super) is_loaded: bool,
    pub(super) has_preview: bool,
    /// The first line of the preview that is shown.
    pub(super) scrolled: usize,
}

/// The effect of a key.
pub(super) enum Outcome {
    Goes,
    /// The action has to wait until the notes are found.
    Waits(Action),
    Left,
    Took(Vec<String>),
}

impl List {
    pub(super) fn new(query: &str, several: bool, has_preview: bool) -> Self {
        let mut list = Self {
            prompt: Prompt::new(query),
            ranking: Ranking::default(),
            at: 0,
            top: 0,
            marked: BTreeSet::new(),
            several,
            is_loaded: false,
            has_preview,
            scrolled: 0,
        };
        list.ranking.search(query);
        list
    }

    pub(super) fn highlighted(&self) -> Option<&Entry> {
        let at = self.ranking.found.get(self.at)?;
        self.ranking.entries.get(*at)
    }

    /// Looks at some more notes, and keeps the same note highlighted.
    pub(super) fn advance(&mut self, most: usize) {
        let highlighted = self.ranking.found.get(self.at).copied();
        let was_searching = self.ranking.is_searching();
        self.ranking.advance(most);
        if was_searching && !self.ranking.is_searching() {
            // What is typed has found these; the best is highlighted.
            self.go_to(0);
        } else if self.at > 0
            && let Some(at) = highlighted
            && self.ranking.found.get(self.at) != Some(&at)
        {
            let place = self.ranking.found.iter().position(|other| *other == at);
            self.at = place.unwrap_or(0);
        }
    }

    /// Does what a key asks for. `rows` is the height of the list.
    pub(super) fn act(&mut self, action: Action, rows: usize) -> Outcome {
        match action {
            Action::Leave => return Outcome::Left,
            Action::LeaveEmpty if self.prompt.text().is_empty() => return Outcome::Left,
            Action::LeaveEmpty | Action::Redraw => {}
            Action::Edit(edit) => {
                if self.prompt.edit(&edit) {
                    self.ranking.search(self.prompt.text());
                }
            }
            Action::TogglePreview => self.has_preview = !self.has_preview,
            Action::Scroll(to) => self.scrolled = moved(self.scrolled, to, usize::MAX, rows),
            action if self.ranking.is_searching() => return Outcome::Waits(action),
            Action::Move(to) => self.go(to, rows),
            Action::Mark(to) if self.several => {
                if let Some(at) = self.ranking.found.get(self.at)
                    && !self.marked.remove(at)
                {
                    self.marked.insert(*at);
                }
                self.go(to, rows);
            }
            Action::Mark(_) => {}
            Action::Take => return self.take(),
        }
        Outcome::Goes
    }

    /// Returns the ids of the marked notes in the order of the list, or that of the highlighted one.
    fn take(&mut self) -> Outcome {
        let mut taken: Vec<usize> = self.marked.iter().copied().collect();
        let found = &self.ranking.found;
        taken.sort_by_key(|at| {
            found
                .iter()
                .position(|other| other == at)
                .unwrap_or(usize::MAX)
        });
        if taken.is_empty() {
            taken.extend(found.get(self.at));
        }
        if taken.is_empty() && !self.is_loaded {
            return Outcome::Waits(Action::Take);
        }
        let entries = taken.iter().filter_map(|at| self.ranking.entries.get(*at));
        let ids: Vec<String> = entries.map(|entry| entry.note.id.clone()).collect();
        // Without a note that is found, there is something to change in what is typed.
        if ids.is_empty() {
            Outcome::Goes
        } else {
            Outcome::Took(ids)
        }
    }

    fn go(&mut self, to: Move, rows: usize) {
        let last = self.ranking.found.len().saturating_sub(1);
        self.go_to(moved(self.at, to, last, rows));
    }

    fn go_to(&mut self, at: usize) {
        self.at = at;
        self.scrolled = 0;
    }

    /// Moves the part that is shown so that the highlighted note is in it.
    pub(super) fn show_highlighted(&mut self, rows: usize) {
        self.at = self.at.min(self.ranking.found.len().saturating_sub(1));
        self.top = self
            .top
            .min(self.at)
            .max((self.at + 1).saturating_sub(rows));
    }
}

fn moved(at: usize, to: Move, last: usize, rows: usize) -> usize {
    let page = rows.max(2) - 1;
    let moved = match to {
        Move::Up => at.saturating_sub(1),
        Move::Down => at.saturating_add(1),
        Move::PageUp => at.saturating_sub(page),
        Move::PageDown => at.saturating_add(page),
        Move::First => 0,
        Move::Last => last,
    };
    moved.min(last)
}
