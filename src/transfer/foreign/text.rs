//! Markdown or text files of any program. Those that `export` wrote are read as our own.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;

use super::{ForeignNote, Importer};
use crate::timestamp;
use crate::transfer::files::{Files, InputFile};
use crate::transfer::{Entries, Entry, Unread, bounded, front_matter, markdown};

/// Reads files, each as a note.
pub(in crate::transfer) fn entries(files: Files) -> Entries<'static> {
    let mut importer = Importer::new("text");
    let source = files.source().to_owned();
    files.each_note(move |file| entry(file, &source, &mut importer).map(Some))
}

fn entry(file: InputFile, source: &str, importer: &mut Importer) -> Result<Entry, Unread> {
    match markdown::entry(&file.bytes) {
        Ok(Some(own)) => return Ok(own),
        Err(unread) if is_own(&file.bytes) => return Err(unread),
        // Another program's front matter may have more than ours.
        Ok(None) | Err(_) => {}
    }
    let Some(modified) = file.modified else {
        let message = "a text without a name; `notes add -f -` adds it";
        return Err(Unread::new(message));
    };
    let path = file.path.to_string_lossy();
    let note = parse_note(&bounded::text(file.bytes)?, &path, modified);
    importer.entry(&ForeignNote {
        identity: format!("{source}/{path}"),
        ..note
    })
}

/// Returns true if `export` may have written the file.
fn is_own(file: &[u8]) -> bool {
    front_matter::split(file).is_some_and(|(head, _)| head.starts_with(b"id: "))
}

/// Reads the note of a file. The title is that of the front matter, or the heading at the beginning, or
/// the name of the file.
pub(super) fn parse_note(text: &str, name: &str, changed: DateTime<Utc>) -> ForeignNote {
    let mut note = ForeignNote::default();
    let body = below_front_matter(text, &mut note).unwrap_or(text);
    let heading = split_heading(body).filter(|_| note.title.is_empty());
    let named = title_of_name(name);
    let (title, content) = heading.unwrap_or((&named, body));
    if note.title.is_empty() {
        title.clone_into(&mut note.title);
    }
    content.clone_into(&mut note.content);
    note.updated.get_or_insert(changed);
    note
}

/// Copies the front matter into the note, and returns the text below it. `None` if it has anything that a
/// note has no field for: then it stays in the text.
fn below_front_matter<'t>(text: &'t str, note: &mut ForeignNote) -> Option<&'t str> {
    let (head, body) = front_matter::split(text.as_bytes())?;
    let head = str::from_utf8(head).ok()?;
    let values = front_matter::parse(head).ok()?;
    // A comment is no value.
    let mut is_all = !head.contains('#');
    for (name, value) in values {
        let time = parse_time(&value);
        match name.to_ascii_lowercase().as_str() {
            "title" if note.title.is_empty() => note.title = value,
            "tags" | "tag" | "keywords" => note.tags.extend(split_tags(&value)),
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

/// Splits tags at commas, or else at spaces.
fn split_tags(text: &str) -> Vec<String> {
    let tags: Vec<_> = if text.contains(',') {
        text.split(',').collect()
    } else {
        text.split_whitespace().collect()
    };
    tags.into_iter().map(|tag| tag.trim().to_owned()).collect()
}

/// Reads a date with or without a time.
fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    timestamp::parse(text).or_else(|| timestamp::parse(&format!("{text}T00:00:00")))
}

/// Splits off a heading of the first level in the first line that is not empty.
fn split_heading(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['\n', '\r']);
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title = line.strip_prefix("# ")?.trim();
    Some((title, rest)).filter(|_| !title.is_empty())
}

/// Returns the title that the name of a file stands for. Logseq writes that of a day as `2024_01_15`, and
/// signs that no name can have in their codes.
fn title_of_name(path: &str) -> String {
    let stem = file_stem(path);
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    match folder {
        "journals" if is_day(stem) => stem.replace('_', "-"),
        "pages" => percent_decode_str(&stem.replace("___", "/"))
            .decode_utf8()
            .map_or_else(|_| stem.to_owned(), Cow::into_owned),
        _ => stem.to_owned(),
    }
}

/// Returns true for a text such as `2024_01_15`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('_').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([4, 2, 2]) && parts.concat().bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the name of a file without its folder and extension.
fn file_stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

#[cfg(test)]
mod tests;
