//! Stores a new note, and removes a key that holds none.

use redis::Value;

use super::Store;
use super::error::Error;
use super::keys;
use crate::note::{Note, NoteChange};

impl Store {
    /// Stores a new note: its hash and its id in the set, both or neither.
    pub(crate) fn create(&mut self, note: &Note) -> Result<(), Error> {
        if self.connection.is_cluster() {
            return self.swap_each(&[NoteChange::creation(note)]);
        }
        let id = note.id.as_str();
        let mut hash = keys::on_note("HSET", id);
        for (name, value) in note.fields() {
            hash.arg(name).arg(value);
        }
        let index = keys::on_ids("SADD").arg(id).take();
        let [hash, index] = self.connection.transaction([hash, index])?;
        let hash = self.about_note::<Value>(id, "HSET", hash);
        let index = self.about_ids::<Value>("SADD", index);
        if let Err(failure) = hash.and(index) {
            // A command that fails in EXEC does not stop the others: where the set of ids is no set,
            // the hash was written.
            let delete = keys::on_note("DEL", id);
            self.connection.call::<Value>(&delete)?;
            return Err(failure);
        }
        Ok(self.connection.confirm()?)
    }

    /// Deletes the key of a note, whatever it holds, and the id in the set. Returns true if there
    /// was such a key.
    pub(crate) fn remove_key(&mut self, id: &str) -> Result<bool, Error> {
        let delete = keys::on_note("DEL", id);
        let index = keys::on_ids("SREM").arg(id).take();
        if self.connection.is_cluster() {
            let was_there = self.connection.call(&delete);
            let was_there = was_there.map_err(|error| Error::about_note(id, error))?;
            let removed = self.connection.call::<Value>(&index);
            removed
                .map_err(Error::about_ids)
                .map_err(|error| match error {
                    error if was_there && !error.in_doubt() => Error::Partial(Box::new(error)),
                    error => error,
                })?;
            self.connection.confirm()?;
            return Ok(was_there);
        }
        let [deleted, removed] = self.connection.transaction([delete, index])?;
        let was_there = self.about_note(id, "DEL", deleted)?;
        self.about_ids::<Value>("SREM", removed)?;
        self.connection.confirm()?;
        Ok(was_there)
    }
}
