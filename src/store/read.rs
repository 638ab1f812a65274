//! Reads notes: one, all, or the first few in an order.
//!
//! A reader must not block a shared Redis: ids come by SSCAN, fields by pipelines of bounded
//! length, and never by KEYS or SORT.

use std::collections::VecDeque;
use std::mem;

use redis::Value;

use super::ask::{AT_ONCE, Asked, Question, Questions};
use super::error::Error;
use super::keys::{self, on_note};
use super::scan::SCAN_STEP;
use super::{Store, odd};
use crate::note::{FIELDS, Note, RawNote};
use crate::unicode::folded;

/// The most notes in one pipeline or one swap: 1,000 of 1 KB block Redis for 25 ms.
pub(crate) const BATCH: usize = 1_000;

/// Asks for all fields of a note.
pub(super) const HASH: [Question<'static>; 1] = [Question::Note("HGETALL", &[])];

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

/// The ids of notes in an order, and how many characters of an id tell each from all others.
pub(crate) struct Ordered {
    pub(crate) ids: Vec<String>,
    pub(crate) abbreviation: usize,
}

impl Store {
    pub(super) fn hash(&self, id: &str, reply: Value, listed: bool) -> Result<RawNote, Error> {
        let reply: Value = self
            .connection
            .value("HGETALL", reply)
            .map_err(|error| Error::about_note(id, error))?;
        let fields = pairs(reply).ok_or_else(|| Error::unexpected("HGETALL", false))?;
        Ok(RawNote { listed, fields })
    }

    pub(super) fn is_listed(&self, reply: Value) -> Result<bool, Error> {
        let value = self.connection.value("SISMEMBER", reply);
        value.map_err(Error::about_ids)
    }

    /// Returns the note that a hash makes. Odd data in it is counted.
    pub(crate) fn note(&mut self, id: &str, hash: RawNote) -> Note {
        let missing = FIELDS.iter().filter(|name| hash.field(name).is_none());
        self.count_odd(odd::MISSING_FIELD, missing.count());
        let note = hash.into_note(id);
        self.count_odd(odd::NOT_UTF8, note.altered.len());
        note
    }

    /// Returns the note with that id, found by its key alone: the set of ids may lack it.
    pub(crate) fn get(&mut self, id: &str) -> Result<Option<Note>, Error> {
        Ok(self.get_each(&[id])?.pop().flatten())
    }

    /// Returns the notes with those ids, in their order; `None` for each that is missing.
    pub(crate) fn get_each<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Option<Note>>, Error> {
        self.each(ids, HASH, |store, id, [reply]| {
            let hash = store.hash(id, reply, true)?;
            Ok(hash.has_hash().then(|| store.note(id, hash)))
        })
    }

    /// Returns the listed notes that are there; missing ones are counted as odd.
    pub(crate) fn present<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Note>, Error> {
        let found = self.raw_present(ids)?.into_iter();
        Ok(found.map(|(id, hash)| self.note(id, hash)).collect())
    }

    /// Takes the first `most` ids off `ids` and returns their notes likewise; `None` if no id is
    /// left.
    pub(crate) fn next_present<S: AsRef<str>>(
        &mut self,
        ids: &mut &[S],
        most: usize,
    ) -> Result<Option<Vec<Note>>, Error> {
        let (some, rest) = ids.split_at(most.min(ids.len()));
        *ids = rest;
        let found = (!some.is_empty()).then(|| self.present(some));
        found.transpose()
    }

    /// Returns the same notes, byte for byte, with their ids.
    pub(crate) fn raw_present<'a, S: AsRef<str>>(
        &mut self,
        ids: &'a [S],
    ) -> Result<Vec<(&'a str, RawNote)>, Error> {
        let found = self.each(ids, HASH, |store, id, [reply]| store.listed_hash(id, reply))?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Returns the hash of a listed note, with its id. A missing one is counted as odd.
    pub(super) fn listed_hash<'a>(
        &mut self,
        id: &'a str,
        reply: Value,
    ) -> Result<Option<(&'a str, RawNote)>, Error> {
        let odd = match self.hash(id, reply, true) {
            Ok(note) if note.has_hash() => return Ok(Some((id, note))),
            Ok(_) => odd::NO_HASH,
            Err(Error::WrongType { .. }) => odd::WRONG_TYPE,
            Err(error) => return Err(error),
        };
        self.count_odd(odd, 1);
        Ok(None)
    }

    /// Reads the raw note of each id. Fails with [`Error::WrongType`] if a key holds something
    /// else.
    pub(crate) fn raw_notes<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<RawNote>, Error> {
        self.each_raw_note(ids)?.into_iter().collect()
    }

    /// Reads the same, with an error for each note that cannot be read.
    pub(crate) fn each_raw_note<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Result<RawNote, Error>>, Error> {
        let questions = [HASH[0], Question::IsMember];
        self.each(ids, questions, |store, id, [hash, member]| {
            let listed = store.is_listed(member)?;
            Ok(store.hash(id, hash, listed))
        })
    }

    /// Returns the bytes of one field as they are stored; `None` if there is no such note or field.
    pub(crate) fn field_bytes(&mut self, id: &str, field: &str) -> Result<Option<Vec<u8>>, Error> {
        let get = on_note("HGET", id).arg(field).take();
        let value = self.connection.call(&get);
        value.map_err(|error| Error::about_note(id, error))
    }

    /// Returns the ids of notes in an order. It keeps those whose value of the sort field is
    /// wanted. It does not read the notes themselves; some may be gone.
    pub(crate) fn ordered(
        &mut self,
        order: Order,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Ordered, Error> {
        let mut keys = self.all_values(order.sort.field())?;
        let (abbreviation, comes_twice) = distinct_length(&keys);
        if comes_twice {
            keys.sort_unstable();
            keys.dedup_by(|(one, _), (other, _)| one == other);
        }
        keys.retain(|(_, value)| is_wanted(value));
        order.sort(&mut keys);
        Ok(Ordered {
            ids: keys.into_iter().map(|(id, _)| id).collect(),
            abbreviation,
        })
    }

    /// Returns the first notes in an order, or all. Ids without a note are left out and counted as
    /// odd.
    pub(crate) fn list(&mut self, order: Order, limit: Option<usize>) -> Result<Vec<Note>, Error> {
        let ids = self.ordered(order, |_| true)?.ids;
        let limit = limit.unwrap_or(ids.len());
        let mut notes = Vec::new();
        let mut rest = ids.as_slice();
        // Some of the first ids may have no note; read on until there are enough.
        while notes.len() < limit
            && let Some(some) = self.next_present(&mut rest, limit - notes.len())?
        {
            notes.extend(some);
        }
        Ok(notes)
    }

    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        let count = self.connection.call(&keys::on_ids("SCARD"));
        count.map_err(Error::about_ids)
    }

    /// Returns the ids that match a glob pattern, or all of them, sorted.
    pub(crate) fn ids(&mut self, pattern: Option<&str>) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        self.each_ids(pattern, |_, found| {
            ids.extend(found);
            Ok(())
        })?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Calls `take` with the ids that match a glob pattern, or all, as SSCAN finds them: some may
    /// come twice. The server works on the next step at the same time.
    pub(crate) fn each_ids(
        &mut self,
        pattern: Option<&str>,
        mut take: impl FnMut(&mut Self, Vec<String>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut sent = Some(self.start_scan(0, pattern));
        while let Some(step) = sent.take() {
            let (next, members) = self.finish_scan(step, pattern)?;
            sent = (next != 0).then(|| self.start_scan(next, pattern));
            let found = members.len();
            let ids = members.into_iter();
            let ids: Vec<_> = ids.filter_map(|id| String::from_utf8(id).ok()).collect();
            self.count_odd(odd::ID_NOT_UTF8, found - ids.len());
            take(self, ids)?;
        }
        Ok(())
    }

    /// Returns every id and the text of one field of its note, as SSCAN finds them: some may come
    /// twice.
    fn all_values(&mut self, field: &str) -> Result<Vec<(String, String)>, Error> {
        let questions = Questions::new([Question::Note("HGET", &[field])]);
        let mut all = Vec::new();
        let mut asked = VecDeque::new();
        self.each_ids(None, |store, mut ids| {
            // The server reads the values while this side reads the next ids, and the reverse.
            while !ids.is_empty() {
                let rest = ids.split_off(ids.len().min(AT_ONCE));
                asked.push_back(store.ask(mem::replace(&mut ids, rest), &questions));
            }
            while asked.len() > SCAN_STEP / AT_ONCE
                && let Some(batch) = asked.pop_front()
            {
                store.take_values(batch, &mut all)?;
            }
            Ok(())
        })?;
        for batch in asked {
            self.take_values(batch, &mut all)?;
        }
        Ok(all)
    }

    fn take_values(
        &mut self,
        asked: Asked<Vec<String>, 1>,
        values: &mut Vec<(String, String)>,
    ) -> Result<(), Error> {
        let (ids, replies) = self.replies(asked)?;
        for (id, reply) in ids.into_iter().zip(replies) {
            let value = self.field_text(&id, reply)?;
            values.push((id, value));
        }
        Ok(())
    }

    /// Returns the text of one field of each note, empty if there is none.
    pub(crate) fn values<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        field: &str,
    ) -> Result<Vec<String>, Error> {
        let fields = [field];
        self.each(
            ids,
            [Question::Note("HGET", &fields)],
            |store, id, [reply]| store.field_text(id, reply),
        )
    }

    /// Returns the text of the reply to HGET, empty if there is none.
    fn field_text(&self, id: &str, reply: Value) -> Result<String, Error> {
        let value = self.connection.value("HGET", reply);
        match value.map_err(|error| Error::about_note(id, error)) {
            Ok(Value::BulkString(bytes)) => Ok(into_text(bytes)),
            Ok(Value::Nil) | Err(Error::WrongType { .. }) => Ok(String::new()),
            Ok(_) => Err(Error::unexpected("HGET", false)),
            Err(error) => Err(error),
        }
    }
}

/// Returns the names and values in a reply to HGETALL; `None` if it is something else.
fn pairs(reply: Value) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let Value::Array(items) = reply else {
        return None;
    };
    let mut fields = Vec::with_capacity(items.len() / 2);
    let mut items = items.into_iter();
    while let Some(name) = items.next() {
        match (name, items.next()) {
            (Value::BulkString(name), Some(Value::BulkString(value))) => fields.push((name, value)),
            _ => return None,
        }
    }
    Some(fields)
}

fn into_text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes);
    text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
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

    /// Sorts ids by their values, which are times or titles.
    fn sort(self, keys: &mut [(String, String)]) {
        if self.sort == Sort::Title {
            for (_, title) in keys.iter_mut() {
                *title = folded(title);
            }
        }
        // Times are compared as text, as the HTTP API does.
        let descends = (self.sort == Sort::Title) == self.reverse;
        keys.sort_unstable_by(|(id, one), (other_id, other)| {
            let order = one.cmp(other);
            let order = if descends { order.reverse() } else { order };
            order.then_with(|| id.cmp(other_id))
        });
    }
}

/// Returns the length of prefix that is distinct for each id, and true if an id comes twice, as
/// SSCAN may find it.
fn distinct_length(keys: &[(String, String)]) -> (usize, bool) {
    let mut sorted: Vec<(u64, &str)> = keys.iter().map(|(id, _)| (head(id), &**id)).collect();
    sorted.sort_unstable();
    let mut longest = 0;
    let mut comes_twice = false;
    for pair in sorted.windows(2) {
        let [(_, one), (_, other)] = pair else {
            continue;
        };
        if one == other {
            comes_twice = true;
            continue;
        }
        let shared = one.chars().zip(other.chars());
        longest = longest.max(shared.take_while(|(a, b)| a == b).count());
    }
    (longest + 1, comes_twice)
}

/// Returns the first characters of an id as a number: comparing numbers takes half the time.
fn head(id: &str) -> u64 {
    let mut head = [0; 8];
    for (to, from) in head.iter_mut().zip(id.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart_by_their_beginning() {
        for (ids, length, comes_twice) in [
            (&[][..], 1, false),
            (&["a"], 1, false),
            (&["b", "a"], 1, false),
            (&["abcd-1", "x", "abcd-2"], 6, false),
            (&["abcdefgh-2", "b", "abcdefgh-1"], 10, false),
            (&["ab", "b", "abc"], 3, false),
            (&["ab", "b", "ab"], 1, true),
            (&["é1", "é2", "è"], 2, false),
        ] {
            let keys: Vec<_> = ids
                .iter()
                .map(|id| ((*id).to_owned(), String::new()))
                .collect();
            assert_eq!(distinct_length(&keys), (length, comes_twice), "{ids:?}");
        }
    }
}
