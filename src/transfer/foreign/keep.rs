//! Google Keep: the folder of a Google Takeout, with a JSON file for each note.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::document::{Item, entry_of, number_text, parse_epoch};
use super::{ForeignNote, Importer, marks, task};
use crate::transfer::files::Files;
use crate::transfer::{Entries, Unread, bounded};
use crate::unicode::is_blank;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeepNote {
    title: Option<String>,
    text_content: Option<String>,
    list_content: Option<Vec<ListItem>>,
    labels: Option<Vec<Label>>,
    annotations: Option<Vec<Annotation>>,
    attachments: Option<Vec<Attachment>>,
    is_trashed: Option<bool>,
    is_archived: Option<bool>,
    is_pinned: Option<bool>,
    created_timestamp_usec: Option<Value>,
    user_edited_timestamp_usec: Option<Value>,
}

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "createdTimestampUsec")]
    micros: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListItem {
    text: Option<String>,
    is_checked: Option<bool>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

/// A web page that is attached to a note.
#[derive(Deserialize)]
struct Annotation {
    title: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    file_path: Option<String>,
}

/// Reads the notes of a folder.
pub(in crate::transfer) fn entries(files: Files) -> Entries<'static> {
    let mut importer = Importer::new("keep");
    let counts = count_times(files.again());
    files.each(move |file| {
        let text = bounded::text(file.bytes);
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let item = text.and_then(|text| parse_note(&text, &name, &counts));
        let item = item.map_err(|mut unread| {
            unread.origin.line.get_or_insert(1);
            unread
        });
        Box::new(entry_of(item, file.modified, &mut importer).into_iter())
    })
}

/// Counts the notes of each time of creation.
fn count_times(files: Files) -> HashMap<String, u64> {
    let mut counts = HashMap::new();
    for file in files.flatten() {
        if let Ok(Created {
            micros: Some(micros),
        }) = serde_json::from_slice(&file.bytes)
        {
            *counts.entry(number_text(&micros)).or_default() += 1;
        }
    }
    counts
}

/// Reads a note. It is known by the microsecond of its creation, so that it is the same one when its title
/// changes, and with that the name of its file. The name distinguishes notes of the same microsecond.
fn parse_note(text: &str, file_name: &str, counts: &HashMap<String, u64>) -> Result<Item, Unread> {
    let mut note: KeepNote = serde_json::from_str(text)?;
    let micros = note.created_timestamp_usec.as_ref();
    let created = parse_epoch(micros, 1_000_000)?;
    let updated = parse_epoch(note.user_edited_timestamp_usec.as_ref(), 1_000_000)?;
    if created.or(updated).is_none() {
        return Err(Unread::new("not a note of Google Keep: it has no date"));
    }
    if note.is_trashed.unwrap_or_default() {
        return Ok(Item::InTrash);
    }
    let marks = marks([(note.is_archived, "archived"), (note.is_pinned, "pinned")]);
    let labels = note.labels.iter().flatten().map(|label| label.name.clone());
    let identity = match micros.map(number_text) {
        Some(micros) if counts.get(&micros).is_none_or(|count| *count < 2) => micros,
        micros => format!("{} {file_name}", micros.unwrap_or_default()),
    };
    let attachments = note.attachments.iter().flatten();
    let attachments = attachments.filter_map(|file| file.file_path.clone());
    let (content, tags) = (content(&note), labels.chain(marks).collect());
    let attachments = attachments.collect();
    Ok(Item::from(ForeignNote {
        identity,
        title: title(&mut note),
        content,
        attachments,
        tags,
        created,
        updated,
        ..ForeignNote::default()
    }))
}

/// Returns the title. That of a list without one is its first item, which stays in the list as well.
fn title(note: &mut KeepNote) -> String {
    let title = note.title.take().unwrap_or_default();
    let has_text = note.text_content.as_ref().is_some_and(|it| !is_blank(it));
    if has_text || !is_blank(&title) {
        return title;
    }
    let items = note.list_content.take().into_iter().flatten();
    let mut items = items.filter_map(|item| item.text);
    items.find(|text| !is_blank(text)).unwrap_or_default()
}

/// Joins the text, the list, and the web pages that the text does not name.
fn content(note: &KeepNote) -> String {
    let text = note.text_content.clone().unwrap_or_default();
    let items = note.list_content.iter().flatten().map(|item| {
        let text = item.text.as_deref().unwrap_or_default();
        task::line(text, item.is_checked == Some(true))
    });
    let pages = note.annotations.iter().flatten().filter_map(|page| {
        let url = page.url.as_deref().filter(|url| !text.contains(url))?;
        let title = page.title.as_deref().unwrap_or_default();
        Some(format!("{title} {url}").trim().to_owned())
    });
    let items = items.collect::<Vec<_>>().join("\n");
    let pages = pages.collect::<Vec<_>>().join("\n");
    let paragraphs = [text.as_str(), &items, &pages].into_iter();
    let paragraphs = paragraphs.filter(|paragraph| !paragraph.is_empty());
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
