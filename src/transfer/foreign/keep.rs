//! Google Keep: the folder of a Google Takeout, with a JSON file for each note.

use serde::Deserialize;
use serde_json::Value;

use super::document::{number_text, parse_epoch};
use super::{ForeignNote, Importer, marks};
use crate::transfer::files::Files;
use crate::transfer::{Entries, Unread, at_line, bounded};

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
    files.each_note(move |file| {
        let name = file.path.file_name().unwrap_or_default();
        match parse_note(&bounded::text(file.bytes)?, &name.to_string_lossy()) {
            Ok(None) => Ok(None),
            Ok(Some(note)) => at_line(1, importer.entry(&note)),
            Err(unread) => at_line(1, Err(unread)),
        }
    })
}

/// Reads a note; `None` if it is in the trash.
fn parse_note(text: &str, file_name: &str) -> Result<Option<ForeignNote>, Unread> {
    let note: KeepNote = serde_json::from_str(text)?;
    let micros = note.created_timestamp_usec.as_ref();
    let created = parse_epoch(micros, 1_000_000)?;
    let updated = parse_epoch(note.user_edited_timestamp_usec.as_ref(), 1_000_000)?;
    if created.or(updated).is_none() {
        return Err(Unread::new("not a note of Google Keep: it has no date"));
    }
    if note.is_trashed.unwrap_or_default() {
        return Ok(None);
    }
    let marks = marks([(note.is_archived, "archived"), (note.is_pinned, "pinned")]);
    let labels = note.labels.iter().flatten().map(|label| label.name.clone());
    let micros = micros.map(number_text).unwrap_or_default();
    let attachments = note.attachments.iter().flatten();
    Ok(Some(ForeignNote {
        identity: format!("{micros} {file_name}"),
        content: content(&note),
        attachments: attachments
            .filter_map(|file| file.file_path.clone())
            .collect(),
        title: note.title.unwrap_or_default(),
        tags: labels.chain(marks).collect(),
        created,
        updated,
        ..ForeignNote::default()
    }))
}

/// Joins the text, the list, and the web pages that the text does not name.
fn content(note: &KeepNote) -> String {
    let text = note.text_content.clone().unwrap_or_default();
    let items = note.list_content.iter().flatten().map(|item| {
        let is_checked = item.is_checked == Some(true);
        let mark = if is_checked { 'x' } else { ' ' };
        format!("- [{mark}] {}", item.text.as_deref().unwrap_or_default())
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
