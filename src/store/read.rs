//! Reading notes: one, all, or the first few in an order.
//!
//! A shared Redis must not stand still for a reader: ids come by SSCAN, fields by pipelines of
//! bounded length, and never by KEYS or SORT.

use std::array;

use redis::{Cmd, Value};

use super::error::Error;
use super::keys::{self, Slot, is_member, on_note};
use super::{Store, odd};
use crate::note::{FIELDS, Note, RawNote};
use crate::unicode::folded;

/// The most notes that one pipeline or one swap is about: 1,000 of 1 KB hold Redis for 25 ms.
pub(crate) const BATCH: usize = 1_000;

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
    /// Whether it goes the other way round than [`Sort`] says.
    pub(crate) reverse: bool,
}

/// The ids of notes in an order, and how many characters of an id tell each from all others.
pub(crate) struct Ordered {
    pub(crate) ids: Vec<String>,
    pub(crate) abbreviation: usize,
}

impl Store {
    /// Asks Redis the same about each id, [`BATCH`] ids in a round trip, and hands `take` the
    /// replies, error replies among them.
    pub(super) fn each<'a, S: AsRef<str>, T, const N: usize>(
        &mut self,
        ids: &'a [S],
        commands: impl Fn(&str) -> [Cmd; N],
        mut take: impl FnMut(&mut Self, &'a str, [Value; N]) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut taken = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let commands: Vec<Cmd> = batch.iter().flat_map(|id| commands(id.as_ref())).collect();
            let mut replies = self.connection.pipeline(&commands)?.into_iter();
            for id in batch {
                let replies = array::from_fn(|_| replies.next().unwrap_or(Value::Nil));
                taken.push(take(self, id.as_ref(), replies)?);
            }
        }
        Ok(taken)
    }

    pub(super) fn hash(&self, id: &str, reply: Value, listed: bool) -> Result<RawNote, Error> {
        let slot = Some(Slot::Note(id));
        let fields = self.connection.value("HGETALL", Some(reply), slot)?;
        Ok(RawNote { listed, fields })
    }

    pub(super) fn is_listed(&self, reply: Value) -> Result<bool, Error> {
        let slot = Some(Slot::Ids);
        self.connection.value("SISMEMBER", Some(reply), slot)
    }

    /// The note that a hash makes. What is odd about it is counted.
    fn note(&mut self, id: &str, hash: RawNote) -> Note {
        let missing = FIELDS.iter().filter(|name| hash.field(name).is_none());
        self.count_odd(odd::MISSING_FIELD, missing.count());
        let note = hash.into_note(id);
        self.count_odd(odd::NOT_UTF8, note.altered.len());
        note
    }

    /// The note with that id, found by its key alone: the set of ids need not know it.
    pub(crate) fn get(&mut self, id: &str) -> Result<Option<Note>, Error> {
        Ok(self.get_each(&[id])?.pop().flatten())
    }

    /// The notes with those ids, in their order; `None` for those that are not there.
    pub(crate) fn get_each<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Option<Note>>, Error> {
        let command = |id: &str| [on_note("HGETALL", id)];
        self.each(ids, command, |store, id, [reply]| {
            let hash = store.hash(id, reply, true)?;
            Ok(hash.has_hash().then(|| store.note(id, hash)))
        })
    }

    /// Those of the listed notes that are there; the others are counted as odd.
    pub(crate) fn present<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Note>, Error> {
        let found = self.raw_present(ids)?.into_iter();
        Ok(found.map(|(id, hash)| self.note(id, hash)).collect())
    }

    /// The same of the first ids, `most` of them, which are taken away; `None` where none is left.
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

    /// As [`Self::present`], byte for byte, with their ids.
    pub(crate) fn raw_present<'a, S: AsRef<str>>(
        &mut self,
        ids: &'a [S],
    ) -> Result<Vec<(&'a str, RawNote)>, Error> {
        let command = |id: &str| [on_note("HGETALL", id)];
        let found = self.each(ids, command, |store, id, [reply]| {
            let odd = match store.hash(id, reply, true) {
                Ok(note) if note.has_hash() => return Ok(Some((id, note))),
                Ok(_) => odd::NO_HASH,
                Err(Error::WrongType { .. }) => odd::WRONG_TYPE,
                Err(error) => return Err(error),
            };
            store.count_odd(odd, 1);
            Ok(None)
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    /// What Redis holds under each id, or [`Error::WrongType`] where a key holds something else.
    pub(crate) fn raw_notes<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<RawNote>, Error> {
        self.each_raw_note(ids)?.into_iter().collect()
    }

    /// The same, with an error for each note that cannot be read.
    pub(crate) fn each_raw_note<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Result<RawNote, Error>>, Error> {
        let commands = |id: &str| [on_note("HGETALL", id), is_member(id)];
        self.each(ids, commands, |store, id, [hash, member]| {
            let listed = store.is_listed(member)?;
            Ok(store.hash(id, hash, listed))
        })
    }

    /// The bytes of one field as they are stored; `None` if there is no such note or field.
    pub(crate) fn field_bytes(&mut self, id: &str, field: &str) -> Result<Option<Vec<u8>>, Error> {
        let get = on_note("HGET", id).arg(field).take();
        self.connection.read(&get, Some(Slot::Note(id)))
    }

    /// The ids of the notes in an order: of those whose value of the field that decides it is
    /// wanted. The notes themselves are not read; some may be gone.
    pub(crate) fn ordered(
        &mut self,
        order: Order,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Ordered, Error> {
        let ids = self.ids(None)?;
        let abbreviation = distinct_length(&ids);
        let values = self.values(&ids, order.sort.field())?;
        let mut keys: Vec<(String, String)> = values.into_iter().zip(ids).collect();
        keys.retain(|(value, _)| is_wanted(value));
        order.sort(&mut keys);
        Ok(Ordered {
            ids: keys.into_iter().map(|(_, id)| id).collect(),
            abbreviation,
        })
    }

    /// The first notes in an order, or all. Ids without a note are left out and counted as odd.
    pub(crate) fn list(&mut self, order: Order, limit: Option<usize>) -> Result<Vec<Note>, Error> {
        let ids = self.ordered(order, |_| true)?.ids;
        let limit = limit.unwrap_or(ids.len());
        let mut notes = Vec::new();
        let mut rest = ids.as_slice();
        // Ids whose note is gone turn up among the first; go on until there are enough.
        while notes.len() < limit
            && let Some(some) = self.next_present(&mut rest, limit - notes.len())?
        {
            notes.extend(some);
        }
        Ok(notes)
    }

    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        self.connection
            .read(&keys::on_ids("SCARD"), Some(Slot::Ids))
    }

    /// The ids that match a glob pattern, or all of them, sorted.
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

    /// Hands `take` the ids that match a glob pattern, or all, as SSCAN finds them: some may come
    /// twice.
    pub(crate) fn each_ids(
        &mut self,
        pattern: Option<&str>,
        mut take: impl FnMut(&mut Self, Vec<String>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut cursor = 0;
        loop {
            let (next, members) = self.scan_ids(cursor, pattern)?;
            let found = members.len();
            let ids = members.into_iter();
            let ids: Vec<_> = ids.filter_map(|id| String::from_utf8(id).ok()).collect();
            self.count_odd(odd::ID_NOT_UTF8, found - ids.len());
            take(self, ids)?;
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// The text of one field of each note, empty where there is none.
    pub(crate) fn values<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        field: &str,
    ) -> Result<Vec<String>, Error> {
        let command = |id: &str| [on_note("HGET", id).arg(field).take()];
        self.each(ids, command, |store, id, [reply]| {
            let slot = Some(Slot::Note(id));
            let value = store.connection.value("HGET", Some(reply), slot);
            let value: Vec<u8> = match value {
                Err(Error::WrongType { .. }) => Vec::new(),
                value => value?,
            };
            let text = String::from_utf8(value);
            Ok(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
        })
    }
}

impl Sort {
    /// The field that decides.
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

    /// Sorts ids, which are in order themselves, by their values: times or titles.
    fn sort(self, keys: &mut [(String, String)]) {
        if self.sort == Sort::Title {
            for (title, _) in keys.iter_mut() {
                *title = folded(title);
            }
        }
        // Times are compared as text, as the HTTP API does.
        let descends = (self.sort == Sort::Title) == self.reverse;
        // The sort is stable: where two are alike, their ids stay in order.
        keys.sort_by(|(one, _), (other, _)| {
            let order = one.cmp(other);
            if descends { order.reverse() } else { order }
        });
    }
}

/// How many characters of any of the sorted ids no other begins with.
fn distinct_length(sorted: &[String]) -> usize {
    let shared = sorted.windows(2).map(|pair| {
        let [one, other] = pair else { return 0 };
        let pairs = one.chars().zip(other.chars());
        pairs.take_while(|(a, b)| a == b).count()
    });
    shared.max().unwrap_or_default() + 1
}
