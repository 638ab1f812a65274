//! The changes of notes as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! One thread watches the notes, as long as there are readers. The latest events are kept once for all of
//! them; each reader has a position among them, and a thread of its own that writes to its client. A reader
//! whose position is no longer kept is told to begin anew.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use serde_json::to_string;

use super::error::Failure;
use super::limits::Limits;
use super::lock::lock;
use super::pool::Opener;
use crate::watch::{Event, EventKind, Watcher};

/// The most bytes of events that are kept for readers that are behind. The last one is always kept.
const KEPT: usize = 4 * 1024 * 1024;

/// The longest wait of the watching thread before it looks if there are readers.
const LOOK: Duration = Duration::from_secs(1);

/// The pauses in which the clients of all readers are written to where there is no room for another: a
/// client that is gone is noticed at the second write.
const PROBES: [Duration; 3] = [Duration::from_millis(100); 3];

/// A block without an event: it keeps proxies from closing the connection.
const COMMENT: &[u8] = b":\n\n";

/// The events of one server.
pub(super) struct Events {
    opener: Opener,
    most_readers: usize,
    comment: Duration,
    linger: Duration,
    /// The longest wait of a reader until all notes have been read.
    ready_timeout: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    readers: usize,
    /// Counts the times that all readers were asked to write to their clients.
    probes: usize,
    is_closed: bool,
    watch: Option<Watch>,
}

/// The state of the watching thread.
struct Watch {
    /// Tells the events of this thread from those of an earlier one.
    epoch: u64,
    /// True once all notes have been read: every later change is an event.
    is_ready: bool,
    /// The reason why the notes cannot be watched now.
    failure: Option<String>,
    events: VecDeque<Arc<[u8]>>,
    /// The size of the events.
    bytes: usize,
    /// The number of the first event that is kept.
    first: usize,
    /// The time since which there have been no readers.
    idle_since: Instant,
}

/// A reader of events, which counts until it is dropped.
pub(super) struct Reader {
    events: Arc<Events>,
    epoch: u64,
    /// The number of the next event.
    next: usize,
    begins: Option<Arc<[u8]>>,
    probes: usize,
    comment_due: Instant,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl Events {
    pub(super) fn new(opener: Opener, limits: &Limits) -> Self {
        Self {
            opener,
            // A stream keeps its connection for long; half of them are for requests.
            most_readers: limits.streams.min(limits.connections / 2),
            comment: limits.comment,
            linger: limits.linger,
            ready_timeout: limits.transfer,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Ends all streams, and the watching thread.
    pub(super) fn close(&self) {
        lock(&self.state).is_closed = true;
        self.changed.notify_all();
    }

    /// Adds a reader, once every later change will be an event. It goes on after the event with the id
    /// `last`.
    pub(super) fn read(self: &Arc<Self>, last: Option<&str>) -> Result<Reader, Failure> {
        let mut reader = self.add_reader()?;
        let until = Instant::now() + self.ready_timeout;
        let mut state = lock(&self.state);
        loop {
            let time_left = until.saturating_duration_since(Instant::now());
            match &state.watch {
                Some(Watch {
                    failure: Some(reason),
                    ..
                }) => return Err(Failure::away(reason)),
                Some(watch) if watch.is_ready => {
                    reader.begin(watch, last);
                    return Ok(reader);
                }
                Some(_) if !state.is_closed && !time_left.is_zero() => {}
                _ => {
                    let text = "the notes are still being read; try again later";
                    return Err(Failure::new(503, text));
                }
            }
            state = self.wait(state, time_left);
        }
    }

    /// Adds a reader if there is room, and starts the watching thread for the first.
    fn add_reader(self: &Arc<Self>) -> Result<Reader, Failure> {
        let mut state = lock(&self.state);
        for pause in PROBES {
            if state.readers < self.most_readers {
                break;
            }
            state.probes += 1;
            self.changed.notify_all();
            let until = Instant::now() + pause;
            while state.readers >= self.most_readers && Instant::now() < until {
                let time_left = until.saturating_duration_since(Instant::now());
                state = self.wait(state, time_left);
            }
        }
        if state.readers >= self.most_readers || state.is_closed {
            let text = "too many clients read events; try again later";
            return Err(Failure::new(503, text));
        }
        if state.watch.is_none() {
            let watch = Watch::new();
            let (events, epoch) = (Arc::clone(self), watch.epoch);
            let started = thread::Builder::new().spawn(move || events.watch(epoch));
            started.map_err(|error| {
                Failure::new(503, "no thread is free; try again later")
                    .because_of(error.to_string())
            })?;
            state.watch = Some(watch);
        }
        state.readers += 1;
        Ok(Reader {
            events: Arc::clone(self),
            epoch: 0,
            next: 0,
            begins: None,
            probes: state.probes,
            comment_due: Instant::now() + self.comment,
        })
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, timeout: Duration) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, timeout);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// The watching thread: ends some time after the last reader.
    fn watch(&self, epoch: u64) {
        let _running = Running {
            events: self,
            epoch,
        };
        let opener = Arc::clone(&self.opener);
        let mut watcher: Watcher<anyhow::Error> = Watcher::new(move || opener(), |_| true);
        while self.is_wanted(epoch) {
            let result = watcher.next(LOOK, &mut |event| self.publish(epoch, &event));
            let failure = result.err().map(|error| format!("{error:#}"));
            let has_failed = failure.is_some();
            let is_ready = watcher.is_ready();
            self.update(epoch, |watch| {
                watch.failure = failure;
                watch.is_ready = is_ready;
            });
            if has_failed {
                watcher.pause();
            }
        }
    }

    /// Returns true while the thread has readers, or had some a moment ago. If not, it has to end: the next
    /// reader starts another.
    fn is_wanted(&self, epoch: u64) -> bool {
        let mut state = lock(&self.state);
        let (readers, is_closed) = (state.readers, state.is_closed);
        let Some(watch) = state.watch.as_mut().filter(|watch| watch.epoch == epoch) else {
            return false;
        };
        if readers > 0 {
            watch.idle_since = Instant::now();
        }
        let is_wanted = !is_closed && watch.idle_since.elapsed() <= self.linger;
        if !is_wanted {
            state.watch = None;
        }
        is_wanted
    }

    fn update(&self, epoch: u64, update: impl FnOnce(&mut Watch)) {
        let mut state = lock(&self.state);
        if let Some(watch) = state.watch.as_mut().filter(|watch| watch.epoch == epoch) {
            update(watch);
            self.changed.notify_all();
        }
    }

    fn publish(&self, epoch: u64, event: &Event) {
        let kind = match event.kind {
            EventKind::Created => "created",
            EventKind::Updated => "updated",
            EventKind::Deleted => "deleted",
        };
        let data = to_string(event).expect("strings and maps with text keys always serialize");
        self.update(epoch, |watch| watch.add(kind, &data));
    }
}

/// Ends the watch of a thread, however the thread ends.
struct Running<'a> {
    events: &'a Events,
    epoch: u64,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.events.state);
        let epoch = self.epoch;
        state.watch = state.watch.take().filter(|watch| watch.epoch != epoch);
        self.events.changed.notify_all();
    }
}

impl Watch {
    fn new() -> Self {
        Self {
            epoch: RandomState::new().hash_one(()),
            is_ready: false,
            failure: None,
            events: VecDeque::new(),
            bytes: 0,
            first: 0,
            idle_since: Instant::now(),
        }
    }

    fn end(&self) -> usize {
        self.first + self.events.len()
    }

    fn add(&mut self, kind: &str, data: &str) {
        let block = format!(
            "event: {kind}\nid: {:x}-{}\ndata: {data}\n\n",
            self.epoch,
            self.end()
        );
        self.bytes += block.len();
        self.events.push_back(block.into_bytes().into());
        while self.bytes > KEPT
            && self.events.len() > 1
            && let Some(oldest) = self.events.pop_front()
        {
            self.bytes -= oldest.len();
            self.first += 1;
        }
    }

    /// Returns the number of the event after the one with that id, if none after that one is lost.
    fn after(&self, id: &str) -> Option<usize> {
        let (epoch, number) = id.trim().split_once('-')?;
        let epoch = u64::from_str_radix(epoch, 16).ok()?;
        let next = number.parse::<usize>().ok()?.checked_add(1)?;
        (epoch == self.epoch && self.first <= next && next <= self.end()).then_some(next)
    }

    /// Returns a block with the id of the last event; `reset` tells the client to read all notes again.
    fn position(&self, is_reset: bool) -> Arc<[u8]> {
        let id = format!("id: {:x}-{}", self.epoch, self.end().wrapping_sub(1));
        let id = if self.end() == 0 {
            format!("id: {:x}-", self.epoch)
        } else {
            id
        };
        let block = if is_reset {
            format!("event: reset\n{id}\ndata: {{\"event\":\"reset\"}}\n\n")
        } else {
            format!("{id}\n\n")
        };
        block.into_bytes().into()
    }
}

impl Reader {
    fn begin(&mut self, watch: &Watch, last: Option<&str>) {
        self.epoch = watch.epoch;
        let known = last.map(|id| watch.after(id));
        self.next = known.flatten().unwrap_or_else(|| watch.end());
        if !matches!(known, Some(Some(_))) {
            self.begins = Some(watch.position(known.is_some()));
        }
    }

    /// Waits for the next block to send; `None` when the stream is to end.
    pub(super) fn next(&mut self) -> Option<Arc<[u8]>> {
        if let Some(begins) = self.begins.take() {
            return Some(begins);
        }
        let events = Arc::clone(&self.events);
        let mut state = lock(&events.state);
        loop {
            let probes = state.probes;
            let watch = state
                .watch
                .as_ref()
                .filter(|watch| watch.epoch == self.epoch);
            let watch = watch.filter(|_| !state.is_closed)?;
            let now = Instant::now();
            if self.next < watch.first {
                self.next = watch.end();
                return Some(watch.position(true));
            }
            if let Some(event) = watch.events.get(self.next - watch.first) {
                self.next += 1;
                self.comment_due = now + events.comment;
                return Some(Arc::clone(event));
            }
            if self.comment_due <= now || self.probes != probes {
                self.probes = probes;
                self.comment_due = now + events.comment;
                return Some(COMMENT.into());
            }
            state = events.wait(state, self.comment_due - now);
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        lock(&self.events.state).readers -= 1;
        self.events.changed.notify_all();
    }
}
