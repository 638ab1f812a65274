//! The built-in picker: it loads notes, reads keys and draws until the user takes notes or leaves.
//!
//! It draws on standard error, so that standard output is free for data, and reads keys from the
//! terminal, which is restored when it ends, after a panic too; [`Watch`] handles the ends that it does
//! not notice.

use std::io::{self, BufWriter, Write as _};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::MoveTo;
use crossterm::event;
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{Clear, ClearType};

use super::keys;
use super::list::{List, Outcome};
use super::ranking::Entry;
use super::screen::{Screen, has_size, put_back, size, take_back};
use super::view::{Frame, View};
use super::watch::Watch;
use super::{Picker, Sink, nothing_picked};
use crate::terminal::Error;
use crate::terminal::signals::{self, Held, SIGINT, SIGTERM};

/// The narrowest terminal with a preview beside the list; in a narrower one Alt-P shows it.
const LEAST_WIDTH: usize = 60;

/// The number of notes that are looked at between two looks at the keyboard.
const AT_ONCE: usize = 2_000;

/// The time to wait for a key before the flags are looked at again.
const TICK: Duration = Duration::from_millis(30);

pub(super) fn pick<E: Send>(
    options: &Picker,
    load: impl FnOnce(&mut Sink<'_>) -> Result<(), E> + Send,
) -> (Result<Vec<String>, Error>, Result<(), E>) {
    let over: Arc<AtomicBool> = Arc::default();
    let is_resumed = Arc::default();
    let (held, _watch) = match prepare(&over, &is_resumed) {
        Ok(prepared) => prepared,
        Err(error) => return (Err(failed(&error)), Ok(())),
    };
    let (sender, arriving) = mpsc::channel();
    let stopped = Arc::clone(&over);
    thread::scope(|scope| {
        let loading = scope.spawn(move || {
            let loaded = load(&mut |notes| {
                let entries = notes.into_iter().map(Entry::new).collect();
                sender.send(entries).is_ok() && !stopped.load(Ordering::SeqCst)
            });
            if loaded.is_err() {
                stopped.store(true, Ordering::SeqCst);
            }
            loaded
        });
        let picked = match run(options, &arriving, &over, &is_resumed) {
            Ok(Some(ids)) => Ok(ids),
            Ok(None) => Err(nothing_picked()),
            Err(error) => Err(failed(&error)),
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

/// Returns the ids that the user takes; `None` if the user leaves, or once `over` is set.
fn run(
    options: &Picker,
    arriving: &Receiver<Vec<Entry>>,
    over: &AtomicBool,
    is_resumed: &AtomicBool,
) -> io::Result<Option<Vec<String>>> {
    let _screen = Screen::take()?;
    let mut view = View::new(options.color);
    let mut list = List::new(&options.query, options.several, size().0 >= LEAST_WIDTH);
    let mut shown = Frame::default();
    let mut waiting = None;
    while !over.load(Ordering::SeqCst) {
        if is_resumed.swap(false, Ordering::SeqCst) {
            take_back()?;
            shown = Frame::default();
        }
        receive(arriving, &mut list);
        list.advance(AT_ONCE);
        if !list.ranking.is_searching() {
            (view.columns, view.rows) = size();
            list.show_highlighted(view.list_rows());
            let frame = view.draw(&list);
            draw(&frame, &mut shown)?;
        }
        // A key is read once those before it have been obeyed.
        let time = if list.ranking.is_done() {
            TICK
        } else {
            Duration::ZERO
        };
        let action = if waiting.is_some() {
            waiting.take()
        } else {
            next_action(time, &mut shown)?
        };
        let Some(action) = action else { continue };
        match list.act(action, view.list_rows()) {
            Outcome::Goes => {}
            Outcome::Waits(action) => waiting = Some(action),
            Outcome::Left => return Ok(None),
            Outcome::Took(ids) => return Ok(Some(ids)),
        }
    }
    Ok(None)
}

fn receive(arriving: &Receiver<Vec<Entry>>, list: &mut List) {
    loop {
        match arriving.try_recv() {
            Ok(entries) => list.ranking.push(entries),
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                list.is_loaded = true;
                return;
            }
        }
    }
}

fn next_action(time: Duration, shown: &mut Frame) -> io::Result<Option<keys::Action>> {
    if !event::poll(time)? {
        return Ok(None);
    }
    let action = keys::action(event::read()?);
    if action == Some(keys::Action::Redraw) {
        // The terminal has another size, and may have moved what is on it.
        *shown = Frame::default();
    }
    Ok(action)
}

/// Writes the lines that differ from what is shown.
fn draw(frame: &Frame, shown: &mut Frame) -> io::Result<()> {
    if frame == shown {
        return Ok(());
    }
    let mut out = BufWriter::new(io::stderr());
    for (row, line) in (0..).zip(&frame.lines) {
        if shown.lines.get(usize::from(row)) != Some(line) {
            // Cleared first: after the last column the cursor may still be on it.
            queue!(
                out,
                MoveTo(0, row),
                Clear(ClearType::UntilNewLine),
                Print(line)
            )?;
        }
    }
    if shown.lines.is_empty() {
        queue!(out, Clear(ClearType::FromCursorDown))?;
    }
    let column = u16::try_from(frame.cursor).unwrap_or(u16::MAX);
    queue!(out, MoveTo(column, 0))?;
    out.flush()?;
    *shown = Frame {
        lines: frame.lines.clone(),
        cursor: frame.cursor,
    };
    Ok(())
}
