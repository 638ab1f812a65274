//! The files of a directory that may be a stranger's: only regular ones, and no link out of it.

use std::fs::{self, File};
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use super::{DEEPEST_DIRECTORY, Entries, Entry, Unread};

/// What `read` makes of each of the files with one of these extensions.
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

/// The files with one of these extensions, directory by directory, in the order of their names. What
/// is hidden is left out: other programs keep their own files there.
pub(super) fn files(
    root: &Path,
    extensions: &'static [&'static str],
) -> impl Iterator<Item = Result<PathBuf, Unread>> + use<> {
    // What is still to be given or looked into, the next at the end: the path, and how deep it is.
    let mut stack = vec![(root.to_owned(), 0)];
    iter::from_fn(move || {
        loop {
            let (path, depth) = stack.pop()?;
            if depth > 0 && !path.is_dir() {
                return Some(Ok(path));
            }
            let children = if depth > DEEPEST_DIRECTORY {
                let message = format!("more than {DEEPEST_DIRECTORY} directories deep");
                Err(io::Error::other(message))
            } else {
                children(&path, extensions)
            };
            match children {
                Ok(children) => {
                    stack.extend(children.into_iter().rev().map(|path| (path, depth + 1)));
                }
                Err(error) => {
                    let mut unread = Unread::from(error);
                    unread.origin.file = Some(path);
                    return Some(Err(unread));
                }
            }
        }
    })
}

fn children(directory: &Path, extensions: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let extension = path.extension().unwrap_or_default();
        let mut extensions = extensions.iter();
        let is_meant = extensions.any(|known| extension.eq_ignore_ascii_case(known));
        if !is_hidden && (kind.is_dir() || (kind.is_file() && is_meant)) {
            children.push(path);
        }
    }
    children.sort_unstable();
    Ok(children)
}
