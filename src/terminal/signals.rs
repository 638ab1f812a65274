//! The signals that ask a program that runs until it is told otherwise to end.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGCONT, SIGINT};
pub(crate) use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

/// Sets a flag at the first SIGTERM or SIGINT; the next one ends the process at once, as it would have without
/// this.
pub(crate) fn set_at_the_first(flag: &Arc<AtomicBool>) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_default(signal, Arc::clone(flag))?;
        flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// The end of the process by SIGTERM or SIGINT, once what it leaves behind is cleaned up.
pub(crate) struct CleanEnd {
    has_begun: Arc<AtomicBool>,
}

impl CleanEnd {
    /// Calls `clean_up` at the first signal, then ends the process as the signal does, whatever the
    /// process waits for.
    pub(crate) fn prepare(clean_up: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let has_begun = Arc::default();
        // Before the flags: a signal that only set a flag would be lost.
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        for signal in [SIGINT, SIGTERM] {
            flag::register(signal, Arc::clone(&has_begun))?;
        }
        let wait = move || {
            if let Some(signal) = signals.forever().next() {
                clean_up();
                end_by(signal);
            }
        };
        thread::Builder::new().spawn(wait)?;
        Ok(Self { has_begun })
    }

    /// Does not return once a signal has come. It also makes a wait for a socket fail, which must not be
    /// reported.
    pub(crate) fn wait_if_begun(&self) {
        while self.has_begun.load(Ordering::SeqCst) {
            thread::park();
        }
    }
}

/// Sets a flag when the process is to end, in place of the end. Once the flag is set, by whomever, a
/// SIGTERM ends the process again. A SIGINT does so once a [`Held`](super::interrupt::Held) is gone.
pub(crate) fn set_at_the_end(flag: &Arc<AtomicBool>) -> io::Result<()> {
    flag::register_conditional_default(SIGTERM, Arc::clone(flag))?;
    for signal in [SIGTERM, SIGINT] {
        flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// Sets a flag when the process goes on after it was stopped.
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
