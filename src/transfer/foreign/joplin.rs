//! Joplin's exports RAW and JEX: a file for each note, notebook, tag and attachment, and for each tag of a
//! note. JEX is a tar of them.
//!
//! The format: <https://joplinapp.org/help/apps/import_export>.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::document::{Item, entry_of, parse_date};
use super::{
    ForeignNote, Importer, LONGEST_NAME, MOST_NAMES, boundary_before, html, marks, short_name, task,
};
use crate::transfer::files::Files;
use crate::transfer::{Entries, LARGEST_NOTE, Unread, bounded};

/// The kinds of items that are read, by the number in `type_`.
const NOTE: &str = "1";
const RESOURCE: &str = "4";
const TAG: &str = "5";
const NOTE_TAG: &str = "6";

/// The number of hexadecimal digits of an id.
const ID_LENGTH: usize = 32;

/// The text before the id in a link to an item.
const LINK: &str = ":/";

/// A file of the export.
struct RawItem<'t> {
    title: &'t str,
    body: &'t str,
    properties: HashMap<&'t str, &'t str>,
}

/// The items that notes refer to.
#[derive(Default)]
struct Index {
    /// The titles of notes.
    notes: HashMap<String, String>,
    /// The names of attachments.
    resources: HashMap<String, String>,
    tags: HashMap<String, String>,
    /// The ids of the tags of a note.
    tags_of: HashMap<String, Vec<String>>,
}

/// Reads the notes of an export.
pub(in crate::transfer) fn entries(files: Files) -> Entries<'static> {
    let mut index = Index::default();
    for file in files.again().flatten() {
        if let Ok(text) = str::from_utf8(&file.bytes) {
            index.add(text);
        }
    }
    let mut importer = Importer::new("joplin");
    files.each(move |file| {
        if !is_name(&file.path) {
            return Box::new(iter::empty());
        }
        let item = bounded::text(file.bytes).and_then(|text| index.read(&text));
        Box::new(entry_of(item, file.modified, &mut importer).into_iter())
    })
}

/// Returns true if a file may be an item: its name is an id.
pub(in crate::transfer) fn is_name(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    let is_markdown = path.extension().is_some_and(|it| it == "md");
    let is_attachment = path.parent().is_some_and(|it| it.ends_with("resources"));
    is_markdown
        && !is_attachment
        && stem.len() == ID_LENGTH
        && stem.iter().all(u8::is_ascii_hexdigit)
}

/// Returns true if a file is an item.
pub(in crate::transfer) fn is_item(text: &str) -> bool {
    RawItem::parse(text).is_some()
}

impl<'t> RawItem<'t> {
    /// Reads an item: its title, its body and its properties, with an empty line between them.
    fn parse(text: &'t str) -> Option<Self> {
        let text = text.trim_end();
        let (head, lines) = text.rsplit_once("\n\n").unwrap_or(("", text));
        let mut properties = HashMap::new();
        for line in lines.lines() {
            let (name, value) = line.split_once(':')?;
            properties.insert(name.trim(), value.trim());
        }
        if !properties.contains_key("id") || !properties.contains_key("type_") {
            return None;
        }
        let (title, body) = head.split_once('\n').unwrap_or((head, ""));
        Some(Self {
            title: title.trim(),
            body: body.strip_prefix('\n').unwrap_or(body),
            properties,
        })
    }

    /// Returns the value of a property, unless it is empty.
    fn value(&self, name: &str) -> Option<&'t str> {
        let value = self.properties.get(name).copied();
        value.filter(|value| !value.is_empty())
    }

    /// Returns true if a property is set; 0 is a time as well.
    fn is_set(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != "0")
    }

    fn time(&self, names: [&str; 2]) -> Result<Option<DateTime<Utc>>, String> {
        parse_date(names.into_iter().find_map(|name| self.value(name)))
    }
}

impl Index {
    /// Adds the item of a file.
    fn add(&mut self, text: &str) {
        let Some(item) = RawItem::parse(text) else {
            return;
        };
        let id = item.value("id").unwrap_or_default().to_owned();
        let title = short_name(item.title);
        match item.value("type_") {
            // A link to a part of a title would find nothing.
            Some(NOTE) if title == item.title => {
                self.notes.insert(id, title);
            }
            Some(TAG) => {
                self.tags.insert(id, title);
            }
            Some(RESOURCE) => {
                let name = [item.title, item.value("filename").unwrap_or_default()];
                let name = name.into_iter().find(|name| !name.is_empty());
                let name = name.map_or_else(|| id.clone(), short_name);
                self.resources.insert(id, name);
            }
            Some(NOTE_TAG) => {
                if let (Some(note), Some(tag)) = (item.value("note_id"), item.value("tag_id")) {
                    let tags = self.tags_of.entry(note.to_owned()).or_default();
                    tags.push(tag.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Reads the item of a file.
    fn read(&self, text: &str) -> Result<Item, Unread> {
        let Some(item) = RawItem::parse(text) else {
            return Err(Unread::new(
                "not an item of Joplin: no `id` and `type_` at its end",
            ));
        };
        if item.value("type_") != Some(NOTE) {
            return Ok(Item::Other);
        }
        if item.is_set("encryption_applied") {
            let message = "an encrypted note; decrypt it in Joplin and export it again";
            return Err(Unread::new(message));
        }
        if item.is_set("deleted_time") {
            return Ok(Item::InTrash);
        }
        let id = item.value("id").unwrap_or_default();
        let tags = self.tags_of.get(id).into_iter().flatten().take(MOST_NAMES);
        let mut tags: Vec<_> = tags.filter_map(|tag| self.tags.get(tag)).cloned().collect();
        tags.sort();
        tags.extend(marks([(Some(item.is_set("is_conflict")), "conflict")]));
        let (content, attachments) = self.content(&item);
        Ok(Item::from(ForeignNote {
            identity: id.to_owned(),
            title: item.title.to_owned(),
            content,
            tags,
            attachments,
            created: item.time(["user_created_time", "created_time"])?,
            updated: item.time(["user_updated_time", "updated_time"])?,
            ..ForeignNote::default()
        }))
    }

    /// Returns the text of a note, and the names of its attachments.
    fn content(&self, item: &RawItem<'_>) -> (String, Vec<String>) {
        let is_html = item.value("markup_language") == Some("2");
        let body = if is_html {
            html::to_markdown(item.body, &[]).trim_end().to_owned()
        } else {
            item.body.to_owned()
        };
        let (body, attachments) = self.with_names(&body);
        let mut parts = Vec::new();
        if item.is_set("is_todo") {
            parts.push(task::line(item.title, item.is_set("todo_completed")));
        }
        parts.push(body);
        if let Some(url) = item.value("source_url") {
            parts.push(format!("Source: {url}"));
        }
        parts.retain(|part| !part.is_empty());
        (parts.join("\n\n"), attachments)
    }

    /// Puts titles and names in the place of the ids in links.
    fn with_names(&self, body: &str) -> (String, Vec<String>) {
        let (mut text, mut attachments) = (String::with_capacity(body.len()), Vec::new());
        let mut seen = HashSet::new();
        let mut rest = body;
        while let Some((before, id, after)) = split_at_id(rest) {
            let id = id.to_ascii_lowercase();
            text.push_str(before);
            rest = after;
            if let Some(name) = self.resources.get(&id) {
                text.push_str(&html::address(name));
                if seen.insert(name) && attachments.len() < MOST_NAMES {
                    attachments.push(name.clone());
                }
            } else if !self.link_to_note(&id, &mut text, &mut rest) {
                text.push_str(LINK);
                text.push_str(&id);
            }
            if text.len() > LARGEST_NOTE {
                break;
            }
        }
        text.push_str(rest);
        (text, attachments)
    }

    /// Writes `[[Title]]` for a link to a note, of which the text is `[text](` so far.
    fn link_to_note(&self, id: &str, text: &mut String, rest: &mut &str) -> bool {
        let Some(title) = self.notes.get(id) else {
            return false;
        };
        let near = rest.get(..boundary_before(rest, LONGEST_NAME));
        let Some(end) = near.and_then(|near| near.find(')')) else {
            return false;
        };
        let line_start = boundary_before(text, text.len().saturating_sub(LONGEST_NAME));
        let current = text.get(line_start..).unwrap_or_default();
        let Some(start) = current.rfind('[').map(|at| line_start + at) else {
            return false;
        };
        let label = text.get(start + 1..).and_then(|it| it.strip_suffix("]("));
        let is_one_line = |label: &&str| !label.contains('\n');
        let Some(label) = label
            .filter(is_one_line)
            .filter(|_| !title.contains(['[', ']', '|']))
        else {
            return false;
        };
        let link = if label == title || label.is_empty() {
            format!("[[{title}]]")
        } else {
            format!("[[{title}|{label}]]")
        };
        text.truncate(start);
        text.push_str(&link);
        *rest = rest.get(end + 1..).unwrap_or_default();
        true
    }
}

/// Splits a text at the next id in a link.
fn split_at_id(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find(LINK)?;
        let start = at + LINK.len();
        let id = text.get(start..start + ID_LENGTH);
        if let Some(id) = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Some((text.get(..at)?, id, text.get(start + ID_LENGTH..)?));
        }
        from = start;
    }
}
