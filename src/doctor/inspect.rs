//! Reads every note, and every key that could be one, and checks them.
//!
//! It must neither block a shared Redis nor grow with the number of notes: ids come by SSCAN, keys by
//! SCAN, notes by short pipelines, and only problems are kept. Nothing is written. Where the set of ids
//! and a hash disagree, another client may be in the middle of a change, so both are read once more in
//! the end.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::links::LinkCount;
use super::{Problem, ProblemKind, Repair, Unchecked, note};
use crate::note::RawNote;
use crate::redis_client;
use crate::store::scan::{NOTES_AT_ONCE, SCAN_STEP, ScanStep};
use crate::store::{Error, Store, keys};

/// The names of the checks, for [`Unchecked`].
const LISTED: &str = "the notes that the set of ids has";
const OTHERS: &str = "notes that the set of ids lacks";
const HASHES: &str = "what some notes hold";
const EXPIRY: &str = "times to live";
const LINKS: &str = "the links between notes";

#[derive(Debug, Default)]
pub(crate) struct Inspection {
    /// The number of hashes read. An id counts twice if SCAN returned it twice, as it may while Redis
    /// shrinks a table.
    pub(crate) notes_read: usize,
    /// The number of links that lead to no note, or to several. `None` if Redis refused to look them up.
    pub(crate) broken_links: Option<usize>,
    /// The problems, sorted, each once.
    pub(crate) problems: Vec<Problem>,
    pub(crate) unchecked: BTreeSet<Unchecked>,
}

/// Checks every note, and calls `watch` now and then with the number of steps done and of all steps.
///
/// `now` returns the time that times are compared with. Checks that Redis refuses are listed in
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
        links: LinkCount::default(),
        found: Inspection::default(),
    };
    walk.check_set_of_ids()?;
    if walk.is_set {
        walk.scan(LISTED, Store::scan_ids, Walk::check_listed)?;
    }
    for server in walk.store.server_names() {
        walk.scan(
            OTHERS,
            |store, cursor| store.scan_note_keys(&server, cursor),
            Walk::check_others,
        )?;
    }
    walk.drop_settled()?;
    walk.count_broken_links()?;
    let mut found = walk.found;
    found
        .problems
        .sort_by_cached_key(|it| (it.kind, it.key.clone(), it.field.clone()));
    found.problems.dedup();
    Ok(found)
}

struct Walk<'a> {
    store: &'a mut Store,
    now: fn() -> DateTime<Utc>,
    /// True unless the key of the set of ids holds another type.
    is_set: bool,
    watch: &'a mut dyn FnMut(usize, usize),
    done: usize,
    total: usize,
    links: LinkCount,
    found: Inspection,
}

impl Walk<'_> {
    fn check_set_of_ids(&mut self) -> Result<(), Error> {
        self.total = unless_refused(self.store.key_count())?;
        let count = self.store.count();
        if matches!(count, Err(Error::WrongType { .. })) {
            let detail = format!("{} holds something other than a set", keys::IDS);
            self.report(ProblemKind::WrongType, None, detail, None);
            self.is_set = false;
            return Ok(());
        }
        self.total += unless_refused(count)?;
        let expires = self.store.ids_expire();
        if self.permitted(expires, EXPIRY)? == Some(true) {
            let repair = Some(Repair::KeepIds);
            self.report(ProblemKind::Expires, None, expiry(keys::IDS), repair);
        }
        Ok(())
    }

    /// Calls `check` with the ids that each step of a scan finds, until the end or until Redis refuses a
    /// step.
    fn scan(
        &mut self,
        what: &'static str,
        step: impl Fn(&mut Store, u64) -> Result<ScanStep, Error>,
        check: fn(&mut Self, &[String]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut cursor = 0;
        loop {
            let found = step(self.store, cursor);
            let Some((next, ids)) = self.permitted(found, what)? else {
                return Ok(());
            };
            let ids = self.only_text(ids);
            check(self, &ids)?;
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    fn check_listed(&mut self, ids: &[String]) -> Result<(), Error> {
        for batch in ids.chunks(NOTES_AT_ONCE) {
            self.check_hashes(batch, Some(true))?;
            self.advance(batch.len());
        }
        Ok(())
    }

    /// Checks the notes whose ids, found by their keys, the set lacks; all of them if there is no set.
    fn check_others(&mut self, ids: &[String]) -> Result<(), Error> {
        let mut unlisted: Vec<&String> = ids.iter().collect();
        if self.is_set {
            let listed = self.store.are_listed(ids);
            let listed = self.permitted(listed, OTHERS)?.unwrap_or_default();
            unlisted.clear();
            for (id, listed) in ids.iter().zip(listed) {
                if !listed {
                    unlisted.push(id);
                }
            }
        }
        for batch in unlisted.chunks(NOTES_AT_ONCE) {
            self.check_hashes(batch, self.is_set.then_some(false))?;
        }
        self.advance(SCAN_STEP);
        Ok(())
    }

    /// Returns the ids that are text, and reports the others.
    fn only_text(&mut self, ids: Vec<Vec<u8>>) -> Vec<String> {
        let mut texts = Vec::with_capacity(ids.len());
        for id in ids {
            match String::from_utf8(id) {
                Ok(id) => texts.push(id),
                Err(error) => {
                    let id = error.as_bytes().escape_ascii().to_string();
                    let detail = format!("the id of {} is not UTF-8", keys::of_note(&id));
                    self.report(ProblemKind::IdNotUtf8, Some(&id), detail, None);
                }
            }
        }
        texts
    }

    /// Reads and checks some hashes. `listed` says if the set of ids has them; `None` if there is no set.
    fn check_hashes<S: AsRef<str>>(
        &mut self,
        ids: &[S],
        listed: Option<bool>,
    ) -> Result<(), Error> {
        let scanned = self.store.scan_hashes(ids)?;
        for (id, (note, expires)) in ids.iter().map(AsRef::as_ref).zip(scanned) {
            if matches!(note, Err(Error::WrongType { .. })) {
                let detail = format!("{} holds something other than a hash", keys::of_note(id));
                self.report(ProblemKind::WrongType, Some(id), detail, None);
                continue;
            }
            let Some(note) = self.permitted(note, HASHES)? else {
                continue;
            };
            if note.has_hash() {
                self.found.notes_read += 1;
                let expires = self.permitted(expires, EXPIRY)? == Some(true);
                self.check_note(id, &note, expires, listed);
            } else if listed == Some(true) {
                let (ids, key) = (keys::IDS, keys::of_note(id));
                let detail = format!("{ids} has the id, but there is no {key}");
                let repair = Some(Repair::Unlist(id.to_owned()));
                self.report(ProblemKind::NoHash, Some(id), detail, repair);
            }
        }
        Ok(())
    }

    fn count_broken_links(&mut self) -> Result<(), Error> {
        if self.is_set {
            let links = std::mem::take(&mut self.links);
            let count = links.count_broken(self.store);
            self.found.broken_links = self.permitted(count, LINKS)?;
        }
        Ok(())
    }

    fn check_note(&mut self, id: &str, note: &RawNote, expires: bool, listed: Option<bool>) {
        let can_be_listed = listed == Some(false) && Repair::can_list(id, note);
        // Any other hash may be no note at all.
        let is_note = listed == Some(true) || can_be_listed;
        if listed == Some(true) {
            self.links.add(&note.text("content").unwrap_or_default());
        }
        if listed == Some(false) {
            let (ids, key) = (keys::IDS, keys::of_note(id));
            let detail = format!("there is a {key}, but {ids} lacks the id");
            let repair = can_be_listed.then(|| Repair::List(id.to_owned()));
            self.report(ProblemKind::Unlisted, Some(id), detail, repair);
        }
        if expires {
            let repair = is_note.then(|| Repair::Keep(id.to_owned()));
            self.report(
                ProblemKind::Expires,
                Some(id),
                expiry(&keys::of_note(id)),
                repair,
            );
        }
        for mut problem in note::problems(id, note, (self.now)()) {
            let is_repairable = is_note && problem.field.as_deref() == Some("id");
            problem.repair = is_repairable.then(|| Repair::Name(id.to_owned()));
            self.found.problems.push(problem);
        }
    }

    /// Drops the problems that another client has settled by now, or caused by a change that it was in
    /// the middle of.
    fn drop_settled(&mut self) -> Result<(), Error> {
        let mut suspects = Vec::new();
        for problem in &self.found.problems {
            if is_set_against_hash(problem) {
                suspects.extend(problem.id.clone());
            }
        }
        let mut settled = BTreeSet::new();
        for batch in suspects.chunks(NOTES_AT_ONCE) {
            let notes = self.store.each_raw_note(batch);
            let notes = self.permitted(notes, OTHERS)?.unwrap_or_default();
            for (id, note) in batch.iter().zip(notes) {
                let agrees = match note {
                    Ok(note) => note.has_hash() == note.listed,
                    Err(error) => matches!(error, Error::WrongType { .. }),
                };
                if agrees {
                    settled.insert(id);
                }
            }
        }
        self.found.problems.retain(|problem| {
            let is_settled = problem.id.as_ref().is_some_and(|id| settled.contains(id));
            !is_settled || !is_set_against_hash(problem)
        });
        Ok(())
    }

    /// Returns the answer; `None` if Redis refuses the command to this user, which is recorded.
    fn permitted<T>(
        &mut self,
        answer: Result<T, Error>,
        what: &'static str,
    ) -> Result<Option<T>, Error> {
        match answer {
            Err(error @ Error::Redis(redis_client::Error::Refused { .. })) => {
                let reason = error.to_string();
                self.found.unchecked.insert(Unchecked { what, reason });
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }

    /// Adds a problem of a note, or of the set of ids where there is no id.
    fn report(
        &mut self,
        kind: ProblemKind,
        id: Option<&str>,
        detail: String,
        repair: Option<Repair>,
    ) {
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

/// Returns true if the set of ids and the hash of a note disagree.
fn is_set_against_hash(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::NoHash | ProblemKind::Unlisted)
}

/// Total for the progress bar; 0 if refused.
fn unless_refused(count: Result<usize, Error>) -> Result<usize, Error> {
    match count {
        Err(Error::Redis(redis_client::Error::Refused { .. })) => Ok(0),
        count => count,
    }
}

fn expiry(key: &str) -> String {
    format!("{key} has a time to live; then Redis drops it")
}
