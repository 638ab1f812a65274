//! The order of notes, and their ids in that order.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::note::Note;
use crate::note::text::heading;
use crate::store::{Error, Store};
use crate::unicode::folded;

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// By when they were made, the newest first.
    #[default]
    Created,
    /// By when they were changed, the newest first.
    Updated,
    /// By title, from A to Z, upper and lower case alike.
    Title,
}

/// An order of notes; where two are alike, their ids decide.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Order {
    pub(crate) sort: Sort,
    /// True for the reverse of the order that [`Sort`] describes.
    pub(crate) reverse: bool,
}

/// The ids of notes and the values to sort them by. They are sorted only as far as they are taken.
pub(crate) struct Candidates {
    keys: Vec<(String, String)>,
    order: Order,
    /// So many characters of an id tell it from all others. Where ids have letters with marks, a few less may do.
    pub(crate) abbreviation: usize,
}

impl Sort {
    /// Returns the field to sort by.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Created => "created_at",
            Self::Updated => "updated_at",
            Self::Title => "title",
        }
    }
}

impl Order {
    /// The notes changed last come first.
    pub(crate) const LATEST_FIRST: Self = Self {
        sort: Sort::Updated,
        reverse: false,
    };

    /// Compares ids by their values, which are times or titles.
    fn compare(
        self,
        (id, one): &(String, String),
        (other_id, other): &(String, String),
    ) -> Ordering {
        // Times are compared as text, as the HTTP API does.
        let order = one.cmp(other);
        let descends = (self.sort == Sort::Title) == self.reverse;
        let order = if descends { order.reverse() } else { order };
        order.then_with(|| id.cmp(other_id))
    }
}

impl Candidates {
    /// Returns the ids of the notes whose value of the sort field is wanted. It does not read the notes
    /// themselves; some may be gone.
    pub(crate) fn read(
        store: &mut Store,
        order: Order,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let mut keys = store.all_values(order.sort.field())?;
        let (abbreviation, comes_twice) = distinct_length(&keys);
        if comes_twice {
            keys.sort_unstable();
            keys.dedup_by(|(one, _), (other, _)| one == other);
        }
        keys.retain(|(_, value)| is_wanted(value));
        if order.sort == Sort::Title {
            for (_, title) in &mut keys {
                *title = folded(heading(title));
            }
        }
        Ok(Self {
            keys,
            order,
            abbreviation,
        })
    }

    /// Returns the next ids in order, `most` of them unless there are fewer.
    pub(crate) fn take(&mut self, most: usize) -> Vec<String> {
        let most = most.min(self.keys.len());
        let compare = |one: &_, other: &_| self.order.compare(one, other);
        if most < self.keys.len() {
            self.keys.select_nth_unstable_by(most, compare);
        }
        let mut first: Vec<_> = self.keys.drain(..most).collect();
        first.sort_unstable_by(compare);
        first.into_iter().map(|(id, _)| id).collect()
    }

    /// Drops the notes up to one, which may be gone: it is told by its id and its value.
    #[cfg(feature = "mcp")]
    pub(crate) fn drop_up_to(&mut self, id: String, value: String) {
        let last = (id, value);
        let order = self.order;
        self.keys.retain(|key| order.compare(key, &last).is_gt());
    }

    /// Returns the number of ids that were not taken yet.
    #[cfg(feature = "mcp")]
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Drops all but these ids.
    pub(crate) fn retain(&mut self, ids: &BTreeSet<String>) {
        self.keys.retain(|(id, _)| ids.contains(id));
    }

    /// Returns the ids that were not taken yet, unsorted.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.keys.iter().map(|(id, _)| id.as_str()).collect()
    }
}

/// Returns the first notes in an order. Ids without a note are left out and counted as odd.
pub(crate) fn list(
    store: &mut Store,
    order: Order,
    limit: Option<usize>,
) -> Result<Vec<Note>, Error> {
    let mut candidates = Candidates::read(store, order, |_| true)?;
    let limit = limit.unwrap_or(usize::MAX);
    let mut notes = Vec::new();
    // Some of the first ids may have no note; read on until there are enough.
    while notes.len() < limit {
        let ids = candidates.take(limit - notes.len());
        if ids.is_empty() {
            break;
        }
        notes.extend(store.present(&ids)?);
    }
    Ok(notes)
}

/// Returns the length of prefix that is distinct for each id, and true if an id comes twice, as
/// SSCAN may find it.
fn distinct_length(keys: &[(String, String)]) -> (usize, bool) {
    let mut heads: Vec<u128> = keys.iter().map(|(id, _)| head(id)).collect();
    heads.sort_unstable();
    let mut shared = 0;
    for pair in heads.windows(2) {
        if pair[0] == pair[1] {
            return distinct_length_of_long(keys);
        }
        shared = shared.max((pair[0] ^ pair[1]).leading_zeros() / u8::BITS);
    }
    (shared as usize + 1, false)
}

/// The same where some ids have the same [`head`].
fn distinct_length_of_long(keys: &[(String, String)]) -> (usize, bool) {
    let mut ids: Vec<&[u8]> = keys.iter().map(|(id, _)| id.as_bytes()).collect();
    ids.sort_unstable();
    let mut longest = 0;
    let mut comes_twice = false;
    for pair in ids.windows(2) {
        if pair[0] == pair[1] {
            comes_twice = true;
            continue;
        }
        let shared = pair[0].iter().zip(pair[1]).take_while(|(a, b)| a == b);
        longest = longest.max(shared.count());
    }
    (longest + 1, comes_twice)
}

/// Returns the first bytes of an id as a number: numbers are sorted in a quarter of the time.
fn head(id: &str) -> u128 {
    let mut head = [0; 16];
    for (to, from) in head.iter_mut().zip(id.bytes()) {
        *to = from;
    }
    u128::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_come_in_order_however_many_are_taken_at_a_time() {
        for (sort, reverse) in [
            (Sort::Created, false),
            (Sort::Title, false),
            (Sort::Title, true),
        ] {
            let order = Order { sort, reverse };
            let candidates = || Candidates {
                keys: (0..100)
                    .map(|number| {
                        (
                            format!("{:02}", number * 37 % 100),
                            (number % 7).to_string(),
                        )
                    })
                    .collect(),
                order,
                abbreviation: 2,
            };
            let all = candidates().take(usize::MAX);
            let mut expected = candidates().keys;
            expected.sort_by(|one, other| order.compare(one, other));
            assert!(all.iter().eq(expected.iter().map(|(id, _)| id)));
            for most in [1, 3, 50, 99] {
                let mut candidates = candidates();
                let mut taken = Vec::new();
                while taken.len() < 100 {
                    taken.extend(candidates.take(most));
                }
                assert_eq!(taken, all);
                assert!(candidates.take(1).is_empty() && candidates.ids().is_empty());
            }
        }
    }

    #[test]
    fn ids_are_told_apart_by_their_beginning() {
        for (ids, length, comes_twice) in [
            (&[][..], 1, false),
            (&["a"], 1, false),
            (&["b", "a"], 1, false),
            (&["abcd-1", "x", "abcd-2"], 6, false),
            (&["abcdefgh-2", "b", "abcdefgh-1"], 10, false),
            (
                &["abcdefghijklmnop-2", "b", "abcdefghijklmnop-1"],
                18,
                false,
            ),
            (&["abcdefghijklmnop", "b", "abcdefghijklmnop"], 1, true),
            (&["ab", "b", "abc"], 3, false),
            (&["ab", "b", "ab"], 1, true),
            (&["é1", "é2", "è"], 3, false),
        ] {
            let keys: Vec<_> = ids
                .iter()
                .map(|id| ((*id).to_owned(), String::new()))
                .collect();
            assert_eq!(distinct_length(&keys), (length, comes_twice), "{ids:?}");
        }
    }
}
