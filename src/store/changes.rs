//! Changes that wait to be made: many of them in a file without a name rather than in memory.

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, Seek as _, Write as _};
use std::iter;

use tempfile::SpooledTempFile;

use super::swap::count_at_once;
use super::{BATCH, Error};
use crate::journal::ChangeKind;
use crate::note::NoteChange;

/// The most bytes of changes that stay in memory.
const MOST_IN_MEMORY: usize = 4 * 1024 * 1024;

/// Some changes that are made at once.
pub(super) type Part<'a> = Result<Cow<'a, [NoteChange]>, Error>;

/// Changes, in their order.
#[derive(Debug)]
pub(crate) struct Changes {
    /// A line of JSON for each.
    file: SpooledTempFile,
    /// The id and the kind of each.
    touched: Vec<(Box<str>, ChangeKind)>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            file: SpooledTempFile::new(MOST_IN_MEMORY),
            touched: Vec::new(),
        }
    }
}

impl Changes {
    pub(crate) fn push(&mut self, change: &NoteChange) -> Result<(), Error> {
        let mut line = serde_json::to_vec(change).map_err(io::Error::from)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        let kind = ChangeKind::from_change(change);
        self.touched.push((change.id.as_str().into(), kind));
        Ok(())
    }

    pub(crate) const fn len(&self) -> usize {
        self.touched.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    /// Returns the id and the kind of each change, which are not read from the file.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (&str, ChangeKind)> {
        self.touched.iter().map(|(id, kind)| (&**id, *kind))
    }

    /// Reads all changes, from the first on. No other may be added after that.
    pub(crate) fn iter(&mut self) -> impl Iterator<Item = Result<NoteChange, Error>> {
        let mut error = self.file.rewind().err();
        let mut reader = BufReader::new(&mut self.file);
        let mut line = Vec::new();
        iter::from_fn(move || {
            if let Some(error) = error.take() {
                return Some(Err(error.into()));
            }
            line.clear();
            match reader.read_until(b'\n', &mut line) {
                Ok(0) => None,
                Ok(_) => {
                    let change = serde_json::from_slice(&line).map_err(io::Error::from);
                    Some(change.map_err(Error::from))
                }
                Err(error) => Some(Err(error.into())),
            }
        })
    }

    /// Reads all changes in the parts in which they are made.
    pub(super) fn parts(&mut self) -> impl Iterator<Item = Part<'static>> {
        let mut changes = self.iter();
        let mut waiting = Vec::new();
        iter::from_fn(move || {
            while waiting.len() < BATCH && count_at_once(&waiting) == waiting.len() {
                match changes.next() {
                    Some(Ok(change)) => waiting.push(change),
                    Some(Err(error)) => return Some(Err(error)),
                    None => break,
                }
            }
            let rest = waiting.split_off(count_at_once(&waiting));
            let part = std::mem::replace(&mut waiting, rest);
            (!part.is_empty()).then_some(Ok(Cow::Owned(part)))
        })
    }
}

/// Splits changes into the parts in which they are made.
pub(super) fn split(mut changes: &[NoteChange]) -> impl Iterator<Item = Part<'_>> {
    iter::from_fn(move || {
        let (part, rest) = changes.split_at(count_at_once(changes));
        changes = rest;
        (!part.is_empty()).then_some(Ok(Cow::Borrowed(part)))
    })
}
