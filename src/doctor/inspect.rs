//! Looking at every note, and at every key that could be one.
//!
//! A shared Redis must not stand still for it, nor this program grow with it: ids come by SSCAN,
//! keys by SCAN, notes by short pipelines, and nothing is kept but what is wrong. Redis is only
//! read. What others do meanwhile is not taken for a problem: where the set and a hash are at odds,
//! both are looked at once more in the end.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Kind, Problem, Repair, Unchecked, note};
use crate::note::RawNote;
use crate::store::scan::{NOTES_AT_ONCE, SCAN_STEP, ScanStep};
use crate::store::{Error, Store, keys};

/// What is looked at, for where Redis refuses it.
const LISTED: &str = "the notes that the set of ids has";
const OTHERS: &str = "notes that the set of ids lacks";
const HASHES: &str = "what some notes hold";
const EXPIRY: &str = "times to live";

#[derive(Debug, Default)]
pub(crate) struct Inspection {
    /// How many hashes were read. SCAN may tell an id twice while Redis shrinks a table; it counts
    /// twice then.
    pub(crate) notes_read: usize,
    /// What is wrong, in order, each once.
    pub(crate) problems: Vec<Problem>,
    pub(crate) unchecked: BTreeSet<Unchecked>,
}

/// Looks at every note, and tells `watch` now and then how many steps of how many are done.
///
/// `now` tells the time against which times are held. What Redis refuses to this user is told of in
/// [`Inspection::unchecked`]; other errors end the inspection.
pub(crate) fn inspect(
    store: &mut Store,
    now: fn() -> DateTime<Utc>,
    watch: &mut dyn FnMut(usize, usize),
) -> Result<Inspection, Error> {
    let mut walk = Walk {
        store,
        now,
        is_set: true,
        watch,
        done: 0,
        total: 0,
        found: Inspection::default(),
    };
    walk.set_of_ids()?;
    if walk.is_set {
        let step = |store: &mut Store, cursor| store.scan_ids(cursor, None);
        walk.scan(LISTED, step, Walk::listed)?;
    }
    for server in walk.store.server_names() {
        let step = |store: &mut Store, cursor| store.scan_note_keys(&server, cursor);
        walk.scan(OTHERS, step, Walk::others)?;
    }
    walk.confirm()?;
    let mut found = walk.found;
    let order = |it: &Problem| (it.kind, it.key.clone(), it.field.clone());
    found.problems.sort_by_cached_key(order);
    found.problems.dedup();
    Ok(found)
}

struct Walk<'a> {
    store: &'a mut Store,
    now: fn() -> DateTime<Utc>,
    /// Whether the key of the set of ids holds a set.
    is_set: bool,
    watch: &'a mut dyn FnMut(usize, usize),
    done: usize,
    total: usize,
    found: Inspection,
}

impl Walk<'_> {
    fn set_of_ids(&mut self) -> Result<(), Error> {
        self.total = unless_refused(self.store.key_count())?;
        let count = self.store.count();
        if matches!(count, Err(Error::WrongType { .. })) {
            let detail = format!("{} holds something other than a set", keys::IDS);
            self.found(Kind::WrongType, None, detail, None);
            self.is_set = false;
            return Ok(());
        }
        self.total += unless_refused(count)?;
        let expires = self.store.ids_expire();
        if self.permitted(expires, EXPIRY)? == Some(true) {
            let repair = Some(Repair::KeepIds);
            self.found(Kind::Expires, None, expiry(keys::IDS), repair);
        }
        Ok(())
    }

    /// Has `look` look at what each step of a scan finds, until the end or until Redis refuses it.
    fn scan(
        &mut self,
        what: &'static str,
        step: impl Fn(&mut Store, u64) -> Result<ScanStep, Error>,
        look: fn(&mut Self, &[String]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut cursor = 0;
        loop {
            let found = step(self.store, cursor);
            let Some((next, ids)) = self.permitted(found, what)? else {
                return Ok(());
            };
            let ids = self.readable(ids);
            look(self, &ids)?;
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    fn listed(&mut self, ids: &[String]) -> Result<(), Error> {
        for batch in ids.chunks(NOTES_AT_ONCE) {
            self.look(batch, Some(true))?;
            self.advance(batch.len());
        }
        Ok(())
    }

    /// Looks at those of the ids of keys that the set lacks; at all of them if there is no set.
    fn others(&mut self, ids: &[String]) -> Result<(), Error> {
        let mut unlisted: Vec<&String> = ids.iter().collect();
        if self.is_set {
            unlisted.clear();
            for (id, listed) in ids.iter().zip(self.store.are_listed(ids)?) {
                if self.permitted(listed, OTHERS)? == Some(false) {
                    unlisted.push(id);
                }
            }
        }
        for batch in unlisted.chunks(NOTES_AT_ONCE) {
            self.look(batch, self.is_set.then_some(false))?;
        }
        self.advance(SCAN_STEP);
        Ok(())
    }

    /// The ids that are text; the others are problems.
    fn readable(&mut self, ids: Vec<Vec<u8>>) -> Vec<String> {
        let mut readable = Vec::with_capacity(ids.len());
        for id in ids {
            match String::from_utf8(id) {
                Ok(id) => readable.push(id),
                Err(error) => {
                    let id = error.as_bytes().escape_ascii().to_string();
                    let detail = format!("the id of {} is not UTF-8", keys::note(&id));
                    self.found(Kind::IdNotUtf8, Some(&id), detail, None);
                }
            }
        }
        readable
    }

    /// Looks at some hashes; `listed` is whether the set of ids has them, if that is known.
    fn look<S: AsRef<str>>(&mut self, ids: &[S], listed: Option<bool>) -> Result<(), Error> {
        let scanned = self.store.scan_hashes(ids)?;
        for (id, (note, expires)) in ids.iter().map(AsRef::as_ref).zip(scanned) {
            if matches!(note, Err(Error::WrongType { .. })) {
                let detail = format!("{} holds something other than a hash", keys::note(id));
                self.found(Kind::WrongType, Some(id), detail, None);
                continue;
            }
            let Some(note) = self.permitted(note, HASHES)? else {
                continue;
            };
            if note.has_hash() {
                self.found.notes_read += 1;
                let expires = self.permitted(expires, EXPIRY)? == Some(true);
                self.judge(id, &note, expires, listed);
            } else if listed == Some(true) {
                let (ids, key) = (keys::IDS, keys::note(id));
                let detail = format!("{ids} has the id, but there is no {key}");
                let repair = Some(Repair::Unlist(id.to_owned()));
                self.found(Kind::NoHash, Some(id), detail, repair);
            }
        }
        Ok(())
    }

    fn judge(&mut self, id: &str, note: &RawNote, expires: bool, listed: Option<bool>) {
        let can_be_listed = listed == Some(false) && Repair::can_list(id, note);
        // Of another hash it is not certain that it is a note at all.
        let is_note = listed == Some(true) || can_be_listed;
        if listed == Some(false) {
            let (ids, key) = (keys::IDS, keys::note(id));
            let detail = format!("there is a {key}, but {ids} lacks the id");
            let repair = can_be_listed.then(|| Repair::List(id.to_owned()));
            self.found(Kind::Unlisted, Some(id), detail, repair);
        }
        if expires {
            let repair = is_note.then(|| Repair::Keep(id.to_owned()));
            self.found(Kind::Expires, Some(id), expiry(&keys::note(id)), repair);
        }
        for mut problem in note::problems(id, note, (self.now)()) {
            let is_mendable = is_note && problem.field.as_deref() == Some("id");
            problem.repair = is_mendable.then(|| Repair::Name(id.to_owned()));
            self.found.problems.push(problem);
        }
    }

    /// Forgets what others have put right by now, or were only about to write.
    fn confirm(&mut self) -> Result<(), Error> {
        let at_odds = |problem: &&Problem| matches!(problem.kind, Kind::NoHash | Kind::Unlisted);
        let problems = self.found.problems.iter().filter(at_odds);
        let suspects: Vec<String> = problems.filter_map(|it| it.id.clone()).collect();
        let agrees = |note: &Result<RawNote, Error>| match note {
            Ok(note) => note.has_hash() == note.listed,
            Err(error) => matches!(error, Error::WrongType { .. }),
        };
        let mut settled = BTreeSet::new();
        for batch in suspects.chunks(NOTES_AT_ONCE) {
            let notes = self.store.each_raw_note(batch);
            let notes = self.permitted(notes, OTHERS)?.unwrap_or_default();
            let of_batch = batch.iter().zip(&notes);
            settled.extend(of_batch.filter_map(|(id, note)| agrees(note).then_some(id)));
        }
        let is_settled = |problem: &Problem| {
            at_odds(&problem) && problem.id.as_ref().is_some_and(|id| settled.contains(id))
        };
        self.found.problems.retain(|problem| !is_settled(problem));
        Ok(())
    }

    /// What Redis told, unless it refuses the command to this user: that is noted.
    fn permitted<T>(
        &mut self,
        told: Result<T, Error>,
        what: &'static str,
    ) -> Result<Option<T>, Error> {
        match told {
            Err(error @ Error::Refused { .. }) => {
                let reason = error.to_string();
                self.found.unchecked.insert(Unchecked { what, reason });
                Ok(None)
            }
            told => told.map(Some),
        }
    }

    /// Without an id it is one of the set of ids.
    fn found(&mut self, kind: Kind, id: Option<&str>, detail: String, repair: Option<Repair>) {
        let problem = match id {
            Some(id) => Problem::of_note(kind, id, detail),
            None => Problem::new(kind, Some(keys::IDS.to_owned()), detail),
        };
        self.found.problems.push(Problem { repair, ..problem });
    }

    fn advance(&mut self, steps: usize) {
        self.done = (self.done + steps).min(self.total);
        (self.watch)(self.done, self.total);
    }
}

/// A count for the bar alone, which may suffer where Redis refuses it.
fn unless_refused(count: Result<usize, Error>) -> Result<usize, Error> {
    match count {
        Err(Error::Refused { .. }) => Ok(0),
        count => count,
    }
}

fn expiry(key: &str) -> String {
    format!("{key} has a time to live; then Redis drops it")
}
