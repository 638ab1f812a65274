//! The notes that a watcher knows: for each id a digest of its note, 24 bytes for a UUID.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use uuid::Uuid;

use crate::note::RawNote;

/// Every id in the set of ids, and the state of its note.
#[derive(Default)]
pub(super) struct Known {
    uuids: BTreeMap<Uuid, Entry>,
    /// The ids that other programs made and that are no UUIDs.
    others: BTreeMap<String, Entry>,
    /// The key of the digests: nobody can make two notes with the same one.
    hasher: RandomState,
}

/// The state of a note in 8 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u64);

/// Set in an entry whose note is there and matches the query.
const SHOWN: u64 = 1;

/// Set in an entry that the scan under way has found.
const MARK: u64 = 2;

impl Entry {
    pub(super) fn new(digest: u64, is_shown: bool) -> Self {
        Self(digest & !(SHOWN | MARK) | if is_shown { SHOWN } else { 0 })
    }

    pub(super) fn is_shown(self) -> bool {
        self.0 & SHOWN != 0
    }

    fn is_marked(self) -> bool {
        self.0 & MARK != 0
    }

    pub(super) fn has_digest(self, digest: u64) -> bool {
        (self.0 ^ digest) & !(SHOWN | MARK) == 0
    }
}

impl Known {
    pub(super) fn len(&self) -> usize {
        self.uuids.len() + self.others.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<Entry> {
        match uuid(id) {
            Some(uuid) => self.uuids.get(&uuid).copied(),
            None => self.others.get(id).copied(),
        }
    }

    /// Sets the state of a note. `None` forgets it: the set of ids does not have it.
    pub(super) fn set(&mut self, id: &str, entry: Option<Entry>) {
        let entry = entry.map(|Entry(bits)| Entry(bits | MARK));
        match (uuid(id), entry) {
            (Some(uuid), Some(entry)) => drop(self.uuids.insert(uuid, entry)),
            (Some(uuid), None) => drop(self.uuids.remove(&uuid)),
            (None, Some(entry)) => drop(self.others.insert(id.to_owned(), entry)),
            (None, None) => drop(self.others.remove(id)),
        }
    }

    /// Begins a scan: no id is found yet.
    pub(super) fn begin_scan(&mut self) {
        let entries = self.uuids.values_mut().chain(self.others.values_mut());
        for Entry(bits) in entries {
            *bits &= !MARK;
        }
    }

    /// Marks an id as found by the scan; returns true if it is known.
    pub(super) fn find(&mut self, id: &str) -> bool {
        let entry = match uuid(id) {
            Some(uuid) => self.uuids.get_mut(&uuid),
            None => self.others.get_mut(id),
        };
        entry.map(|Entry(bits)| *bits |= MARK).is_some()
    }

    /// Returns known ids that the scan has not found, `most` at most.
    pub(super) fn not_found(&self, most: usize) -> Vec<String> {
        let uuids = self.uuids.iter().filter(|(_, entry)| !entry.is_marked());
        let others = self.others.iter().filter(|(_, entry)| !entry.is_marked());
        let ids = uuids.map(|(uuid, _)| uuid.to_string());
        let ids = ids.chain(others.map(|(id, _)| id.clone()));
        ids.take(most).collect()
    }

    /// Returns the digest of a note, which is the same for any order of its fields.
    pub(super) fn digest(&self, note: &RawNote) -> u64 {
        let mut fields: Vec<_> = note.fields.iter().collect();
        fields.sort_unstable();
        self.hasher.hash_one(fields)
    }

    pub(super) fn digest_of_time(&self, time: &str) -> u64 {
        self.hasher.hash_one(time)
    }
}

/// Returns the UUID of an id that is written as one, in the usual form.
fn uuid(id: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(id).ok()?;
    let mut buffer = Uuid::encode_buffer();
    (uuid.hyphenated().encode_lower(&mut buffer) == id).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_in_another_form_is_another_id() {
        let mut known = Known::default();
        let id = "3f2a0000-0000-4000-8000-000000000001";
        let ids = [id.to_owned(), id.to_uppercase(), id.replace('-', "")];
        for (digest, id) in (4..).step_by(4).zip(&ids) {
            known.set(id, Some(Entry::new(digest, true)));
        }
        assert_eq!((known.len(), known.uuids.len()), (3, 1));
        for (digest, id) in (4..).step_by(4).zip(&ids) {
            assert!(known.get(id).unwrap().has_digest(digest), "{id}");
        }
        known.set(id, None);
        assert!(known.get(id).is_none() && known.len() == 2);
    }

    #[test]
    fn a_scan_leaves_the_ids_that_it_did_not_find() {
        let mut known = Known::default();
        let uuid = Uuid::from_u128(1).to_string();
        for id in ["a", "b", &uuid] {
            known.set(id, Some(Entry::new(0, true)));
        }
        for _ in 0..2 {
            known.begin_scan();
            assert!(known.find("a") && !known.find("c"));
            known.set("d", Some(Entry::new(0, false)));
            assert_eq!(known.not_found(2), [uuid.as_str(), "b"]);
            assert_eq!(known.not_found(1).len(), 1);
            known.set("d", None);
        }
        assert!(known.get("b").unwrap().is_shown());
    }

    #[test]
    fn the_order_of_fields_does_not_change_a_digest() {
        let known = Known::default();
        let note = |fields: [(&str, &str); 2]| RawNote {
            listed: true,
            fields: fields
                .map(|(name, value)| (name.into(), value.into()))
                .to_vec(),
        };
        let digest = known.digest(&note([("a", "b"), ("c", "d")]));
        assert_eq!(digest, known.digest(&note([("c", "d"), ("a", "b")])));
        assert_ne!(digest, known.digest(&note([("a", "bc"), ("c", "d")])));
        assert_ne!(digest, known.digest(&note([("ab", ""), ("c", "d")])));
    }
}
