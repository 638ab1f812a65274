//! The one way in which notes are changed: each compared as a whole with what was read, and put in
//! its place to the byte, all or nothing.

use redis::{Cmd, cmd};

use super::Store;
use super::error::Error;
use super::keys;
use super::read::BATCH;
use crate::note::NoteChange;

/// The most bytes that one swap sends, but for a single note: Redis drops a client that sends more than
/// 1 GB at once, and is held for long by much less.
const MOST_BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// How many of the changes, from the first on, one swap makes.
pub(crate) fn count_at_once(changes: &[NoteChange]) -> usize {
    let mut left = MOST_BYTES_AT_ONCE;
    let fits = |change: &&NoteChange| {
        let rest = left.checked_sub(change.before.size() + change.after.size());
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    let fitting = changes.iter().take(BATCH).take_while(fits);
    fitting.count().max(1)
}

/// Changes notes, all or none.
///
/// `KEYS` are those of the notes, and before them, if the first of `ARGV` is `1`, that of the set of
/// ids; else the set is left out of it. `ARGV` then has for each note its id and two raw notes: what
/// Redis must hold, and what it is to hold. A raw note is `1` or `0` for whether the id is in the set,
/// the number of fields, and their names and values.
///
/// Nothing is written before everything is compared and, where Redis can tell (from 7.0), allowed:
/// a script that fails half-way is not undone by Redis. What is the same in both is left
/// alone, and the commands are cut because `unpack` takes no more than some thousand values.
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
    /// Fails with [`Error::Vanished`] or [`Error::Conflict`], which name the first such note, and
    /// with [`Error::Refused`] if Redis (from 7.0) does not allow all of it. A time to live that
    /// another writer gave to a note that is still there stays. What of this a cluster can give:
    /// [`Store::swap_each`].
    pub(crate) fn swap(&mut self, changes: &[NoteChange]) -> Result<(), Error> {
        if self.connection.is_cluster() {
            return self.swap_each(changes);
        }
        let reply = self.connection.call(&script(true, changes))?;
        verdict(reply)?;
        Ok(self.connection.confirm()?)
    }
}

/// The command that makes changes, in the set of ids too if that is asked for.
pub(super) fn script(with_ids: bool, changes: &[NoteChange]) -> Cmd {
    let mut script = cmd("EVAL");
    script.arg(SWAP).arg(usize::from(with_ids) + changes.len());
    script.arg(with_ids.then_some(keys::IDS));
    for change in changes {
        script.arg(keys::note(&change.id));
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

/// What the answer of the script says.
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
