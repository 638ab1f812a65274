//! The functions that the fuzz targets in `fuzz/` call: imports of any bytes in each format, and the
//! properties that must hold for their results. Compiled for them alone.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs, process};

use uuid::Uuid;

use crate::note::{Note, RawNote, tag};
use crate::query::{Field, Query};
use crate::timestamp;
use crate::transfer::{Columns, Encoder, Entry, Format, InputFormat, open};

/// Two directories of this process: for the input, and for the export of it.
static FOLDERS: LazyLock<[PathBuf; 2]> = LazyLock::new(|| {
    let root = env::temp_dir().join(format!("notes-fuzz-{}", process::id()));
    ["read", "written"].map(|name| {
        let folder = root.join(name);
        fs::create_dir_all(&folder).expect("a directory can be made");
        folder
    })
});

/// The most bytes of notes that are unpacked from one archive: a small one may have gigabytes.
const MOST_UNPACKED: usize = 64 * 1024 * 1024;

/// JSON Lines.
pub fn jsonl(data: &[u8]) {
    check_own(data, Format::Jsonl);
}

/// JSON.
pub fn json(data: &[u8]) {
    check_own(data, Format::Json);
}

/// CSV.
pub fn csv(data: &[u8]) {
    check_own(data, Format::Csv);
}

/// One file of Markdown.
pub fn markdown_file(data: &[u8]) {
    check_own(data, Format::Markdown);
}

/// The journal of jrnl.
pub fn jrnl(data: &[u8]) {
    check_foreign(&file(data), InputFormat::Jrnl, data.len());
}

/// A note of Google Keep.
pub fn keep(data: &[u8]) {
    check_foreign(&file(data), InputFormat::Keep, data.len());
}

/// Answers of memos.
pub fn memos(data: &[u8]) {
    check_foreign(&file(data), InputFormat::Memos, data.len());
}

/// The export of Simplenote.
pub fn simplenote(data: &[u8]) {
    check_foreign(&file(data), InputFormat::Simplenote, data.len());
}

/// A source of any kind: a zip, a tar, a tar.gz, or a file.
pub fn archive(data: &[u8]) {
    let Ok(Some(source)) = open(&file(data), None) else {
        return;
    };
    let mut size = 0;
    for entry in source.entries.flatten().flatten() {
        size += entry.note.size();
        if size > MOST_UNPACKED {
            return;
        }
    }
}

/// The journal of Day One.
pub fn day_one(data: &[u8]) {
    check_foreign(&file(data), InputFormat::DayOne, data.len());
}

/// An export of Evernote.
pub fn evernote(data: &[u8]) {
    check_foreign(&file(data), InputFormat::Evernote, data.len());
}

/// The text of a note of Evernote.
pub fn enml(data: &[u8]) {
    let head = "<en-export><note><created>20240115T103000Z</created><content><![CDATA[";
    let tail = "]]></content></note></en-export>";
    let whole = [head.as_bytes(), data, tail.as_bytes()].concat();
    check_foreign(&file(&whole), InputFormat::Evernote, whole.len());
}

/// An item of Joplin.
pub fn joplin(data: &[u8]) {
    let [folder, _] = &*FOLDERS;
    let name = "0123456789abcdef0123456789abcdef.md";
    fs::write(folder.join(name), data).expect("a file can be written");
    check_foreign(folder, InputFormat::Joplin, data.len());
}

/// The backup of Standard Notes.
pub fn standard_notes(data: &[u8]) {
    check_foreign(&file(data), InputFormat::StandardNotes, data.len());
}

/// The export of Taskwarrior.
pub fn taskwarrior(data: &[u8]) {
    check_foreign(&file(data), InputFormat::Taskwarrior, data.len());
}

/// A bundle: its text, and what describes it behind the first NUL byte.
pub fn textbundle(data: &[u8]) {
    let [folder, _] = &*FOLDERS;
    let bundle = folder.join("a.textbundle");
    fs::create_dir_all(&bundle).expect("a directory can be made");
    let mut parts = data.splitn(2, |byte| *byte == 0);
    for name in ["text.md", "info.json"] {
        let part = parts.next().unwrap_or_default();
        fs::write(bundle.join(name), part).expect("a file can be written");
    }
    check_foreign(folder, InputFormat::TextBundle, data.len());
}

/// A QUERY and a note to match: lines, whose first characters are their kinds.
pub fn query(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let now = timestamp::now();
    let mut query = Query::default();
    let mut note = Note::new(String::new(), String::new(), "2024-01-15T10:30:00+00:00");
    for line in text.split('\n') {
        let mut characters = line.chars();
        let kind = characters.next();
        let rest = characters.as_str();
        // A condition that is rejected is left out.
        let _ = match kind {
            Some('w') => query.word(rest),
            Some('n') => query.without(rest),
            Some('t') => query.tag(rest),
            Some('e') => query.pattern(rest),
            Some('s') => query.since(rest, &now),
            Some('u') => query.until(rest, &now),
            Some('T') => Ok(note.title = Some(rest.to_owned())),
            _ => Ok(note.content = Some(format!("{}\n{line}", note.content()))),
        };
    }
    let is_found = query.has_text(&note);
    let mut places = 0;
    for (field, text) in [
        (Field::Title, note.title()),
        (Field::Content, note.content()),
    ] {
        let mut end = 0;
        for place in query.matches(field, text) {
            assert!(
                place.start >= end && !place.is_empty(),
                "in order, and apart"
            );
            assert!(text.get(place.clone()).is_some(), "whole characters");
            end = place.end;
            places += 1;
        }
    }
    let tags = tag::of_note(note.title(), note.content());
    assert!(tags.iter().all(|name| tag::is_name(name)));
    assert!(places <= note.title().len() + note.content().len());
    assert!(
        query.asks_for_text() || is_found,
        "nothing asked for is found everywhere"
    );
    query.has_time(note.title());
}

/// A folder with a text file, of which no text may be lost.
pub fn text(data: &[u8]) {
    let start = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let has_properties = data.windows(3).any(|bytes| bytes == b":: ");
    if start.starts_with(b"---") || start.starts_with(b"+++") || has_properties {
        // It may be a note of ours, with an id and times of any form, or have values that are not text.
        read(folder_of(data), InputFormat::Own(Format::Markdown));
        return;
    }
    let notes = check_foreign(
        folder_of(data),
        InputFormat::Own(Format::Markdown),
        data.len(),
    );
    let Ok(text) = str::from_utf8(data) else {
        let is_utf16 = data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff");
        assert!(notes.is_empty() || is_utf16);
        return;
    };
    let all = without_spaces(text.strip_prefix('\u{feff}').unwrap_or(text));
    assert_eq!(notes.len(), 1);
    for note in notes {
        let content = without_spaces(note.content());
        let heading = without_spaces(&format!("#{}", note.title()));
        assert!(all == content || all == heading + &content, "{note:?}");
    }
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn file(data: &[u8]) -> PathBuf {
    folder_of(data).join("note.txt")
}

fn folder_of(data: &[u8]) -> &'static Path {
    let [folder, _] = &*FOLDERS;
    fs::write(folder.join("note.txt"), data).expect("a file can be written");
    folder
}

fn read(path: &Path, format: InputFormat) -> Vec<Entry> {
    // A file that begins as an archive and is none cannot be opened.
    let Ok(Some(source)) = open(path, Some(format)) else {
        return Vec::new();
    };
    source.entries.flatten().flatten().collect()
}

fn read_notes(path: &Path, format: InputFormat) -> Vec<Note> {
    let entries = read(path, format).into_iter();
    entries.map(|entry| entry.note.to_note(&entry.id)).collect()
}

fn encoded(format: Format, notes: &[Entry]) -> Option<Vec<u8>> {
    let mut columns = Columns::default();
    for entry in notes {
        columns.admit(&entry.id, &entry.note);
    }
    let mut encoder = Encoder::new(format, columns);
    let mut file = encoder.start();
    for entry in notes {
        file.extend(encoder.encode(&entry.id, &entry.note)?);
    }
    file.extend(encoder.end());
    Some(file)
}

/// Checks that an export and a second import give the same notes.
fn check_own(data: &[u8], format: Format) {
    let input = InputFormat::Own(format);
    let first = read(&file(data), input);
    assert!(first.len() <= data.len() + 1);
    if first.is_empty() && format == Format::Markdown {
        return;
    }
    let written = encoded(format, &first).expect("there is room for it");
    let [_, folder] = &*FOLDERS;
    let path = folder.join("note.txt");
    fs::write(&path, written).expect("a file can be written");
    let again = read(&path, input);
    assert_eq!(without_origins(first), without_origins(again));
}

fn without_origins(entries: Vec<Entry>) -> Vec<(String, RawNote)> {
    let entries = entries.into_iter();
    entries.map(|entry| (entry.id, entry.note)).collect()
}

/// Checks that every import gives the same notes, each with an id of its own, a title of one line, and
/// times that can be read.
fn check_foreign(path: &Path, format: InputFormat, len: usize) -> Vec<Note> {
    let first = read_notes(path, format);
    assert!(first.len() <= len / 2 + 1);
    assert_eq!(first, read_notes(path, format));
    let ids: HashSet<_> = first.iter().map(|note| note.id.as_str()).collect();
    assert_eq!(ids.len(), first.len());
    for note in &first {
        let id = Uuid::parse_str(&note.id).expect("an id is a UUID");
        assert_eq!(id.to_string(), note.id);
        assert!(!note.title().trim().is_empty(), "{note:?}");
        assert!(!note.title().contains('\n'), "{note:?}");
        for time in [note.created_at.as_deref(), note.updated_at.as_deref()] {
            let read = time.and_then(timestamp::parse).expect("a time can be read");
            assert_eq!(Some(timestamp::format(read).as_str()), time);
        }
    }
    first
}
