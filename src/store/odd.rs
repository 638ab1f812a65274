//! Odd data: the kinds of it, and how often a store met each.
//!
//! Other programs write to the same keys, and Redis itself may drop some. Reads count it, for one
//! line to the user. The doctor, which looks at everything, shares the words.

use super::Store;

pub(crate) const NO_HASH: &str = "ids without a note";
pub(crate) const WRONG_TYPE: &str = "keys that hold something else";
pub(crate) const MISSING_FIELD: &str = "missing fields";
pub(crate) const NOT_UTF8: &str = "texts that are not UTF-8";
pub(crate) const ID_NOT_UTF8: &str = "ids that are not UTF-8";

impl Store {
    pub(super) fn count_odd(&mut self, kind: &'static str, count: usize) {
        if count > 0 {
            *self.odd.entry(kind).or_default() += count;
        }
    }

    /// Returns one line about the odd data since the last call, and resets the counts.
    pub(crate) fn take_faults(&mut self) -> Option<String> {
        let kinds: Vec<String> = std::mem::take(&mut self.odd)
            .into_iter()
            .map(|(kind, count)| format!("{kind}: {count}"))
            .collect();
        (!kinds.is_empty()).then(|| format!("odd data by another writer ({})", kinds.join(", ")))
    }
}
