//! Reading notes: one, all, or the first few in an order.
//!
//! A shared Redis must not stand still for a reader: ids come by SSCAN, fields by pipelines of
//! bounded length, and never by KEYS or SORT.

use std::cmp::Reverse;

use redis::Cmd;

use super::error::Error;
use super::keys::{self, Slot};
use super::{Store, odd, raw_note};
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

/// What a list is to hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Query {
    pub sort: Sort,
    /// Whether it goes the other way round than [`Sort`] says.
    pub reverse: bool,
    /// How many notes at the most; none is all.
    pub limit: Option<usize>,
}

/// The notes that a [`Query`] asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    /// The notes, in order.
    pub notes: Vec<Note>,
    /// How many characters of an id tell each of these notes from every other note.
    pub abbreviation: usize,
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

    /// The notes that a query asks for. Ids without a note are left out and counted as odd.
    pub(crate) fn list(&mut self, query: &Query) -> Result<Listing, Error> {
        let ids = self.ids(None)?;
        let field = query.sort.field();
        let notes = match query.limit {
            Some(limit) if limit < ids.len() => self.first(&ids, query, limit)?,
            limit => {
                let mut notes = self.present(&ids)?;
                query.put_in_order(&mut notes, |note| note.field(field).unwrap_or_default());
                notes.truncate(limit.unwrap_or(usize::MAX));
                notes
            }
        };
        let abbreviation = notes
            .iter()
            .map(|note| distinct_length(&note.id, &ids))
            .max()
            .unwrap_or_default();
        Ok(Listing {
            notes,
            abbreviation,
        })
    }

    /// The ids in an order, for which one field of every note is read.
    pub(crate) fn ids_in_order(&mut self, query: &Query) -> Result<Vec<String>, Error> {
        let ids = self.ids(None)?;
        let mut values = self.values(&ids, query.sort.field())?;
        query.put_in_order(&mut values, |(value, _)| value);
        Ok(values.into_iter().map(|(_, id)| id.to_owned()).collect())
    }

    /// The number of ids in the set.
    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        self.connection
            .read(&keys::on_ids("SCARD"), Some(Slot::Ids))
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

    /// The first few notes: the sort key of every note is read, the notes themselves only as far as
    /// they are wanted.
    fn first(&mut self, ids: &[String], query: &Query, limit: usize) -> Result<Vec<Note>, Error> {
        let mut values = self.values(ids, query.sort.field())?;
        query.put_in_order(&mut values, |(value, _)| value);
        let mut notes = Vec::with_capacity(limit);
        let mut rest = values.as_slice();
        // Ids whose note is gone turn up among the first; go on until there are enough.
        while notes.len() < limit && !rest.is_empty() {
            let (batch, later) = rest.split_at((limit - notes.len()).min(rest.len()));
            let wanted: Vec<&str> = batch.iter().map(|(_, id)| *id).collect();
            notes.extend(self.present(&wanted)?);
            rest = later;
        }
        Ok(notes)
    }

    /// The text of one field of each note, empty where there is none, with the id.
    fn values<'a>(
        &mut self,
        ids: &'a [String],
        field: &str,
    ) -> Result<Vec<(String, &'a str)>, Error> {
        let mut values = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let get = |id: &String| keys::on_note("HGET", id).arg(field).take();
            let commands: Vec<Cmd> = batch.iter().map(get).collect();
            for (id, reply) in batch.iter().zip(self.connection.pipeline(&commands)?) {
                let slot = Some(Slot::Note(id));
                let value: Vec<u8> = match self.connection.value("HGET", Some(reply), slot) {
                    Err(Error::WrongType { .. }) => Vec::new(),
                    value => value?,
                };
                values.push((String::from_utf8_lossy(&value).into_owned(), id.as_str()));
            }
        }
        Ok(values)
    }

    /// Those of the notes that are there.
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
    fn field(self) -> &'static str {
        match self {
            Self::Created => "created_at",
            Self::Updated => "updated_at",
            Self::Title => "title",
        }
    }
}

impl Query {
    /// Sorts what is in the order of the ids by the values of the field: where these are the same,
    /// that order stays.
    fn put_in_order<T>(&self, items: &mut [T], value: impl Fn(&T) -> &str) {
        // The key of a title is made, not borrowed: it is made once an item.
        let key = |item: &T| match self.sort {
            // Compared as text, as the HTTP API does.
            Sort::Created | Sort::Updated => value(item).to_owned(),
            Sort::Title => value(item).to_lowercase(),
        };
        if (self.sort == Sort::Title) == self.reverse {
            items.sort_by_cached_key(|item| Reverse(key(item)));
        } else {
            items.sort_by_cached_key(key);
        }
    }
}

/// How many characters of `id` no other of the sorted ids, of which it is one, begins with.
fn distinct_length(id: &str, sorted: &[String]) -> usize {
    let at = sorted.partition_point(|other| other.as_str() < id);
    let neighbours = [at.checked_sub(1), Some(at + 1)];
    let shared = neighbours.into_iter().flatten().map(|at| {
        let other = sorted.get(at).map_or("", String::as_str);
        let pairs = id.chars().zip(other.chars());
        pairs.take_while(|(a, b)| a == b).count()
    });
    shared.max().unwrap_or_default() + 1
}
