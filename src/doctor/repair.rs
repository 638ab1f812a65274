//! Mending what is wrong: only what can be mended without a guess is, and nothing that holds text is
//! ever removed.
//!
//! A note is not made up: there is no repair for a title, a content or a time that is missing or
//! wrong, nor for a key that holds something else.

use std::collections::{BTreeMap, BTreeSet};

use crate::note::RawNote;
use crate::store::{Error, JournaledStore, Replaced, keys};

/// A repair that takes no guess, in the order in which they are made and told of: what is about to be
/// dropped first, and an id enters the set before its note is mended, for only then it is certain to
/// be one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repair {
    /// Takes the time to live from the set of ids.
    KeepIds,
    /// Adds an id to the set.
    List(String),
    /// Takes the time to live from a note that the set has.
    Keep(String),
    /// Sets the field `id` of a note that the set has to the id of its key, by which alone it is
    /// found.
    Name(String),
    /// Removes an id that has nothing behind it from the set.
    Unlist(String),
}

/// What came of repairs. Those that are missing were not needed any more.
#[derive(Debug, Default)]
pub(crate) struct Mended {
    pub(crate) made: BTreeSet<Repair>,
    /// Whether there is a step to undo. It has no word for a time to live.
    pub(crate) can_be_undone: bool,
}

/// Makes repairs, each only if its problem is still there. They are one step of the journal.
///
/// An error ends it; what was mended before it stays so, and recorded.
pub(crate) fn mend(
    store: &mut JournaledStore<'_>,
    repairs: &BTreeSet<Repair>,
    mended: &mut Mended,
) -> Result<(), Error> {
    if repairs.contains(&Repair::KeepIds) && store.persist(None)? {
        mended.made.insert(Repair::KeepIds);
    }
    let mut of_notes: BTreeMap<&str, Vec<&Repair>> = BTreeMap::new();
    for repair in repairs {
        if let Some(id) = repair.id() {
            of_notes.entry(id).or_default().push(repair);
        }
    }
    // The repairs that a note needs are made in it.
    let needed = |id: &str, note: &mut RawNote| {
        let mut repairs = of_notes.get(id).cloned().unwrap_or_default();
        repairs.retain(|repair| repair.apply(id, note));
        repairs
    };
    let ids: Vec<&str> = of_notes.keys().copied().collect();
    let Replaced { made, result } = store.replace(&ids, None, |id, found| {
        let before = match found {
            // It is no note any more.
            Err(Error::WrongType { .. }) => RawNote::default(),
            found => found?,
        };
        let mut after = before.clone();
        needed(id, &mut after);
        Ok((before, after))
    });
    mended.can_be_undone = made.iter().any(|it| it.before != it.after);
    let mut to_keep = Vec::new();
    for mut change in made {
        for repair in needed(&change.id, &mut change.before) {
            if let Repair::Keep(_) = repair {
                to_keep.push(repair);
            } else {
                mended.made.insert(repair.clone());
            }
        }
    }
    result?;
    for repair in to_keep {
        if store.persist(repair.id())? {
            mended.made.insert(repair.clone());
        }
    }
    Ok(())
}

impl Repair {
    /// Whether a hash is one to add to the set: only if it has a title and gives no other id as its
    /// own, else it may be something that another program keeps under a key of the same form.
    pub(super) fn can_list(id: &str, note: &RawNote) -> bool {
        let names_other = note.field("id").is_some_and(|own| own != id.as_bytes());
        !id.is_empty() && !names_other && note.field("title").is_some()
    }

    /// The note that it mends; none for the set of ids.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::KeepIds => None,
            Self::List(id) | Self::Keep(id) | Self::Name(id) | Self::Unlist(id) => Some(id),
        }
    }

    /// Mends this note, if the problem is there; says whether it is. A time to live is not seen there.
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

    /// What it is going to do: `remove the id a1 from notes:ids`.
    pub(crate) fn plan(&self) -> String {
        self.sentence().0
    }

    /// What it did: `removed the id a1 from notes:ids`.
    pub(crate) fn deed(&self) -> String {
        self.sentence().1
    }

    fn sentence(&self) -> (String, String) {
        let ids = keys::IDS;
        let key = self.id().map_or_else(|| ids.to_owned(), keys::note);
        let (plan, deed, object) = match self {
            Self::KeepIds | Self::Keep(_) => {
                ("take", "took", format!("the time to live from {key}"))
            }
            Self::List(id) => ("add", "added", format!("the id {id} to {ids}")),
            Self::Name(id) => ("set", "set", format!("the field id of {key} to {id}")),
            Self::Unlist(id) => ("remove", "removed", format!("the id {id} from {ids}")),
        };
        (format!("{plan} {object}"), format!("{deed} {object}"))
    }
}
