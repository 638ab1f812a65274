//! A message for an interrupt that ends the process.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::thread;

use signal_hook::SigId;
use signal_hook::low_level::{emulate_default_handler, pipe, unregister};

use super::interrupt::{Held, SIGINT};

/// As long as this lives, an interrupt says something before it ends the process.
#[derive(Debug)]
pub(crate) struct InterruptNotice {
    action: SigId,
    _held: Held,
}

impl InterruptNotice {
    /// Has `say` called at the first interrupt, on a thread of its own.
    pub(crate) fn new(say: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (mut interrupts, sender) = UnixStream::pair()?;
        let held = Held::new()?;
        let action = pipe::register(SIGINT, sender)?;
        thread::Builder::new().spawn(move || {
            // Without the action the sender is closed, and nothing is read.
            if interrupts.read(&mut [0]).is_ok_and(|count| count > 0) {
                say();
                let _ = emulate_default_handler(SIGINT);
            }
        })?;
        Ok(Self {
            action,
            _held: held,
        })
    }
}

impl Drop for InterruptNotice {
    fn drop(&mut self) {
        unregister(self.action);
    }
}
