//! The notes that were large when they were read last.
//!
//! Such a note is not read in one round with others, which would wait for it, and its memory is counted before it is
//! read.

use std::collections::HashMap;
use std::sync::Mutex;

use super::lock::lock;

/// From this size on, in bytes, a note is large.
pub(super) const LARGE: usize = 64 * 1024;

/// The most notes that are remembered. Beyond that, all are forgotten and learned anew.
const MOST: usize = 1_024;

#[derive(Default)]
pub(super) struct LargeNotes(Mutex<HashMap<String, usize>>);

impl LargeNotes {
    /// Returns the size of the note, if it is known to be large.
    pub(super) fn size(&self, id: &str) -> Option<usize> {
        lock(&self.0).get(id).copied()
    }

    /// Remembers the size of a note if it is large; forgets the note if not.
    pub(super) fn learn(&self, id: &str, size: usize) {
        let mut known = lock(&self.0);
        if size < LARGE {
            known.remove(id);
            return;
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(id.to_owned(), size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_known_while_it_is_large() {
        let notes = LargeNotes::default();
        notes.learn("a", LARGE);
        notes.learn("b", LARGE - 1);
        assert_eq!(notes.size("a"), Some(LARGE));
        assert_eq!(notes.size("b"), None);
        notes.learn("a", 0);
        assert_eq!(notes.size("a"), None);
        for index in 0..=MOST {
            notes.learn(&index.to_string(), LARGE);
        }
        assert_eq!(lock(&notes.0).len(), 1);
    }
}
