//! The regular files of a directory, which may be a stranger's: no link is followed out of it.

use std::io;
use std::path::Path;

use chrono::DateTime;
use walkdir::{DirEntry, WalkDir};

use super::{Listed, Place};
use crate::transfer::{DEEPEST_DIRECTORY, Unread};

/// Lists the files, directory by directory, sorted by name. Hidden files and directories are left out:
/// other programs keep their settings there.
pub(super) fn list(root: &Path) -> (Vec<Listed>, Vec<Unread>) {
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    let walk = WalkDir::new(root)
        .max_depth(DEEPEST_DIRECTORY + 1)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => unread.extend(too_deep(&entry)),
            Ok(entry) if entry.file_type().is_file() => files.push(listed(root, &entry)),
            Ok(_) => {}
            Err(error) => unread.push(from_walk(error)),
        }
    }
    (files, unread)
}

fn listed(root: &Path, entry: &DirEntry) -> Listed {
    let path = entry.path();
    let modified = entry.metadata().ok().and_then(|it| it.modified().ok());
    Listed {
        path: path.strip_prefix(root).unwrap_or(path).to_owned(),
        modified: modified.map(DateTime::from),
        place: Place::InDirectory,
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Returns the error for a directory that is too deep to be read.
fn too_deep(entry: &DirEntry) -> Option<Unread> {
    let is_too_deep = entry.depth() > DEEPEST_DIRECTORY;
    is_too_deep.then(|| {
        let message = format!("more than {DEEPEST_DIRECTORY} directories deep");
        Unread::new(message).of_file(entry.path())
    })
}

fn from_walk(error: walkdir::Error) -> Unread {
    let path = error.path().map(Path::to_owned);
    let error = error
        .into_io_error()
        .unwrap_or_else(|| io::Error::other("a loop of links"));
    let mut unread = Unread::from(error);
    unread.origin.file = path;
    unread
}
