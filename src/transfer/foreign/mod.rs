//! Converts another program's note to one of ours, in the same way for every program.

mod copies;
pub(super) mod day_one;
mod document;
pub(super) mod enex;
mod html;
pub(super) mod joplin;
pub(super) mod jrnl;
pub(super) mod keep;
mod lexical;
mod logseq;
pub(super) mod memos;
mod notion;
pub(super) mod properties;
pub(super) mod simplenote;
pub(super) mod standard_notes;
pub(super) mod table;
mod task;
pub(super) mod taskwarrior;
#[cfg(test)]
mod tests;
pub(super) mod text;
pub(super) mod textbundle;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Entry, LARGEST_NOTE, Unread, fields, labels};
use crate::note::text::Text;
use crate::note::{Note, RawNote};
use crate::timestamp;
use crate::unicode::is_blank;

/// The namespace of the ids of such notes, which are UUIDs of version 5.
const NAMESPACE: Uuid = Uuid::from_u128(0x6a9c_7f0e_3c0b_4f6e_9d51_2b8f_54e1_c7a3);

/// The longest name that is put into other notes, in bytes, and the most names for one note: a hostile file
/// would repeat a long one in each of many.
const LONGEST_NAME: usize = 1_000;
const MOST_NAMES: usize = 1_000;

/// The title of a note without any text.
const UNTITLED: &str = "Untitled";

/// A note as another program describes it.
#[derive(Debug, Default)]
pub(super) struct ForeignNote {
    /// Unique in the other program, and the same in every export.
    pub(super) identity: String,
    /// Distinguishes the notes of one identity, for [`break_ties`].
    pub(super) tie: String,
    /// The id in the front matter of a file.
    pub(super) key: Option<String>,
    /// If it is blank, the first line of the content becomes the title; of several lines only the first
    /// does.
    pub(super) title: String,
    pub(super) content: String,
    /// Labels and marks. Each becomes a `#tag` below the content unless the text has it.
    pub(super) tags: Vec<String>,
    /// The names of files, listed below the content.
    pub(super) attachments: Vec<String>,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) updated: Option<DateTime<Utc>>,
    /// What the user should know of the note.
    pub(super) notices: Vec<String>,
}

impl ForeignNote {
    /// Joins title and content, with attachments and tags below them.
    fn text(&self) -> String {
        let (title, content) = (self.title.trim(), &self.content);
        let is_untitled = is_blank(title) && is_blank(content);
        let mut text = format!("{}\n{content}", if is_untitled { UNTITLED } else { title });
        let attachments = self.attachments.iter();
        let attachments: Vec<_> = attachments.map(|it| format!("Attachment: {it}")).collect();
        let tags = labels::new_tags([&self.title, &self.content], &self.tags);
        for paragraph in [attachments.join("\n"), tags.join(" ")] {
            labels::add_paragraph(&mut text, &paragraph);
        }
        text
    }
}

/// Adds the ties to the identities that several notes have: a note that alone has its identity keeps its id
/// though the tie, which users can edit, changes.
fn break_ties<'n>(notes: impl Iterator<Item = &'n mut ForeignNote>) {
    let notes: Vec<_> = notes.collect();
    let mut counts: HashMap<String, u64> = HashMap::new();
    for note in &notes {
        *counts.entry(note.identity.clone()).or_default() += 1;
    }
    for note in notes {
        if counts.get(&note.identity).is_some_and(|count| *count > 1) {
            note.identity = format!("{}\n{}", note.identity, note.tie);
        }
    }
}

/// Returns the beginning of a name, if it is too long.
fn short_name(name: &str) -> String {
    let end = boundary_before(name, LONGEST_NAME);
    name.get(..end).unwrap_or_default().to_owned()
}

/// Returns the last place up to `at` between two characters.
fn boundary_before(text: &str, at: usize) -> usize {
    let mut places = (0..=at.min(text.len())).rev();
    let place = places.find(|place| text.is_char_boundary(*place));
    place.unwrap_or_default()
}

/// Returns the names of the marks that are set, as tags.
pub(super) fn marks<const N: usize>(
    marks: [(Option<bool>, &str); N],
) -> impl Iterator<Item = String> {
    let marks = marks
        .into_iter()
        .filter(|(is_set, _)| *is_set == Some(true));
    marks.map(|(_, name)| name.to_owned())
}

/// Returns a text without the `#` of a heading in its first line, which becomes the title.
fn without_heading_mark(content: String) -> String {
    let text = content.trim_start();
    let heading = text.trim_start_matches('#').strip_prefix(' ');
    match heading {
        Some(heading) if text.starts_with('#') => heading.to_owned(),
        _ => content,
    }
}

/// Gives notes their ids: the same for the same note in every import.
pub(super) struct Importer {
    /// The name of the format, so that the ids of two programs differ.
    format: &'static str,
    /// The number of notes with each identity so far.
    seen: HashMap<Uuid, u64>,
    /// The notices of labels, each of which is reported once.
    changed_labels: HashSet<String>,
}

impl Importer {
    pub(super) fn new(format: &'static str) -> Self {
        Self {
            format,
            seen: HashMap::new(),
            changed_labels: HashSet::new(),
        }
    }

    pub(super) fn entry(&mut self, note: &ForeignNote) -> Result<Entry, Unread> {
        let id = self.next_id(&note.identity).to_string();
        self.entry_with_id(note, id)
    }

    /// Returns the entry of a note that has an id already.
    pub(super) fn entry_with_id(
        &mut self,
        note: &ForeignNote,
        id: String,
    ) -> Result<Entry, Unread> {
        let text = note.text();
        if text.len() > LARGEST_NOTE {
            return Err(fields::too_large());
        }
        let times = (note.created.or(note.updated), note.updated.or(note.created));
        let (Some(created), Some(updated)) = times else {
            return Err(Unread::new("it has no date"));
        };
        let (Some(created), Some(updated)) = (to_stored(created), to_stored(updated)) else {
            return Err(Unread::new("its date is out of range"));
        };
        let mut notices = note.notices.clone();
        notices.extend(self.changed_labels(&note.tags));
        let Text { title, content } =
            Text::from_form(&text, None).expect("a note without a visible text got a title");
        let note = Note {
            id,
            title: Some(title),
            content: Some(content),
            created_at: Some(created),
            updated_at: Some(updated),
            ..Note::default()
        };
        let raw = RawNote::from_note(&note);
        let mut entry = Entry::new(note.id, raw);
        entry.notices = notices;
        Ok(entry)
    }

    /// Returns the id of the only note with this identity.
    pub(super) fn id_of(&self, identity: &str) -> Uuid {
        Uuid::new_v5(
            &NAMESPACE,
            format!("{}\n{identity}", self.format).as_bytes(),
        )
    }

    /// Returns the id of the next note with this identity.
    fn next_id(&mut self, identity: &str) -> Uuid {
        let first = self.id_of(identity);
        let count = self.seen.entry(first).or_default();
        *count += 1;
        match *count {
            1 => first,
            ordinal => Uuid::new_v5(&first, ordinal.to_string().as_bytes()),
        }
    }

    /// Returns the notices of labels that were not there before.
    fn changed_labels(&mut self, labels: &[String]) -> Vec<String> {
        let changed = labels.iter().filter_map(|label| labels::notice(label));
        changed
            .filter(|notice| self.changed_labels.insert(notice.clone()))
            .collect()
    }
}

/// Returns a time as it is stored; `None` if it could not be read back.
fn to_stored(time: DateTime<Utc>) -> Option<String> {
    let text = timestamp::format(time);
    timestamp::parse(&text).map(|_| text)
}
