//! The journal: what every change made on this machine found and left, so that it can be undone.
//!
//! It is one file of JSON Lines in the user's data directory, only ever appended to, and cut to its
//! newest half when it grows past its cap. It holds the text of notes in clear, those that were
//! deleted among them, and is therefore for its owner alone (mode 0600); it never holds a password.
//! This module knows nothing of Redis or of a command line.
//!
//! - `file`: appending under a lock, cutting, reading lines · `line`: a line as JSON
//! - `history`: which steps there are, and which of them still hold

mod file;
mod history;
mod line;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

#[cfg(test)]
pub(crate) use self::history::Touched;
pub(crate) use self::history::{Kind, State, Summary};
use self::line::Line;
pub(crate) use self::line::Step;
use crate::note::NoteChange;

const FILE: &str = "journal.jsonl";

/// The size at which the file is cut, in bytes: thousands of changes to notes of a page.
const CAP: u64 = 16 * 1024 * 1024;

/// The longest wait for the lock. An append holds it for less than a millisecond, a cut for some tens.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    message: String,
    source: Option<io::Error>,
}

/// A change that was recorded, and is being made.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) step: u64,
    /// The file, if it is to be on the disk in the end.
    file: Option<File>,
    /// The step alone exceeds the cap: older steps are gone, and the next append drops this one.
    pub(crate) is_too_large_to_keep: bool,
}

/// The journal of one data directory, which need not exist.
///
/// It may be shared by threads, and other processes may use the same file. What cannot be written is
/// no reason not to make a change: the first failure is kept for the one who asks for
/// [`Journal::fault`].
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    cap: u64,
    timeout: Duration,
    fault: OnceLock<Error>,
}

impl Journal {
    /// The journal in that directory. Nothing on the disk is looked at.
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self::with_limits(data_dir, CAP, TIMEOUT)
    }

    fn with_limits(data_dir: &Path, cap: u64, timeout: Duration) -> Self {
        Self {
            path: data_dir.join(FILE),
            cap,
            timeout,
            fault: OnceLock::new(),
        }
    }

    /// Returns the first failure to record a step.
    pub(crate) fn fault(&self) -> Option<&Error> {
        self.fault.get()
    }

    /// The same, once.
    pub(crate) fn take_fault(&mut self) -> Option<Error> {
        self.fault.take()
    }

    /// Records a change before it is made; `None` if it cannot be recorded.
    ///
    /// The line is with the system when this returns, so that it outlives this process.
    pub(crate) fn record(&self, step: Step<'_>) -> Option<Recorded> {
        let takes_away = step.notes.iter().any(|note| note.before.has_hash());
        let (step, file) = self.append(|number| Line::Step(Step { number, ..step }))?;
        // The file has been cut to this line alone if the line is that long.
        let is_too_large_to_keep = fs::metadata(&self.path).is_ok_and(|it| it.len() > self.cap);
        Some(Recorded {
            step,
            file: takes_away.then_some(file),
            is_too_large_to_keep,
        })
    }

    /// Puts a step on the disk once it is made, if it took away something that was there: then it
    /// outlives a power cut too.
    ///
    /// Not before it is made: that would be the longer part of a change, and of the time in which
    /// another writer may come in between.
    pub(crate) fn confirm(&self, recorded: &Recorded) {
        if let Some(Err(error)) = recorded.file.as_ref().map(File::sync_data) {
            self.note(error);
        }
    }

    /// Records that a step was not made after all.
    pub(crate) fn cancel(&self, step: u64) {
        self.append(|next| Line::Cancellation {
            step: step.max(next - 1),
            cancels: step,
        });
    }

    /// Records what a step found and left, where that was not what was expected.
    pub(crate) fn correct(&self, step: u64, notes: &[NoteChange]) {
        self.append(|next| Line::Correction {
            step: step.max(next - 1),
            corrects: step,
            notes: notes.into(),
        });
    }

    /// Every step, the oldest first, without the text of its notes. Lines that are no lines of a
    /// journal are passed over; one line at a time is in memory.
    pub(crate) fn history(&self) -> Result<Vec<Summary>, Error> {
        let mut history = history::History::default();
        self.each_line(|line| history.take(line))?;
        Ok(history.steps())
    }

    /// A step with its notes, as it was corrected; `None` if there is no such step.
    pub(crate) fn step(&self, number: u64) -> Result<Option<Step<'static>>, Error> {
        let mut found = None;
        self.each_line(|line| match line {
            Line::Step(step) if step.number == number => found = Some(step),
            Line::Correction {
                corrects, notes, ..
            } if corrects == number => {
                if let Some(found) = &mut found {
                    found.notes = notes;
                }
            }
            _ => {}
        })?;
        Ok(found)
    }

    fn each_line(&self, mut take: impl FnMut(Line<'static>)) -> Result<(), Error> {
        file::each_line(&self.path, |bytes| {
            if let Some(line) = Line::read(bytes) {
                take(line);
            }
        })
        .map_err(|source| Error {
            message: format!("cannot read the journal {}", self.path.display()),
            source: Some(source),
        })
    }

    fn append<'a>(&self, line: impl FnOnce(u64) -> Line<'a>) -> Option<(u64, File)> {
        let line = |next| Ok(serde_json::to_vec(&line(next))?);
        let appended = file::append(&self.path, self.cap, self.timeout, line);
        appended.map_err(|error| self.note(error)).ok()
    }

    fn note(&self, source: io::Error) {
        let path = self.path.display();
        let is_busy = source.kind() == io::ErrorKind::WouldBlock;
        let message = if is_busy {
            let waited = self.timeout.as_secs();
            format!("the journal {path} was in use by another process for {waited} s")
        } else {
            format!("cannot write the journal {path}")
        };
        let source = (!is_busy).then_some(source);
        let error = Error { message, source };
        // Only the first is kept.
        let _ = self.fault.set(error);
    }
}
