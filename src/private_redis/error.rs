//! The errors of the private Redis: messages that say what to do.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::user_dir::WrongOwner;

/// The private Redis could not be started, stopped or asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(pub(super) String);

impl Error {
    /// Returns the error for a failed write to `path`.
    pub(super) fn of_write(path: &Path, source: &io::Error) -> Self {
        if is_full(source) {
            return Self::disk_full(path);
        }
        if WrongOwner::is(source) {
            return Self(source.to_string());
        }
        Self(format!(
            "cannot make or write {}; set NOTES_DATA_DIR to a directory that you can write, or \
             REDIS_URL to a Redis server: {source}",
            path.display()
        ))
    }

    /// Returns the error for files in `dir` that the server cannot read; `damage` quotes its log.
    pub(super) fn damaged(dir: &Path, damage: &str) -> Self {
        let data_dir = dir.parent().unwrap_or(dir);
        Self(format!(
            "the private Redis cannot read its files ({damage}); before all else copy the directory {}: \
             `redis-check-aof --fix` cuts off what follows the damage. The journal in {} has the texts of \
             the changes made on this machine; \"A damaged file\" in docs/safety.md says how they come back",
            dir.display(),
            data_dir.display()
        ))
    }

    pub(super) fn disk_full(path: &Path) -> Self {
        Self(format!(
            "the disk that holds {} is full; make room and try again, or set NOTES_DATA_DIR to a \
             directory elsewhere",
            path.display()
        ))
    }
}

/// Returns true if a write failed because the disk or the user's quota is full.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}
