//! A folder of Markdown or text files, whichever program wrote them.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::document::read_text;
use super::folder::{self, FolderFile};
use super::foreign::{ForeignNote, Importer};
use super::{Entries, Entry, MAX_NOTE, Unread};

const EXTENSIONS: &[&str] = &["md", "markdown", "txt"];

/// The files of a folder, each a note.
pub(crate) fn entries<'a>(directory: &Path) -> Entries<'a> {
    let mut importer = Importer::new("text");
    let files = folder::files(directory, EXTENSIONS);
    Box::new(files.map(move |file| entry(&file?, &mut importer)))
}

fn entry(file: &FolderFile, importer: &mut Importer) -> Result<Entry, Unread> {
    let unread = |message: String| Unread::new(file.origin(), message);
    let input = file.open()?;
    let changed = input.metadata().and_then(|metadata| metadata.modified());
    let changed = changed.map_err(|error| unread(error.to_string()))?;
    let text = read_text(input, MAX_NOTE).map_err(unread)?;
    importer.entry(file.origin(), &note(&text, &file.name, changed.into()))
}

/// The note that a file is: its title is the heading that it begins with, or else its name.
fn note(text: &str, name: &str, changed: DateTime<Utc>) -> ForeignNote {
    let (title, content) = match heading(text) {
        Some((title, content)) => (title, content),
        None => (stem(name), text),
    };
    ForeignNote {
        identity: name.to_owned(),
        title: title.to_owned(),
        content: content.to_owned(),
        updated: Some(changed),
        ..ForeignNote::default()
    }
}

/// The heading of the first level in the first line that is not empty, and what follows it.
fn heading(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['\n', '\r']);
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title = line.strip_prefix("# ")?.trim();
    Some((title, rest)).filter(|_| !title.is_empty())
}

/// The name of a file without its folder and extension.
fn stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
