//! A folder of Markdown or text files, whichever program wrote them; those that `export` wrote are
//! read as what they are.

use std::fs;
use std::fs::File;
use std::iter;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{ForeignNote, Importer};
use crate::timestamp;
use crate::transfer::{
    Entries, Entry, LARGEST_ENCODED, Unread, bounded, directory, front_matter, markdown,
};

/// The files of a folder, each a note.
pub(in crate::transfer) fn entries(folder: &Path) -> Entries<'static> {
    let mut importer = Importer::new("text");
    let root = folder.to_owned();
    // Tells apart two folders whose files have the same names.
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let folder_name = whole.file_name().unwrap_or_default().to_owned();
    directory::each(folder, &["md", "markdown", "txt"], move |path, file| {
        let path = path.strip_prefix(&root).unwrap_or(path);
        let parts = iter::once(&*folder_name).chain(path);
        let name: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
        entry(file, &name.join("/"), &mut importer).map(Some)
    })
}

fn entry(file: File, name: &str, importer: &mut Importer) -> Result<Entry, Unread> {
    let changed = file.metadata()?.modified()?;
    let bytes = bounded::bytes(file, LARGEST_ENCODED)?;
    match markdown::entry(&bytes) {
        Ok(Some(own)) => return Ok(own),
        Err(unread) if is_own(&bytes) => return Err(unread),
        // Another program's front matter may be more than ours ever is.
        Ok(None) | Err(_) => {}
    }
    importer.entry(&note(&bounded::text(bytes)?, name, changed.into()))
}

/// Returns true if `export` may have written the file.
fn is_own(file: &[u8]) -> bool {
    front_matter::split(file).is_some_and(|(head, _)| head.starts_with(b"id: "))
}

/// The note that a file is. Its title is that of the front matter, or the heading that the text begins
/// with, or the name of the file.
fn note(text: &str, name: &str, changed: DateTime<Utc>) -> ForeignNote {
    let mut note = ForeignNote {
        identity: name.to_owned(),
        ..ForeignNote::default()
    };
    let body = below_front_matter(text, &mut note).unwrap_or(text);
    let heading = heading(body).filter(|_| note.title.is_empty());
    let (title, content) = heading.unwrap_or((stem(name), body));
    if note.title.is_empty() {
        title.clone_into(&mut note.title);
    }
    content.clone_into(&mut note.content);
    note.updated.get_or_insert(changed);
    note
}

/// Takes what the front matter says, and gives what is below it; none if there is anything in it that
/// a note has no place for: then it stays in the text.
fn below_front_matter<'t>(text: &'t str, note: &mut ForeignNote) -> Option<&'t str> {
    let (head, body) = front_matter::split(text.as_bytes())?;
    let head = str::from_utf8(head).ok()?;
    let values = front_matter::parse(head).ok()?;
    // A comment is no value.
    let mut is_all = !head.contains('#');
    for (name, value) in values {
        let time = time(&value);
        match name.to_ascii_lowercase().as_str() {
            "title" if note.title.is_empty() => note.title = value,
            "tags" | "tag" | "keywords" => note.tags.extend(tags(&value)),
            "date" | "created" | "created_at" if time.is_some() && note.created.is_none() => {
                note.created = time;
            }
            "updated" | "updated_at" | "modified" | "lastmod"
                if time.is_some() && note.updated.is_none() =>
            {
                note.updated = time;
            }
            _ => is_all = false,
        }
    }
    str::from_utf8(body).ok().filter(|_| is_all)
}

/// Tags with commas between them, or else with spaces.
fn tags(text: &str) -> Vec<String> {
    let tags: Vec<_> = if text.contains(',') {
        text.split(',').collect()
    } else {
        text.split_whitespace().collect()
    };
    tags.into_iter().map(|tag| tag.trim().to_owned()).collect()
}

/// A date with or without a time.
fn time(text: &str) -> Option<DateTime<Utc>> {
    timestamp::parse(text).or_else(|| timestamp::parse(&format!("{text}T00:00:00")))
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

#[cfg(test)]
mod tests;
