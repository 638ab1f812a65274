//! Mending what an inspection found, as one step of the journal.

use std::collections::BTreeMap;

use super::Notebook;
use crate::journal::NoteChange;
use crate::store::RawNote;
use crate::store::{Error, Fix, Mending};

/// What becomes of notes, by their ids: how they were, and how they are then.
type Changes = BTreeMap<String, (RawNote, RawNote)>;

impl Notebook<'_> {
    /// Makes fixes, each as [`Store::mend`](crate::store::Store::mend) does, and tells `made` of each
    /// as soon as it is. They are one step of the journal, which has no word for a time to live: what
    /// was taken away of these does not come back by an undo.
    ///
    /// An error ends it; what was mended before it stays so, and recorded.
    pub fn mend(
        &mut self,
        fixes: &[Fix],
        made: &mut dyn FnMut(&Fix, &Mending),
    ) -> Result<(), Error> {
        let expected = self.foresee(fixes)?;
        let step = if expected.is_empty() {
            None
        } else {
            self.enter(None, &expected)
        };
        let mut changes = Changes::new();
        let mended: Result<(), Error> = fixes.iter().try_for_each(|fix| {
            let mending = self.store.mend(fix)?;
            if let (Mending::Mended { before, after }, Some(id)) = (&mending, fix.id()) {
                note(&mut changes, id, before, after);
            }
            made(fix, &mending);
            Ok(())
        });
        match &mended {
            // The last may have been made: what was expected is the better record, for an undo looks
            // at Redis anyway.
            Err(error) if !error.changed_nothing() => {}
            _ => {
                let found = steps(changes);
                if self.journal.is_some() && found != expected {
                    self.amend(step.as_ref(), &found);
                }
            }
        }
        self.settle(step, Ok(())).and(mended)
    }

    /// What the fixes will do, by what Redis holds now; nothing without a journal.
    fn foresee(&mut self, fixes: &[Fix]) -> Result<Vec<NoteChange>, Error> {
        let mut changes = Changes::new();
        if self.journal.is_none() {
            return Ok(Vec::new());
        }
        let mut ids: Vec<&str> = fixes.iter().filter_map(Fix::id).collect();
        ids.sort_unstable();
        ids.dedup();
        for (id, image) in ids.iter().zip(self.store.images(&ids)?) {
            changes.insert((*id).to_owned(), (image.clone(), image));
        }
        for fix in fixes {
            if let Some((_, after)) = fix.id().and_then(|id| changes.get_mut(id)) {
                fix.apply(after);
            }
        }
        Ok(steps(changes))
    }
}

fn note(changes: &mut Changes, id: &str, before: &RawNote, after: &RawNote) {
    changes
        .entry(id.to_owned())
        .or_insert_with(|| (before.clone(), before.clone()))
        .1 = after.clone();
}

/// Those changes that leave something other than they found.
fn steps(changes: Changes) -> Vec<NoteChange> {
    changes
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|(id, (before, after))| NoteChange { id, before, after })
        .collect()
}
