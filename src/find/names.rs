//! Compares a name with the ids and the titles of all notes.
//!
//! A whole id goes before a title, and a title before the beginning of an id: a random new id never takes
//! over a title. Of titles the one in the same letter case goes first.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::ops::Range;

use super::note_ref::NoteRef;
use super::order::{Order, list};
use crate::note::text::heading;
use crate::store::{Error, Store};
use crate::unicode::{folded, nfc};

/// The shortest prefix that names a note.
pub(super) const LEAST_PREFIX: usize = 4;

/// The most titles that are named because they are spelled alike, and how alike they must be.
const NEAREST: usize = 3;
const LEAST_LIKENESS: f64 = 0.8;

/// The most characters of a text that is compared with titles.
const LONGEST_LIKENESS: usize = 80;

/// The ids and titles among which the notes of some references are found.
#[derive(Default)]
pub(super) struct Names {
    /// The whole ids among the references that are there.
    whole: HashSet<String>,
    /// The notes changed last, as many as a reference counts.
    pub(super) latest: Vec<String>,
    /// The ids of all notes, sorted; empty if no title or prefix is looked for.
    ids: Vec<String>,
    /// In the order of the ids; empty where there is none.
    titles: Vec<String>,
    /// For each title that is looked for, [`folded`], the indices of the notes that have it.
    alike: HashMap<String, Vec<usize>>,
}

/// The notes that a reference names.
pub(super) enum Found {
    One(String),
    Several(Relation, Vec<String>),
    Nothing,
}

/// The relation of a text to the notes that it names.
pub(super) enum Relation {
    Title,
    Beginning,
}

impl Names {
    /// Reads what the references need: all ids and titles only if one may be a title or a prefix.
    pub(super) fn read(store: &mut Store, references: &[NoteRef]) -> Result<Self, Error> {
        let mut names = Self::default();
        let ids: Vec<String> = references.iter().flat_map(NoteRef::whole_ids).collect();
        for (is_there, id) in store.are_there(&ids)?.into_iter().zip(ids) {
            if is_there {
                names.whole.insert(id);
            }
        }
        let mut most = 0;
        for reference in references {
            if let NoteRef::Latest(number) = reference {
                most = most.max(*number);
            } else if names.whole_id(reference).is_none()
                && let Some(text) = reference.title_or_prefix()
            {
                names.alike.entry(folded(text)).or_default();
            }
        }
        if most > 0 {
            let notes = list(store, Order::LATEST_FIRST, Some(most))?;
            names.latest = notes.into_iter().map(|note| note.id).collect();
        }
        if !names.alike.is_empty() {
            names.read_titles(store)?;
        }
        Ok(names)
    }

    fn read_titles(&mut self, store: &mut Store) -> Result<(), Error> {
        self.ids = store.ids()?;
        self.titles = store.values(&self.ids, "title")?;
        for (at, title) in self.titles.iter().enumerate() {
            let heading = heading(title);
            let other = (heading != title).then_some(heading);
            for name in iter::once(title.as_str()).chain(other) {
                if let Some(found) = self.alike.get_mut(&folded(name)) {
                    found.push(at);
                }
            }
        }
        Ok(())
    }

    fn whole_id(&self, reference: &NoteRef) -> Option<String> {
        let mut ids = reference.whole_ids().into_iter();
        ids.find(|id| self.whole.contains(id))
    }

    /// Returns the notes that one of the references names. An id counts as there if its note is, or if the
    /// set of ids has it.
    pub(super) fn find(&self, reference: &NoteRef) -> Found {
        let whole = match reference {
            NoteRef::Latest(number) => self.latest.get(number - 1).cloned(),
            NoteRef::Name(_) => self.whole_id(reference),
        };
        if let Some(id) = whole {
            return Found::One(id);
        }
        // An empty variable of a script must not name a note without a title.
        let text = reference.title_or_prefix();
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Found::Nothing;
        };
        let titled = self.titled(text);
        let (relation, mut ids) = if titled.is_empty() {
            (Relation::Beginning, self.beginning_with(text).to_vec())
        } else {
            (Relation::Title, titled)
        };
        match ids.len() {
            0 => Found::Nothing,
            1 => Found::One(ids.remove(0)),
            _ => Found::Several(relation, ids),
        }
    }

    /// Returns the notes with this title: those in the same letter case, or, without any, all.
    fn titled(&self, text: &str) -> Vec<String> {
        let alike = self.alike.get(&folded(text)).map_or(&[][..], Vec::as_slice);
        let mut exact = alike.to_vec();
        exact.retain(|at| {
            let title = &self.titles[*at];
            nfc(title) == nfc(text) || nfc(heading(title)) == nfc(text)
        });
        self.ids_at(if exact.is_empty() { alike } else { &exact })
    }

    fn ids_at(&self, at: &[usize]) -> Vec<String> {
        at.iter().map(|at| self.ids[*at].clone()).collect()
    }

    /// Returns the notes of which the text is a part of the title, or whose title has every word of it, or,
    /// with `false`, is spelled alike.
    pub(super) fn near(&self, text: &str) -> (Vec<String>, bool) {
        if text.trim().is_empty() || text.chars().count() > LONGEST_LIKENESS {
            return (Vec::new(), false);
        }
        let text = folded(text.trim());
        let titles = self.titles.iter().map(|title| folded(heading(title)));
        let titles: Vec<String> = titles.collect();
        let mut parts = indices(&titles, |title| title.contains(&text));
        if parts.is_empty() {
            parts = indices(&titles, |title| {
                text.split_whitespace().all(|word| title.contains(word))
            });
        }
        if !parts.is_empty() {
            return (self.ids_at(&parts), true);
        }
        let mut alike: Vec<(f64, usize)> = Vec::new();
        for (at, title) in titles.iter().enumerate() {
            if title.len() <= 4 * LONGEST_LIKENESS {
                alike.push((strsim::jaro_winkler(&text, title), at));
            }
        }
        alike.retain(|(likeness, _)| *likeness >= LEAST_LIKENESS);
        alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let alike: Vec<usize> = alike.into_iter().map(|(_, at)| at).take(NEAREST).collect();
        (self.ids_at(&alike), false)
    }

    fn beginning_with(&self, text: &str) -> &[String] {
        if text.chars().count() < LEAST_PREFIX {
            return &[];
        }
        let mut range = self.range(text);
        if range.is_empty() {
            range = self.range(&text.to_lowercase());
        }
        self.ids.get(range).unwrap_or_default()
    }

    /// Returns the range of the ids with this beginning.
    fn range(&self, beginning: &str) -> Range<usize> {
        let first = self.ids.partition_point(|id| id.as_str() < beginning);
        let ids = self.ids.get(first..).unwrap_or_default();
        let count = ids.partition_point(|id| id.starts_with(beginning));
        first..first + count
    }
}

/// Returns the indices of the titles that pass a test.
fn indices(titles: &[String], test: impl Fn(&str) -> bool) -> Vec<usize> {
    let passed = titles.iter().enumerate().filter(|(_, title)| test(title));
    passed.map(|(at, _)| at).collect()
}
