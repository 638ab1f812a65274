//! A directory of Markdown files that an export keeps in step with the notes.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::Uuid;

use super::destination::{Unfinished, replace};
use super::file_names::{self, FileNames};
use super::files::Listing;
use super::{LARGEST_ENCODED, bounded, markdown};
use crate::note::RawNote;

/// The file that tells which files were written, and so which have been edited since. Hidden files are
/// not imported.
const RECORD: &str = ".notes-export";

/// The most bytes of that file that are read.
const LARGEST_RECORD: usize = 64 * 1024 * 1024;

/// The result for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Updated {
    New,
    Changed,
    Unchanged,
    Removed,
    /// The file was edited by hand, and is as it was.
    Edited(PathBuf),
}

/// A directory of files, of which those of ours are found by the id in them.
pub(crate) struct ExistingDirectory {
    root: PathBuf,
    /// The files of notes that were not written yet, by id. The paths are relative.
    files: HashMap<String, PathBuf>,
    names: FileNames,
    /// The digests of the files, by id, as they were written.
    record: BTreeMap<String, Uuid>,
    unfinished: Unfinished,
}

impl ExistingDirectory {
    /// Opens a directory, which is created if it is missing.
    pub(crate) fn open(root: &Path, unfinished: &Unfinished) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let mut directory = Self {
            root: root.to_owned(),
            files: HashMap::new(),
            names: FileNames::default(),
            record: read_record(&root.join(RECORD))?,
            unfinished: unfinished.clone(),
        };
        for entry in fs::read_dir(root)? {
            let name = entry?.file_name();
            directory.names.insert(&name.to_string_lossy());
        }
        let listing = Listing::of_directory(root);
        if let Some(unread) = listing.unread.into_iter().next() {
            return Err(io::Error::other(unread.to_string()));
        }
        for file in listing.files {
            if file.has_extension(&["md", "markdown"]) {
                directory.find_note(file.path)?;
            }
        }
        Ok(directory)
    }

    /// Remembers a file if it is one of ours. Of a file and its copies it is that with the right name.
    fn find_note(&mut self, path: PathBuf) -> io::Result<()> {
        let file = File::open(self.root.join(&path))?;
        let Ok(bytes) = bounded::bytes(file, LARGEST_ENCODED) else {
            return Ok(());
        };
        let Ok(Some(entry)) = markdown::entry(&bytes) else {
            return Ok(());
        };
        let title = entry.note.text("title").unwrap_or_default();
        let fits = file_names::fits(&path.to_string_lossy(), &title, &entry.id);
        if fits || !self.files.contains_key(&entry.id) {
            self.files.insert(entry.id, path);
        }
        Ok(())
    }

    /// Writes the file of a note, unless it is there already or was edited by hand.
    pub(crate) fn write(&mut self, id: &str, note: &RawNote, bytes: &[u8]) -> io::Result<Updated> {
        let title = note.text("title").unwrap_or_default();
        let Some(old) = self.files.remove(id) else {
            let name = self.names.choose(id, &title);
            self.replace(id, note, bytes, Path::new(&name))?;
            return Ok(Updated::New);
        };
        let found = fs::read(self.root.join(&old))?;
        if found == bytes {
            self.record.insert(id.to_owned(), digest(bytes));
            return Ok(Updated::Unchanged);
        }
        if !self.is_as_written(id, &old, &found)? && !has_nothing_else(&found, note) {
            return Ok(Updated::Edited(old));
        }
        let new = self.new_path(id, &old, &found, &title);
        if new != old {
            // First: the two may be one file, where letter case does not count.
            fs::rename(self.root.join(&old), self.root.join(&new))?;
        }
        self.replace(id, note, bytes, &new)?;
        Ok(Updated::Changed)
    }

    /// Returns the path of a file after a change of the title. One that was named by hand keeps its name.
    fn new_path(&mut self, id: &str, old: &Path, found: &[u8], title: &str) -> PathBuf {
        let old_note = markdown::entry(found).ok().flatten();
        let old_title = old_note.and_then(|old| Some(old.note.text("title")?.into_owned()));
        let old_title = old_title.unwrap_or_default();
        let name = old.file_name().unwrap_or_default().to_string_lossy();
        let is_at_root = old.parent() == Some(Path::new(""));
        if !is_at_root || old_title == title || !file_names::is_chosen(&name, id, &old_title) {
            return old.to_owned();
        }
        self.names.remove(&name);
        self.names.choose(id, title).into()
    }

    fn replace(&mut self, id: &str, note: &RawNote, bytes: &[u8], path: &Path) -> io::Result<()> {
        let path = self.root.join(path);
        replace(&path, bytes, markdown::modified(note), &self.unfinished)?;
        self.record.insert(id.to_owned(), digest(bytes));
        Ok(())
    }

    /// Returns the ids of the files whose notes were not written, sorted.
    pub(crate) fn other_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.files.keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Removes the file of a note that was deleted, unless it was edited by hand.
    pub(crate) fn remove(&mut self, id: &str) -> io::Result<Updated> {
        let Some(path) = self.files.remove(id) else {
            return Ok(Updated::Unchanged);
        };
        let found = fs::read(self.root.join(&path))?;
        if !self.is_as_written(id, &path, &found)? {
            return Ok(Updated::Edited(path));
        }
        fs::remove_file(self.root.join(&path))?;
        self.record.remove(id);
        Ok(Updated::Removed)
    }

    /// Returns true if a file has not changed since an export wrote it: the record says so, or the file
    /// has the time of its note.
    fn is_as_written(&self, id: &str, path: &Path, found: &[u8]) -> io::Result<bool> {
        if self.record.get(id) == Some(&digest(found)) {
            return Ok(true);
        }
        let modified = fs::metadata(self.root.join(path))?.modified()?;
        let modified = DateTime::<Utc>::from(modified).trunc_subsecs(6);
        let written = markdown::entry(found).ok().flatten();
        Ok(written.and_then(|written| markdown::modified(&written.note)) == Some(modified))
    }

    /// Writes the record, if it has changed.
    pub(crate) fn finish(self) -> io::Result<()> {
        let path = self.root.join(RECORD);
        let mut text = String::new();
        for (id, digest) in &self.record {
            let id = serde_json::Value::from(id.as_str());
            writeln!(text, "{digest} {id}").expect("writing to a string cannot fail");
        }
        if fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        replace(&path, text.as_bytes(), None, &self.unfinished)
    }
}

/// Returns true if a file has nothing that the note lacks, but perhaps another time.
fn has_nothing_else(file: &[u8], note: &RawNote) -> bool {
    let Ok(Some(found)) = markdown::entry(file) else {
        return false;
    };
    let [mut found, mut note] = [found.note, note.clone()];
    for note in [&mut found, &mut note] {
        note.set("updated_at", "");
    }
    found.has_same_hash(&note)
}

fn digest(bytes: &[u8]) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, bytes)
}

/// Reads the digests of the files by their ids. Lines that are not understood are passed over.
fn read_record(path: &Path) -> io::Result<BTreeMap<String, Uuid>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let bytes = bounded::bytes(file, LARGEST_RECORD).unwrap_or_default();
    let mut record = BTreeMap::new();
    for line in String::from_utf8_lossy(&bytes).lines() {
        if let Some((digest, id)) = line.split_once(' ')
            && let Ok(digest) = digest.parse()
            && let Ok(id) = serde_json::from_str(id)
        {
            record.insert(id, digest);
        }
    }
    Ok(record)
}
