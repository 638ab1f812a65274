//! Storing a new note.

use redis::Value;

use super::Store;
use super::error::Error;
use super::keys::{self, Slot};
use crate::note::Note;

impl Store {
    /// Stores a new note: its hash and its id in the set, both or neither.
    pub(crate) fn create(&mut self, note: &Note) -> Result<(), Error> {
        let id = note.id.as_str();
        let mut hash = keys::on_note("HSET", id);
        for (name, value) in note.fields() {
            hash.arg(name).arg(value);
        }
        let index = keys::on_ids("SADD").arg(id).take();
        let replies = self.connection.transaction(vec![hash, index])?;
        for (reply, slot) in replies.iter().zip([Slot::Note(id), Slot::Ids]) {
            if let Value::ServerError(error) = reply {
                let failure = self.connection.failure(error, Some(slot));
                // A command that fails in EXEC does not stop the others: where the set of ids is no
                // set, the hash was written, and is ours to take away again.
                self.connection.write::<Value>(&keys::on_note("DEL", id))?;
                return Err(failure);
            }
        }
        self.connection.confirm()
    }
}
