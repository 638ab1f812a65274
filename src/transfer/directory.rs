//! The files of a directory that may be a stranger's: only regular ones, and no link out of it.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{DEEPEST_DIRECTORY, LARGEST_ENCODED, Origin, Unread, fields};

/// The files with one of these extensions, directory by directory, in the order of their names. What
/// is hidden is left out: other programs keep their own files there.
pub(super) fn files(
    root: &Path,
    extensions: &'static [&'static str],
) -> impl Iterator<Item = Result<PathBuf, Unread>> + use<> {
    // What is still to be given or looked into, the next at the end: the path, and how deep it is.
    let mut stack = vec![(root.to_owned(), 0)];
    std::iter::from_fn(move || {
        loop {
            let (path, depth) = stack.pop()?;
            if depth > 0 && !path.is_dir() {
                return Some(Ok(path));
            }
            if depth > DEEPEST_DIRECTORY {
                let message = format!("more than {DEEPEST_DIRECTORY} directories deep");
                return Some(Err(unread(path, message)));
            }
            match children(&path, extensions) {
                Ok(children) => {
                    stack.extend(children.into_iter().rev().map(|path| (path, depth + 1)));
                }
                Err(error) => return Some(Err(unread(path, error.to_string()))),
            }
        }
    })
}

/// All bytes, unless they are more than a note may have.
pub(super) fn read(input: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut input = input.take(u64::try_from(LARGEST_ENCODED).unwrap_or(u64::MAX));
    let read = input.read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    if input.limit() == 0 {
        return Err(fields::too_large());
    }
    Ok(bytes)
}

fn children(directory: &Path, extensions: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_meant = extension.is_some_and(|extension| {
            extensions
                .iter()
                .any(|known| known.eq_ignore_ascii_case(extension))
        });
        if !is_hidden && (kind.is_dir() || (kind.is_file() && is_meant)) {
            children.push(path);
        }
    }
    children.sort_unstable();
    Ok(children)
}

fn unread(path: PathBuf, message: String) -> Unread {
    Unread {
        origin: Origin {
            file: Some(path),
            line: None,
        },
        message,
    }
}
