//! The names of the files in an archive, which may be a stranger's: none leads out of it.

use std::path::{Component, Path, PathBuf};

use super::Listed;
use crate::transfer::{DEEPEST_DIRECTORY, Unread};

/// The most memory for the names of one archive, in bytes.
const LARGEST_LISTING: usize = 128 * 1024 * 1024;

/// About the memory for a file besides its name: of the shortest names a million are listed.
const LISTED_SIZE: usize = 128;

/// The directory in which macOS keeps the attributes of the files beside it.
const MAC_ATTRIBUTES: &str = "__MACOSX";

/// The upper half of code page 437, in which a zip has names that are not UTF-8.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The files of an archive as they are listed.
pub(super) struct Names<'a> {
    archive: &'a Path,
    size: usize,
    files: Vec<Listed>,
    unread: Vec<Unread>,
}

impl<'a> Names<'a> {
    pub(super) fn new(archive: &'a Path) -> Self {
        Self {
            archive,
            size: 0,
            files: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Returns the path of a file; `None` if it is left out: its name is hidden, or it is reported because
    /// it leads out of the archive.
    pub(super) fn admit(&mut self, name: &str) -> Result<Option<PathBuf>, Unread> {
        self.size += name.len() + LISTED_SIZE;
        if self.size > LARGEST_LISTING {
            return Err(Unread::new(
                "it has too many files; unpack it, and import the directory",
            ));
        }
        Ok(match clean(name) {
            Ok(path) => path,
            Err(reason) => {
                self.complain(name, reason);
                None
            }
        })
    }

    pub(super) fn add(&mut self, file: Listed) {
        self.files.push(file);
    }

    /// Reports a file that is left out.
    pub(super) fn complain(&mut self, name: &str, reason: impl Into<String>) {
        // Relative, so that the name does not replace that of the archive.
        let name = name.trim_start_matches('/');
        let unread = Unread::new(reason).of_file(&self.archive.join(name));
        self.unread.push(unread);
    }

    /// Returns the files in the order of a directory. Of two with the same path the later one replaces the
    /// first, as when they are unpacked. An error is that of the rest of the archive.
    pub(super) fn finish(mut self, listed: Result<(), Unread>) -> (Vec<Listed>, Vec<Unread>) {
        if let Err(unread) = listed {
            self.unread.push(unread.of_file(self.archive));
        }
        let mut files = self.files;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, kept| {
            let is_same = later.path == kept.path;
            if is_same {
                std::mem::swap(later, kept);
            }
            is_same
        });
        (files, self.unread)
    }
}

/// Returns a name as a path without `.` and doubled `/`; `None` if it is hidden.
fn clean(name: &str) -> Result<Option<PathBuf>, String> {
    if name.contains('\0') {
        return Err("a name with a NUL".to_owned());
    }
    let mut path = PathBuf::new();
    for part in Path::new(name).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            _ => return Err("left out: its name leads out of the archive".to_owned()),
        }
    }
    let mut parts = path.iter().map(|part| part.to_string_lossy());
    if path.iter().count() > DEEPEST_DIRECTORY + 1 {
        return Err(format!("more than {DEEPEST_DIRECTORY} directories deep"));
    }
    let is_hidden = parts.any(|part| part.starts_with('.') || part == MAC_ATTRIBUTES);
    Ok((!is_hidden && path.iter().next().is_some()).then_some(path))
}

/// Decodes a name in a zip. Some programs write UTF-8 without saying so.
pub(super) fn decode_zip(name: &[u8]) -> String {
    let name = str::from_utf8(name).map_or_else(|_| from_code_page_437(name), str::to_owned);
    // Some programs of Windows write their own separator.
    name.replace('\\', "/")
}

fn from_code_page_437(name: &[u8]) -> String {
    let upper: Vec<char> = CODE_PAGE_437.chars().collect();
    let decode = name.iter().map(|byte| match byte.checked_sub(128) {
        None => char::from(*byte),
        Some(index) => upper[usize::from(index)],
    });
    decode.collect()
}
