//! Reading notes: one, all, or the first few in an order.
//!
//! A shared Redis must not stand still for a reader: ids come by SSCAN, fields by pipelines of
//! bounded length, and never by KEYS or SORT.

use std::iter;

use redis::Cmd;

use super::error::Error;
use super::keys::{self, Slot};
use super::{RawNote, Store, odd, raw_note};
use crate::note::Note;

/// How many commands go out in one pipeline: large enough to forget the round trip, small enough
/// that neither side holds much.
pub(super) const BATCH: usize = 1_000;

/// How many ids one SSCAN step looks at: about a millisecond of the server's time.
pub(crate) const SCAN_STEP: usize = 5_000;

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
    /// The note with that id, found by its key alone: the set of ids need not know it.
    pub(crate) fn get(&mut self, id: &str) -> Result<Option<Note>, Error> {
        let mut notes = self.get_each(std::slice::from_ref(&id))?;
        Ok(notes.pop().flatten())
    }

    /// The notes with those ids, in their order; `None` for those that are not there.
    pub(crate) fn get_each<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Option<Note>>, Error> {
        let mut notes = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            for note in self.batch(batch)? {
                notes.push(note?);
            }
        }
        Ok(notes)
    }

    /// The notes with those ids, or why one is none.
    fn batch<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Result<Option<Note>, Error>>, Error> {
        let ids = ids.iter().map(AsRef::as_ref);
        let commands: Vec<Cmd> = ids.clone().map(|id| keys::on_note("HGETALL", id)).collect();
        let replies = self.connection.pipeline(&commands)?;
        let notes = ids.zip(replies).map(|(id, reply)| {
            let slot = Some(Slot::Note(id));
            let fields: Vec<_> = self.connection.value("HGETALL", Some(reply), slot)?;
            if fields.is_empty() {
                return Ok(None);
            }
            let (note, kinds) = raw_note::note(id, fields);
            self.note_odd(kinds);
            Ok(Some(note))
        });
        Ok(notes.collect())
    }

    /// The bytes of one field as they are stored; `None` if there is no such note or field.
    pub(crate) fn field_bytes(&mut self, id: &str, field: &str) -> Result<Option<Vec<u8>>, Error> {
        let get = keys::on_note("HGET", id).arg(field).take();
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
        let mut keys = self.values(ids, order.sort.field())?;
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
        while notes.len() < limit && !rest.is_empty() {
            let (first, later) = rest.split_at((limit - notes.len()).min(rest.len()));
            notes.extend(self.present(first)?);
            rest = later;
        }
        Ok(notes)
    }

    /// The number of ids in the set.
    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        self.connection
            .read(&keys::on_ids("SCARD"), Some(Slot::Ids))
    }

    /// What Redis holds, byte for byte, of those of the notes in the set that are there, with the ids.
    pub(crate) fn raw_present<'a>(
        &mut self,
        ids: &'a [String],
    ) -> Result<Vec<(&'a str, RawNote)>, Error> {
        let mut notes = Vec::with_capacity(ids.len());
        let commands: Vec<Cmd> = ids.iter().map(|id| keys::on_note("HGETALL", id)).collect();
        for (id, reply) in ids.iter().zip(self.connection.pipeline(&commands)?) {
            let slot = Some(Slot::Note(id));
            match self.connection.value("HGETALL", Some(reply), slot) {
                Ok(fields) => {
                    let listed = true;
                    notes.push((id.as_str(), RawNote { listed, fields }));
                }
                Err(Error::WrongType { .. }) => self.note_odd([odd::WRONG_TYPE]),
                Err(error) => return Err(error),
            }
        }
        let found = notes.len();
        notes.retain(|(_, note)| note.has_hash());
        self.note_odd(iter::repeat_n(odd::NO_HASH, found - notes.len()));
        Ok(notes)
    }

    /// The ids that match a glob pattern, or all of them, sorted.
    pub(super) fn ids(&mut self, pattern: Option<&str>) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        let mut cursor = 0;
        loop {
            let (next, members) = self.scan_ids(cursor, pattern)?;
            for member in members {
                match String::from_utf8(member) {
                    Ok(id) => ids.push(id),
                    Err(_) => self.note_odd([odd::ID_NOT_UTF8]),
                }
            }
            if next == 0 {
                break;
            }
            cursor = next;
        }
        ids.sort_unstable();
        // SSCAN may repeat an element.
        ids.dedup();
        Ok(ids)
    }

    /// The text of one field of each note, empty where there is none, with the id.
    pub(crate) fn values(
        &mut self,
        ids: Vec<String>,
        field: &str,
    ) -> Result<Vec<(String, String)>, Error> {
        let mut values = Vec::with_capacity(ids.len());
        let mut ids = ids.into_iter().peekable();
        while ids.peek().is_some() {
            let batch: Vec<String> = ids.by_ref().take(BATCH).collect();
            let get = |id: &String| keys::on_note("HGET", id).arg(field).take();
            let commands: Vec<Cmd> = batch.iter().map(get).collect();
            for (id, reply) in batch.into_iter().zip(self.connection.pipeline(&commands)?) {
                let slot = Some(Slot::Note(&id));
                let value: Vec<u8> = match self.connection.value("HGET", Some(reply), slot) {
                    Err(Error::WrongType { .. }) => Vec::new(),
                    value => value?,
                };
                values.push((String::from_utf8_lossy(&value).into_owned(), id));
            }
        }
        Ok(values)
    }

    /// Those of the notes that are there; the others are counted as odd.
    pub(crate) fn present<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Note>, Error> {
        let mut notes = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            for note in self.batch(batch)? {
                match note {
                    Ok(Some(note)) => notes.push(note),
                    Ok(None) => self.note_odd([odd::NO_HASH]),
                    Err(Error::WrongType { .. }) => self.note_odd([odd::WRONG_TYPE]),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(notes)
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
    /// Sorts ids by their values, which are times or titles.
    fn sort(self, keys: &mut [(String, String)]) {
        if self.sort == Sort::Title {
            for (title, _) in keys.iter_mut() {
                *title = title.to_lowercase();
            }
        }
        // Times are compared as text, as the HTTP API does.
        let descends = (self.sort == Sort::Title) == self.reverse;
        keys.sort_unstable_by(|(one, id), (other, other_id)| {
            let order = one.cmp(other);
            let order = if descends { order.reverse() } else { order };
            order.then_with(|| id.cmp(other_id))
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
