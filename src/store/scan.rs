//! What a look at every key takes: steps of SSCAN and SCAN, notes with their time to live, and for
//! each what Redis refuses to tell of it.

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::keys::{self, Slot, is_member, on_ids, on_note};
use super::read::BATCH;
pub(crate) use super::read::SCAN_STEP;
use super::{RawNote, Store};

/// How many notes are read at once: whatever they hold is in memory then.
pub(crate) const NOTES_AT_ONCE: usize = 100;

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
        self.connection.read(&cmd("DBSIZE"), None)
    }

    pub(crate) fn ids_expire(&mut self) -> Result<bool, Error> {
        let left: i64 = self.connection.read(&on_ids("PTTL"), None)?;
        Ok(left >= 0)
    }

    /// A step of the way through the set of ids, for those that match a glob pattern, or all.
    pub(crate) fn scan_ids(
        &mut self,
        cursor: u64,
        pattern: Option<&str>,
    ) -> Result<ScanStep, Error> {
        let mut scan = on_ids("SSCAN");
        scan.arg(cursor);
        if let Some(pattern) = pattern {
            scan.arg("MATCH").arg(pattern);
        }
        scan.arg("COUNT").arg(SCAN_STEP);
        self.connection.read(&scan, Some(Slot::Ids))
    }

    /// A step of the way through the keys, for the ids of those that have the form of a note's.
    pub(crate) fn scan_note_keys(&mut self, cursor: u64) -> Result<ScanStep, Error> {
        let mut scan = cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(keys::note("*"));
        scan.arg("COUNT").arg(SCAN_STEP);
        let (cursor, mut found): ScanStep = self.connection.read(&scan, None)?;
        let prefix = keys::note("").len();
        for key in &mut found {
            key.drain(..prefix.min(key.len()));
        }
        Ok((cursor, found))
    }

    pub(crate) fn are_listed(&mut self, ids: &[String]) -> Result<Vec<Result<bool, Error>>, Error> {
        let mut listed = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let commands: Vec<Cmd> = batch.iter().map(|id| is_member(id)).collect();
            for reply in self.connection.pipeline(&commands)? {
                listed.push(self.is_listed(Some(reply)));
            }
        }
        Ok(listed)
    }

    /// What is under each of these ids, which are to be [`NOTES_AT_ONCE`] at most. Without
    /// `with_listed` none counts as listed.
    pub(crate) fn scan_notes<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        with_listed: bool,
    ) -> Result<Vec<Scanned>, Error> {
        let commands: Vec<Cmd> = ids
            .iter()
            .flat_map(|id| {
                let id = id.as_ref();
                let is_member = with_listed.then(|| is_member(id));
                [on_note("HGETALL", id), on_note("PTTL", id)]
                    .into_iter()
                    .chain(is_member)
            })
            .collect();
        let mut replies = self.connection.pipeline(&commands)?.into_iter();
        let scanned = ids.iter().map(|id| {
            let slot = Some(Slot::Note(id.as_ref()));
            let fields = self.connection.value("HGETALL", replies.next(), slot);
            let left = self.connection.value::<i64>("PTTL", replies.next(), slot);
            let listed = if with_listed {
                self.is_listed(replies.next())
            } else {
                Ok(false)
            };
            let is_listed = matches!(listed, Ok(true));
            Scanned {
                note: fields.map(|fields| RawNote {
                    listed: is_listed,
                    fields,
                }),
                listed,
                expires: left.map(|left| left >= 0),
            }
        });
        Ok(scanned.collect())
    }

    /// Takes the time to live from a note, or from the set of ids; says whether there was one.
    pub(crate) fn persist(&mut self, id: Option<&str>) -> Result<bool, Error> {
        let persist = id.map_or_else(|| on_ids("PERSIST"), |id| on_note("PERSIST", id));
        let had_one = self.connection.write(&persist)?;
        self.connection.confirm()?;
        Ok(had_one)
    }

    fn is_listed(&self, reply: Option<Value>) -> Result<bool, Error> {
        self.connection.value("SISMEMBER", reply, Some(Slot::Ids))
    }
}
