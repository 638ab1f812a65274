//! Detects the format of a file, by its name or its beginning, and opens it with the reader for that.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek as _};
use std::iter;
use std::path::{Path, PathBuf};

use chrono::Local;

use super::foreign::{jrnl, keep, memos, simplenote, text};
use super::{Entries, directory, in_file, json, markdown, only};

/// The size of one read, in bytes. The format is detected from the first.
const CHUNK: usize = 64 * 1024;

/// The most JSON files of a directory from which its format is detected.
const JSON_FILES: usize = 16;

/// The formats that `export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jsonl,
    Json,
    Csv,
    Markdown,
}

/// The formats that `import` reads: our own, and those of other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputFormat {
    /// Markdown may be any program's, and a directory of it may hold text files too.
    Own(Format),
    Jrnl,
    Keep,
    Simplenote,
    Memos,
}

impl Format {
    /// Returns the format for the extension of a file.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

impl InputFormat {
    /// Detects the format by the name and the beginning of a file.
    fn detect(path: Option<&Path>, start: &[u8]) -> Option<Self> {
        let by_content = Self::of_content(start);
        let is_array = start.starts_with(b"[");
        match (path.and_then(Format::of_name), by_content) {
            (Some(Format::Jsonl), Some(Self::Own(Format::Json))) if !is_array => {
                Some(Self::Own(Format::Jsonl))
            }
            // Other programs use both endings, some of them the wrong one.
            (Some(Format::Json | Format::Jsonl), Some(_)) => by_content,
            (named, _) => named.map(Self::Own).or(by_content),
        }
    }

    /// Detects the format by the beginning of a file.
    fn of_content(start: &[u8]) -> Option<Self> {
        if let Some(foreign) = Self::of_foreign_json(start) {
            return Some(foreign);
        }
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
        let is_one_line = line.len() == start.len() || line.trim_ascii_end().ends_with(b"}");
        let mut cells = line
            .split(|byte| matches!(byte, b',' | b';'))
            .map(<[u8]>::trim_ascii);
        match start.first() {
            Some(b'[') => Some(Self::Own(Format::Json)),
            Some(b'{') if !is_one_line => Some(Self::Own(Format::Json)),
            None | Some(b'{') => Some(Self::Own(Format::Jsonl)),
            _ if line.trim_ascii_end() == b"---" => Some(Self::Own(Format::Markdown)),
            _ => cells
                .any(|cell| cell == b"id")
                .then_some(Self::Own(Format::Csv)),
        }
    }

    /// Detects the other program that wrote some JSON by its first name.
    fn of_foreign_json(start: &[u8]) -> Option<Self> {
        let start = String::from_utf8_lossy(start);
        let object = start.strip_prefix('[').unwrap_or(&start).trim_start();
        let name = object.strip_prefix('{')?.trim_start().strip_prefix('"')?;
        let (name, value) = name.split_once('"')?;
        let value = value.trim_start().strip_prefix(':')?.trim_start();
        match name {
            "activeNotes" | "trashedNotes" => Some(Self::Simplenote),
            "memos" | "nextPageToken" => Some(Self::Memos),
            "entries" => Some(Self::Jrnl),
            // A note of ours may have tags too, but as text.
            "tags" if value.starts_with('{') => Some(Self::Jrnl),
            _ if start.contains("\"userEditedTimestampUsec\":") => Some(Self::Keep),
            _ if start.contains("\"rowStatus\":") && start.contains("\"createdTs\":") => {
                Some(Self::Memos)
            }
            _ => None,
        }
    }
}

/// The notes of a file or a directory, as they are read.
pub(crate) struct Source {
    pub(crate) entries: Entries<'static>,
    /// The file and its size, if that is known.
    file: Option<(File, u64)>,
}

impl Source {
    /// Returns the bytes read and the size of the file, where that is known.
    pub(crate) fn progress(&self) -> Option<(usize, usize)> {
        let (file, size) = self.file.as_ref()?;
        let read = (&mut &*file).stream_position().ok()?;
        Some((usize::try_from(read).ok()?, usize::try_from(*size).ok()?))
    }
}

/// Opens a file or a directory, or standard input for `-`; `None` if its format is not recognized.
pub(crate) fn open(path: &Path, format: Option<InputFormat>) -> io::Result<Option<Source>> {
    let mut sized_file = None;
    let path = Some(path).filter(|path| *path != Path::new("-"));
    let mut input: Box<dyn Read> = Box::new(io::stdin());
    if let Some(path) = path {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            return directory(path, format);
        }
        let file = File::open(path)?;
        if metadata.is_file() {
            sized_file = Some((file.try_clone()?, metadata.len()));
        }
        input = Box::new(file);
    }
    let start = start(&mut input)?;
    let format = format.or_else(|| InputFormat::detect(path, start.trim_ascii_start()));
    let Some(format) = format else {
        return Ok(None);
    };
    let input = BufReader::with_capacity(CHUNK, Cursor::new(start).chain(input));
    let entries = entries(format, input, path);
    let entries = match path.map(Path::to_owned) {
        Some(file) => Box::new(entries.map(move |found| in_file(found, &file))),
        None => entries,
    };
    Ok(Some(Source {
        entries,
        file: sized_file,
    }))
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

fn entries(
    format: InputFormat,
    input: impl BufRead + 'static,
    path: Option<&Path>,
) -> Entries<'static> {
    match format {
        InputFormat::Own(Format::Jsonl) => json::lines(input),
        InputFormat::Own(Format::Json) => json::entries(input),
        InputFormat::Own(Format::Csv) => super::csv::entries(input),
        InputFormat::Own(Format::Markdown) => Box::new(iter::once(markdown::read_one(input))),
        InputFormat::Keep => Box::new(iter::once(keep::read_one(input, path))),
        InputFormat::Jrnl => jrnl::entries(input, Local).unwrap_or_else(only),
        InputFormat::Simplenote => simplenote::entries(input).unwrap_or_else(only),
        InputFormat::Memos => memos::entries(input).unwrap_or_else(only),
    }
}

fn directory(path: &Path, format: Option<InputFormat>) -> io::Result<Option<Source>> {
    let entries = match format.map_or_else(|| detect_directory(path), |format| (format, None)) {
        (InputFormat::Own(Format::Markdown), _) => text::entries(path),
        (InputFormat::Keep, _) => keep::read_folder(path),
        (format, Some(file)) => return open(&file, Some(format)),
        (_, None) => return Err(io::ErrorKind::IsADirectory.into()),
    };
    let file = None;
    Ok(Some(Source { entries, file }))
}

/// Detects the format of a directory by its first JSON files. Returns the file with all notes too, if
/// there is one.
fn detect_directory(path: &Path) -> (InputFormat, Option<PathBuf>) {
    let files = directory::files(path, &["json"]).take(JSON_FILES);
    let format = files.filter_map(Result::ok).find_map(|path| {
        let start = start(&mut File::open(&path).ok()?).ok()?;
        match InputFormat::of_content(start.trim_ascii_start())? {
            InputFormat::Keep => Some((InputFormat::Keep, None)),
            InputFormat::Simplenote => Some((InputFormat::Simplenote, Some(path))),
            _ => None,
        }
    });
    format.unwrap_or((InputFormat::Own(Format::Markdown), None))
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
        let format = InputFormat::detect(None, &read);
        assert_eq!(format, Some(InputFormat::Own(Format::Json)));
    }
}
