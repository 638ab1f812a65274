//! The one deadline that bounds a start, a stop or a question, however many steps it takes.
//!
//! It knows nothing of what is waited for.

use std::thread;
use std::time::{Duration, Instant};

/// How long a poll pauses: a fraction of the 20 ms that a server takes to come up.
const PAUSE: Duration = Duration::from_millis(5);

/// A point in time, and the patience that set it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    since: Instant,
    patience: Duration,
}

impl Deadline {
    /// The deadline that is `patience` from now.
    pub(super) fn after(patience: Duration) -> Self {
        Self {
            since: Instant::now(),
            patience,
        }
    }

    /// The time allowed in all, for messages.
    pub(super) fn patience(self) -> Duration {
        self.patience
    }

    /// Whether the time is up.
    pub(super) fn is_over(self) -> bool {
        self.remaining().is_zero()
    }

    /// The time left as a socket's timeout, which must not be zero.
    pub(super) fn timeout(self) -> Duration {
        self.remaining().max(Duration::from_millis(1))
    }

    /// Waits a moment before the next poll, and not beyond the deadline.
    pub(super) fn pause(self) {
        thread::sleep(self.remaining().min(PAUSE));
    }

    fn remaining(self) -> Duration {
        self.patience.saturating_sub(self.since.elapsed())
    }
}
