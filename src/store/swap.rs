//! Notes as Redis holds them, byte for byte: read, compared, and put back.

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::read::BATCH;
use super::record;
use super::{Store, keys, read};
use crate::note::Note;
use crate::store::{Bytes, RawNote};

/// Puts notes back, all or none.
///
/// `KEYS[1]` is the set of ids, then come the keys of the notes. `ARGV` has for each note its id,
/// then twice an image: first what Redis must hold, then what it is to hold. An image is `1` or `0`
/// for whether the id is in the set, the number of fields, and their names and values.
///
/// Nothing is written before everything is compared and, where Redis can tell (from 7.0), allowed:
/// a script that fails half-way is not undone by Redis. What is the same in both images is left
/// alone, and the commands are cut because `unpack` takes no more than some thousand values.
const RESTORE: &str = r"
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function image()
    local listed, count, names, values = tonumber(take()), tonumber(take()), {}, {}
    for i = 1, count do
        names[i] = take()
        values[names[i]] = take()
    end
    return listed, names, values
end
local steps = {}
local function plan(command, key, words, size)
    for first = 1, #words, size do
        local step = {command, key}
        for i = first, math.min(first + size - 1, #words) do step[#step + 1] = words[i] end
        steps[#steps + 1] = step
    end
end
for i = 2, #KEYS do
    local key, id = KEYS[i], take()
    local listed, names, values = image()
    local lists, wanted, wishes = image()
    local now = redis.pcall('HGETALL', key)
    if now.err then return now end
    local member = redis.pcall('SISMEMBER', KEYS[1], id)
    if type(member) == 'table' then return member end
    if #now == 0 and #names > 0 then return {'gone', id} end
    if member ~= listed or #now ~= 2 * #names then return {'changed', id} end
    for j = 1, #now, 2 do
        if values[now[j]] ~= now[j + 1] then return {'changed', id} end
    end
    local set, drop = {}, {}
    for _, name in ipairs(wanted) do
        if values[name] ~= wishes[name] then
            set[#set + 1] = name
            set[#set + 1] = wishes[name]
        end
    end
    for _, name in ipairs(names) do
        if wishes[name] == nil then drop[#drop + 1] = name end
    end
    plan('HSET', key, set, 1000)
    plan('HDEL', key, drop, 1000)
    if listed ~= lists then plan(lists == 1 and 'SADD' or 'SREM', KEYS[1], {id}, 1) end
end
if redis.acl_check_cmd then
    for _, step in ipairs(steps) do
        if not redis.acl_check_cmd(unpack(step)) then
            return redis.error_reply('NOPERM no permission to run ' .. step[1] .. ' on ' .. step[2])
        end
    end
end
for _, step in ipairs(steps) do redis.call(unpack(step)) end
return {'done'}
";

/// A note to put back.
#[derive(Clone, Debug)]
pub struct Restoration<'a> {
    /// Its id.
    pub id: &'a str,
    /// What Redis must hold for it to be put back.
    pub expected: &'a RawNote,
    /// What Redis then holds.
    pub target: &'a RawNote,
}

impl Store {
    /// What Redis holds under each id, in their order.
    ///
    /// Fails with [`Error::WrongType`] where the key of a note holds something else.
    pub fn images<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<RawNote>, Error> {
        let mut images = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let commands: Vec<Cmd> = batch
                .iter()
                .flat_map(|id| [read::get_all(id.as_ref()), membership(id.as_ref())])
                .collect();
            let mut replies = self.link.pipeline(&commands)?.into_iter();
            for id in batch {
                images.push(self.image(id.as_ref(), replies.next(), replies.next())?);
            }
        }
        Ok(images)
    }

    fn image(
        &self,
        id: &str,
        hash: Option<Value>,
        member: Option<Value>,
    ) -> Result<RawNote, Error> {
        let key = keys::note(id);
        let fields = match hash {
            Some(Value::ServerError(error)) => {
                return Err(self.link.failure(&error, Some(keys::note_slot(&key))));
            }
            hash => hash.and_then(record::pairs),
        };
        let fields = fields.ok_or(Error::Answer { command: "HGETALL" })?;
        match member {
            Some(Value::ServerError(error)) => Err(self.link.failure(&error, Some(keys::IDS_SLOT))),
            Some(Value::Int(member)) => Ok(image_of(fields, member == 1)),
            _ => Err(Error::Answer {
                command: "SISMEMBER",
            }),
        }
    }

    /// The note that an image shows, as reading it would give it; with nothing but its id where there
    /// is no hash.
    #[must_use]
    pub fn note(id: &str, image: &RawNote) -> Note {
        let pairs = image.fields.iter();
        let pairs =
            pairs.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        record::note(id, pairs.collect()).0
    }

    /// Puts notes back in one step: all of them, or, if one is not what is expected, none.
    ///
    /// Fails with [`Error::Vanished`] or [`Error::Conflict`], which name the first such note, and
    /// with [`Error::Refused`] if Redis (from 7.0) does not allow all of it. A time to live that
    /// another writer gave to a note that is still there stays.
    pub fn restore(&mut self, notes: &[Restoration<'_>]) -> Result<(), Error> {
        let mut restore = cmd("EVAL");
        restore.arg(RESTORE).arg(1 + notes.len()).arg(keys::IDS);
        for note in notes {
            restore.arg(keys::note(note.id));
        }
        for note in notes {
            restore.arg(note.id);
            for image in [note.expected, note.target] {
                restore.arg(u8::from(image.listed)).arg(image.fields.len());
                for (name, value) in &image.fields {
                    restore.arg(name.as_bytes()).arg(value.as_bytes());
                }
            }
        }
        let reply = self.link.write(&restore, None)?;
        let answer = Error::Answer { command: "EVAL" };
        let Some(words) = record::members(reply) else {
            return Err(answer);
        };
        let mut words = words.into_iter().filter_map(record::bytes);
        let verdict = words.next().unwrap_or_default();
        let id = String::from_utf8_lossy(&words.next().unwrap_or_default()).into_owned();
        match verdict.as_slice() {
            b"done" => Ok(()),
            b"gone" => Err(Error::Vanished { id }),
            b"changed" => Err(Error::Conflict { id }),
            _ => Err(answer),
        }
    }
}

/// The image of a hash and of whether its id is in the set.
pub(super) fn image_of(fields: Vec<(Vec<u8>, Vec<u8>)>, listed: bool) -> RawNote {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (Bytes::from(name), Bytes::from(value)))
        .collect();
    RawNote { listed, fields }
}

fn membership(id: &str) -> Cmd {
    let mut membership = cmd("SISMEMBER");
    membership.arg(keys::IDS).arg(id);
    membership
}
