//! Files that were copied by hand with the id in them: one keeps the id, and the others are notes too.

use std::collections::HashMap;
use std::vec;

use crate::transfer::{Entry, Unread};

/// The most bytes of notes that wait for a file whose name fits better.
const MOST_WAITING: usize = 32 * 1024 * 1024;

/// A note, and what its file says about its id.
pub(super) struct Claim {
    pub(super) entry: Entry,
    /// The path of the file in its source.
    pub(super) path: String,
    /// True if the file itself has the id, or the key that the id is made of.
    pub(super) has_id: bool,
    /// True if the name of the file is that of the note.
    pub(super) name_fits: bool,
    /// The id of the note if another has the first one.
    pub(super) other_id: String,
}

/// Notes with an id each. One whose file has another name than the note comes last, so that of a file and
/// its copies that with the right name keeps the id.
pub(super) struct Copies<I> {
    claims: Option<I>,
    waiting: Vec<Claim>,
    waiting_size: usize,
    rest: vec::IntoIter<Claim>,
    /// The ids, and the files that have them.
    taken: HashMap<String, String>,
}

impl<I: Iterator<Item = Result<Claim, Unread>>> Copies<I> {
    pub(super) fn new(claims: I) -> Self {
        Self {
            claims: Some(claims),
            waiting: Vec::new(),
            waiting_size: 0,
            rest: Vec::new().into_iter(),
            taken: HashMap::new(),
        }
    }

    fn settle(&mut self, claim: Claim) -> Entry {
        let Claim {
            mut entry,
            path,
            has_id,
            other_id,
            ..
        } = claim;
        if !has_id {
            return entry;
        }
        if let Some(first) = self.taken.get(&entry.id) {
            entry.notices.push(format!(
                "the id is also in {first}; this file is imported as a note of its own"
            ));
            entry.note.set("id", &other_id);
            entry.id.clone_from(&other_id);
        }
        self.taken.insert(entry.id.clone(), path);
        entry
    }
}

impl<I: Iterator<Item = Result<Claim, Unread>>> Iterator for Copies<I> {
    type Item = Result<Entry, Unread>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(claims) = &mut self.claims {
            match claims.next() {
                Some(Ok(claim)) => {
                    let size = claim.entry.note.size();
                    let can_wait = self.waiting_size.saturating_add(size) <= MOST_WAITING;
                    if !claim.has_id || claim.name_fits || !can_wait {
                        return Some(Ok(self.settle(claim)));
                    }
                    self.waiting_size += size;
                    self.waiting.push(claim);
                }
                Some(Err(unread)) => return Some(Err(unread)),
                None => {
                    self.claims = None;
                    self.rest = std::mem::take(&mut self.waiting).into_iter();
                }
            }
        }
        let claim = self.rest.next()?;
        Some(Ok(self.settle(claim)))
    }
}
