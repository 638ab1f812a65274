//! The signals of this process: held, reported by a flag or a stream, or answered before they end it.
//! The one place that names signal-hook.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use signal_hook::consts::SIGCONT;
pub(crate) use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::{flag, low_level};

/// The reactions of this process, by signal: handlers that are registered once and stay.
static REACTIONS: Mutex<BTreeMap<i32, Reaction>> = Mutex::new(BTreeMap::new());

/// The reaction of this process to one signal.
#[derive(Clone, Debug, Default)]
struct Reaction {
    /// True while the signal ends the process at once.
    is_fatal: Arc<AtomicBool>,
    /// Set by a signal that did not.
    has_come: Arc<AtomicBool>,
}

/// While this lives, the signals do not end the process: an editor or a pager has the terminal, and
/// Ctrl-C is meant for that, or it is a key of the picker.
#[derive(Debug)]
pub(crate) struct Held(Vec<Reaction>);

impl Held {
    pub(crate) fn new(signals: &[i32]) -> io::Result<Self> {
        let mut held = Vec::new();
        for signal in signals {
            let reaction = reaction_to(*signal)?;
            reaction.has_come.store(false, Ordering::SeqCst);
            reaction.is_fatal.store(false, Ordering::SeqCst);
            held.push(reaction);
        }
        Ok(Self(held))
    }

    /// Returns true if a signal has come since.
    pub(crate) fn has_come(&self) -> bool {
        let mut reactions = self.0.iter();
        reactions.any(|reaction| reaction.has_come.load(Ordering::SeqCst))
    }

    fn release(&self) {
        for reaction in &self.0 {
            reaction.is_fatal.store(true, Ordering::SeqCst);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

fn reaction_to(signal: i32) -> io::Result<Reaction> {
    let mut reactions = REACTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    match reactions.entry(signal) {
        Entry::Occupied(known) => Ok(known.get().clone()),
        Entry::Vacant(new) => {
            let reaction = Reaction::default();
            flag::register(signal, Arc::clone(&reaction.has_come))?;
            flag::register_conditional_default(signal, Arc::clone(&reaction.is_fatal))?;
            Ok(new.insert(reaction).clone())
        }
    }
}

/// Calls an action at the first of some signals, then ends the process as that signal does. Once this
/// is dropped, the signals end the process at once again.
pub(crate) struct EndAction {
    held: Held,
    listener: Handle,
}

impl EndAction {
    /// The action runs on a thread of its own, whatever the others wait for.
    pub(crate) fn new(signals: &[i32], action: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        // Before they are held: a signal that is held and not listened to would be lost.
        let mut listener = Signals::new(signals)?;
        let end = Self {
            held: Held::new(signals)?,
            listener: listener.handle(),
        };
        thread::Builder::new().spawn(move || {
            if let Some(signal) = listener.forever().next() {
                action();
                end_by(signal);
            }
        })?;
        Ok(end)
    }

    /// Does not return once a signal has come. The signal also makes a wait for a socket fail, and
    /// that failure must not be reported.
    pub(crate) fn wait_if_begun(&self) {
        while self.held.has_come() {
            thread::park();
        }
    }
}

impl Drop for EndAction {
    fn drop(&mut self) {
        // In this order, so that a signal in between is not lost.
        self.held.release();
        self.listener.close();
    }
}

/// Sets a flag at the first SIGTERM or SIGINT; the next one ends the process at once.
pub(crate) fn set_at_the_first(flag: &Arc<AtomicBool>) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_default(signal, Arc::clone(flag))?;
        flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// Calls an action at the first SIGTERM or SIGINT, on a thread of its own; the next one ends the process at
/// once.
pub(crate) fn call_at_the_first(action: impl FnOnce() + Send + 'static) -> io::Result<()> {
    set_at_the_first(&Arc::default())?;
    let mut listener = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new().spawn(move || {
        if listener.forever().next().is_some() {
            action();
        }
    })?;
    Ok(())
}

/// Sets a flag at SIGTERM and SIGINT, which must be [held](Held).
pub(crate) fn set_when_ended(flag: &Arc<AtomicBool>) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// Sets a flag when the process continues after it was stopped.
pub(crate) fn set_when_resumed(flag: &Arc<AtomicBool>) -> io::Result<()> {
    flag::register(SIGCONT, Arc::clone(flag)).map(drop)
}

/// Writes to a stream at each SIGTERM.
pub(crate) fn wake_at_sigterm(stream: UnixStream) -> io::Result<()> {
    low_level::pipe::register(SIGTERM, stream).map(drop)
}

/// Ends the process as the signal does where it is neither caught nor ignored.
pub(crate) fn end_by(signal: i32) {
    // It returns only for a signal that does not end a process.
    let _ = low_level::emulate_default_handler(signal);
}
