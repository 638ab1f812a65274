//! Ctrl-C while another program, or a question, has the terminal.
//!
//! Elsewhere an interrupt ends `notes` at once, as the system does by itself. While an editor or a
//! pager runs it is theirs, and at a question the terminal must be put right first: then it is held.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::{io, thread};

pub use signal_hook::consts::SIGINT;
use signal_hook::consts::SIGTERM;
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Whether an interrupt ends the process. The system has one such setting a process.
static FATAL: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// As long as this lives, an interrupt does not end the process.
#[derive(Debug)]
pub struct Held {
    fatal: Arc<AtomicBool>,
}

impl Held {
    /// Holds interrupts from now on.
    pub fn new() -> io::Result<Self> {
        let fatal = if let Some(fatal) = FATAL.get() {
            Arc::clone(fatal)
        } else {
            let fatal = Arc::new(AtomicBool::new(false));
            flag::register_conditional_default(SIGINT, Arc::clone(&fatal))?;
            Arc::clone(FATAL.get_or_init(|| fatal))
        };
        fatal.store(false, Ordering::SeqCst);
        Ok(Self { fatal })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.fatal.store(true, Ordering::SeqCst);
    }
}

/// Does something at the first request to end: SIGINT, as Ctrl-C sends it, or SIGTERM. Another one
/// ends the process at once.
pub fn on_first(end: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new().spawn(move || {
        let mut end = Some(end);
        for signal in signals.forever() {
            match end.take() {
                Some(end) => end(),
                // It fails only for a signal that cannot be caught.
                None => drop(emulate_default_handler(signal)),
            }
        }
    })?;
    Ok(())
}
