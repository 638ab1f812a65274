//! Ctrl-C while another program, or a question, has the terminal.
//!
//! Elsewhere an interrupt ends `notes` at once, as the system does by itself. While an editor or a
//! pager runs it is theirs, at a question the terminal must be put right first, and files that are not
//! whole yet must be removed: then it is held.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// What an interrupt does. The system has one such setting a process.
static FLAGS: OnceLock<Flags> = OnceLock::new();

#[derive(Clone, Debug, Default)]
struct Flags {
    /// Whether it ends the process.
    fatal: Arc<AtomicBool>,
    /// Whether there was one that did not.
    pending: Arc<AtomicBool>,
}

/// As long as this lives, an interrupt does not end the process.
#[derive(Debug)]
pub(crate) struct Held(Flags);

impl Held {
    /// Holds interrupts from now on.
    pub(crate) fn new() -> io::Result<Self> {
        let flags = if let Some(flags) = FLAGS.get() {
            flags.clone()
        } else {
            let flags = Flags::default();
            flag::register_conditional_default(SIGINT, Arc::clone(&flags.fatal))?;
            flag::register(SIGINT, Arc::clone(&flags.pending))?;
            FLAGS.get_or_init(|| flags).clone()
        };
        flags.fatal.store(false, Ordering::SeqCst);
        flags.pending.store(false, Ordering::SeqCst);
        Ok(Self(flags))
    }

    /// Whether there was an interrupt since, for one who ends the process as soon as that can be.
    pub(crate) fn is_pending(&self) -> bool {
        self.0.pending.load(Ordering::SeqCst)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fatal.store(true, Ordering::SeqCst);
    }
}
