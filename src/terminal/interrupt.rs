//! Ctrl-C while another program, or a question, has the terminal.
//!
//! Elsewhere an interrupt ends `notes` at once, as the system does by itself. While an editor or a
//! pager runs it is theirs, and at a question the terminal must be put right first: then it is held.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// Whether an interrupt ends the process. The system has one such setting a process.
static FATAL: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// As long as this lives, an interrupt does not end the process.
#[derive(Debug)]
pub(crate) struct Held(Arc<AtomicBool>);

impl Held {
    /// Holds interrupts from now on.
    pub(crate) fn new() -> io::Result<Self> {
        let fatal = if let Some(fatal) = FATAL.get() {
            Arc::clone(fatal)
        } else {
            let fatal = Arc::default();
            flag::register_conditional_default(SIGINT, Arc::clone(&fatal))?;
            Arc::clone(FATAL.get_or_init(|| fatal))
        };
        fatal.store(false, Ordering::SeqCst);
        Ok(Self(fatal))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
