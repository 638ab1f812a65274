//! The built-in picker. The one place that names nucleo-picker, and textwrap for its preview.
//!
//! It draws on standard error, so that standard output is free for data, and reads keys from the
//! terminal. nucleo-picker restores the terminal when it ends, after a panic too; [`Watch`] handles the
//! ends that it does not notice.

use std::borrow::Cow;
use std::convert::Infallible;
use std::io::{self, BufWriter};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use nucleo_picker::error::PickError;
use nucleo_picker::event::{
    Event, EventSource, LayoutEvent, Observer, PickerStatus, RecvError, StdinReader,
    keybind_default, keybind_no_multi,
};
use nucleo_picker::preview::{PreviewBuffer, PreviewEvent, SyncPreviewer};
use nucleo_picker::{Injector, PickerOptions};

use super::screen::{has_size, put_back, take_back, width};
use super::watch::Watch;
use super::{Picker, Sink, left, line};
use crate::note::Note;
use crate::output::sanitize;
use crate::terminal::Error;
use crate::terminal::signals::{self, Held, SIGINT, SIGTERM};

/// The narrowest terminal with a preview beside the list; in a narrower one Alt-P shows it.
const LEAST_WIDTH: u16 = 60;

/// Asks for the state of the search; the answer comes once a frame is drawn.
const ASK: Event = Event::Status { id: 0 };

pub(super) fn pick<E: Send>(
    options: &Picker,
    load: impl FnOnce(&mut Sink<'_>) -> Result<(), E> + Send,
) -> (Result<Vec<String>, Error>, Result<(), E>) {
    let over = Arc::default();
    let is_resumed = Arc::default();
    let (held, _watch) = match prepare(&over, &is_resumed) {
        Ok(prepared) => prepared,
        Err(error) => return (Err(failed(&error)), Ok(())),
    };
    let list = PickerOptions::new()
        .reversed(true)
        .query(&options.query)
        .picker(line as Shown);
    let notes = list.injector();
    let mut list = list.multi().with_preview(SyncPreviewer(preview));
    crossterm::style::force_color_output(options.color);
    let (opened, is_open) = mpsc::channel();
    let keys = Keys {
        reader: StdinReader::new(if options.several {
            keybind_default
        } else {
            keybind_no_multi
        }),
        next: (width() < LEAST_WIDTH).then_some(Event::Layout(LayoutEvent::TogglePreview)),
        opened: Some(opened),
        status: list.status_observer(),
        is_entered: false,
        over: &over,
        is_resumed: &is_resumed,
    };
    thread::scope(|scope| {
        let loading = scope.spawn(|| load_into(notes, is_open, &over, load));
        let picked = match list.pick_with_io(keys, &mut BufWriter::new(io::stderr())) {
            Ok(notes) if notes.is_empty() => Err(left()),
            Ok(notes) => Ok(notes.iter().map(|note| note.id.clone()).collect()),
            Err(PickError::UserInterrupted) => Err(left()),
            Err(error) => Err(failed(&error.into())),
        };
        over.store(true, Ordering::SeqCst);
        // Loading may still wait for Redis; from here on Ctrl-C ends the process.
        drop(held);
        let loaded = loading.join().unwrap_or_else(|panic| resume_unwind(panic));
        (picked, loaded)
    })
}

/// Makes SIGTERM and SIGINT set `over` instead of ending the process, and SIGCONT set `is_resumed`.
fn prepare(over: &Arc<AtomicBool>, is_resumed: &Arc<AtomicBool>) -> io::Result<(Held, Watch)> {
    if !has_size() {
        let text = "the terminal has no size; `stty rows 24 columns 80` gives it one";
        return Err(io::Error::other(text));
    }
    // Ctrl-C is a key here, and SIGTERM has to wait until the terminal is restored.
    let held = Held::new(&[SIGINT, SIGTERM])?;
    signals::set_when_ended(over)?;
    signals::set_when_resumed(is_resumed)?;
    Ok((held, Watch::begin(put_back)?))
}

fn failed(source: &io::Error) -> Error {
    Error::failed(format!(
        "cannot open the picker; name the NOTE instead: {source}"
    ))
}

/// Loads notes once the list is open, until picking is over. Ends picking if it fails.
fn load_into<E>(
    notes: Injector<Note, Shown>,
    is_open: Receiver<()>,
    over: &AtomicBool,
    load: impl FnOnce(&mut Sink<'_>) -> Result<(), E>,
) -> Result<(), E> {
    // Waits until the sender is dropped: only then the preview is hidden in a narrow terminal.
    is_open.into_iter().next();
    let loaded = load(&mut |more| {
        notes.push_batch(more);
        !over.load(Ordering::SeqCst)
    });
    // Tells the picker that no more notes come.
    drop(notes);
    if loaded.is_err() {
        over.store(true, Ordering::SeqCst);
    }
    loaded
}

type Shown = for<'a> fn(&'a Note) -> Cow<'a, str>;

/// Writes title and content in lines that fit half of the terminal, between the borders.
fn preview(note: &Note, buffer: &mut PreviewBuffer) {
    let text = format!("{}\n{}", note.title(), note.content());
    let text = sanitize::multi_line(&text).replace('\t', "    ");
    let room = (width() / 2).saturating_sub(2).max(1);
    for line in textwrap::wrap(&text, usize::from(room)) {
        buffer.push_line(&line);
    }
}

/// The source of events: keys, until `over` is set.
struct Keys<'a, F> {
    reader: StdinReader<Infallible, F>,
    /// The event to return before the next key.
    next: Option<Event>,
    /// Dropped when the list is open.
    opened: Option<Sender<()>>,
    /// The answers to [`ASK`].
    status: Observer<PickerStatus>,
    /// True while Enter waits for the search for the keys before it.
    is_entered: bool,
    over: &'a AtomicBool,
    /// Set when the process continues after it was stopped.
    is_resumed: &'a AtomicBool,
}

impl<F> Keys<'_, F> {
    /// Returns the Enter that waits once the search is done. Without this it would pick from the results
    /// for the keys of the last frame.
    fn enter_when_found(&mut self, timeout: Duration) -> Result<Event, RecvError> {
        match self.status.try_recv() {
            Ok(status) if status.matching && !status.injecting => Ok(ASK),
            Ok(_) => {
                self.is_entered = false;
                Ok(Event::Select)
            }
            Err(_) => {
                thread::sleep(timeout);
                Err(RecvError::Timeout)
            }
        }
    }
}

impl<F> EventSource for Keys<'_, F>
where
    StdinReader<Infallible, F>: EventSource<AbortErr = Infallible>,
{
    type AbortErr = Infallible;

    fn recv_timeout(&mut self, timeout: Duration) -> Result<Event, RecvError> {
        if self.over.load(Ordering::SeqCst) {
            return Ok(Event::UserInterrupt);
        }
        if self.is_resumed.swap(false, Ordering::SeqCst) {
            take_back()?;
            return Ok(Event::Redraw);
        }
        drop(self.opened.take());
        if let Some(event) = self.next.take() {
            return Ok(event);
        }
        if self.is_entered {
            return self.enter_when_found(timeout);
        }
        match self.reader.recv_timeout(timeout)? {
            Event::Select => {
                self.is_entered = true;
                Ok(ASK)
            }
            Event::Redraw => {
                // The terminal may have another width now.
                self.next = Some(Event::Preview(PreviewEvent::Refresh));
                Ok(Event::Redraw)
            }
            event => Ok(event),
        }
    }
}
