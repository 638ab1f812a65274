//! Repairs problems, but only without a guess, and without removing text.
//!
//! Nothing is made up: there is no repair for a title, a content or a time that is missing or wrong,
//! nor for a key of another type.

use std::collections::{BTreeMap, BTreeSet};

use crate::note::RawNote;
use crate::store::{Error, JournaledStore, keys};

/// A repair that takes no guess, in the order in which they are made and reported. Keys that are about
/// to expire come first. An id enters the set before its note is repaired: only then it is certain to be
/// the id of a note.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repair {
    /// Takes the time to live from the set of ids.
    KeepIds,
    /// Adds an id to the set.
    List(String),
    /// Takes the time to live from a note that the set has.
    Keep(String),
    /// Sets the field `id` of a note that the set has to the id in its key.
    Name(String),
    /// Removes an id that has nothing behind it from the set.
    Unlist(String),
}

/// The result of repairs.
#[derive(Debug, Default)]
pub(crate) struct Repaired {
    /// Those that were made; the others were not needed any more.
    pub(crate) made: BTreeSet<Repair>,
    /// True if there is a step to undo. Times to live are in no step.
    pub(crate) can_be_undone: bool,
}

/// Makes repairs, each only if its problem is still there. They are one step of the journal.
///
/// An error ends it; the repairs made before it stay, and stay recorded.
pub(crate) fn repair(
    store: &mut JournaledStore<'_>,
    repairs: &BTreeSet<Repair>,
    repaired: &mut Repaired,
) -> Result<(), Error> {
    if repairs.contains(&Repair::KeepIds) && store.persist(None)? {
        repaired.made.insert(Repair::KeepIds);
    }
    let mut by_note: BTreeMap<&str, Vec<&Repair>> = BTreeMap::new();
    for repair in repairs {
        if let Some(id) = repair.id() {
            by_note.entry(id).or_default().push(repair);
        }
    }
    let ids: Vec<&str> = by_note.keys().copied().collect();
    let mut made = Vec::new();
    let result = store.replace(&ids, None, &mut made, |id, found| {
        let before = match found {
            // It is no note any more.
            Err(Error::WrongType { .. }) => RawNote::default(),
            found => found?,
        };
        let mut after = before.clone();
        apply_needed(&by_note[id], id, &mut after);
        Ok((before, after))
    });
    repaired.can_be_undone = made.iter().any(|it| it.before != it.after);
    let mut to_persist = Vec::new();
    for mut change in made {
        let id = change.id.as_str();
        for repair in apply_needed(&by_note[id], id, &mut change.before) {
            if let Repair::Keep(_) = repair {
                to_persist.push(repair);
            } else {
                repaired.made.insert(repair.clone());
            }
        }
    }
    result?;
    for repair in to_persist {
        if store.persist(repair.id())? {
            repaired.made.insert(repair.clone());
        }
    }
    Ok(())
}

/// Makes those of the repairs that the note needs, and returns them.
fn apply_needed<'a>(repairs: &[&'a Repair], id: &str, note: &mut RawNote) -> Vec<&'a Repair> {
    let mut needed = Vec::new();
    for repair in repairs {
        if repair.apply(id, note) {
            needed.push(*repair);
        }
    }
    needed
}

impl Repair {
    /// Returns true if the id of a hash can be added to the set: the hash has a title and no other id.
    /// Any other hash may belong to another program that has keys of the same form.
    pub(super) fn can_list(id: &str, note: &RawNote) -> bool {
        let names_other = note.field("id").is_some_and(|own| own != id.as_bytes());
        !id.is_empty() && !names_other && note.field("title").is_some()
    }

    /// Returns the id of the note; `None` for the set of ids.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::KeepIds => None,
            Self::List(id) | Self::Keep(id) | Self::Name(id) | Self::Unlist(id) => Some(id),
        }
    }

    /// Repairs the note if needed; returns true if it did. [`Repair::Keep`] changes nothing here: a raw
    /// note has no time to live.
    fn apply(&self, id: &str, note: &mut RawNote) -> bool {
        let is_note = note.listed && note.has_hash();
        match self {
            Self::Keep(_) if is_note => {}
            Self::List(_) if !note.listed && Self::can_list(id, note) => note.listed = true,
            Self::Name(_) if is_note && note.field("id") != Some(id.as_bytes()) => {
                note.set("id", id);
            }
            Self::Unlist(_) if note.listed && !note.has_hash() => note.listed = false,
            _ => return false,
        }
        true
    }

    /// Describes it as a plan: `remove the id a1 from notes:ids`.
    pub(crate) fn plan(&self) -> String {
        self.sentence().0
    }

    /// Describes it as done: `removed the id a1 from notes:ids`.
    pub(crate) fn outcome(&self) -> String {
        self.sentence().1
    }

    fn sentence(&self) -> (String, String) {
        let ids = keys::IDS;
        let key = self.id().map_or_else(|| ids.to_owned(), keys::of_note);
        let (plan, outcome, object) = match self {
            Self::KeepIds | Self::Keep(_) => {
                ("take", "took", format!("the time to live from {key}"))
            }
            Self::List(id) => ("add", "added", format!("the id {id} to {ids}")),
            Self::Name(id) => ("set", "set", format!("the field id of {key} to {id}")),
            Self::Unlist(id) => ("remove", "removed", format!("the id {id} from {ids}")),
        };
        (format!("{plan} {object}"), format!("{outcome} {object}"))
    }
}
