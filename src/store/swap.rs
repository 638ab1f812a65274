//! Changes notes: compares each as a whole with the note that was read, and replaces it to the
//! byte, all or nothing.

use std::iter;

use redis::{Cmd, cmd};

use super::Store;
use super::error::Error;
use super::keys;
use super::read::BATCH;
use crate::exit::Exit;
use crate::note::NoteChange;

/// The most bytes that one swap of several notes sends: Redis drops a client that sends more than 1
/// GB at once, and much less blocks it for long.
const MOST_BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// Splits changes into the parts that one swap makes each.
pub(super) fn parts<E>(
    changes: impl Iterator<Item = Result<NoteChange, E>>,
) -> impl Iterator<Item = Result<Vec<NoteChange>, E>> {
    let mut changes = changes.peekable();
    iter::from_fn(move || {
        let (mut part, mut bytes) = (Vec::new(), 0);
        while let Some(next) = changes.next_if(|next| {
            let Ok(change) = next else { return true };
            bytes += change.before.size() + change.after.size();
            part.is_empty() || (part.len() < BATCH && bytes <= MOST_BYTES_AT_ONCE)
        }) {
            match next {
                Ok(change) => part.push(change),
                Err(error) => return Some(Err(error)),
            }
        }
        (!part.is_empty()).then_some(Ok(part))
    })
}

/// Changes notes, all or none.
///
/// `KEYS` are those of the notes, and before them, if the first of `ARGV` is `1`, that of the set
/// of ids; else the set is left out of it. `ARGV` then has for each note its id and two raw notes:
/// the expected and the new one. A raw note is `1` if the id is in the set, else `0`, then the
/// number of fields, and their names and values.
///
/// The script compares everything before it writes, and checks the ACL (from Redis 7.0): Redis does
/// not undo a script that fails half-way. It leaves fields alone that stay the same, and cuts the
/// commands because `unpack` takes no more than some thousand values.
const SWAP: &str = r"
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function raw()
    local listed, count, names, values = tonumber(take()), tonumber(take()), {}, {}
    for i = 1, count do
        names[i] = take()
        values[names[i]] = take()
    end
    return listed, names, values
end
local ids = take() == '1' and KEYS[1]
local steps = {}
local function plan(command, key, words, size)
    for first = 1, #words, size do
        local step = {command, key}
        for i = first, math.min(first + size - 1, #words) do step[#step + 1] = words[i] end
        steps[#steps + 1] = step
    end
end
for i = ids and 2 or 1, #KEYS do
    local key, id = KEYS[i], take()
    local listed, names, values = raw()
    local lists, wanted, wishes = raw()
    local now = redis.pcall('HGETALL', key)
    if now.err then return now end
    local member = ids and redis.pcall('SISMEMBER', ids, id) or listed
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
    if ids and listed ~= lists then plan(lists == 1 and 'SADD' or 'SREM', ids, {id}, 1) end
end
if redis.acl_check_cmd then
    for _, step in ipairs(steps) do
        local known, allowed = pcall(redis.acl_check_cmd, unpack(step))
        if not known then return redis.error_reply('ERR unknown command ' .. step[1]) end
        if not allowed then
            return redis.error_reply('NOPERM no permission to run ' .. step[1] .. ' on ' .. step[2])
        end
    end
end
for _, step in ipairs(steps) do redis.call(unpack(step)) end
return {'done'}
";

impl Store {
    /// Changes notes in one step, [`BATCH`] at the most: all of them, or, if one is not what is
    /// expected, none.
    ///
    /// Fails with [`Error::Vanished`] or [`Error::Conflict`], which name the first such note, and with
    /// [`Refused`](crate::redis_client::Error::Refused) if Redis (from 7.0) does not allow all of it. A
    /// time to live of a note stays. For a cluster see [`Store::swap_each`].
    pub(crate) fn swap(&mut self, changes: &[NoteChange]) -> Result<(), Error> {
        if self.connection.is_cluster() {
            return self.swap_each(changes);
        }
        let reply = self.connection.call(&script(true, changes))?;
        verdict(reply)?;
        Ok(self.connection.confirm()?)
    }

    /// Asks Redis to change no note, and returns the error if it refuses that: this user can change
    /// nothing then.
    pub(crate) fn refusal_of_changes(&mut self) -> Result<Option<Error>, Error> {
        match self.connection.call(&script(true, &[])) {
            Ok(reply) => verdict(reply).map(|()| None),
            Err(error) if error.exit() == Exit::OutOfReach => Err(error.into()),
            Err(error) => Ok(Some(error.into())),
        }
    }
}

/// Returns the command that makes changes, in the set of ids too if `with_ids`.
pub(super) fn script(with_ids: bool, changes: &[NoteChange]) -> Cmd {
    let mut script = cmd("EVAL");
    script.arg(SWAP).arg(usize::from(with_ids) + changes.len());
    script.arg(with_ids.then_some(keys::IDS));
    for change in changes {
        script.arg(keys::of_note(&change.id));
    }
    script.arg(u8::from(with_ids));
    for change in changes {
        script.arg(&change.id);
        for note in [&change.before, &change.after] {
            script.arg(u8::from(note.listed)).arg(note.fields.len());
            for (name, value) in &note.fields {
                script.arg(name).arg(value);
            }
        }
    }
    script
}

/// Reads the reply of the script.
pub(super) fn verdict(words: Vec<String>) -> Result<(), Error> {
    let mut words = words.into_iter();
    let (verdict, id) = (words.next(), words.next().unwrap_or_default());
    match verdict.as_deref() {
        Some("done") => Ok(()),
        Some("gone") => Err(Error::Vanished { id }),
        Some("changed") => Err(Error::Conflict { id }),
        _ => Err(Error::unexpected("EVAL", true)),
    }
}
