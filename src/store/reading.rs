//! Reads the notes that match: first the fields that decide, then the whole notes that may match.

use std::borrow::Cow;
use std::cell::Cell;
use std::slice::Chunks;

use redis::Value;

use super::ask::{AT_ONCE, Asking};
use super::error::Error;
use super::keys::on_each_note;
use super::{Store, odd};
use crate::note::RawNote;

/// Notes that are read in the order of their ids, batch by batch.
pub(crate) struct Reading<'a, S> {
    asking: Asking<&'a [S], 1>,
    /// The batches that have not been asked for yet.
    rest: Chunks<'a, S>,
    /// The fields that decide if a note is wanted. Without any, all notes are.
    fields: &'a [&'a str],
    /// The number of notes that have not been read yet.
    left: usize,
}

/// Some fields of a note, as Redis gave them.
pub(crate) struct Looked<'a> {
    id: &'a str,
    fields: &'a [&'a str],
    values: &'a [Value],
    /// The number of texts that were asked for and are not UTF-8.
    altered: Cell<usize>,
}

impl<'a, S: AsRef<str>> Reading<'a, S> {
    pub(crate) fn new(ids: &'a [S], fields: &'a [&'a str]) -> Self {
        let command = if fields.is_empty() {
            "HGETALL"
        } else {
            "HMGET"
        };
        Self {
            asking: Asking::new([on_each_note(command, fields)]),
            rest: ids.chunks(AT_ONCE),
            fields,
            left: ids.len(),
        }
    }

    /// Returns how many of the notes have not been read yet.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// Reads the next batch; `None` after the last.
    ///
    /// Returns the whole notes whose fields are wanted. A note may have changed in between, so
    /// check it again.
    pub(crate) fn next(
        &mut self,
        store: &mut Store,
        mut is_wanted: impl FnMut(&Looked<'_>) -> bool,
    ) -> Result<Option<Vec<(&'a str, RawNote)>>, Error> {
        let Some((ids, replies)) = self.asking.next(&mut self.rest, store)? else {
            return Ok(None);
        };
        self.left -= ids.len();
        let mut notes = Vec::new();
        let mut wanted = Vec::new();
        for (id, reply) in ids.iter().map(AsRef::as_ref).zip(replies) {
            if self.fields.is_empty() {
                let hash = store.listed_hash(id, reply)?;
                notes.extend(hash.map(|hash| (id, hash)));
            } else if store.may_be_wanted(id, reply, self.fields, &mut is_wanted)? {
                wanted.push(id);
            }
        }
        for (id, hash) in wanted.iter().zip(store.listed_hashes(&wanted)?) {
            notes.extend(hash.map(|hash| (*id, hash)));
        }
        Ok(Some(notes))
    }
}

impl<S: AsRef<str>> Reading<'_, S> {
    /// Calls `look` with the fields of each note, and reads none any further.
    pub(crate) fn look_at_each(
        mut self,
        store: &mut Store,
        mut look: impl FnMut(&Looked<'_>),
    ) -> Result<(), Error> {
        loop {
            let batch = self.next(store, |looked| {
                look(looked);
                false
            })?;
            if batch.is_none() {
                return Ok(());
            }
        }
    }
}

impl Store {
    /// Returns true if the fields of a note are wanted, or if only the whole note can decide. Odd
    /// data in the fields of the others is counted.
    fn may_be_wanted(
        &mut self,
        id: &str,
        reply: Value,
        fields: &[&str],
        is_wanted: impl FnOnce(&Looked<'_>) -> bool,
    ) -> Result<bool, Error> {
        let values = match self.about_note(id, "HMGET", reply) {
            Ok(Value::Array(values)) => values,
            Ok(_) => return Err(Error::unexpected("HMGET", false)),
            Err(Error::WrongType { .. }) => {
                self.count_odd(odd::WRONG_TYPE, 1);
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let looked = Looked {
            id,
            fields,
            values: &values,
            altered: Cell::default(),
        };
        let missing = values
            .iter()
            .filter(|value| matches!(value, Value::Nil))
            .count();
        // Without any of the fields there may be no hash.
        if is_wanted(&looked) || missing == fields.len() {
            return Ok(true);
        }
        self.count_odd(odd::MISSING_FIELD, missing);
        self.count_odd(odd::NOT_UTF8, looked.altered.get());
        Ok(false)
    }
}

impl Looked<'_> {
    pub(crate) fn id(&self) -> &str {
        self.id
    }

    /// Returns the text of a field, with U+FFFD for bytes that are not UTF-8; empty if the note has
    /// no such field. `None` if it was not asked for.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        let at = self.fields.iter().position(|field| *field == name)?;
        let Some(Value::BulkString(bytes)) = self.values.get(at) else {
            return Some(Cow::default());
        };
        // This checks UTF-8 five times as fast as `from_utf8_lossy`.
        let text = str::from_utf8(bytes).map(Cow::Borrowed);
        Some(text.unwrap_or_else(|_| {
            self.altered.set(self.altered.get() + 1);
            String::from_utf8_lossy(bytes)
        }))
    }
}
