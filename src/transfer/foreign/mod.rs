//! From another program's note to one of ours: the same for every program.

mod document;
pub(super) mod jrnl;
pub(super) mod keep;
pub(super) mod memos;
pub(super) mod simplenote;
#[cfg(test)]
mod tests;
pub(super) mod text;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Entry, LARGEST_NOTE, Unread, fields};
use crate::note::text::Text;
use crate::note::{Note, RawNote, tag};
use crate::timestamp;
use crate::unicode::folded;

/// The namespace of the ids that such notes get, which are of UUID version 5.
const NAMESPACE: Uuid = Uuid::from_u128(0x6a9c_7f0e_3c0b_4f6e_9d51_2b8f_54e1_c7a3);

/// The title of a note without any text.
const UNTITLED: &str = "Untitled";

/// A note as another program describes it.
#[derive(Debug, Default)]
pub(super) struct ForeignNote {
    /// Tells the note apart from the others there, and is the same in every export.
    pub(super) identity: String,
    /// If it is blank, the first line of the content is the title; if it has more than one line, its
    /// first is.
    pub(super) title: String,
    pub(super) content: String,
    /// Labels and marks: each becomes a `#tag` below the content, unless the text has it.
    pub(super) tags: Vec<String>,
    /// The names of files, which are told below the content.
    pub(super) attachments: Vec<String>,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) updated: Option<DateTime<Utc>>,
}

impl ForeignNote {
    /// Title and content, and below them what has no place of its own.
    fn text(&self) -> String {
        let (title, content) = (self.title.trim(), &self.content);
        let is_blank = title.is_empty() && content.trim().is_empty();
        let mut text = format!("{}\n{content}", if is_blank { UNTITLED } else { title });
        let attachments = self.attachments.iter();
        let attachments: Vec<_> = attachments.map(|it| format!("Attachment: {it}")).collect();
        for paragraph in [attachments.join("\n"), self.new_tags().join(" ")] {
            if !paragraph.is_empty() {
                text.truncate(text.trim_end().len());
                text.push_str("\n\n");
                text.push_str(&paragraph);
            }
        }
        text
    }

    /// The tags that the text does not have yet.
    fn new_tags(&self) -> Vec<String> {
        let known = [&self.title, &self.content].into_iter();
        let known = known.flat_map(|text| tag::in_text(text));
        let mut known: HashSet<String> = known.map(|(_, name)| folded(name)).collect();
        let tags = self.tags.iter().map(|label| tag_of(label));
        tags.filter(|tag| !tag.is_empty() && known.insert(folded(tag)))
            .map(|tag| format!("#{tag}"))
            .collect()
    }
}

/// The tags for the marks that a note has.
pub(super) fn marks<const N: usize>(
    marks: [(Option<bool>, &str); N],
) -> impl Iterator<Item = String> {
    let marks = marks
        .into_iter()
        .filter(|(is_set, _)| *is_set == Some(true));
    marks.map(|(_, name)| name.to_owned())
}

/// A label as a tag: what no tag may have becomes `-`. A label that would be left with nothing, such
/// as an emoji, stays what it is.
fn tag_of(label: &str) -> String {
    let join = |parts: &mut dyn Iterator<Item = &str>| {
        let parts = parts.filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("-")
    };
    let tag = join(&mut label.split(|c| !tag::is_of_tag(c)));
    let tag = tag.trim_end_matches('/').to_owned();
    if tag.is_empty() {
        return join(&mut label.split_whitespace());
    }
    tag
}

/// Gives notes their ids: the same for the same note in every import.
pub(super) struct Importer {
    /// The name of the format, which keeps the ids of two programs apart.
    format: &'static str,
    /// The number of times that each identity came.
    seen: HashMap<Uuid, u64>,
}

impl Importer {
    pub(super) fn new(format: &'static str) -> Self {
        Self {
            format,
            seen: HashMap::new(),
        }
    }

    pub(super) fn entry(&mut self, note: &ForeignNote) -> Result<Entry, Unread> {
        let text = note.text();
        if text.len() > LARGEST_NOTE {
            return Err(fields::too_large());
        }
        let times = (note.created.or(note.updated), note.updated.or(note.created));
        let (Some(created), Some(updated)) = times else {
            return Err(Unread::new("it has no date"));
        };
        let (Some(created), Some(updated)) = (stored(created), stored(updated)) else {
            return Err(Unread::new("its date is out of range"));
        };
        let Text { title, content } = Text::from_form(&text, None).unwrap_or_default();
        let note = Note {
            id: self.id(&note.identity).to_string(),
            title: Some(title),
            content: Some(content),
            created_at: Some(created),
            updated_at: Some(updated),
            ..Note::default()
        };
        let raw = RawNote::of_new(&note);
        Ok(Entry::new(note.id, raw))
    }

    fn id(&mut self, identity: &str) -> Uuid {
        let first = Uuid::new_v5(
            &NAMESPACE,
            format!("{}\n{identity}", self.format).as_bytes(),
        );
        let count = self.seen.entry(first).or_default();
        *count += 1;
        match *count {
            1 => first,
            ordinal => Uuid::new_v5(&first, ordinal.to_string().as_bytes()),
        }
    }
}

/// A time as the store has it, if it can be read back.
fn stored(time: DateTime<Utc>) -> Option<String> {
    let text = timestamp::format(time);
    timestamp::parse(&text).map(|_| text)
}
