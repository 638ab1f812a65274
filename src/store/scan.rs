//! Scans every key: steps of SSCAN and SCAN, and notes with their time to live.

use std::slice;
use std::time::Instant;

use redis::cmd;

use super::Store;
use super::error::Error;
use super::keys::{self, on_each_note, on_ids, on_note};
use crate::note::RawNote;
use crate::redis_client::{self, Pending};

/// The number of ids or keys in one step: about a millisecond of the server's time if there are a
/// million, most of it for memory that is not in the processor's cache.
pub(crate) const SCAN_STEP: usize = 1_000;

/// The number of notes that are read, and held in memory, at once.
pub(crate) const NOTES_AT_ONCE: usize = 100;

/// The next cursor, which is 0 at the end, and the ids that a step of SCAN or SSCAN found. Some may
/// come again in a later step.
pub(crate) type ScanStep = (u64, Vec<Vec<u8>>);

/// The most steps through the set of ids that may find next to nothing: as many as ten million
/// empty places take. Redis shrinks a set long before that.
const MOST_STEPS: usize = 10_000;

/// A step of SSCAN that was sent, with its reply still to be received.
pub(super) struct SentScan<'a> {
    cursor: u64,
    beginning: Option<&'a str>,
    pending: Pending,
}

/// The progress of a scan of the set of ids.
#[derive(Default)]
pub(super) struct ScanProgress {
    /// The connection over which it was answered.
    answered_by: Option<Instant>,
    number: usize,
    /// The number of ids found so far.
    found: usize,
}

impl ScanProgress {
    /// Returns true if no set is that long: the server never ends the scan.
    fn is_too_far(&self) -> bool {
        self.number > MOST_STEPS + self.found / 10
    }
}

/// A hash, and true if it has a time to live. [`Error::WrongType`]: the key holds something else.
pub(crate) type ScannedHash = (Result<RawNote, Error>, Result<bool, Error>);

impl Store {
    /// Returns the servers that hold notes: see [`Store::scan_note_keys`].
    pub(crate) fn server_names(&self) -> Vec<String> {
        let servers = self.connection.servers().into_iter();
        servers.map(|(name, _)| name).collect()
    }

    /// Counts the keys of all servers.
    pub(crate) fn key_count(&mut self) -> Result<usize, Error> {
        let names = self.server_names().into_iter();
        let counts = names.map(|name| self.connection.call_at::<usize>(&name, cmd("DBSIZE")));
        Ok(counts.sum::<Result<usize, redis_client::Error>>()?)
    }

    pub(crate) fn ids_expire(&mut self) -> Result<bool, Error> {
        let left: i64 = self.connection.call(&on_ids("PTTL"))?;
        Ok(left >= 0)
    }

    /// Scans a step of the set of ids. It may start again: a cursor is valid only on the server that
    /// gave it, and in a cluster the set may have moved.
    pub(crate) fn scan_ids(&mut self, cursor: u64) -> Result<ScanStep, Error> {
        let sent = self.start_scan(cursor, None);
        self.finish_scan(sent)
    }

    /// Sends a step for the ids that begin with a text, or for all.
    pub(super) fn start_scan<'a>(
        &mut self,
        cursor: u64,
        beginning: Option<&'a str>,
    ) -> SentScan<'a> {
        let mut scan = on_ids("SSCAN");
        scan.arg(cursor);
        scan.arg(beginning.map(|it| ("MATCH", pattern(it))));
        scan.arg("COUNT").arg(SCAN_STEP);
        let pending = self.connection.start(slice::from_ref(&scan).into());
        SentScan {
            cursor,
            beginning,
            pending,
        }
    }

    pub(super) fn finish_scan(&mut self, sent: SentScan<'_>) -> Result<ScanStep, Error> {
        let mut replies = self.connection.finish(sent.pending)?;
        let reply = replies.pop().expect("one command has one reply");
        let step: ScanStep = self.about_ids("SSCAN", reply)?;
        let answered_by = self.connection.answered_by();
        if sent.cursor == 0 {
            self.scanned = ScanProgress::default();
        } else if answered_by != self.scanned.answered_by {
            let again = self.start_scan(0, sent.beginning);
            return self.finish_scan(again);
        }
        self.scanned.answered_by = answered_by;
        self.scanned.number += 1;
        self.scanned.found += step.1.len();
        if self.scanned.is_too_far() {
            let message = "the answers of Redis to SSCAN do not come to an end".to_owned();
            let in_doubt = false;
            return Err(redis_client::Error::NotRedis { message, in_doubt }.into());
        }
        Ok(step)
    }

    /// Scans a step of the keys of a server, for the ids in the keys of notes.
    pub(crate) fn scan_note_keys(&mut self, server: &str, cursor: u64) -> Result<ScanStep, Error> {
        let mut scan = cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(keys::of_note("*"));
        scan.arg("COUNT").arg(SCAN_STEP);
        let (cursor, mut found): ScanStep = self.connection.call_at(server, scan)?;
        let prefix = keys::of_note("").len();
        for key in &mut found {
            key.drain(..prefix.min(key.len()));
        }
        Ok((cursor, found))
    }

    /// Reads the hash under each of these ids, [`NOTES_AT_ONCE`] at most. None counts as listed.
    pub(crate) fn scan_hashes<S: AsRef<str>>(
        &mut self,
        ids: &[S],
    ) -> Result<Vec<ScannedHash>, Error> {
        let questions = ["HGETALL", "PTTL"].map(|command| on_each_note(command, &[]));
        self.each(ids, questions, |store, id, [hash, left]| {
            let left = store.about_note::<i64>(id, "PTTL", left);
            Ok((store.hash(id, hash, false), left.map(|left| left >= 0)))
        })
    }

    /// Removes the time to live of a note, or of the set of ids; returns true if there was one.
    pub(crate) fn persist(&mut self, id: Option<&str>) -> Result<bool, Error> {
        let persist = id.map_or_else(|| on_ids("PERSIST"), |id| on_note("PERSIST", id));
        let had_one = self.connection.call(&persist)?;
        self.connection.confirm()?;
        Ok(had_one)
    }
}

/// Returns the Redis glob pattern (<https://redis.io/docs/latest/commands/keys/>) for ids with this beginning.
fn pattern(beginning: &str) -> String {
    let mut pattern = String::with_capacity(beginning.len() + 1);
    for c in beginning.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('*');
    pattern
}
