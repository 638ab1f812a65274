//! The regular files of a directory, which may be a stranger's: no link is followed out of it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{DEEPEST_DIRECTORY, Entries, Entry, Unread};

/// Reads each of the files with one of these extensions.
pub(super) fn each(
    root: &Path,
    extensions: &'static [&'static str],
    mut read: impl FnMut(&Path, File) -> Result<Option<Entry>, Unread> + 'static,
) -> Entries<'static> {
    Box::new(files(root, extensions).map(move |path| {
        let path = path?;
        let file = File::open(&path).map_err(Unread::from);
        super::in_file(file.and_then(|file| read(&path, file)), &path)
    }))
}

/// Lists the files with one of these extensions, directory by directory, sorted by name. Hidden files and
/// directories are left out: other programs keep their settings there.
pub(super) fn files(
    root: &Path,
    extensions: &'static [&'static str],
) -> impl Iterator<Item = Result<PathBuf, Unread>> + use<> {
    WalkDir::new(root)
        .max_depth(DEEPEST_DIRECTORY + 1)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry))
        .filter_map(|entry| match entry {
            Ok(entry) if entry.file_type().is_dir() => too_deep(entry),
            Ok(entry) => has_extension(&entry, extensions).then(|| Ok(entry.into_path())),
            Err(error) => Some(Err(unread(error))),
        })
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn has_extension(entry: &DirEntry, extensions: &[&str]) -> bool {
    let extension = entry.path().extension().unwrap_or_default();
    entry.file_type().is_file()
        && extensions
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns the error for a directory that is too deep to be read.
fn too_deep(entry: DirEntry) -> Option<Result<PathBuf, Unread>> {
    if entry.depth() <= DEEPEST_DIRECTORY {
        return None;
    }
    let message = format!("more than {DEEPEST_DIRECTORY} directories deep");
    let mut unread = Unread::from(io::Error::other(message));
    unread.origin.file = Some(entry.into_path());
    Some(Err(unread))
}

fn unread(error: walkdir::Error) -> Unread {
    let path = error.path().map(Path::to_owned);
    let error = error
        .into_io_error()
        .expect("only links make loops, and none is followed");
    let mut unread = Unread::from(error);
    unread.origin.file = path;
    unread
}
