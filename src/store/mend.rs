//! Mending what is wrong: each fix one step in Redis that first looks whether the fault is still
//! there.
//!
//! Only what can be mended without a guess is, and nothing that holds text is ever removed. A note
//! is not made up: there is no fix for a title, a content or a time that is missing or wrong, nor
//! for a key that holds something else.

use redis::{Value, cmd};

use super::diagnosis::{self, Fields};
use super::error::Error;
use super::swap::image_of;
use super::{Store, keys, record};
use crate::store::RawNote;

/// Makes a fix if its fault is still there, and tells how things were before and after.
///
/// `KEYS` are the set of ids, the note, and the one of them that a fix of a time to live is about;
/// `ARGV` the fix and the id.
const MEND: &str = r"
local ids, note, subject = unpack(KEYS)
local fix, id = unpack(ARGV)
local function holds(key, kind) return redis.call('TYPE', key).ok == kind end
local function state()
    local listed = holds(ids, 'set') and redis.call('SISMEMBER', ids, id) or 0
    local fields = holds(note, 'hash') and redis.call('HGETALL', note) or {}
    return {listed, fields}
end
local before = state()
local listed, is_note = before[1] == 1, #before[2] > 0
if fix == 'unlist' then
    if not listed or redis.call('EXISTS', note) == 1 then return 'sound' end
    redis.call('SREM', ids, id)
elseif fix == 'list' then
    if listed or not is_note or redis.call('HEXISTS', note, 'title') == 0 then return 'sound' end
    local named = redis.call('HGET', note, 'id')
    if named and named ~= id then return 'sound' end
    if not holds(ids, 'set') and redis.call('EXISTS', ids) == 1 then return 'sound' end
    redis.call('SADD', ids, id)
elseif fix == 'name' then
    if not listed or not is_note or redis.call('HGET', note, 'id') == id then return 'sound' end
    redis.call('HSET', note, 'id', id)
elseif fix == 'keep' then
    local ours = subject == ids and holds(ids, 'set') or subject == note and listed and is_note
    if not ours or redis.call('PTTL', subject) < 0 then return 'sound' end
    redis.call('PERSIST', subject)
else
    return 'unknown'
end
return {before, state()}
";

/// A remedy that takes no guess.
///
/// In the order in which they are to be made: what is about to be dropped first, and an id enters
/// the set before its note is mended, for only then it is certain to be one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fix {
    /// Takes the time to live from the set of ids.
    KeepIds,
    /// Adds an id to the set. Only for a hash that has a title and gives no other id as its own:
    /// else it may be something that another program keeps under a key of the same form.
    List(String),
    /// Takes the time to live from a note that the set has.
    Keep(String),
    /// Sets the field `id` of a note that the set has to the id of its key, by which alone it is
    /// found.
    Name(String),
    /// Removes an id that has nothing behind it from the set.
    Unlist(String),
}

/// What came of a [`Fix`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mending {
    /// It was made.
    Mended {
        /// What there was before.
        before: RawNote,
        /// What there is now.
        after: RawNote,
    },
    /// The fault is not there any more, or not one that this mends; nothing was written.
    NotNeeded,
}

impl Store {
    /// Makes a fix, wholly or not at all, and only if its fault is there at that moment.
    ///
    /// Every fix of any fault goes this way.
    pub fn mend(&mut self, fix: &Fix) -> Result<Mending, Error> {
        let (id, note) = (fix.id().unwrap_or_default(), fix.key());
        let mut mend = cmd("EVAL");
        mend.arg(MEND).arg(3).arg(keys::IDS).arg(keys::note(id));
        mend.arg(&note).arg(fix.word()).arg(id);
        let reply = self.link.write(&mend, Some(keys::note_slot(&note)))?;
        let command = "EVAL";
        match reply {
            Value::BulkString(word) if word == b"sound" => Ok(Mending::NotNeeded),
            reply => mended(reply).ok_or(Error::Answer { command }),
        }
    }
}

impl Fix {
    /// Whether a hash is one that [`Fix::List`] adds to the set.
    pub(super) fn lists(id: &str, fields: &Fields) -> bool {
        let names_other = diagnosis::field(fields, "id").is_some_and(|own| own != id.as_bytes());
        !id.is_empty() && !names_other && diagnosis::field(fields, "title").is_some()
    }

    /// The note that it mends; none for the set of ids.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::KeepIds => None,
            Self::List(id) | Self::Keep(id) | Self::Name(id) | Self::Unlist(id) => Some(id),
        }
    }

    /// The key whose time to live it is about, which is the note's but for [`Fix::KeepIds`].
    fn key(&self) -> String {
        self.id().map_or_else(|| keys::IDS.to_owned(), keys::note)
    }

    /// What it leaves of a note that is as in this image. A time to live is not seen there.
    pub fn apply(&self, image: &mut RawNote) {
        match self {
            Self::KeepIds | Self::Keep(_) => {}
            Self::List(_) => image.listed = true,
            Self::Name(id) => image.set("id", id),
            Self::Unlist(_) => image.listed = false,
        }
    }

    /// What it is going to do: `remove the id a1 from notes:ids`.
    #[must_use]
    pub fn plan(&self) -> String {
        self.sentence().0
    }

    /// What it did: `removed the id a1 from notes:ids`.
    #[must_use]
    pub fn deed(&self) -> String {
        self.sentence().1
    }

    fn sentence(&self) -> (String, String) {
        let (ids, key) = (keys::IDS, self.key());
        let (plan, deed, object) = match self {
            Self::KeepIds | Self::Keep(_) => {
                ("take", "took", format!("the time to live from {key}"))
            }
            Self::List(id) => ("add", "added", format!("the id {id} to {ids}")),
            Self::Name(id) => ("set", "set", format!("the field id of {key} to {id}")),
            Self::Unlist(id) => ("remove", "removed", format!("the id {id} from {ids}")),
        };
        (format!("{plan} {object}"), format!("{deed} {object}"))
    }

    fn word(&self) -> &'static str {
        match self {
            Self::KeepIds | Self::Keep(_) => "keep",
            Self::List(_) => "list",
            Self::Name(_) => "name",
            Self::Unlist(_) => "unlist",
        }
    }
}

fn mended(reply: Value) -> Option<Mending> {
    let mut states = record::members(reply)?.into_iter().map(state);
    Some(Mending::Mended {
        before: states.next()??,
        after: states.next()??,
    })
}

fn state(reply: Value) -> Option<RawNote> {
    let mut parts = record::members(reply)?.into_iter();
    let listed = parts.next()? == Value::Int(1);
    Some(image_of(record::pairs(parts.next()?)?, listed))
}
