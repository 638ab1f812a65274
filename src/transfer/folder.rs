//! The files of a folder, in the order of their names, as far as they may be notes.

use std::fs::File;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{MAX_DEPTH, Origin, Unread};

/// A file of a folder.
pub(super) struct FolderFile {
    pub(super) path: PathBuf,
    /// The path within the folder, with `/` on every system.
    pub(super) name: String,
}

impl FolderFile {
    pub(super) fn origin(&self) -> Origin {
        Origin {
            file: Some(self.path.clone()),
            line: None,
        }
    }

    pub(super) fn open(&self) -> Result<File, Unread> {
        File::open(&self.path).map_err(|error| Unread::new(self.origin(), error.to_string()))
    }
}

/// The files below a directory that have one of the extensions, without those that are hidden or in a
/// hidden directory. Links are named, not followed: they may lead anywhere.
pub(super) fn files(
    directory: &Path,
    extensions: &'static [&'static str],
) -> impl Iterator<Item = Result<FolderFile, Unread>> + use<> {
    let root = directory.to_owned();
    WalkDir::new(directory)
        .max_depth(MAX_DEPTH + 1)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry))
        .filter_map(move |entry| match entry {
            Ok(entry) => file(&root, entry, extensions),
            Err(error) => {
                let path = error.path().unwrap_or(&root).to_owned();
                let message = error.into_io_error().map(|error| error.to_string());
                let message = message.unwrap_or_else(|| "it cannot be read".to_owned());
                Some(Err(unread(path, message)))
            }
        })
}

fn file(root: &Path, entry: DirEntry, extensions: &[&str]) -> Option<Result<FolderFile, Unread>> {
    let kind = entry.file_type();
    let depth = entry.depth();
    let path = entry.into_path();
    if depth > MAX_DEPTH {
        let message = format!("more than {MAX_DEPTH} directories deep");
        return Some(Err(unread(path, message)));
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    let extension = extension.map(str::to_ascii_lowercase).unwrap_or_default();
    if kind.is_dir() || !extensions.contains(&extension.as_str()) {
        return None;
    }
    if !kind.is_file() {
        return Some(Err(unread(path, "a link or a device, not a file")));
    }
    let name = path.strip_prefix(root).unwrap_or(&path);
    let name = name.iter().map(|part| part.to_string_lossy());
    let name = name.collect::<Vec<_>>().join("/");
    Some(Ok(FolderFile { path, name }))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn unread(path: PathBuf, message: impl Into<String>) -> Unread {
    let origin = Origin {
        file: Some(path),
        line: None,
    };
    Unread::new(origin, message)
}
