//! Which format a file is in, by its name or by how it begins; and the reader for it.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::iter;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::Local;

use super::{
    Entries, Origin, directory, jrnl, json, jsonl, keep, markdown, memos, simplenote, text,
};

/// How much is read at a time, and looked at to tell a format, in bytes.
const CHUNK: usize = 64 * 1024;

/// How many files in JSON of a directory are looked at to tell its format.
const JSON_FILES: usize = 16;

/// How notes are written in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jsonl,
    Json,
    Csv,
    Markdown,
}

/// How notes that are read may be written: as `export` does it, or as another program did.
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
    /// The format that the name of a file tells.
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
    /// The format that the beginning of a file tells.
    fn of_content(start: &[u8]) -> Option<Self> {
        let start = start.trim_ascii_start();
        if let Some(foreign) = Self::of_foreign_json(start) {
            return Some(foreign);
        }
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
        match start.first() {
            Some(b'[') => Some(Self::Own(Format::Json)),
            Some(b'{') if line.len() < start.len() && !line.trim_ascii_end().ends_with(b"}") => {
                Some(Self::Own(Format::Json))
            }
            None | Some(b'{') => Some(Self::Own(Format::Jsonl)),
            Some(b'-') if line.trim_ascii_end() == b"---" => Some(Self::Own(Format::Markdown)),
            _ => {
                let mut cells = line.split(|byte| *byte == b',');
                cells
                    .any(|cell| cell.trim_ascii() == b"id")
                    .then_some(Self::Own(Format::Csv))
            }
        }
    }

    /// The other program that wrote some JSON, which its first name tells.
    fn of_foreign_json(start: &[u8]) -> Option<Self> {
        let has = |name: &str| {
            start
                .windows(name.len())
                .any(|part| part == name.as_bytes())
        };
        let object = start.strip_prefix(b"[").unwrap_or(start);
        let object = object.trim_ascii_start().strip_prefix(b"{")?;
        let name = object.trim_ascii_start().strip_prefix(b"\"")?;
        let (name, value) = name.split_at(name.iter().position(|byte| *byte == b'"')?);
        let value = value
            .strip_prefix(b"\"")
            .unwrap_or(value)
            .trim_ascii_start();
        let value = value.strip_prefix(b":")?.trim_ascii_start();
        match name {
            b"activeNotes" | b"trashedNotes" => Some(Self::Simplenote),
            b"memos" | b"nextPageToken" => Some(Self::Memos),
            b"entries" => Some(Self::Jrnl),
            // A note of ours may have tags too, but as text.
            b"tags" if value.starts_with(b"{") => Some(Self::Jrnl),
            _ if has("\"userEditedTimestampUsec\":") => Some(Self::Keep),
            _ if has("\"rowStatus\":") && has("\"createdTs\":") => Some(Self::Memos),
            _ => None,
        }
    }
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("cannot read {0}")]
    Io(Origin, #[source] io::Error),
    #[error("cannot tell the format of {0}; name it with --format")]
    UnknownFormat(Origin),
}

/// The notes of a file or a directory, as they are read.
pub(crate) struct Source {
    pub(crate) entries: Entries<'static>,
    read: Rc<Cell<usize>>,
    total: Option<usize>,
    trashed: Rc<Cell<usize>>,
}

impl Source {
    /// How many bytes of how many were read, where that is known.
    pub(crate) fn progress(&self) -> Option<(usize, usize)> {
        self.total.map(|total| (self.read.get(), total))
    }

    /// How many notes were in the trash of the other program, and are left out.
    pub(crate) fn trashed(&self) -> usize {
        self.trashed.get()
    }
}

/// Opens a file or a directory, or standard input for `-`.
pub(crate) fn open(path: &Path, format: Option<InputFormat>) -> Result<Source, OpenError> {
    let file = (path != Path::new("-")).then(|| path.to_owned());
    let origin = Origin { file, line: None };
    let failed = |error| OpenError::Io(origin.clone(), error);
    let (read, trashed) = <(Rc<Cell<usize>>, Rc<_>)>::default();
    let mut total = None;
    let input: Box<dyn Read> = if origin.file.is_none() {
        Box::new(io::stdin())
    } else {
        let metadata = fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return directory(path, origin, format);
        }
        if metadata.is_file() {
            total = usize::try_from(metadata.len()).ok();
        }
        Box::new(File::open(path).map_err(failed)?)
    };
    let input = Counted {
        input,
        read: Rc::clone(&read),
    };
    let mut input = BufReader::with_capacity(CHUNK, input);
    let start = input.fill_buf().map_err(failed)?;
    let has_mark = start.starts_with(b"\xef\xbb\xbf");
    let start = start.get(if has_mark { 3 } else { 0 }..).unwrap_or(start);
    let by_content = InputFormat::of_content(start);
    let by_name = match (Format::of_name(path), by_content) {
        // What another program wrote is called either, and some call the one as the other.
        (Some(Format::Json | Format::Jsonl), Some(found))
            if !matches!(found, InputFormat::Own(_)) =>
        {
            by_content
        }
        (Some(Format::Json), Some(InputFormat::Own(Format::Jsonl))) => by_content,
        (Some(Format::Jsonl), _) if start.trim_ascii_start().starts_with(b"[") => by_content,
        (named, _) => named.map(InputFormat::Own),
    };
    if has_mark {
        input.consume(3);
    }
    let entries = match format.or(by_name).or(by_content) {
        Some(InputFormat::Own(Format::Jsonl)) => jsonl::entries(input, origin),
        Some(InputFormat::Own(Format::Json)) => json::entries(input, origin),
        Some(InputFormat::Own(Format::Csv)) => super::csv::entries(input, origin),
        Some(InputFormat::Own(Format::Markdown)) => markdown::one(input, origin),
        Some(InputFormat::Jrnl) => jrnl::entries(input, origin, Local),
        Some(InputFormat::Keep) => {
            keep::entries(iter::once(Ok((origin, input))), Rc::clone(&trashed))
        }
        Some(InputFormat::Simplenote) => simplenote::entries(input, origin, &trashed),
        Some(InputFormat::Memos) => memos::entries(input, origin),
        None => return Err(OpenError::UnknownFormat(origin)),
    };
    Ok(Source {
        entries,
        read,
        total,
        trashed,
    })
}

fn directory(
    path: &Path,
    origin: Origin,
    format: Option<InputFormat>,
) -> Result<Source, OpenError> {
    let trashed = Rc::default();
    let entries = match format.map_or_else(|| of_directory(path), |format| (format, None)) {
        (InputFormat::Own(Format::Markdown), _) => text::entries(path),
        (InputFormat::Keep, _) => keep::folder(path, Rc::clone(&trashed)),
        (format, Some(file)) => return open(&file, Some(format)),
        (_, None) => {
            let error = io::ErrorKind::IsADirectory.into();
            return Err(OpenError::Io(origin, error));
        }
    };
    Ok(Source {
        entries,
        read: Rc::default(),
        total: None,
        trashed,
    })
}

/// The format of a directory, which the first files in JSON tell, and the file that holds all notes if
/// there is one.
fn of_directory(path: &Path) -> (InputFormat, Option<PathBuf>) {
    let files = directory::files(path, &["json"]).take(JSON_FILES);
    let format = files.filter_map(Result::ok).find_map(|path| {
        let mut start = Vec::new();
        let file = File::open(&path).ok()?.take(CHUNK as u64);
        BufReader::new(file).read_to_end(&mut start).ok()?;
        match InputFormat::of_content(&start)? {
            InputFormat::Keep => Some((InputFormat::Keep, None)),
            InputFormat::Simplenote => Some((InputFormat::Simplenote, Some(path))),
            _ => None,
        }
    });
    format.unwrap_or((InputFormat::Own(Format::Markdown), None))
}

/// A reader that says how much was read of it.
struct Counted<R> {
    input: R,
    read: Rc<Cell<usize>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.set(self.read.get() + count);
        Ok(count)
    }
}
