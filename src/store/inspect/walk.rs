//! The way of an inspection through the keys: the set of ids first, then every key that could be a
//! note's, and what is suspect once more.

use std::collections::BTreeSet;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use redis::{Cmd, Value, cmd};

use super::reader::Reader;
use super::{Finding, Inspection, Progress};
use crate::store::diagnosis::{self, Fields};
use crate::store::error::Error;
use crate::store::fault::Fault;
use crate::store::link::Link;
use crate::store::mend::Fix;
use crate::store::read::{SCAN_STEP, get_all};
use crate::store::{keys, record};

/// How many notes are read at once: whatever they hold is in memory then.
const BATCH: usize = 100;

/// How many commands without much of an answer go out in one pipeline.
const SHORT_COMMANDS: usize = 1_000;

/// What the two ways through the keys look at.
const LISTED: &str = "the notes that the set of ids has";
const OTHERS: &str = "notes that the set of ids lacks";

/// What is at the key of the set of ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ids {
    /// The set, perhaps an empty one.
    Set,
    /// Something else.
    Other,
}

/// What is known of a note besides its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Membership {
    /// The set of ids has its id.
    Listed,
    /// It does not.
    Unlisted,
    /// There is no set to have it.
    Unknown,
}

/// An inspection on its way.
pub(super) struct Walk<'a> {
    reader: Reader<'a>,
    now: DateTime<Utc>,
    begun: Instant,
    watch: &'a mut dyn FnMut(Progress),
    progress: Progress,
    notes_read: usize,
    findings: BTreeSet<Finding>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        link: &'a mut Link,
        now: DateTime<Utc>,
        watch: &'a mut dyn FnMut(Progress),
    ) -> Self {
        Self {
            reader: Reader::new(link),
            now,
            begun: Instant::now(),
            watch,
            progress: Progress { done: 0, total: 0 },
            notes_read: 0,
            findings: BTreeSet::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Inspection, Error> {
        self.estimate()?;
        let ids = self.set_of_ids()?;
        if ids == Ids::Set {
            self.listed()?;
        }
        self.others(ids)?;
        self.confirm()?;
        Ok(Inspection {
            notes_read: self.notes_read,
            findings: self.findings.into_iter().collect(),
            unchecked: self.reader.unchecked.into_iter().collect(),
        })
    }

    fn estimate(&mut self) -> Result<(), Error> {
        let mut count = cmd("SCARD");
        count.arg(keys::IDS);
        for reply in self.reader.link.pipeline(&[count, cmd("DBSIZE")])? {
            // Only the bar suffers where one of them is refused.
            if let Value::Int(count) = reply {
                self.progress.total += usize::try_from(count).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Looks at the set of ids as a whole.
    fn set_of_ids(&mut self) -> Result<Ids, Error> {
        let [mut count, mut expiry] = [cmd("SCARD"), cmd("PTTL")];
        count.arg(keys::IDS);
        expiry.arg(keys::IDS);
        let mut replies = self.reader.link.pipeline(&[count, expiry])?.into_iter();
        if let Some(Value::ServerError(error)) = replies.next()
            && error.code() == "WRONGTYPE"
        {
            self.found(Fault::IdsWrongType, None);
            return Ok(Ids::Other);
        }
        if self.reader.expires(replies.next())? {
            self.found(Fault::IdsExpire, Some(Fix::KeepIds));
        }
        Ok(Ids::Set)
    }

    /// Looks at each id of the set, and the note behind it.
    fn listed(&mut self) -> Result<(), Error> {
        let mut cursor = b"0".to_vec();
        loop {
            let mut scan = cmd("SSCAN");
            scan.arg(keys::IDS).arg(&cursor);
            scan.arg("COUNT").arg(SCAN_STEP);
            let Some((next, members)) = self.reader.step(&scan, LISTED)? else {
                return Ok(());
            };
            let count = members.len();
            let ids = self.readable(members);
            for batch in ids.chunks(BATCH) {
                self.look(batch, Membership::Listed)?;
                self.advance(batch.len());
            }
            self.advance(count - ids.len());
            if next == b"0" {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// Looks at each key of the form of a note whose id the set lacks.
    fn others(&mut self, ids: Ids) -> Result<(), Error> {
        let pattern = format!("{}*", keys::note(""));
        let mut cursor = b"0".to_vec();
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(&cursor).arg("MATCH").arg(&pattern);
            scan.arg("COUNT").arg(SCAN_STEP);
            let Some((next, found)) = self.reader.step(&scan, OTHERS)? else {
                return Ok(());
            };
            let prefix = keys::note("").into_bytes();
            let found = found
                .iter()
                .filter_map(|key| Some(key.strip_prefix(prefix.as_slice())?.to_vec()))
                .collect();
            let mut found = self.readable(found);
            let membership = match ids {
                Ids::Set => {
                    found = self.unlisted(&found)?;
                    Membership::Unlisted
                }
                Ids::Other => Membership::Unknown,
            };
            for batch in found.chunks(BATCH) {
                self.look(batch, membership)?;
            }
            self.advance(SCAN_STEP);
            if next == b"0" {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// The ids that are text; the others are faults.
    fn readable(&mut self, ids: Vec<Vec<u8>>) -> Vec<String> {
        let mut readable = Vec::with_capacity(ids.len());
        for id in ids {
            match String::from_utf8(id) {
                Ok(id) => readable.push(id),
                Err(error) => {
                    let id = error.into_bytes();
                    self.found(Fault::IdNotUtf8 { id }, None);
                }
            }
        }
        readable
    }

    /// Those of the ids that the set lacks.
    fn unlisted(&mut self, ids: &[String]) -> Result<Vec<String>, Error> {
        let mut unlisted = Vec::new();
        for batch in ids.chunks(SHORT_COMMANDS) {
            let commands: Vec<Cmd> = batch.iter().map(|id| is_member(id)).collect();
            for (id, reply) in batch.iter().zip(self.reader.link.pipeline(&commands)?) {
                let reply = self.reader.answer(reply);
                let reply = self.reader.permitted(reply, OTHERS)?;
                if reply == Some(Value::Int(0)) {
                    unlisted.push(id.clone());
                }
            }
        }
        Ok(unlisted)
    }

    /// Reads some notes and judges them.
    fn look(&mut self, ids: &[String], membership: Membership) -> Result<(), Error> {
        let commands: Vec<Cmd> = ids
            .iter()
            .flat_map(|id| {
                let mut expiry = cmd("PTTL");
                expiry.arg(keys::note(id));
                [get_all(id), expiry]
            })
            .collect();
        let mut replies = self.reader.link.pipeline(&commands)?.into_iter();
        for id in ids {
            let (hash, expiry) = (replies.next().unwrap_or(Value::Nil), replies.next());
            if let Value::ServerError(error) = &hash
                && error.code() == "WRONGTYPE"
            {
                self.found(Fault::WrongType { id: id.clone() }, None);
                continue;
            }
            let hash = self.reader.answer(hash);
            let Some(hash) = self.reader.permitted(hash, "what some notes hold")? else {
                continue;
            };
            let command = "HGETALL";
            let fields = record::pairs(hash).ok_or(Error::Answer { command })?;
            if !fields.is_empty() {
                self.notes_read += 1;
                let expires = self.reader.expires(expiry)?;
                self.judge(id, &fields, expires, membership);
            } else if membership == Membership::Listed {
                let (fault, fix) = (Fault::NoHash { id: id.clone() }, Fix::Unlist(id.clone()));
                self.found(fault, Some(fix));
            }
        }
        Ok(())
    }

    fn judge(&mut self, id: &str, fields: &Fields, expires: bool, membership: Membership) {
        let lost = membership == Membership::Unlisted;
        let can_be_listed = lost && Fix::lists(id, fields);
        // Of another hash it is not certain that it is a note at all.
        let is_note = membership == Membership::Listed || can_be_listed;
        let id = || id.to_owned();
        if lost {
            let fix = can_be_listed.then(|| Fix::List(id()));
            self.found(Fault::Unlisted { id: id() }, fix);
        }
        if expires {
            let fix = is_note.then(|| Fix::Keep(id()));
            self.found(Fault::Expires { id: id() }, fix);
        }
        let elapsed = TimeDelta::from_std(self.begun.elapsed()).unwrap_or_default();
        for fault in diagnosis::faults(&id(), fields, self.now + elapsed) {
            let fix = match fault.field() {
                Some("id") if is_note => Some(Fix::Name(id())),
                _ => None,
            };
            self.found(fault, fix);
        }
    }

    /// Forgets what others have put right by now, or were only about to write.
    fn confirm(&mut self) -> Result<(), Error> {
        let at_odds = |finding: &&Finding| {
            matches!(finding.fault, Fault::NoHash { .. } | Fault::Unlisted { .. })
        };
        let suspects: Vec<Finding> = self.findings.iter().filter(at_odds).cloned().collect();
        for batch in suspects.chunks(SHORT_COMMANDS) {
            let commands: Vec<Cmd> = batch
                .iter()
                .flat_map(|finding| {
                    let mut exists = cmd("EXISTS");
                    exists.arg(finding.fault.key());
                    [exists, is_member(&finding.fault.id().unwrap_or_default())]
                })
                .collect();
            let mut replies = self.reader.link.pipeline(&commands)?.into_iter();
            for finding in batch {
                let there = (replies.next(), replies.next());
                let in_order = (Some(Value::Int(1)), Some(Value::Int(1)));
                let gone = (Some(Value::Int(0)), Some(Value::Int(0)));
                if there == in_order || there == gone {
                    self.findings.remove(finding);
                }
            }
        }
        Ok(())
    }

    fn found(&mut self, fault: Fault, fix: Option<Fix>) {
        self.findings.insert(Finding { fault, fix });
    }

    fn advance(&mut self, steps: usize) {
        let Progress { done, total } = &mut self.progress;
        *done = (*done + steps).min(*total);
        (self.watch)(self.progress);
    }
}

fn is_member(id: &str) -> Cmd {
    let mut is_member = cmd("SISMEMBER");
    is_member.arg(keys::IDS).arg(id);
    is_member
}
