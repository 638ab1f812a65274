//! `TextBundle`: a directory `NAME.textbundle` with a text and `info.json`; Bear's backups hold
//! many of them.
//!
//! The format: <https://textbundle.org/spec/>.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::iter;
use std::path::{Path, PathBuf};

use chrono::Local;
use serde::Deserialize;
use serde_json::Value;

use super::document::{Item, entry_of, parse_date};
use super::{ForeignNote, Importer, marks, text};
use crate::transfer::files::{Files, InputFile};
use crate::transfer::{Entries, Unread, bounded};

/// The file that describes a bundle.
const INFO: &str = "info.json";

/// The longest tag of several words in Bear, in bytes.
const LONGEST_TAG: usize = 100;

#[derive(Clone, Default, Deserialize)]
struct Info {
    #[serde(rename = "net.shinyfrog.bear")]
    bear: Option<Bear>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bear {
    unique_identifier: Option<String>,
    creation_date: Option<String>,
    modification_date: Option<String>,
    trashed: Option<Value>,
    archived: Option<Value>,
    pinned: Option<Value>,
}

/// Returns true if a file is in a bundle.
pub(in crate::transfer) fn is_part(path: &Path) -> bool {
    path.ancestors().skip(1).any(is_bundle)
}

/// Returns true if a file describes a bundle, though its directory is not named as one.
pub(in crate::transfer) fn is_info(path: &Path, start: &[u8]) -> bool {
    let is_named = path.file_name() == Some(OsStr::new(INFO));
    let text = String::from_utf8_lossy(start);
    is_named && (text.contains("net.daringfireball.markdown") || text.contains("\"transient\""))
}

/// Reads the notes of bundles.
pub(in crate::transfer) fn entries(files: Files) -> Entries<'static> {
    let mut infos: HashMap<PathBuf, Info> = HashMap::new();
    for file in files.again().flatten() {
        if file.path.ends_with(INFO)
            && let Ok(info) = serde_json::from_slice(&file.bytes)
        {
            infos.insert(parent(&file.path), info);
        }
    }
    let mut importer = Importer::new("text");
    let source = files.source().to_owned();
    files.each(move |file| {
        let info = infos.get(&parent(&file.path)).cloned().unwrap_or_default();
        let modified = file.modified;
        if file.path.file_stem() != Some(OsStr::new("text")) || has_bundle_above(&file.path) {
            return Box::new(iter::empty());
        }
        let item = read_bundle(file, info.bear.unwrap_or_default(), &source);
        Box::new(entry_of(item, modified, &mut importer).into_iter())
    })
}

fn read_bundle(file: InputFile, bear: Bear, source: &str) -> Result<Item, Unread> {
    if is_set(bear.trashed.as_ref()) == Some(true) {
        return Ok(Item::InTrash);
    }
    let bundle = parent(&file.path);
    // A bundle that is an archive of its own has the name of the file.
    let name = if bundle.as_os_str().is_empty() {
        Path::new(source).file_name().unwrap_or_default().into()
    } else {
        bundle
    };
    let name = name.to_string_lossy();
    let body = bounded::text(file.bytes)?;
    let body = with_joined_tags(&body);
    let modified = file.modified.unwrap_or_default();
    let mut note = text::parse_note(&body, &name, modified, &Local);
    note.identity = match bear.unique_identifier {
        Some(id) if !id.is_empty() => format!("bear {id}"),
        _ => format!("{source}/{name}"),
    };
    note.created = parse_date(bear.creation_date.as_deref())?.or(note.created);
    note.updated = parse_date(bear.modification_date.as_deref())?.or(note.updated);
    note.tags.extend(marks([
        (is_set(bear.archived.as_ref()), "archived"),
        (is_set(bear.pinned.as_ref()), "pinned"),
    ]));
    note.attachments = attachments(&note);
    Ok(Item::from(note))
}

/// Returns the names of the files that the text shows, which are in the directory `assets`.
fn attachments(note: &ForeignNote) -> Vec<String> {
    let mut seen = HashSet::new();
    let parts = note.content.split("](assets/").skip(1);
    let names = parts.map(|part| part.split(')').next().unwrap_or_default());
    let names = names.filter(|name| !name.is_empty() && seen.insert(*name));
    names.map(str::to_owned).collect()
}

/// Writes tags of several words, which Bear ends with a `#`, as one word: `#to do list#` as `#to-do-list`.
fn with_joined_tags(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        let (before, tag) = rest.split_at(at);
        joined.push_str(before);
        let begins_word = joined.chars().next_back().is_none_or(char::is_whitespace);
        let length = if begins_word {
            length_of_tag(tag)
        } else {
            None
        };
        if let Some((words, after)) = length.and_then(|length| tag.split_at_checked(length)) {
            joined.push_str(&words.trim_end_matches('#').replace(' ', "-"));
            rest = after;
        } else {
            joined.push('#');
            rest = tag.get(1..).unwrap_or_default();
        }
    }
    joined.push_str(rest);
    joined
}

/// Returns the length of a tag of several words with its two `#`, if the text begins with one.
fn length_of_tag(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    let (_, first) = characters.peek()?;
    if first.is_whitespace() || *first == '#' {
        return None;
    }
    let mut has_space = false;
    let mut last = '#';
    for (at, c) in characters {
        if c == '#' {
            let after = text.get(at + 1..)?.chars().next();
            let is_end = after.is_none_or(|c| !c.is_alphanumeric() && c != '#');
            return (has_space && is_end && last != ' ').then_some(at + 1);
        }
        if c == '\n' || at > LONGEST_TAG {
            return None;
        }
        has_space |= c == ' ';
        last = c;
    }
    None
}

fn is_set(value: Option<&Value>) -> Option<bool> {
    let value = value?;
    Some(value.as_bool().unwrap_or(value.as_u64() == Some(1)))
}

fn is_bundle(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|it| it.eq_ignore_ascii_case("textbundle"))
}

/// Returns true if the directory of a file is not the bundle that it is in.
fn has_bundle_above(path: &Path) -> bool {
    is_part(path) && !path.parent().is_some_and(is_bundle)
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}
