//! The end of a server, asked for from any thread.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ends a server, from any thread. Clones end the same server.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    bell: Arc<Bell>,
}

#[derive(Default)]
struct Bell {
    is_asked: AtomicBool,
    wake: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl Stop {
    /// A handle for a server that is yet to be started.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the server to end: it takes no more connections, finishes what is under way and returns.
    /// Asked before the server has started, it ends at once when it does.
    pub fn stop(&self) {
        self.bell.is_asked.store(true, Ordering::SeqCst);
        if let Some(wake) = self.bell.wake().as_deref() {
            wake();
        }
    }

    /// Says how the server is woken. It must look at [`is_asked`](Self::is_asked) after this.
    pub(super) fn wakes_by(&self, wake: impl Fn() + Send + 'static) {
        *self.bell.wake() = Some(Box::new(wake));
    }

    /// Whether the server is to end.
    pub(super) fn is_asked(&self) -> bool {
        self.bell.is_asked.load(Ordering::SeqCst)
    }
}

impl Bell {
    fn wake(&self) -> MutexGuard<'_, Option<Box<dyn Fn() + Send>>> {
        // It is set in one step.
        self.wake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bell")
            .field("is_asked", &self.is_asked)
            .finish_non_exhaustive()
    }
}
