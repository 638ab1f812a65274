//! Storing a new note.

use redis::{Value, cmd};

use super::error::Error;
use super::{Store, keys};
use crate::note::Note;

impl Store {
    /// Stores a new note: its hash and its id in the set, both or neither.
    pub(crate) fn create(&mut self, note: &Note) -> Result<(), Error> {
        let key = keys::note(&note.id);
        let mut hash = cmd("HSET");
        hash.arg(&key);
        for (name, value) in note.fields() {
            hash.arg(name).arg(value);
        }
        let mut index = cmd("SADD");
        index.arg(keys::IDS).arg(&note.id);
        let replies = self.connection.transaction(vec![hash, index])?;
        for (reply, slot) in replies.iter().zip([keys::note_slot(&key), keys::IDS_SLOT]) {
            if let Value::ServerError(error) = reply {
                let failure = self.connection.failure(error, Some(slot));
                // A command that fails in EXEC does not stop the others: where the set of ids is no
                // set, the hash was written, and is ours to take away again.
                self.connection.write(cmd("DEL").arg(&key), None)?;
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Deletes what has the key of a note, whatever it is, and the id in the set. Says whether there was
    /// anything under the key.
    pub(crate) fn remove_key(&mut self, id: &str) -> Result<bool, Error> {
        let [mut key, mut index] = [cmd("DEL"), cmd("SREM")];
        key.arg(keys::note(id));
        index.arg(keys::IDS).arg(id);
        let replies = self.connection.transaction(vec![key, index])?;
        for reply in &replies {
            if let Value::ServerError(error) = reply {
                return Err(self.connection.failure(error, Some(keys::IDS_SLOT)));
            }
        }
        Ok(replies.first() != Some(&Value::Int(0)))
    }
}
