//! Which format a file is in, by its name or by how it begins; and the reader for it.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use super::{Entries, Origin, json, jsonl, markdown};

/// How much is read at a time, and looked at to tell a format, in bytes.
const CHUNK: usize = 64 * 1024;

/// How notes are written in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jsonl,
    Json,
    Csv,
    Markdown,
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

    /// The format that the beginning of a file tells.
    fn of_content(start: &[u8]) -> Option<Self> {
        let start = start.trim_ascii_start();
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
        match start.first() {
            Some(b'[') => Some(Self::Json),
            Some(b'{') if line.len() < start.len() && !line.trim_ascii_end().ends_with(b"}") => {
                Some(Self::Json)
            }
            None | Some(b'{') => Some(Self::Jsonl),
            Some(b'-') if line.trim_ascii_end() == b"---" => Some(Self::Markdown),
            _ => {
                let mut cells = line.split(|byte| *byte == b',');
                cells
                    .any(|cell| cell.trim_ascii() == b"id")
                    .then_some(Self::Csv)
            }
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
}

impl Source {
    /// How many bytes of how many were read, where that is known.
    pub(crate) fn progress(&self) -> Option<(usize, usize)> {
        self.total.map(|total| (self.read.get(), total))
    }
}

/// Opens a file or a directory, or standard input for `-`.
pub(crate) fn open(path: &Path, format: Option<Format>) -> Result<Source, OpenError> {
    let file = (path != Path::new("-")).then(|| path.to_owned());
    let origin = Origin { file, line: None };
    let failed = |error| OpenError::Io(origin.clone(), error);
    let read = Rc::new(Cell::new(0));
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
    let by_content = Format::of_content(start);
    let by_name = match (Format::of_name(path), by_content) {
        // Some programs call the one as the other.
        (Some(Format::Json), Some(Format::Jsonl)) => by_content,
        (Some(Format::Jsonl), _) if start.trim_ascii_start().starts_with(b"[") => by_content,
        (named, _) => named,
    };
    if has_mark {
        input.consume(3);
    }
    let entries = match format.or(by_name).or(by_content) {
        Some(Format::Jsonl) => jsonl::entries(input, origin),
        Some(Format::Json) => json::entries(input, origin),
        Some(Format::Csv) => super::csv::entries(input, origin),
        Some(Format::Markdown) => markdown::one(input, origin),
        None => return Err(OpenError::UnknownFormat(origin)),
    };
    Ok(Source {
        entries,
        read,
        total,
    })
}

fn directory(path: &Path, origin: Origin, format: Option<Format>) -> Result<Source, OpenError> {
    match format {
        None | Some(Format::Markdown) => {}
        Some(_) => {
            let error = io::ErrorKind::IsADirectory.into();
            return Err(OpenError::Io(origin, error));
        }
    }
    Ok(Source {
        entries: markdown::entries(path),
        read: Rc::default(),
        total: None,
    })
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
