//! The changes of notes as they happen, by whichever program.
//!
//! A server tells only which keys have changed. Their notes are read again and compared with what is known, so
//! an event is right, and several changes in quick succession are one. After each loss of a connection all
//! notes are compared, so none is missed.
//!
//! - `known`: the notes that a watcher knows · `hearing`: its connections

mod hearing;
mod known;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use self::hearing::Hearing;
pub(crate) use self::hearing::why_polled;
use self::known::{Entry, Known};
use crate::note::{Note, RawNote};
use crate::redis_client::{Heard, Inbox};
use crate::store::keys::{IDS, NOTE};
use crate::store::scan::ScanStep;
use crate::store::{BATCH, Error, Store};

/// The time between two checks of the servers, and between two polls of one that cannot tell of changes.
const CHECK: Duration = Duration::from_secs(1);

/// The time between two looks for a new primary that Sentinel may name while the old one still answers.
const LOOK_FOR_PRIMARY: Duration = Duration::from_secs(10);

/// A scan that no change asks for by name takes at most one part in so many of the time.
const SCAN_SHARE: u32 = 40;

/// The pauses between attempts to connect again: the first, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(2)];

/// A change of one note.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Event {
    #[serde(rename = "event")]
    pub(crate) kind: EventKind,
    pub(crate) id: String,
    /// The note as it is now; none if it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Note>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EventKind {
    /// The note is new, or begins to match.
    Created,
    Updated,
    /// The note is gone, or ceases to match.
    Deleted,
}

/// Watches the notes that match a condition. It connects when it is first asked, and again after a failure.
pub(crate) struct Watcher<E> {
    open: Box<dyn FnMut() -> Result<Store, E> + Send>,
    matches: Box<dyn Fn(&Note) -> bool + Send>,
    inbox: Arc<Inbox>,
    hearing: Option<Hearing>,
    known: Known,
    /// The digest of the time of each note, while a server that cannot tell of changes is polled.
    times: Known,
    /// The ids of notes to read.
    unread: BTreeSet<String>,
    /// The ids of hashes that the set lacked when they were read last: it may be about to get them.
    unlisted: BTreeSet<String>,
    scan: Option<Scan>,
    /// True if the set of ids has changed since the last scan of it began.
    has_new_ids: bool,
    /// The ids that the set has beyond the known ones. `None` if that is to be counted.
    surplus: Option<usize>,
    /// The earliest time of a scan that no change asks for.
    next_scan: Instant,
    next_check: Instant,
    next_look: Instant,
    pause: Duration,
    /// True if the notes that are there at first are events too.
    pub(crate) reports_first: bool,
    is_ready: bool,
}

/// A scan of the set of ids.
struct Scan {
    kind: ScanKind,
    cursor: u64,
    begun: Instant,
    /// True once all ids have been found. Those that were not are being read.
    is_over: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScanKind {
    /// Looks for ids that are new or gone.
    Ids,
    /// Looks for notes whose time has changed, too.
    Times,
    /// Reads every note.
    Notes,
}

/// Ends the wait of a watcher on another thread.
#[derive(Clone)]
pub(crate) struct Waker(Arc<Inbox>);

impl Waker {
    pub(crate) fn wake(&self) {
        self.0.wake();
    }
}

impl<E: From<Error>> Watcher<E> {
    /// `open` connects to the store; `matches` chooses the notes.
    pub(crate) fn new(
        open: impl FnMut() -> Result<Store, E> + Send + 'static,
        matches: impl Fn(&Note) -> bool + Send + 'static,
    ) -> Self {
        let now = Instant::now();
        Self {
            open: Box::new(open),
            matches: Box::new(matches),
            inbox: Arc::default(),
            hearing: None,
            known: Known::default(),
            times: Known::default(),
            unread: BTreeSet::new(),
            unlisted: BTreeSet::new(),
            scan: None,
            has_new_ids: false,
            surplus: None,
            next_scan: now,
            next_check: now,
            next_look: now,
            pause: PAUSES[0],
            reports_first: false,
            is_ready: false,
        }
    }

    pub(crate) fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.inbox))
    }

    /// Returns true once all notes have been read: every later change will be an event.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Returns the reason why changes can only be found by polling.
    pub(crate) fn why_polled(&self) -> Option<&str> {
        self.hearing.as_ref()?.unsupported.as_deref()
    }

    /// Waits for changes, no longer than the timeout, and calls `take` with an event for each. After an error
    /// the next call connects again; wait for [`Watcher::pause`] before it.
    pub(crate) fn next(&mut self, timeout: Duration, take: &mut dyn FnMut(Event)) -> Result<(), E> {
        let result = self.step(timeout, take);
        if result.is_err() {
            self.hearing = None;
        }
        result
    }

    /// Waits before the next attempt to connect, longer each time, or until another thread wakes this one.
    pub(crate) fn pause(&mut self) {
        self.inbox.take(self.pause);
        self.pause = (self.pause * 2).min(PAUSES[1]);
    }

    fn step(&mut self, timeout: Duration, take: &mut dyn FnMut(Event)) -> Result<(), E> {
        let now = Instant::now();
        if self.hearing.is_none() {
            self.connect()?;
        } else if self.next_look <= now {
            self.next_look = now + LOOK_FOR_PRIMARY;
            self.look_for_primary()?;
        }
        if self.next_check <= now {
            self.next_check = now + CHECK;
            self.check()?;
        }
        let is_idle = self.unread.is_empty() && self.scan.is_none();
        let timeout = if is_idle {
            self.time_until_due().min(timeout)
        } else {
            Duration::ZERO
        };
        let heard = self.inbox.take(timeout);
        self.hear(heard)?;
        self.begin_due_scan();
        self.read_some(take)?;
        self.scan_some(take)?;
        if self.unread.is_empty() && self.scan.is_none() {
            self.is_ready = true;
            self.pause = PAUSES[0];
        }
        Ok(())
    }

    fn connect(&mut self) -> Result<(), E> {
        // What was heard before is of no use: everything is compared.
        self.inbox.take(Duration::ZERO);
        let store = (self.open)()?;
        self.hearing = Some(Hearing::start(store, &self.inbox)?);
        let now = Instant::now();
        self.next_check = now + CHECK;
        self.next_look = now + LOOK_FOR_PRIMARY;
        self.unread.clear();
        self.times = Known::default();
        self.begin_scan(ScanKind::Notes);
        Ok(())
    }

    /// Connects again if Sentinel names another primary. The old one may not know yet that it is none.
    fn look_for_primary(&mut self) -> Result<(), E> {
        let address = match &self.hearing {
            Some(hearing) if hearing.store.group().is_some() => hearing.store.address().to_string(),
            _ => return Ok(()),
        };
        // An error is no news: the connection in use still answers.
        if let Ok(store) = (self.open)()
            && store.address().to_string() != address
        {
            self.connect()?;
        }
        Ok(())
    }

    fn time_until_due(&self) -> Duration {
        let due = if self.has_new_ids || self.why_polled().is_some() {
            self.next_scan.min(self.next_check)
        } else {
            self.next_check
        };
        due.saturating_duration_since(Instant::now())
    }

    fn hear(&mut self, heard: Heard) -> Result<(), Error> {
        if let Some(lost) = heard.lost {
            return Err(lost.into());
        }
        for key in heard.keys {
            let Ok(key) = String::from_utf8(key) else {
                continue;
            };
            if key == IDS {
                self.has_new_ids = true;
                self.unread.append(&mut self.unlisted);
            } else if let Some(id) = key.strip_prefix(NOTE) {
                self.unread.insert(id.to_owned());
            }
        }
        if heard.everything {
            self.begin_scan(ScanKind::Notes);
        }
        Ok(())
    }

    fn begin_scan(&mut self, kind: ScanKind) {
        self.known.begin_scan();
        self.has_new_ids = false;
        self.surplus = None;
        self.scan = Some(Scan {
            kind,
            cursor: 0,
            begun: Instant::now(),
            is_over: false,
        });
    }

    /// Begins a scan if it is time: the name of the set is all that a server tells of its changes.
    fn begin_due_scan(&mut self) {
        if self.scan.is_some() || Instant::now() < self.next_scan {
            return;
        }
        if self.why_polled().is_some() {
            self.begin_scan(ScanKind::Times);
        } else if self.has_new_ids {
            self.begin_scan(ScanKind::Ids);
        }
    }

    /// Checks that the servers are the same, and that the set of ids is as long as it should be.
    fn check(&mut self) -> Result<(), Error> {
        let Some(hearing) = &mut self.hearing else {
            return Ok(());
        };
        if hearing.check(&self.inbox)? {
            self.begin_scan(ScanKind::Notes);
            return Ok(());
        }
        if self.scan.is_some() || !self.unread.is_empty() || hearing.unsupported.is_some() {
            return Ok(());
        }
        let surplus = hearing.store.count()?.saturating_sub(self.known.len());
        if *self.surplus.get_or_insert(surplus) != surplus {
            self.begin_scan(ScanKind::Ids);
        }
        Ok(())
    }

    fn read_some(&mut self, take: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let mut ids = Vec::new();
        while ids.len() < BATCH
            && let Some(id) = self.unread.pop_first()
        {
            ids.push(id);
        }
        self.read(&ids, false, take)
    }

    fn scan_some(&mut self, take: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let (Some(scan), Some(hearing)) = (&mut self.scan, &mut self.hearing) else {
            return Ok(());
        };
        if scan.is_over {
            let gone = self.known.not_found(BATCH);
            if gone.is_empty() {
                let took = scan.begun.elapsed() * SCAN_SHARE;
                let least = if hearing.unsupported.is_some() {
                    CHECK
                } else {
                    Duration::ZERO
                };
                self.next_scan = Instant::now() + took.max(least);
                self.scan = None;
            }
            return self.read(&gone, false, take);
        }
        let (cursor, found): ScanStep = hearing.store.scan_ids(scan.cursor)?;
        scan.cursor = cursor;
        scan.is_over = cursor == 0;
        let kind = scan.kind;
        let mut ids: Vec<_> = found
            .into_iter()
            .filter_map(|id| String::from_utf8(id).ok())
            .collect();
        if kind == ScanKind::Times {
            self.read_times(&ids)?;
        }
        ids.retain(|id| !self.known.find(id) || kind == ScanKind::Notes);
        // The set has them. If it changes now, it is looked through again.
        self.read(&ids, true, take)
    }

    /// Finds notes whose time has changed.
    fn read_times(&mut self, ids: &[String]) -> Result<(), Error> {
        let Some(hearing) = &mut self.hearing else {
            return Ok(());
        };
        for (id, time) in ids.iter().zip(hearing.store.values(ids, "updated_at")?) {
            let digest = self.times.digest_of_time(&time);
            if !self
                .times
                .get(id)
                .is_some_and(|entry| entry.has_digest(digest))
            {
                self.times.set(id, Some(Entry::new(digest, false)));
                self.unread.insert(id.clone());
            }
        }
        Ok(())
    }

    /// Reads notes, and compares each with what is known of it. `are_listed` is true if the set of ids has
    /// them.
    fn read(
        &mut self,
        ids: &[String],
        are_listed: bool,
        take: &mut dyn FnMut(Event),
    ) -> Result<(), Error> {
        let Some(mut hearing) = self.hearing.take() else {
            return Ok(());
        };
        let store = &mut hearing.store;
        store.take_raw_notes(ids, are_listed, |id, listed, note| {
            let note = match note {
                Err(Error::WrongType { .. }) => RawNote {
                    listed,
                    ..RawNote::default()
                },
                note => note?,
            };
            if let Some(event) = self.compare(id, note) {
                take(event);
            }
            Ok(())
        })?;
        self.hearing = Some(hearing);
        Ok(())
    }

    /// Compares a note with what is known of it, and remembers it.
    fn compare(&mut self, id: &str, raw: RawNote) -> Option<Event> {
        let old = self.known.get(id);
        let digest = self.known.digest(&raw);
        if let Some(old) = old
            && raw.listed
            && old.has_digest(digest)
        {
            self.known.find(id);
            return None;
        }
        let was_shown = old.is_some_and(Entry::is_shown);
        let listed = raw.listed;
        if !listed && raw.has_hash() {
            if self.unlisted.len() >= BATCH {
                self.unlisted.clear();
            }
            self.unlisted.insert(id.to_owned());
        }
        let note = (listed && raw.has_hash()).then(|| raw.into_note(id));
        let note = note.filter(|note| (self.matches)(note));
        self.known
            .set(id, listed.then(|| Entry::new(digest, note.is_some())));
        if !listed {
            self.times.set(id, None);
        }
        let kind = match (was_shown, note.is_some()) {
            (false, false) => return None,
            (false, true) => EventKind::Created,
            (true, true) => EventKind::Updated,
            (true, false) => EventKind::Deleted,
        };
        let id = id.to_owned();
        (self.is_ready || self.reports_first).then_some(Event { kind, id, note })
    }
}
