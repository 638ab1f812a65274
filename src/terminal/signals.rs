//! The signals that ask a program that runs until it is told otherwise to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

/// From now on, the first SIGTERM or SIGINT calls `end`, on a thread of its own; the next one ends
/// the process at once, as it would have without this.
pub(crate) fn on_signal(end: impl Fn() + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            let mut signals = signals.forever();
            if signals.next().is_some() {
                end();
            }
            if let Some(signal) = signals.next() {
                // It fails for signals that cannot be caught, of which these are none.
                let _ = low_level::emulate_default_handler(signal);
            }
        })?;
    Ok(())
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
