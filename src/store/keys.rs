//! The names of the keys in Redis: the one place that spells them.

/// The set of every note's id.
pub(crate) const IDS: &str = "notes:ids";

/// The key of the hash that holds the note.
pub(crate) fn note(id: &str) -> String {
    format!("note:{id}")
}

/// A key, and what belongs there: what an error about its type says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'a> {
    pub(super) key: &'a str,
    pub(super) holds: &'static str,
}

/// The slot of the set of ids.
pub(super) const IDS_SLOT: Slot<'_> = Slot {
    key: IDS,
    holds: "the set of ids",
};

/// The slot of a note, given its key.
pub(super) fn note_slot(key: &str) -> Slot<'_> {
    Slot {
        key,
        holds: "a note",
    }
}
