//! Ctrl-C while another program, or the picker, has the terminal.
//!
//! Elsewhere an interrupt ends `notes` at once, as the system does by itself. While an editor or a
//! pager runs it is theirs, and in the picker it is a key: then it is held.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// The reaction to interrupts. The system has one such setting a process.
static INTERRUPTS: OnceLock<Interrupts> = OnceLock::new();

#[derive(Clone, Debug, Default)]
struct Interrupts {
    /// True while an interrupt ends the process.
    are_fatal: Arc<AtomicBool>,
    /// Is set by an interrupt that did not end it.
    came: Arc<AtomicBool>,
}

/// As long as this lives, an interrupt does not end the process.
#[derive(Debug)]
pub(crate) struct Held(Interrupts);

impl Held {
    /// Holds interrupts from now on.
    pub(crate) fn new() -> io::Result<Self> {
        let interrupts = if let Some(interrupts) = INTERRUPTS.get() {
            interrupts.clone()
        } else {
            let interrupts = Interrupts::default();
            flag::register_conditional_default(SIGINT, Arc::clone(&interrupts.are_fatal))?;
            flag::register(SIGINT, Arc::clone(&interrupts.came))?;
            INTERRUPTS.get_or_init(|| interrupts).clone()
        };
        interrupts.are_fatal.store(false, Ordering::SeqCst);
        interrupts.came.store(false, Ordering::SeqCst);
        Ok(Self(interrupts))
    }

    /// Returns true if there was an interrupt since.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.0.came.load(Ordering::SeqCst)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.are_fatal.store(true, Ordering::SeqCst);
    }
}
