//! The journal: the notes before and after every change made on this machine, so that it can be undone.
//!
//! It is one file of JSON Lines in the user's data directory. Lines are only appended; when the file
//! grows past its cap, it is cut to its newest half. It holds notes in clear text, deleted ones too, so
//! only its owner can read it (mode 0600). It never holds a password. This module knows nothing of Redis
//! or of a command line.
//!
//! - `file`: appending under a lock, cutting, reading lines · `line`: a line as JSON
//! - `history`: the steps, and the state of each · `undoing`: which of them can be undone

mod file;
mod history;
mod line;
#[cfg(test)]
mod tests;
pub(crate) mod undoing;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

#[cfg(test)]
pub(crate) use self::history::Touched;
pub(crate) use self::history::{StepState, Summary};
pub(crate) use self::line::Step;
use self::line::{Line, Part};
use crate::note::NoteChange;

const FILE: &str = "journal.jsonl";

/// The size at which the file is cut, in bytes: thousands of changes to notes of a page.
const CAP: u64 = 16 * 1024 * 1024;

/// The longest wait for the lock. An append holds it for less than a millisecond, a cut for some tens.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

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
    /// The file, if it has to be synced to the disk after the change.
    file: Option<File>,
    /// The step alone exceeds the cap: older steps are gone, and the next append drops this one.
    pub(crate) is_too_large_to_keep: bool,
}

/// The journal of one data directory, which need not exist.
///
/// Threads may share it, and other processes may use the same file. A change is made even if it cannot be
/// recorded: [`Journal::fault`] returns the first failure.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    cap: u64,
    lock_timeout: Duration,
    fault: OnceLock<Error>,
}

impl Journal {
    /// Makes the journal of a directory. Nothing is read from the disk.
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self::with_limits(data_dir, CAP, LOCK_TIMEOUT)
    }

    fn with_limits(data_dir: &Path, cap: u64, lock_timeout: Duration) -> Self {
        Self {
            path: data_dir.join(FILE),
            cap,
            lock_timeout,
            fault: OnceLock::new(),
        }
    }

    /// Returns the first failure to record a step.
    pub(crate) fn fault(&self) -> Option<&Error> {
        self.fault.get()
    }

    /// Returns the first failure to record a step, and forgets it.
    pub(crate) fn take_fault(&mut self) -> Option<Error> {
        self.fault.take()
    }

    /// Records a change before it is made; `None` if it cannot be recorded.
    ///
    /// The line is written when this returns, so that it outlives this process.
    pub(crate) fn record(&self, step: Step<'_>) -> Option<Recorded> {
        let takes_away = step.notes.iter().any(|note| note.before.has_hash());
        let (step, file) = self.append(None, |number| Line::Step(Step { number, ..step }))?;
        Some(Recorded {
            step,
            file: takes_away.then_some(file),
            is_too_large_to_keep: self.is_full(),
        })
    }

    /// Records more changes of a step before they are made; false if they cannot be recorded.
    pub(crate) fn record_more(&self, recorded: &mut Recorded, notes: &[NoteChange]) -> bool {
        let takes_away = notes.iter().any(|note| note.before.has_hash());
        let continues = recorded.step;
        let appended = self.append(Some(continues), |next| {
            Line::Part(Part {
                step: continues.max(next - 1),
                continues,
                notes: notes.into(),
            })
        });
        let Some((_, file)) = appended else {
            return false;
        };
        if takes_away || recorded.file.is_some() {
            recorded.file = Some(file);
        }
        recorded.is_too_large_to_keep = self.is_full();
        true
    }

    /// Returns true if the file was cut to the newest step alone, and is still above the cap.
    fn is_full(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|it| it.len() > self.cap)
    }

    /// Syncs a step to the disk after it was made, if it changed or deleted a note: then it outlives a
    /// power cut too.
    ///
    /// A sync before the change would be the slowest part of it, and lengthen the time in which another
    /// writer can interfere.
    pub(crate) fn confirm(&self, recorded: &Recorded) {
        if let Some(Err(error)) = recorded.file.as_ref().map(File::sync_data) {
            self.keep_fault(error);
        }
    }

    /// Records that a step was not made after all.
    pub(crate) fn cancel(&self, step: u64) {
        self.append(None, |next| Line::Cancellation {
            step: step.max(next - 1),
            cancels: step,
        });
    }

    /// Records that of the notes of a step only the first `keeps` were changed.
    pub(crate) fn correct(&self, step: u64, keeps: usize) {
        self.append(Some(step), |next| Line::Correction {
            step: step.max(next - 1),
            corrects: step,
            keeps,
        });
    }

    /// Returns every step, the oldest first, without the text of its notes. Unknown lines are skipped; one
    /// line at a time is in memory.
    pub(crate) fn history(&self) -> Result<Vec<Summary>, Error> {
        let mut history = history::History::default();
        self.each_line(|line| history.add(line))?;
        Ok(history.steps())
    }

    /// Calls `visit` with the first `most` notes of a step, part by part.
    pub(crate) fn each_part(
        &self,
        number: u64,
        most: usize,
        mut visit: impl FnMut(&[NoteChange]),
    ) -> Result<(), Error> {
        let mut rest = most;
        self.each_line(|line| {
            let notes = match line {
                Line::Step(step) if step.number == number => step.notes,
                Line::Part(part) if part.continues == number => part.notes,
                _ => return,
            };
            let (part, _) = notes.split_at(rest.min(notes.len()));
            rest -= part.len();
            if !part.is_empty() {
                visit(part);
            }
        })
    }

    fn each_line(&self, mut visit: impl FnMut(Line<'static>)) -> Result<(), Error> {
        file::each_line(&self.path, |bytes| {
            if let Some(line) = Line::read(bytes) {
                visit(line);
            }
        })
        .map_err(|source| Error {
            message: format!("cannot read the journal {}", self.path.display()),
            source: Some(source),
        })
    }

    /// Appends a line, which may belong to an earlier step.
    fn append<'a>(
        &self,
        step: Option<u64>,
        line: impl FnOnce(u64) -> Line<'a>,
    ) -> Option<(u64, File)> {
        let appended = file::append(&self.path, self.cap, self.lock_timeout, step, |next| {
            Ok(serde_json::to_vec(&line(next))?)
        });
        appended.map_err(|error| self.keep_fault(error)).ok()
    }

    fn keep_fault(&self, source: io::Error) {
        let path = self.path.display();
        let is_busy = source.kind() == io::ErrorKind::WouldBlock;
        let message = if is_busy {
            let waited = self.lock_timeout.as_secs();
            format!("the journal {path} was in use by another process for {waited} s")
        } else {
            format!("cannot write the journal {path}")
        };
        let source = (!is_busy).then_some(source);
        let error = Error { message, source };
        // Fails if there is one: only the first is kept.
        let _ = self.fault.set(error);
    }
}
