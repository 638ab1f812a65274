//! Changing notes: each change is one step in Redis that happens wholly or not at all.

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::read::get_all;
use super::record::{self, Record};
use super::swap::image_of;
use super::{Store, keys};
use crate::note::Note;
use crate::store::RawNote;

/// How many notes one transaction deletes, so that a long one does not hold up other clients.
pub const DELETED_AT_ONCE: usize = 1_000;

/// Writes fields of a note's hash only if it is there, and only if the fields named first still
/// hold what the caller read.
///
/// `KEYS[1]` is the note; `ARGV[1]` the number of fields that it must have, or nothing for any;
/// `ARGV[2]` the number of fields to compare, then three arguments for each: its name, `1` if it was
/// there, its value; then the names and values to write.
const UPDATE: &str = r"
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
if ARGV[1] ~= '' and redis.call('HLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 'changed' end
local compared = tonumber(ARGV[2]) * 3
for i = 3, 2 + compared, 3 do
    local read = ARGV[i + 1] == '1' and ARGV[i + 2]
    if redis.call('HGET', KEYS[1], ARGV[i]) ~= read then return 'changed' end
end
redis.call('HSET', KEYS[1], unpack(ARGV, 3 + compared))
return redis.call('HGETALL', KEYS[1])
";

/// Deletes notes, and returns for each the replies that [`deletion`] has.
///
/// `KEYS[1]` is the set of ids, the other keys are the notes; `ARGV` has their ids.
const DELETE: &str = r"
local replies = {}
for i, id in ipairs(ARGV) do
    replies[#replies + 1] = redis.pcall('HGETALL', KEYS[i + 1])
    replies[#replies + 1] = redis.call('DEL', KEYS[i + 1])
    replies[#replies + 1] = redis.call('SREM', KEYS[1], id)
end
return replies
";

/// New text for a note; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The new title.
    pub title: Option<String>,
    /// The new content.
    pub content: Option<String>,
}

/// What must still hold for an update to be made.
#[derive(Clone, Copy, Debug)]
pub enum Basis<'a> {
    /// That the note is there.
    Presence,
    /// That its title and content are still those of this note, as it was read.
    Unchanged(&'a Note),
    /// That its hash is still this, to the last byte; the set of ids does not count.
    Exactly(&'a RawNote),
}

/// What [`Store::remove`] took away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// What Redis held.
    pub image: RawNote,
    /// What that was.
    pub deleted: Deleted,
}

/// What [`Store::delete`] found under an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// This note, which is now gone.
    Note(Note),
    /// An id in the set without a note behind it; the id is now gone.
    Id,
    /// Nothing.
    Nothing,
}

impl Store {
    /// Stores a new note: its hash and its id in the set, both or neither.
    pub fn create(&mut self, note: &Note) -> Result<(), Error> {
        let key = keys::note(&note.id);
        let mut hash = cmd("HSET");
        hash.arg(&key);
        for (name, value) in note.fields() {
            hash.arg(name).arg(value);
        }
        let mut index = cmd("SADD");
        index.arg(keys::IDS).arg(&note.id);
        let replies = self.link.transaction(vec![hash, index])?;
        for (reply, slot) in replies.iter().zip([keys::note_slot(&key), keys::IDS_SLOT]) {
            if let Value::ServerError(error) = reply {
                let failure = self.link.failure(error, Some(slot));
                // A command that fails in EXEC does not stop the others: where the set of ids is no
                // set, the hash was written, and is ours to take away again.
                self.link.write(cmd("DEL").arg(&key), None)?;
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Changes a note in one step, and returns it as it is then. `updated_at` is set to `now`.
    ///
    /// Fails with [`Error::Vanished`] if the note is not there: it never comes back to life. Fails
    /// with [`Error::Conflict`] if the basis does not hold. Nothing is written then.
    pub fn update(
        &mut self,
        id: &str,
        change: &Change,
        basis: Basis<'_>,
        now: &str,
    ) -> Result<Note, Error> {
        let key = keys::note(id);
        let mut update = cmd("EVAL");
        update.arg(UPDATE).arg(1).arg(&key);
        match basis {
            Basis::Exactly(image) => update.arg(image.fields.len()),
            Basis::Presence | Basis::Unchanged(_) => update.arg(""),
        };
        let compared = basis.compared();
        update.arg(compared.len());
        for (name, value) in compared {
            update
                .arg(name)
                .arg(u8::from(value.is_some()))
                .arg(value.unwrap_or_default());
        }
        for (name, value) in change.fields(now) {
            update.arg(name).arg(value);
        }
        let reply = self.link.write(&update, Some(keys::note_slot(&key)))?;
        self.updated(id, reply)
    }

    fn updated(&mut self, id: &str, reply: Value) -> Result<Note, Error> {
        let id = id.to_owned();
        match &reply {
            Value::BulkString(word) if word == b"gone" => return Err(Error::Vanished { id }),
            Value::BulkString(word) if word == b"changed" => return Err(Error::Conflict { id }),
            _ => {}
        }
        match record::read(&id, reply)? {
            Record::Note(note, faults) => {
                self.faults.extend(faults);
                Ok(note)
            }
            _ => Err(Error::Answer { command: "EVAL" }),
        }
    }

    /// Deletes notes: the hash and the id in the set together. Says for each id what was there.
    pub fn delete<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Deleted>, Error> {
        let removed = self.remove(ids)?.into_iter();
        Ok(removed.map(|removed| removed.deleted).collect())
    }

    /// Deletes notes as [`Store::delete`] does, and says for each id what Redis held, to the byte.
    ///
    /// Of more than [`DELETED_AT_ONCE`] notes some may be gone when it fails.
    pub fn remove<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Removed>, Error> {
        let mut removed = Vec::with_capacity(ids.len());
        for batch in ids.chunks(DELETED_AT_ONCE) {
            let commands: Vec<Cmd> = batch.iter().flat_map(|id| deletion(id.as_ref())).collect();
            let replies = match self.link.transaction(commands) {
                // A full Redis queues no command at all, but a script may still make room.
                Err(Error::OutOfMemory) => self.delete_by_script(batch)?,
                replies => replies?,
            };
            let mut replies = replies.into_iter();
            for id in batch {
                let answer = (replies.next(), replies.next(), replies.next());
                removed.push(self.removed(id.as_ref(), answer)?);
            }
        }
        Ok(removed)
    }

    fn delete_by_script<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Value>, Error> {
        let mut delete = cmd("EVAL");
        delete.arg(DELETE).arg(ids.len() + 1).arg(keys::IDS);
        for id in ids {
            delete.arg(keys::note(id.as_ref()));
        }
        for id in ids {
            delete.arg(id.as_ref());
        }
        let reply = self.link.write(&delete, Some(keys::IDS_SLOT))?;
        record::members(reply).ok_or(Error::Answer { command: "EVAL" })
    }

    fn removed(
        &mut self,
        id: &str,
        answer: (Option<Value>, Option<Value>, Option<Value>),
    ) -> Result<Removed, Error> {
        let (Some(hash), Some(_), Some(index)) = answer else {
            return Err(Error::Answer { command: "EXEC" });
        };
        if let Value::ServerError(error) = &index {
            return Err(self.link.failure(error, Some(keys::IDS_SLOT)));
        }
        let listed = index != Value::Int(0);
        let fields = record::pairs(hash.clone()).unwrap_or_default();
        let deleted = match record::read(id, hash)? {
            Record::Note(note, _) => Deleted::Note(note),
            Record::Absent if !listed => Deleted::Nothing,
            Record::Absent | Record::Foreign => Deleted::Id,
            Record::Refused(error) => return Err(self.link.failure(&error, None)),
        };
        let image = image_of(fields, listed);
        Ok(Removed { image, deleted })
    }
}

impl Change {
    /// The fields that an update writes, with their new values.
    pub(crate) fn fields<'a>(&'a self, now: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        [
            ("title", self.title.as_deref()),
            ("content", self.content.as_deref()),
            ("updated_at", Some(now)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// A field to compare: its name, and what it must hold.
type Compared<'a> = (&'a [u8], Option<&'a [u8]>);

impl<'a> Basis<'a> {
    fn compared(self) -> Vec<Compared<'a>> {
        match self {
            Self::Presence => Vec::new(),
            Self::Unchanged(read) => ["title", "content"]
                .into_iter()
                // What is stored there is not what was read as text, so it cannot be compared.
                .filter(|field| !read.altered.contains(*field))
                .map(|field| (field.as_bytes(), read.field(field).map(str::as_bytes)))
                .collect(),
            Self::Exactly(image) => image
                .fields
                .iter()
                .map(|(name, value)| (name.as_bytes(), Some(value.as_bytes())))
                .collect(),
        }
    }
}

/// The commands that delete a note, the first of which says what it was.
fn deletion(id: &str) -> [Cmd; 3] {
    let mut hash = cmd("DEL");
    hash.arg(keys::note(id));
    let mut index = cmd("SREM");
    index.arg(keys::IDS).arg(id);
    [get_all(id), hash, index]
}
