//! The signals that ask a program that runs until it is told otherwise to end.

use std::io;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

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
