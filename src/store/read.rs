//! Reading notes: one, all, or the first few in an order.
//!
//! A shared Redis must not stand still for a reader: ids come by SSCAN, fields by pipelines of
//! bounded length, and never by KEYS or SORT.

use std::cmp::Ordering;

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::{Store, keys, odd, raw_note, reply};
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

/// Which way round a list goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    /// As [`Sort`] says.
    #[default]
    Usual,
    /// The other way round.
    Reversed,
}

/// What a list is to hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Query {
    /// The order.
    pub sort: Sort,
    /// Which way round.
    pub direction: Direction,
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
        self.each(ids, |_, id, record| {
            notes.push(match record {
                Record::Note(note) => Some(note),
                Record::Absent => None,
                Record::Foreign => return Err(keys::note_slot(&keys::note(id)).into()),
            });
            Ok(())
        })?;
        Ok(notes)
    }

    /// Reads the hash of each id, and hands out what it is.
    fn each<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        mut take: impl FnMut(&mut Self, &str, Record) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for batch in ids.chunks(BATCH) {
            let commands: Vec<Cmd> = batch.iter().map(|id| get_all(id.as_ref())).collect();
            for (id, reply) in batch.iter().zip(self.connection.pipeline(&commands)?) {
                let record = self.record(id.as_ref(), reply)?;
                take(self, id.as_ref(), record)?;
            }
        }
        Ok(())
    }

    /// What the reply to `HGETALL note:<id>` shows.
    fn record(&mut self, id: &str, reply: Value) -> Result<Record, Error> {
        let fields = match reply {
            Value::ServerError(error) if error.code() == "WRONGTYPE" => return Ok(Record::Foreign),
            Value::ServerError(error) => return Err(self.connection.failure(&error, None)),
            reply => reply::pairs(reply).ok_or_else(|| Error::unexpected("HGETALL"))?,
        };
        if fields.is_empty() {
            return Ok(Record::Absent);
        }
        let (note, kinds) = raw_note::note(id, fields);
        self.note_odd(kinds);
        Ok(Record::Note(note))
    }

    /// The bytes of one field as they are stored; `None` if there is no such note or field.
    pub(crate) fn field_bytes(&mut self, id: &str, field: &str) -> Result<Option<Vec<u8>>, Error> {
        let key = keys::note(id);
        let mut get = cmd("HGET");
        get.arg(&key).arg(field);
        let reply = self.connection.read(&get, Some(keys::note_slot(&key)))?;
        Ok(reply::bytes(reply))
    }

    /// The notes that a query asks for. Ids without a note are left out and counted as odd.
    pub(crate) fn list(&mut self, query: &Query) -> Result<Listing, Error> {
        let mut ids = self.ids()?;
        ids.sort_unstable();
        ids.dedup();
        let notes = match query.limit {
            Some(limit) if limit < ids.len() => self.first(&ids, query, limit)?,
            _ => {
                let mut notes = self.present(&ids)?;
                // The key of a title is made, not borrowed: make it once a note.
                notes.sort_by_cached_key(|note| SortKey::of(note, query));
                notes.truncate(query.limit.unwrap_or(usize::MAX));
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

    /// The number of ids in the set.
    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        let reply = self
            .connection
            .read(cmd("SCARD").arg(keys::IDS), Some(keys::IDS_SLOT))?;
        match reply {
            Value::Int(count) => Ok(usize::try_from(count).unwrap_or_default()),
            _ => Err(Error::unexpected("SCARD")),
        }
    }

    /// Every id in the set, in no order, some perhaps twice (SSCAN may repeat an element).
    fn ids(&mut self) -> Result<Vec<String>, Error> {
        self.scan(None)
    }

    /// The ids that match a glob pattern, or all of them.
    pub(super) fn scan(&mut self, pattern: Option<&str>) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        let mut cursor = b"0".to_vec();
        loop {
            let mut scan = cmd("SSCAN");
            scan.arg(keys::IDS).arg(&cursor);
            if let Some(pattern) = pattern {
                scan.arg("MATCH").arg(pattern);
            }
            scan.arg("COUNT").arg(SCAN_STEP);
            let reply = self.connection.read(&scan, Some(keys::IDS_SLOT))?;
            let (next, members) = scan_step(reply).ok_or_else(|| Error::unexpected("SSCAN"))?;
            for member in members {
                match String::from_utf8(member) {
                    Ok(id) => ids.push(id),
                    Err(_) => self.note_odd([odd::ID_NOT_UTF8]),
                }
            }
            if next == b"0" {
                return Ok(ids);
            }
            cursor = next;
        }
    }

    /// The first few notes: the sort key of every note is read, the notes themselves only as far as
    /// they are wanted.
    fn first(&mut self, ids: &[String], query: &Query, limit: usize) -> Result<Vec<Note>, Error> {
        let mut keys_in_order = self.keys_in_order(ids, query)?;
        keys_in_order.sort_unstable();
        let mut notes = Vec::with_capacity(limit);
        let mut rest = keys_in_order.as_slice();
        // Ids whose note is gone turn up among the first; go on until there are enough.
        while notes.len() < limit && !rest.is_empty() {
            let (batch, later) = rest.split_at((limit - notes.len()).min(rest.len()));
            let wanted: Vec<&str> = batch.iter().map(|key| key.id.as_str()).collect();
            notes.extend(self.present(&wanted)?);
            rest = later;
        }
        Ok(notes)
    }

    fn keys_in_order(&mut self, ids: &[String], query: &Query) -> Result<Vec<SortKey>, Error> {
        let field = query.sort.field();
        let mut keys_in_order = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let commands: Vec<Cmd> = batch
                .iter()
                .map(|id| {
                    let mut get = cmd("HGET");
                    get.arg(keys::note(id)).arg(field);
                    get
                })
                .collect();
            for (id, reply) in batch.iter().zip(self.connection.pipeline(&commands)?) {
                let value = match reply {
                    Value::ServerError(error) if error.code() != "WRONGTYPE" => {
                        return Err(self.connection.failure(&error, None));
                    }
                    reply => reply::bytes(reply).unwrap_or_default(),
                };
                let value = String::from_utf8_lossy(&value);
                keys_in_order.push(SortKey::new(id, &value, query));
            }
        }
        Ok(keys_in_order)
    }

    /// Those of the notes that are there.
    fn present<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Note>, Error> {
        let mut notes = Vec::with_capacity(ids.len());
        self.each(ids, |store, _, record| {
            match record {
                Record::Note(note) => notes.push(note),
                Record::Absent => store.note_odd([odd::NO_HASH]),
                Record::Foreign => store.note_odd([odd::WRONG_TYPE]),
            }
            Ok(())
        })?;
        Ok(notes)
    }
}

/// What is under the key of a note.
enum Record {
    Note(Note),
    /// The key does not exist.
    Absent,
    /// The key holds something other than a hash.
    Foreign,
}

/// The command that reads a whole note.
pub(super) fn get_all(id: &str) -> Cmd {
    let mut get = cmd("HGETALL");
    get.arg(keys::note(id));
    get
}

/// The cursor to go on from, and what a step of SCAN or SSCAN found.
pub(super) fn scan_step(reply: Value) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
    let mut parts = reply::members(reply)?.into_iter();
    let cursor = reply::bytes(parts.next()?)?;
    let members = reply::members(parts.next()?)?;
    let members: Option<Vec<_>> = members.into_iter().map(reply::bytes).collect();
    Some((cursor, members?))
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

/// Where a note stands in a list: by its key, and by its id where the keys are the same.
#[derive(PartialEq, Eq)]
struct SortKey {
    key: String,
    id: String,
    descending: bool,
}

impl SortKey {
    fn new(id: &str, value: &str, query: &Query) -> Self {
        let (key, newest_first) = match query.sort {
            // Compared as text, as the HTTP API does.
            Sort::Created | Sort::Updated => (value.to_owned(), true),
            Sort::Title => (value.to_lowercase(), false),
        };
        Self {
            key,
            id: id.to_owned(),
            descending: newest_first == (query.direction == Direction::Usual),
        }
    }

    fn of(note: &Note, query: &Query) -> Self {
        Self::new(
            &note.id,
            note.field(query.sort.field()).unwrap_or_default(),
            query,
        )
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.key.cmp(&other.key);
        let order = if self.descending {
            order.reverse()
        } else {
            order
        };
        order.then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How many characters of `id` no other of the sorted ids begins with.
fn distinct_length(id: &str, sorted: &[String]) -> usize {
    let shared = |other: &String| {
        id.chars()
            .zip(other.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let at = sorted.partition_point(|other| other.as_str() < id);
    let before = at.checked_sub(1).and_then(|index| sorted.get(index));
    let after = sorted
        .get(at..)
        .unwrap_or_default()
        .iter()
        .find(|other| *other != id);
    before
        .into_iter()
        .chain(after)
        .map(shared)
        .max()
        .unwrap_or_default()
        + 1
}
