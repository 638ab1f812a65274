//! What the fuzz targets in `fuzz/` call: each reader of strangers' files, with what has to hold of
//! whatever it makes of any input. Compiled for them alone.

use std::cell::Cell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::{env, fs, process};

use chrono::Utc;
use uuid::Uuid;

use crate::note::Note;
use crate::timestamp;
use crate::transfer::{Entries, Origin, jrnl, keep, memos, simplenote, text};

const STANDARD_INPUT: Origin = Origin {
    file: None,
    line: None,
};

/// A directory of this process.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = env::temp_dir().join(format!("notes-fuzz-{}", process::id()));
    fs::create_dir_all(&folder).expect("a directory can be made");
    folder
});

/// The JSON of jrnl.
pub fn jrnl(data: &[u8]) {
    check_foreign(data, || jrnl::entries(data, STANDARD_INPUT, Utc));
}

/// The JSON of a note of Google Keep.
pub fn keep(data: &[u8]) {
    in_folder("note.json", data);
    let trashed = Cell::new(0);
    check_foreign(data, || keep::entries(&FOLDER, &trashed));
}

/// An answer of memos.
pub fn memos(data: &[u8]) {
    check_foreign(data, || memos::entries(data, STANDARD_INPUT));
}

/// The export of Simplenote.
pub fn simplenote(data: &[u8]) {
    check_foreign(data, || {
        simplenote::entries(data, STANDARD_INPUT, &Cell::new(0))
    });
}

/// A folder of Markdown or text files, where besides no text may be lost.
pub fn text(data: &[u8]) {
    in_folder("note.md", data);
    let notes = check_foreign(data, || text::entries(&FOLDER));
    let Ok(text) = str::from_utf8(data) else {
        assert!(notes.is_empty());
        return;
    };
    let words = |text: &str| text.split_whitespace().collect::<String>();
    let all = words(text.strip_prefix('\u{feff}').unwrap_or(text));
    assert_eq!(notes.len(), 1);
    for note in notes {
        let content = words(note.content());
        let heading = words(&format!("#{}", note.title()));
        assert!(all == content || all == heading + &content, "{note:?}");
    }
}

fn in_folder(name: &str, data: &[u8]) {
    fs::write(FOLDER.join(name), data).expect("a file can be written");
}

/// Reads twice: the same notes come both times, each with an id of its own, a title of one line, and
/// times that can be read.
fn check_foreign<'a>(data: &[u8], entries: impl Fn() -> Entries<'a>) -> Vec<Note> {
    let notes = || -> Vec<Note> {
        let entries = entries().take(data.len() + 2);
        let entries = entries.filter_map(Result::ok);
        entries.map(|entry| entry.note.note(&entry.id)).collect()
    };
    let first = notes();
    assert!(first.len() <= data.len() / 2 + 1);
    assert_eq!(first, notes());
    let ids: HashSet<_> = first.iter().map(|note| note.id.as_str()).collect();
    assert_eq!(ids.len(), first.len());
    for note in &first {
        let id = Uuid::parse_str(&note.id).expect("an id is a UUID");
        assert_eq!(id.to_string(), note.id);
        assert!(!note.title().trim().is_empty(), "{note:?}");
        assert!(!note.title().contains('\n'), "{note:?}");
        for time in [note.created_at.as_deref(), Some(note.updated_at())] {
            let read = time.and_then(timestamp::parse).expect("a time can be read");
            assert_eq!(Some(timestamp::format(read).as_str()), time);
        }
    }
    first
}
