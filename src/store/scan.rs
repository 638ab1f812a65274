//! What a look at every key takes: steps of SSCAN and SCAN, notes with their time to live, and for
//! each what Redis refuses to tell of it.

use redis::{Cmd, FromRedisValue, Value, cmd, from_redis_value};

use super::error::Error;
use super::keys::{self, Slot};
pub(crate) use super::read::SCAN_STEP;
use super::{RawNote, Store};

/// How many notes are read at once: whatever they hold is in memory then.
pub(crate) const NOTES_AT_ONCE: usize = 100;

/// How many commands without much of an answer go out in one pipeline.
const SHORT_COMMANDS: usize = 1_000;

/// The cursor to go on from, which is 0 at the end, and the ids that a step of SCAN or SSCAN found.
/// Some of these may come again in a later step.
pub(crate) type ScanStep = (u64, Vec<Vec<u8>>);

/// What is under an id. [`Error::WrongType`] says that a key holds something else.
pub(crate) struct Scanned {
    /// The hash; whether it is listed stands here too, as far as that could be told.
    pub(crate) note: Result<RawNote, Error>,
    pub(crate) listed: Result<bool, Error>,
    pub(crate) expires: Result<bool, Error>,
}

impl Store {
    /// How many keys there are, of whatever kind.
    pub(crate) fn key_count(&mut self) -> Result<usize, Error> {
        let reply = self.connection.read(&cmd("DBSIZE"), None)?;
        self.told("DBSIZE", Some(reply), keys::IDS_SLOT)
    }

    /// Whether the set of ids has a time to live.
    pub(crate) fn ids_expire(&mut self) -> Result<bool, Error> {
        let reply = self.connection.read(&on_ids("PTTL"), None)?;
        self.expires(Some(reply), keys::IDS_SLOT)
    }

    /// A step of the way through the set of ids.
    pub(crate) fn scan_ids(&mut self, cursor: u64) -> Result<ScanStep, Error> {
        let mut scan = on_ids("SSCAN");
        scan.arg(cursor).arg("COUNT").arg(SCAN_STEP);
        self.scan_step("SSCAN", &scan)
    }

    /// A step of the way through the keys, for the ids of those that have the form of a note's.
    pub(crate) fn scan_note_keys(&mut self, cursor: u64) -> Result<ScanStep, Error> {
        let mut scan = cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(keys::note("*"));
        scan.arg("COUNT").arg(SCAN_STEP);
        let (cursor, mut found) = self.scan_step("SCAN", &scan)?;
        let prefix = keys::note("").len();
        for key in &mut found {
            key.drain(..prefix.min(key.len()));
        }
        Ok((cursor, found))
    }

    fn scan_step(&mut self, command: &'static str, scan: &Cmd) -> Result<ScanStep, Error> {
        let reply = self.connection.read(scan, Some(keys::IDS_SLOT))?;
        self.told(command, Some(reply), keys::IDS_SLOT)
    }

    /// Whether the set of ids has each of these.
    pub(crate) fn are_listed(&mut self, ids: &[String]) -> Result<Vec<Result<bool, Error>>, Error> {
        let mut listed = Vec::with_capacity(ids.len());
        for batch in ids.chunks(SHORT_COMMANDS) {
            let commands: Vec<Cmd> = batch.iter().map(|id| is_member(id)).collect();
            for reply in self.connection.pipeline(&commands)? {
                listed.push(self.told("SISMEMBER", Some(reply), keys::IDS_SLOT));
            }
        }
        Ok(listed)
    }

    /// What is under each of these ids, which are to be [`NOTES_AT_ONCE`] at most.
    pub(crate) fn scan_notes<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<Vec<Scanned>, Error> {
        let commands: Vec<Cmd> = ids
            .iter()
            .flat_map(|id| {
                let id = id.as_ref();
                [on_note("HGETALL", id), on_note("PTTL", id), is_member(id)]
            })
            .collect();
        let mut replies = self.connection.pipeline(&commands)?.into_iter();
        let scanned = ids.iter().map(|id| {
            let key = keys::note(id.as_ref());
            let slot = keys::note_slot(&key);
            let fields = self.told("HGETALL", replies.next(), slot);
            let expires = self.expires(replies.next(), slot);
            let listed = self.told("SISMEMBER", replies.next(), keys::IDS_SLOT);
            let is_listed = matches!(listed, Ok(true));
            Scanned {
                note: fields.map(|fields| RawNote::new(is_listed, fields)),
                listed,
                expires,
            }
        });
        Ok(scanned.collect())
    }

    /// Takes the time to live from a note, or from the set of ids; says whether there was one.
    pub(crate) fn persist(&mut self, id: Option<&str>) -> Result<bool, Error> {
        let persist = id.map_or_else(|| on_ids("PERSIST"), |id| on_note("PERSIST", id));
        let reply = self.connection.write(&persist, None)?;
        self.told("PERSIST", Some(reply), keys::IDS_SLOT)
    }

    fn expires(&self, reply: Option<Value>, slot: Slot<'_>) -> Result<bool, Error> {
        Ok(self.told::<i64>("PTTL", reply, slot)? >= 0)
    }

    fn told<T: FromRedisValue>(
        &self,
        command: &'static str,
        reply: Option<Value>,
        slot: Slot<'_>,
    ) -> Result<T, Error> {
        match reply.unwrap_or(Value::Nil) {
            Value::ServerError(error) => Err(self.connection.failure(&error, Some(slot))),
            reply => from_redis_value(reply).map_err(|_| Error::unexpected(command)),
        }
    }
}

fn on_ids(command: &str) -> Cmd {
    let mut command = cmd(command);
    command.arg(keys::IDS);
    command
}

fn on_note(command: &str, id: &str) -> Cmd {
    let mut command = cmd(command);
    command.arg(keys::note(id));
    command
}

fn is_member(id: &str) -> Cmd {
    let mut is_member = on_ids("SISMEMBER");
    is_member.arg(id);
    is_member
}
