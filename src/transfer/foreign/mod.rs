//! Converts another program's note to one of ours, in the same way for every program.

mod copies;
mod document;
pub(super) mod jrnl;
pub(super) mod keep;
mod logseq;
pub(super) mod memos;
mod notion;
pub(super) mod properties;
pub(super) mod simplenote;
#[cfg(test)]
mod tests;
pub(super) mod text;

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

/// The title of a note without any text.
const UNTITLED: &str = "Untitled";

/// A note as another program describes it.
#[derive(Debug, Default)]
pub(super) struct ForeignNote {
    /// Unique in the other program, and the same in every export.
    pub(super) identity: String,
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

/// Returns the names of the marks that are set, as tags.
pub(super) fn marks<const N: usize>(
    marks: [(Option<bool>, &str); N],
) -> impl Iterator<Item = String> {
    let marks = marks
        .into_iter()
        .filter(|(is_set, _)| *is_set == Some(true));
    marks.map(|(_, name)| name.to_owned())
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
