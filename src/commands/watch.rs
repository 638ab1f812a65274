//! `notes watch`: changes of notes as they happen, until a signal.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;

use super::query_args::parse_search;
use crate::cli::{OrderArgs, Watch};
use crate::connect;
use crate::context::{Context, PrintError};
use crate::exit::Exit;
use crate::output::{Json, events};
use crate::terminal::{signals, stdout};
use crate::timestamp;
use crate::watch::{Event, Watcher};

/// The longest wait for an event before the command looks if its output is still read.
const WAIT: Duration = Duration::from_secs(1);

pub(super) fn run(args: &Watch, context: &mut Context) -> anyhow::Result<Exit> {
    let search = parse_search(&args.query, OrderArgs::default(), context)?;
    let settings = context.settings.clone();
    let mut first = Some(context.take_store()?);
    // A private Redis that the user stops is not started again.
    let mut watcher: Watcher<connect::Error> = Watcher::new(
        move || first.take().map_or_else(|| settings.open_store(None), Ok),
        move |note| search.finds(note),
    );
    watcher.reports_first = args.initial;
    let is_ended = Arc::new(AtomicBool::new(false));
    let (waker, at_end) = (watcher.waker(), Arc::clone(&is_ended));
    signals::call_at_the_first(move || {
        at_end.store(true, Ordering::SeqCst);
        waker.wake();
    })
    .context("cannot handle signals")?;
    let mut printer = Printer {
        left: args.count.unwrap_or(usize::MAX),
        flushes: false,
        result: Ok(()),
    };
    let mut reported = Reported::default();
    while printer.left > 0 && !is_ended.load(Ordering::SeqCst) && !stdout::is_closed() {
        let mut print = |event| printer.print(&event, context);
        match watcher.next(WAIT, &mut print) {
            Ok(()) => reported.say_connected(&watcher, context),
            Err(error) if reported.is_connected && error.exit() == Exit::OutOfReach => {
                reported.say_lost(&error, context);
                watcher.pause();
            }
            Err(error) => return Err(error.into()),
        }
        mem::replace(&mut printer.result, Ok(()))?;
        context.flush()?;
        printer.flushes = watcher.is_ready();
    }
    Ok(Exit::Done)
}

/// Prints events.
struct Printer {
    /// The number of events that are still to be printed.
    left: usize,
    /// True if every event is to be seen at once.
    flushes: bool,
    result: Result<(), PrintError>,
}

impl Printer {
    fn print(&mut self, event: &Event, context: &mut Context) {
        if self.left == 0 || self.result.is_err() {
            return;
        }
        self.left -= 1;
        let json = context.options.json.clone();
        self.result = context.print(|out, stream| match json {
            Json::Off if stream.terminal => events::write(out, event, timestamp::now(), stream),
            Json::Off => events::write_json(out, event, None, stream),
            Json::On(selection) => events::write_json(out, event, selection.as_ref(), stream),
        });
        if self.flushes && self.result.is_ok() {
            self.result = context.flush();
        }
    }
}

/// The state of the connection that was reported last: each change of it is reported once.
#[derive(Default)]
struct Reported {
    is_connected: bool,
    is_lost: bool,
    is_polled: bool,
}

impl Reported {
    fn say_connected(&mut self, watcher: &Watcher<connect::Error>, context: &Context) {
        self.is_connected = true;
        if mem::take(&mut self.is_lost) {
            context.say("connected to Redis again");
        }
        if let Some(reason) = watcher.why_polled()
            && !mem::replace(&mut self.is_polled, true)
        {
            context.say(&format!(
                "this Redis cannot tell of changes ({reason}): asking every second for notes with another \
                 updated_at"
            ));
        }
    }

    fn say_lost(&mut self, error: &connect::Error, context: &Context) {
        if !mem::replace(&mut self.is_lost, true) {
            context.say(&format!("{error}; retrying"));
        }
    }
}
