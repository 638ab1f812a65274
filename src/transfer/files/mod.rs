//! The files of a source, the same for a directory, an archive and a single file: a reader of a program's
//! notes does not see which of them it reads.
//!
//! - `directory`, `zip`, `tar`: list the files, and read one · `name`: the names in an archive

mod directory;
mod name;
mod tar;
#[cfg(test)]
mod tests;
mod zip;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use flate2::read::MultiGzDecoder;

use super::{Entries, LARGEST_DOCUMENT, Unread, bounded, in_file, only};

/// The most bytes that are unpacked from one archive.
const MOST_UNPACKED: u64 = 16 * 1024 * 1024 * 1024;

/// The size of a first read, in bytes. The format is detected from it.
pub(super) const CHUNK: usize = 64 * 1024;

/// The extensions of the files that may hold notes.
pub(super) const READABLE: &[&str] = &[
    "csv", "enex", "json", "jsonl", "markdown", "md", "ndjson", "textpack", "txt",
];

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArchiveKind {
    Zip,
    Tar,
    /// A tar, or any one file.
    Gzip,
}

/// A file of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InputFile {
    /// Relative to the source, with `/`; the name of a single file; empty for standard input.
    pub(super) path: PathBuf,
    /// The time of its last change.
    pub(super) modified: Option<DateTime<Utc>>,
    /// Text is UTF-8, even if the file was UTF-16, and may begin with a mark of the byte order.
    pub(super) bytes: Vec<u8>,
    /// The name for messages; `None` is standard input.
    pub(super) origin: Option<PathBuf>,
}

/// A file that was not read yet.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) path: PathBuf,
    modified: Option<DateTime<Utc>>,
    place: Place,
}

/// The place of the bytes of a file.
#[derive(Debug)]
enum Place {
    InDirectory,
    InZip(zip::Place),
    /// A part of a tar, or of the files that were unpacked from one.
    At {
        offset: u64,
        size: u64,
    },
    Here(Vec<u8>),
}

/// The files of a source, and what could not be listed.
pub(super) struct Listing {
    container: Container,
    pub(super) files: Vec<Listed>,
    pub(super) unread: Vec<Unread>,
    /// Unpacked so far.
    unpacked: Cell<u64>,
}

#[derive(Debug)]
enum Container {
    /// A directory, or the one of a single file.
    Directory(PathBuf),
    Archive(PathBuf, ArchiveFile),
    StandardInput,
}

#[derive(Debug)]
enum ArchiveFile {
    Zip(zip::Archive),
    Tar(File),
}

impl ArchiveKind {
    /// Detects an archive by its beginning.
    pub(super) fn detect(start: &[u8]) -> Option<Self> {
        match start {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            start if start.get(257..262) == Some(b"ustar") => Some(Self::Tar),
            _ => None,
        }
    }
}

impl Listed {
    /// Returns true if the name ends in one of these extensions.
    pub(super) fn has_extension(&self, extensions: &[&str]) -> bool {
        has_extension(&self.path, extensions)
    }
}

impl Listing {
    /// Lists the files of a directory.
    pub(super) fn of_directory(root: &Path) -> Self {
        let (files, unread) = directory::list(root);
        Self::new(Container::Directory(root.to_owned()), files, unread)
    }

    /// Makes the listing of one file; `None` is standard input.
    pub(super) fn of_file(path: Option<&Path>, bytes: Vec<u8>) -> Self {
        let Some(path) = path else {
            let file = Listed {
                path: PathBuf::new(),
                modified: None,
                place: Place::Here(bytes),
            };
            return Self::new(Container::StandardInput, vec![file], Vec::new());
        };
        let modified = path.metadata().and_then(|it| it.modified()).ok();
        let file = Listed {
            path: path.file_name().map(PathBuf::from).unwrap_or_default(),
            modified: modified.map(DateTime::from),
            place: Place::Here(bytes),
        };
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::new(Container::Directory(parent), vec![file], Vec::new())
    }

    /// Lists the files of a zip. `name` is for messages.
    pub(super) fn of_zip(name: &Path, file: File) -> io::Result<Self> {
        let (archive, files, unread) = zip::list(name, file)?;
        let archive = Container::Archive(name.to_owned(), ArchiveFile::Zip(archive));
        Ok(Self::new(archive, files, unread))
    }

    /// Lists the files of a tar.
    pub(super) fn of_tar(name: &Path, file: File) -> io::Result<Self> {
        let (file, files, unread) = tar::list(name, file)?;
        let archive = Container::Archive(name.to_owned(), ArchiveFile::Tar(file));
        Ok(Self::new(archive, files, unread))
    }

    /// Lists the files of a tar that comes as a stream, and unpacks those that may hold notes.
    pub(super) fn of_tar_stream(name: &Path, input: impl Read) -> io::Result<Self> {
        let (file, files, unread) = tar::unpack(name, input)?;
        let archive = Container::Archive(name.to_owned(), ArchiveFile::Tar(file));
        Ok(Self::new(archive, files, unread))
    }

    fn new(container: Container, files: Vec<Listed>, unread: Vec<Unread>) -> Self {
        Self {
            container,
            files,
            unread,
            unpacked: Cell::new(0),
        }
    }

    /// Returns the whole path of the directory, with links resolved; an archive has none.
    pub(super) fn root(&self) -> PathBuf {
        match &self.container {
            Container::Directory(root) => root.canonicalize().unwrap_or_default(),
            Container::Archive(..) | Container::StandardInput => PathBuf::new(),
        }
    }

    /// Returns the beginning of a file.
    pub(super) fn start(&self, file: &Listed) -> io::Result<Vec<u8>> {
        self.read(file, CHUNK)
    }

    /// Reads a file, up to `most` bytes.
    fn read(&self, file: &Listed, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match (&self.container, &file.place) {
            (_, Place::Here(here)) => {
                here.as_slice().take(most as u64).read_to_end(&mut bytes)?;
            }
            (Container::Directory(root), _) => {
                let file = File::open(root.join(&file.path))?;
                file.take(most as u64).read_to_end(&mut bytes)?;
            }
            (Container::Archive(_, ArchiveFile::Zip(archive)), Place::InZip(place)) => {
                bytes = archive.read(place, most)?;
            }
            (Container::Archive(_, ArchiveFile::Tar(archive)), Place::At { offset, size }) => {
                bytes = tar::read(archive, *offset, *size, most)?;
            }
            _ => return Err(io::ErrorKind::NotFound.into()),
        }
        if matches!(self.container, Container::Archive(..)) {
            let unpacked = self.unpacked.get().saturating_add(bytes.len() as u64);
            self.unpacked.set(unpacked);
            if unpacked > MOST_UNPACKED {
                return Err(io::Error::other(too_much()));
            }
        }
        Ok(bytes)
    }

    /// Returns the name of a file for messages.
    fn origin(&self, file: &Listed) -> Option<PathBuf> {
        match &self.container {
            Container::Directory(root) | Container::Archive(root, _) => Some(root.join(&file.path)),
            Container::StandardInput => None,
        }
    }
}

/// Files of one program, which are read one after the other. A copy begins again where this one is.
#[derive(Clone)]
pub(super) struct Files {
    listing: Rc<Listing>,
    /// Those of the files in the listing.
    indexes: Rc<[usize]>,
    next: usize,
    /// The whole name of the source, the same in each import.
    source: Rc<str>,
    /// The number of files read so far from the source.
    progress: Rc<Cell<usize>>,
}

impl Files {
    pub(super) fn new(
        listing: &Rc<Listing>,
        indexes: Vec<usize>,
        source: &str,
        progress: &Rc<Cell<usize>>,
    ) -> Self {
        Self {
            listing: Rc::clone(listing),
            indexes: indexes.into(),
            next: 0,
            source: source.into(),
            progress: Rc::clone(progress),
        }
    }

    /// Returns the same files, to be read once more; that counts as no progress.
    pub(super) fn again(&self) -> Self {
        let progress = Rc::default();
        Self {
            progress,
            ..self.clone()
        }
    }

    /// Returns the name of the source: a part of the ids of notes that have none of their own.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Yields the entries that `read` returns for each file, with the names of the files.
    pub(super) fn each(
        self,
        mut read: impl FnMut(InputFile) -> Entries<'static> + 'static,
    ) -> Entries<'static> {
        Box::new(self.flat_map(move |file| -> Entries<'static> {
            match file {
                Err(unread) => only(unread),
                Ok(file) => match file.origin.clone() {
                    None => read(file),
                    Some(origin) => Box::new(read(file).map(move |it| in_file(it, &origin))),
                },
            }
        }))
    }

    fn peek(&self) -> Option<&Listed> {
        let index = *self.indexes.get(self.next)?;
        self.listing.files.get(index)
    }
}

impl Iterator for Files {
    type Item = Result<InputFile, Unread>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.peek()?;
        let read = self.listing.read(file, LARGEST_DOCUMENT + 1);
        let bytes = read.map_err(Unread::from).and_then(|bytes| {
            bounded::check(&bytes, LARGEST_DOCUMENT)?;
            bounded::from_utf16(bytes)
        });
        let origin = self.listing.origin(file);
        let result = match bytes {
            Ok(bytes) => Ok(InputFile {
                path: file.path.clone(),
                modified: file.modified,
                bytes,
                origin,
            }),
            Err(mut unread) => {
                unread.origin.file = origin;
                Err(unread)
            }
        };
        self.next += 1;
        self.progress.set(self.progress.get() + 1);
        Some(result)
    }
}

/// Unpacks a stream of gzip.
pub(super) fn unpack(input: impl Read) -> impl Read {
    MultiGzDecoder::new(input)
}

/// Copies a stream into a file without a name, of which any part can be read.
pub(super) fn copy(input: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    if io::copy(&mut input.take(MOST_UNPACKED), &mut file)? == MOST_UNPACKED {
        return Err(io::Error::other(too_much()));
    }
    Ok(file)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    let mut known = extensions.iter();
    known.any(|known| extension.eq_ignore_ascii_case(known))
}

fn too_much() -> String {
    format!(
        "the archive unpacks to more than {} GiB",
        MOST_UNPACKED >> 30
    )
}
