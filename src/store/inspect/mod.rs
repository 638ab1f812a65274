//! Looking at every note, and at every key that could be one.
//!
//! A shared Redis must not stand still for it, nor this program grow with it: ids come by SSCAN,
//! keys by SCAN, notes by short pipelines, and nothing is kept but what is wrong. Redis is only
//! read. What others do meanwhile is not taken for a fault: where the set and a hash are at odds,
//! both are looked at once more in the end.

mod reader;
mod walk;

use chrono::{DateTime, Utc};

use super::Store;
use super::error::Error;
use super::fault::Fault;
use super::mend::Fix;
use walk::Walk;

/// Something wrong, and its remedy if there is one that takes no guess.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// The remedy.
    pub fix: Option<Fix>,
}

/// What could not be looked at, because Redis refused it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unchecked {
    /// What was to be looked at.
    pub what: &'static str,
    /// What Redis said.
    pub reason: String,
}

/// What came of looking at every note.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// How many hashes were read. SCAN may tell an id twice while Redis shrinks a table; it counts
    /// twice then.
    pub notes_read: usize,
    /// What is wrong, in order, each once.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub unchecked: Vec<Unchecked>,
}

/// How far an inspection has come, in steps of about the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The steps that are done.
    pub done: usize,
    /// All steps, as far as is known.
    pub total: usize,
}

impl Store {
    /// Looks at every note, and tells `watch` now and then how far it has come.
    ///
    /// `now` is the time against which times are held. What Redis refuses to this user is told of in
    /// [`Inspection::unchecked`]; other errors end the inspection.
    pub fn inspect(
        &mut self,
        now: DateTime<Utc>,
        watch: &mut dyn FnMut(Progress),
    ) -> Result<Inspection, Error> {
        Walk::new(&mut self.link, now, watch).run()
    }
}
