//! Counts the links between notes that cannot be followed. They are no problem: a note may be written
//! later.

use std::collections::BTreeMap;

use crate::find::{Destination, destinations};
use crate::note::link;
use crate::store::{Error, Store};

/// The targets of links, and how many notes have each.
#[derive(Default)]
pub(super) struct LinkCount(BTreeMap<String, usize>);

impl LinkCount {
    /// Adds the links of one note.
    pub(super) fn add(&mut self, content: &str) {
        for target in link::targets(content) {
            *self.0.entry(target.to_owned()).or_default() += 1;
        }
    }

    /// Counts those that lead to no note, or to several.
    pub(super) fn count_broken(self, store: &mut Store) -> Result<usize, Error> {
        let destinations = destinations(store, self.0.keys().cloned().collect())?;
        let mut broken = 0;
        for (target, count) in self.0 {
            if !matches!(destinations.get(&target), Some(Destination::Note(_))) {
                broken += count;
            }
        }
        Ok(broken)
    }
}
