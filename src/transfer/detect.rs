//! Detects the format of a file, by its name and its beginning, and the files of each program in a
//! directory or an archive.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::bounded;
use super::files::{CHUNK, Listed, Listing};
use super::foreign::{joplin, standard_notes, textbundle};

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
    DayOne,
    Evernote,
    Joplin,
    Jrnl,
    Keep,
    Memos,
    Simplenote,
    StandardNotes,
    Taskwarrior,
    TextBundle,
}

/// The directory of the attachments in Joplin's export of Markdown.
const JOPLIN_ATTACHMENTS: &str = "_resources";

/// What belongs to programs in a source of many files, since one of them is its.
#[derive(Default)]
struct Claims {
    /// The directories, or the single files, of which the files are read.
    read: HashMap<PathBuf, InputFormat>,
    /// The directories of which no other file is a note.
    covered: HashSet<PathBuf>,
}

/// The files of a source by their programs.
#[derive(Default)]
pub(super) struct Parts {
    /// The indexes of the files for each program.
    pub(super) read: Vec<(InputFormat, Vec<usize>)>,
    /// The numbers of the other files by their extensions.
    pub(super) left_out: BTreeMap<String, usize>,
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
    pub(super) fn of_file(path: Option<&Path>, start: &[u8]) -> Option<Self> {
        let is_array = start.starts_with(b"[");
        if let Some(found) = path.and_then(|path| Self::of_path(path, start)) {
            return Some(found);
        }
        match (path.and_then(format_of_name), Self::of_content(start)) {
            (Some(Format::Jsonl), Some(Self::Own(Format::Json))) if !is_array => {
                Some(Self::Own(Format::Jsonl))
            }
            // Other programs use both endings, some of them the wrong one.
            (Some(Format::Json | Format::Jsonl), Some(found)) => Some(found),
            (Some(Format::Markdown), Some(found)) if !matches!(found, Self::Own(_)) => Some(found),
            (Some(named), _) => Some(Self::Own(named)),
            (None, found) => found,
        }
    }

    /// Returns true if the beginning of a file must be known: of a directory of Markdown, no file needs to
    /// be opened for that.
    fn is_told_by_start(path: &Path) -> bool {
        matches!(Format::of_name(path), Some(Format::Json | Format::Jsonl))
            || joplin::is_name(path)
            || standard_notes::is_name(path)
    }

    /// Detects another program by the name of a file, and its beginning.
    fn of_path(path: &Path, start: &[u8]) -> Option<Self> {
        if has_extension(path, "enex") {
            return Some(Self::Evernote);
        }
        if textbundle::is_part(path) || textbundle::is_info(path, start) {
            return Some(Self::TextBundle);
        }
        let is_whole = start.len() < CHUNK;
        let is_item = || str::from_utf8(start).is_ok_and(joplin::is_item);
        (joplin::is_name(path) && (!is_whole || is_item())).then_some(Self::Joplin)
    }

    /// Detects the format by the beginning of a file.
    fn of_content(start: &[u8]) -> Option<Self> {
        if let Some(foreign) = Self::of_foreign_json(start) {
            return Some(foreign);
        }
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
        let is_one_line = line.len() == start.len() || line.trim_ascii_end().ends_with(b"}");
        match start.first() {
            Some(b'[') => Some(Self::Own(Format::Json)),
            Some(b'{') if !is_one_line => Some(Self::Own(Format::Json)),
            None | Some(b'{') => Some(Self::Own(Format::Jsonl)),
            Some(b'<') if contains(start, b"<en-export") => Some(Self::Evernote),
            _ if matches!(line.trim_ascii_end(), b"---" | b"+++") => {
                Some(Self::Own(Format::Markdown))
            }
            _ => is_header(line).then_some(Self::Own(Format::Csv)),
        }
    }

    /// Detects the other program that wrote some JSON by its first name.
    fn of_foreign_json(start: &[u8]) -> Option<Self> {
        let start = String::from_utf8_lossy(start);
        let object = start.strip_prefix('[').unwrap_or(&start).trim_start();
        let name = object.strip_prefix('{')?.trim_start().strip_prefix('"')?;
        let (name, value) = name.split_once('"')?;
        let value = value.trim_start().strip_prefix(':')?.trim_start();
        let has = |names: &[&str]| names.iter().all(|name| has_name(&start, name));
        match name {
            "activeNotes" | "trashedNotes" => Some(Self::Simplenote),
            "memos" | "nextPageToken" => Some(Self::Memos),
            "entries" | "metadata" if has(&["creationDate", "uuid"]) => Some(Self::DayOne),
            "entries" => Some(Self::Jrnl),
            // A note of ours may have tags too, but as text.
            "tags" if value.starts_with('{') => Some(Self::Jrnl),
            _ if has(&["items", "content_type"]) => Some(Self::StandardNotes),
            _ if has(&["userEditedTimestampUsec"]) => Some(Self::Keep),
            _ if has(&["content", "rowStatus", "createdTs"])
                || has(&["content", "visibility", "createTime"]) =>
            {
                Some(Self::Memos)
            }
            _ if has(&["uuid", "description", "entry", "status"]) => Some(Self::Taskwarrior),
            _ => None,
        }
    }

    /// Returns the extensions of the files that are read.
    pub(super) fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Own(Format::Jsonl) => &["jsonl", "ndjson", "json"],
            Self::Own(Format::Csv) => &["csv"],
            Self::Own(Format::Markdown) => &["md", "markdown", "txt"],
            Self::Evernote => &["enex"],
            Self::Joplin => &["md"],
            Self::StandardNotes => &["txt", "json"],
            Self::TextBundle => &["md", "markdown", "txt", "json"],
            Self::Taskwarrior => &["json", "jsonl", "ndjson"],
            Self::Own(Format::Json)
            | Self::DayOne
            | Self::Jrnl
            | Self::Keep
            | Self::Memos
            | Self::Simplenote => &["json"],
        }
    }

    /// Returns what is read of the files around one of a program, and what it covers; `None` if the program
    /// has only that one.
    fn claim(self, file: &Path, root: &Path) -> Option<(PathBuf, PathBuf)> {
        let directory = file.parent().unwrap_or(Path::new(""));
        let (reads, covers) = match self {
            // Of a Google Takeout, which has the data of many programs, no other directory has notes.
            Self::Keep => {
                let whole = root.join(directory);
                let takeout = whole.ancestors().find(|it| it.ends_with("Takeout"));
                let all = Path::new("");
                let covers = takeout.map(|it| it.strip_prefix(root).unwrap_or(all).to_owned());
                (directory, covers.unwrap_or_else(|| directory.to_owned()))
            }
            // `source/notes.json` of an archive, which has each note as a text too.
            Self::Simplenote => (file, directory.parent().unwrap_or(directory).to_owned()),
            // Beside the file is each item as a text too.
            Self::StandardNotes => (file, directory.join(standard_notes::TEXTS)),
            Self::Joplin => (directory, directory.to_owned()),
            // The root of an archive that is one bundle.
            Self::TextBundle if !textbundle::is_part(file) => (directory, directory.to_owned()),
            Self::Own(_)
            | Self::DayOne
            | Self::Evernote
            | Self::Jrnl
            | Self::Memos
            | Self::Taskwarrior
            | Self::TextBundle => return None,
        };
        Some((reads.to_owned(), covers))
    }
}

impl Claims {
    /// Returns the program that a file is of, by the nearest of the directories around it.
    fn find(&self, file: &Listed) -> Option<InputFormat> {
        let mut formats = file.path.ancestors().filter_map(|it| self.read.get(it));
        let found = formats.find(|format| file.has_extension(format.extensions()));
        found.copied()
    }
}

impl Parts {
    /// Gives each file of a source to the program that it is of. If `format` is given, that program gets
    /// all files with its extensions.
    pub(super) fn of_listing(listing: &Listing, format: Option<InputFormat>) -> Self {
        let mut parts = Self::default();
        if let Some(format) = format {
            for (index, file) in listing.files.iter().enumerate() {
                let is_read = file.has_extension(format.extensions());
                parts.add(index, file, is_read.then_some(format));
            }
            return parts;
        }
        let (formats, claims) = detect(listing);
        let has_texts = formats
            .iter()
            .any(|format| matches!(format, Some(InputFormat::Own(Format::Markdown))));
        let logseq = logseq_directories(listing);
        for ((index, file), format) in listing.files.iter().enumerate().zip(formats) {
            if is_in(&file.path, &logseq) {
                continue;
            }
            if file.path.iter().any(|part| part == JOPLIN_ATTACHMENTS) {
                parts.add(index, file, None);
                continue;
            }
            let format = match (claims.find(file), format) {
                (Some(claimed), _) => Some(claimed),
                // A document beside texts is data rather than an export.
                (None, Some(InputFormat::Own(own)))
                    if is_in(&file.path, &claims.covered)
                        || (has_texts && own != Format::Markdown) =>
                {
                    None
                }
                (None, format) => format,
            };
            parts.add(index, file, format);
        }
        parts
    }

    fn add(&mut self, index: usize, file: &Listed, format: Option<InputFormat>) {
        let Some(format) = format else {
            let extension = file.path.extension().unwrap_or_default();
            let extension = extension.to_string_lossy().to_lowercase();
            *self.left_out.entry(extension).or_default() += 1;
            return;
        };
        match self.read.iter_mut().find(|(known, _)| *known == format) {
            Some((_, files)) => files.push(index),
            None => self.read.push((format, vec![index])),
        }
    }
}

/// Detects the format of each file, and what programs claim.
fn detect(listing: &Listing) -> (Vec<Option<InputFormat>>, Claims) {
    let root = listing.root();
    let mut claims = Claims::default();
    let mut formats = Vec::with_capacity(listing.files.len());
    for file in &listing.files {
        let path = file.path.as_path();
        if path.ancestors().any(|it| claims.read.contains_key(it)) {
            formats.push(None);
            continue;
        }
        let format = if InputFormat::is_told_by_start(path) {
            let start = listing.start(file).unwrap_or_default();
            let start = bounded::from_utf16(start).unwrap_or_default();
            let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
            InputFormat::of_file(Some(path), start.trim_ascii_start())
        } else {
            InputFormat::of_path(path, b"").or(format_of_name(path).map(InputFormat::Own))
        };
        if let Some(format) = format
            && let Some((reads, covers)) = format.claim(path, &root)
        {
            claims.read.insert(reads, format);
            claims.covered.insert(covers);
        }
        formats.push(format);
    }
    (formats, claims)
}

fn is_in(file: &Path, directories: &HashSet<PathBuf>) -> bool {
    file.ancestors().any(|it| directories.contains(it))
}

/// Returns the format for the extension of a file that is read.
fn format_of_name(path: &Path) -> Option<Format> {
    let is_text = path
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("txt"));
    Format::of_name(path).or(is_text.then_some(Format::Markdown))
}

/// Returns the directories in which Logseq keeps its settings, and copies of notes.
fn logseq_directories(listing: &Listing) -> HashSet<PathBuf> {
    let settings = listing.files.iter().map(|file| file.path.as_path());
    let settings = settings.filter(|path| path.ends_with("logseq/config.edn"));
    let directories = settings.filter_map(|path| path.parent().map(Path::to_owned));
    directories.collect()
}

/// Returns true if a line may be the header of a table: a column has an id, or one of several a title.
fn is_header(line: &[u8]) -> bool {
    let cells = line.split(|byte| matches!(byte, b',' | b';' | b'\t'));
    let cells: Vec<&[u8]> = cells
        .map(<[u8]>::trim_ascii)
        .map(|cell| cell.strip_prefix(b"\"").unwrap_or(cell))
        .map(|cell| cell.strip_suffix(b"\"").unwrap_or(cell))
        .collect();
    let has = |name: &[u8]| cells.iter().any(|cell| cell.eq_ignore_ascii_case(name));
    has(b"id") || (cells.len() > 1 && has(b"title")) || line.starts_with(b"sep=")
}

/// Returns true if some JSON has this name.
fn has_name(json: &str, name: &str) -> bool {
    let name = format!("\"{name}\"");
    let mut rest = json.split(&name).skip(1);
    rest.any(|rest| rest.trim_start().starts_with(':'))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|it| it.eq_ignore_ascii_case(extension))
}

fn contains(start: &[u8], part: &[u8]) -> bool {
    start.windows(part.len()).any(|window| window == part)
}
