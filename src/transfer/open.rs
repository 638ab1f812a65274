//! Opens a source, which is a directory, an archive, a file or standard input, with the readers for the
//! formats that are found in it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek as _};
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Local};

use super::detect::{Format, InputFormat, Parts};
use super::files::{self, ArchiveKind, CHUNK, Files, Listing, READABLE};
use super::foreign::table::TableSource;
use super::foreign::{
    day_one, enex, joplin, jrnl, keep, memos, simplenote, standard_notes, taskwarrior, text,
    textbundle,
};
use super::{Entries, LARGEST_DOCUMENT, bounded, in_file, json, only};
use crate::timestamp;

/// The notes of a source, as they are read.
pub(crate) struct Source {
    pub(crate) entries: Entries<'static>,
    /// The numbers of the files that hold no notes, by their extensions.
    pub(crate) left_out: BTreeMap<String, usize>,
    progress: Progress,
}

enum Progress {
    Unknown,
    /// The file and its size in bytes.
    Bytes(File, u64),
    /// The number of files read, and of all.
    Files(Rc<Cell<usize>>, usize),
}

/// A file, as it is opened.
struct Input<'a> {
    /// None is standard input.
    path: Option<&'a Path>,
    /// The beginning, without a mark of UTF-8.
    start: Vec<u8>,
    rest: Box<dyn Read>,
    /// The same file and its size, if it is on a disk.
    file: Option<(File, u64)>,
}

impl Source {
    /// Returns how much was read, and of how much, where that is known.
    pub(crate) fn progress(&self) -> Option<(usize, usize)> {
        match &self.progress {
            Progress::Unknown => None,
            Progress::Bytes(file, size) => {
                let read = (&mut &*file).stream_position().ok()?;
                Some((usize::try_from(read).ok()?, usize::try_from(*size).ok()?))
            }
            Progress::Files(read, all) => Some((read.get(), *all)),
        }
    }
}

/// Opens a source under its own name.
#[cfg(any(test, fuzzing))]
pub(crate) fn open(path: &Path, format: Option<InputFormat>) -> io::Result<Option<Source>> {
    open_as(path, format, None)
}

/// Opens a directory, an archive or a file, or standard input for `-`; `None` if its format is not
/// recognized. `name` is the name of the source in the ids that are made of it.
pub(crate) fn open_as(
    path: &Path,
    format: Option<InputFormat>,
    name: Option<&str>,
) -> io::Result<Option<Source>> {
    let path = Some(path).filter(|path| *path != Path::new("-"));
    let mut input = Input {
        path,
        start: Vec::new(),
        rest: Box::new(io::stdin()),
        file: None,
    };
    if let Some(path) = path {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            let listing = Listing::of_directory(path);
            return from_listing(listing, format, &source_name(name, path)).map(Some);
        }
        let file = File::open(path)?;
        if metadata.is_file() {
            input.file = Some((file.try_clone()?, metadata.len()));
        }
        input.rest = Box::new(file);
    }
    input.read_start()?;
    if ArchiveKind::detect(&input.start) == Some(ArchiveKind::Gzip) {
        input.unpack()?;
    }
    let whole_name = source_name(name, path.unwrap_or(Path::new("")));
    match ArchiveKind::detect(&input.start) {
        Some(archive) => {
            let listing = input.list(archive)?;
            from_listing(listing, format, &whole_name).map(Some)
        }
        None => input.read(format, name),
    }
}

/// Returns the name of a source in ids: the whole path, with links resolved, unless it was given.
fn source_name(name: Option<&str>, path: &Path) -> String {
    if let Some(name) = name {
        return name.to_owned();
    }
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    whole.to_string_lossy().into_owned()
}

impl Input<'_> {
    /// Reads the beginning, without a mark of the byte order.
    fn read_start(&mut self) -> io::Result<()> {
        self.start = start(&mut self.rest)?;
        Ok(())
    }

    /// Puts what is packed in the place of the file.
    fn unpack(&mut self) -> io::Result<()> {
        let start = Cursor::new(std::mem::take(&mut self.start));
        let rest = std::mem::replace(&mut self.rest, Box::new(io::empty()));
        self.rest = Box::new(files::unpack(start.chain(rest)));
        self.file = None;
        self.read_start()
    }

    /// Lists the files of an archive.
    fn list(self, archive: ArchiveKind) -> io::Result<Listing> {
        let name = self.path.unwrap_or(Path::new("standard input"));
        match (archive, self.file) {
            (ArchiveKind::Zip, Some((file, _))) => Listing::of_zip(name, file),
            (ArchiveKind::Tar, Some((file, _))) => Listing::of_tar(name, file),
            (ArchiveKind::Zip, None) => {
                let whole = Cursor::new(self.start).chain(self.rest);
                Listing::of_zip(name, files::copy(whole)?)
            }
            (ArchiveKind::Tar, None) => {
                Listing::of_tar_stream(name, Cursor::new(self.start).chain(self.rest))
            }
            (ArchiveKind::Gzip, _) => Err(io::Error::other("packed twice")),
        }
    }

    fn detect(&self) -> Option<InputFormat> {
        let text = bounded::from_utf16(self.start.clone()).unwrap_or_default();
        InputFormat::of_file(self.path, text.trim_ascii_start())
    }

    /// Reads a file that is no archive.
    fn read(self, format: Option<InputFormat>, name: Option<&str>) -> io::Result<Option<Source>> {
        let is_utf16 = bounded::is_utf16(&self.start);
        let Some(format) = format.or_else(|| self.detect()) else {
            return Ok(None);
        };
        let source = source_name(name, self.path.unwrap_or(Path::new("")));
        // A file by itself has the name that it has as one of its directory.
        let source = match source.rsplit_once('/') {
            Some((directory, _)) if name.is_none() => directory,
            _ => &source,
        };
        let input = Cursor::new(self.start).chain(self.rest);
        if let Some(read) = stream_reader(format).filter(|_| !is_utf16) {
            let name = self.path.and_then(Path::file_name).unwrap_or_default();
            let modified = self
                .path
                .and_then(|path| path.metadata().ok()?.modified().ok());
            let table = TableSource {
                name: format!("{source}/{}", name.display()),
                modified: modified.map_or_else(timestamp::now, DateTime::from),
            };
            let entries = read(BufReader::with_capacity(CHUNK, input), table);
            let progress = self.file.map(|(file, size)| Progress::Bytes(file, size));
            return Ok(Some(Source {
                entries: match self.path.map(Path::to_owned) {
                    Some(file) => Box::new(entries.map(move |found| in_file(found, &file))),
                    None => entries,
                },
                left_out: BTreeMap::new(),
                progress: progress.unwrap_or(Progress::Unknown),
            }));
        }
        let mut bytes = Vec::new();
        input
            .take(LARGEST_DOCUMENT as u64 + 1)
            .read_to_end(&mut bytes)?;
        let listing = Listing::of_file(self.path, bytes);
        let parts = Parts {
            read: vec![(format, vec![0])],
            left_out: BTreeMap::new(),
        };
        Ok(Some(from_parts(listing, parts, source)))
    }
}

/// Reads the beginning of a file, without a mark of the byte order.
fn start(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(CHUNK as u64).read_to_end(&mut start)?;
    if start.starts_with(b"\xef\xbb\xbf") {
        start.drain(..3);
    }
    Ok(start)
}

fn from_listing(listing: Listing, format: Option<InputFormat>, name: &str) -> io::Result<Source> {
    let parts = Parts::of_listing(&listing, format);
    if parts.read.is_empty() && listing.unread.is_empty() {
        let extensions = format.map_or(READABLE, InputFormat::extensions).join(", .");
        let message = format!("it has no notes: no file ends in .{extensions}");
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    Ok(from_parts(listing, parts, name))
}

fn from_parts(mut listing: Listing, parts: Parts, name: &str) -> Source {
    let unread = std::mem::take(&mut listing.unread);
    let listing = Rc::new(listing);
    let progress = Rc::new(Cell::new(0));
    let (mut all, mut readers) = (0, Vec::new());
    for (format, indexes) in parts.read {
        all += indexes.len();
        let files = Files::new(&listing, indexes, name, &progress);
        readers.push(read_files(format, files));
    }
    let entries = unread.into_iter().map(Err);
    Source {
        entries: Box::new(entries.chain(readers.into_iter().flatten())),
        left_out: parts.left_out,
        progress: Progress::Files(progress, all),
    }
}

/// Reads the files of one program.
fn read_files(format: InputFormat, files: Files) -> Entries<'static> {
    match format {
        InputFormat::Own(Format::Markdown) => text::entries(files),
        InputFormat::Own(Format::Jsonl) => files.each(|file| json::lines(Cursor::new(file.bytes))),
        InputFormat::Own(Format::Json) => files.each(|file| json::entries(Cursor::new(file.bytes))),
        InputFormat::Own(Format::Csv) => {
            let source = files.source().to_owned();
            files.each(move |file| {
                let table = TableSource {
                    name: format!("{source}/{}", file.path.display()),
                    modified: file.modified.unwrap_or_else(timestamp::now),
                };
                super::csv::entries(Cursor::new(file.bytes), table)
            })
        }
        InputFormat::DayOne => {
            files.each(|file| day_one::entries(&*file.bytes).unwrap_or_else(only))
        }
        InputFormat::Evernote => files.each(|file| {
            let modified = file.modified.unwrap_or_else(timestamp::now);
            enex::entries(file.bytes, Some(modified)).unwrap_or_else(only)
        }),
        InputFormat::Joplin => joplin::entries(files),
        InputFormat::Keep => keep::entries(files),
        InputFormat::StandardNotes => {
            files.each(|file| standard_notes::entries(&*file.bytes).unwrap_or_else(only))
        }
        InputFormat::Taskwarrior => {
            files.each(|file| taskwarrior::entries(&*file.bytes, Local).unwrap_or_else(only))
        }
        InputFormat::TextBundle => textbundle::entries(files),
        InputFormat::Jrnl => {
            files.each(|file| jrnl::entries(&*file.bytes, Local).unwrap_or_else(only))
        }
        InputFormat::Simplenote => {
            files.each(|file| simplenote::entries(&*file.bytes).unwrap_or_else(only))
        }
        InputFormat::Memos => files.each(|file| memos::entries(&*file.bytes).unwrap_or_else(only)),
    }
}

/// Reads a stream.
type StreamReader<R> = fn(R, TableSource) -> Entries<'static>;

/// Returns the reader of a format of ours whose files may be larger than the memory.
fn stream_reader<R: BufRead + 'static>(format: InputFormat) -> Option<StreamReader<R>> {
    match format {
        InputFormat::Own(Format::Jsonl) => Some(|input, _| json::lines(input)),
        InputFormat::Own(Format::Json) => Some(|input, _| json::entries(input)),
        InputFormat::Own(Format::Csv) => Some(super::csv::entries),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dripping(&'static [u8]);

    impl Read for Dripping {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn the_beginning_is_whole_though_it_comes_byte_by_byte() {
        let read = start(&mut Dripping(b"\xef\xbb\xbf{\n\"id\": \"a\"}")).unwrap();
        let format = InputFormat::of_file(None, &read);
        assert_eq!(format, Some(InputFormat::Own(Format::Json)));
    }
}
