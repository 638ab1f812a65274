//! The signals that ask a program that runs until it is told otherwise to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Sets a flag at the first SIGTERM or SIGINT; the next one ends the process at once, as it would have without
/// this.
pub(crate) fn set_at_the_first(flag: &Arc<AtomicBool>) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_default(signal, Arc::clone(flag))?;
        flag::register(signal, Arc::clone(flag))?;
    }
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
