//! Reads notes, whole or in part, and their ids.
//!
//! A reader must not block a shared Redis: ids come by SSCAN, fields by pipelines of bounded
//! length, and never by KEYS or SORT.

use std::mem;

use redis::{FromRedisValue, Value};

use super::ask::{AT_ONCE, Asking};
use super::error::Error;
use super::keys::{self, on_each_id, on_each_note, on_note};
use super::scan::SCAN_STEP;
use super::{Store, odd};
use crate::note::{FIELDS, Note, RawNote};

/// The most notes in one pipeline or one swap: 1,000 of 1 KB block Redis for 25 ms.
pub(crate) const BATCH: usize = 1_000;

impl Store {
    pub(super) fn hash(&self, id: &str, reply: Value, listed: bool) -> Result<RawNote, Error> {
        let fields = pairs(self.about_note(id, "HGETALL", reply)?)
            .ok_or_else(|| Error::unexpected("HGETALL", false))?;
        Ok(RawNote { listed, fields })
    }

    /// Returns the value of the reply to a command about a note.
    pub(super) fn about_note<T: FromRedisValue>(
        &self,
        id: &str,
        command: &str,
        reply: Value,
    ) -> Result<T, Error> {
        let value = self.connection.value(command, reply);
        value.map_err(|error| Error::about_note(id, error))
    }

    /// Returns the value of the reply to a command about the set of ids.
    pub(super) fn about_ids<T: FromRedisValue>(
        &self,
        command: &str,
        reply: Value,
    ) -> Result<T, Error> {
        let value = self.connection.value(command, reply);
        value.map_err(Error::about_ids)
    }

    pub(super) fn is_listed(&self, reply: Value) -> Result<bool, Error> {
        self.about_ids("SISMEMBER", reply)
    }

    /// Returns true for each id that the set has.
    pub(crate) fn are_listed<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<bool>, Error> {
        let question = [on_each_id("SISMEMBER")];
        self.each(ids, question, |store, _, [reply]| store.is_listed(reply))
    }

    /// Returns the note that a hash makes. Odd data in it is counted.
    pub(crate) fn make_note(&mut self, id: &str, hash: RawNote) -> Note {
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
        let question = [on_each_note("HGETALL", &[])];
        self.each(ids, question, |store, id, [reply]| {
            let hash = store.hash(id, reply, true)?;
            Ok(hash.has_hash().then(|| store.make_note(id, hash)))
        })
    }

    /// Returns the listed notes that are there; missing ones are counted as odd.
    pub(crate) fn present<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Note>, Error> {
        let found = ids.iter().zip(self.listed_hashes(ids)?);
        let found = found.filter_map(|(id, hash)| Some(self.make_note(id.as_ref(), hash?)));
        Ok(found.collect())
    }

    /// Returns the hash of each listed note. Missing ones are counted as odd.
    pub(super) fn listed_hashes<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<Option<RawNote>>, Error> {
        let question = [on_each_note("HGETALL", &[])];
        self.each(ids, question, |store, id, [reply]| {
            store.listed_hash(id, reply)
        })
    }

    /// Returns the hash of a listed note. A missing one is counted as odd.
    pub(super) fn listed_hash(&mut self, id: &str, reply: Value) -> Result<Option<RawNote>, Error> {
        let odd = match self.hash(id, reply, true) {
            Ok(note) if note.has_hash() => return Ok(Some(note)),
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
        let mut notes = Vec::with_capacity(ids.len());
        self.take_raw_notes(ids, false, |_, _, note| {
            notes.push(note);
            Ok(())
        })?;
        Ok(notes)
    }

    /// Reads the raw note of each id, and calls `take` with the id, true if the set of ids has it, and the
    /// note. Redis is not asked for that if `are_listed`.
    pub(crate) fn take_raw_notes<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        are_listed: bool,
        mut take: impl FnMut(&str, bool, Result<RawNote, Error>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let question = on_each_note("HGETALL", &[]);
        if are_listed {
            self.each(ids, [question], |store, id, [hash]| {
                take(id, true, store.hash(id, hash, true))
            })?;
        } else {
            let questions = [question, on_each_id("SISMEMBER")];
            self.each(ids, questions, |store, id, [hash, member]| {
                let listed = store.is_listed(member)?;
                take(id, listed, store.hash(id, hash, listed))
            })?;
        }
        Ok(())
    }

    /// Returns the bytes of one field as they are stored; `None` if there is no such note or field.
    pub(crate) fn field_bytes(&mut self, id: &str, field: &str) -> Result<Option<Vec<u8>>, Error> {
        let get = on_note("HGET", id).arg(field).take();
        let value = self.connection.call(&get);
        value.map_err(|error| Error::about_note(id, error))
    }

    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        let count = self.connection.call(&keys::on_ids("SCARD"));
        count.map_err(Error::about_ids)
    }

    /// Returns true for each id whose note is there, or that the set has.
    pub(crate) fn are_there<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<bool>, Error> {
        let questions = [on_each_note("EXISTS", &[]), on_each_id("SISMEMBER")];
        self.each(ids, questions, |store, _, [note, listed]| {
            let has_note: bool = store.connection.value("EXISTS", note)?;
            Ok(store.is_listed(listed)? || has_note)
        })
    }

    /// Returns all ids, sorted.
    pub(crate) fn ids(&mut self) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        self.each_ids(None, |_, found| {
            ids.extend(found);
            Ok(())
        })?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Calls `take` with the ids that begin with a text, or all, as SSCAN finds them: some may
    /// come twice. The server works on the next step at the same time.
    pub(crate) fn each_ids(
        &mut self,
        beginning: Option<&str>,
        mut take: impl FnMut(&mut Self, Vec<String>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut sent = Some(self.start_scan(0, beginning));
        while let Some(step) = sent.take() {
            let (next, members) = self.finish_scan(step)?;
            sent = (next != 0).then(|| self.start_scan(next, beginning));
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
    pub(crate) fn all_values(&mut self, field: &str) -> Result<Vec<(String, String)>, Error> {
        let mut asking = Asking::new([on_each_note("HGET", &[field])]);
        let mut all = Vec::new();
        self.each_ids(None, |store, mut ids| {
            // The server reads the values while this side reads the next ids, and the reverse.
            while !ids.is_empty() {
                let rest = ids.split_off(ids.len().min(AT_ONCE));
                asking.send(mem::replace(&mut ids, rest), store);
            }
            store.take_values(&mut asking, SCAN_STEP / AT_ONCE, &mut all)
        })?;
        self.take_values(&mut asking, 0, &mut all)?;
        Ok(all)
    }

    fn take_values(
        &mut self,
        asking: &mut Asking<Vec<String>, 1>,
        most_ahead: usize,
        values: &mut Vec<(String, String)>,
    ) -> Result<(), Error> {
        while let Some((ids, replies)) = asking.receive(most_ahead, self)? {
            for (id, reply) in ids.into_iter().zip(replies) {
                let value = self.field_text(&id, reply)?;
                values.push((id, value));
            }
        }
        Ok(())
    }

    /// Returns the text of one field of each note, empty if there is none.
    pub(crate) fn values<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        field: &str,
    ) -> Result<Vec<String>, Error> {
        let question = [on_each_note("HGET", &[field])];
        self.each(ids, question, |store, id, [reply]| {
            store.field_text(id, reply)
        })
    }

    /// Returns the text of the reply to HGET, empty if there is none.
    fn field_text(&self, id: &str, reply: Value) -> Result<String, Error> {
        match self.about_note(id, "HGET", reply) {
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
