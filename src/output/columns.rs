//! Which fields are shown, in which order, and whether their names head them.
//!
//! What the formats do with the fields is theirs.

use std::str::FromStr;

use super::sanitize::one_line;
use crate::note::{FIELDS, Note};

/// How many names an error lists before it says how many more there are.
const MOST_NAMES_LISTED: usize = 24;

/// Whether a first line with the names of the columns is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// The names come first.
    #[default]
    Shown,
    /// Only the notes are written.
    Hidden,
}

/// The fields that were asked for, in the order in which they were asked for.
///
/// It holds at least one name, no empty one, and none twice. Made from text by `parse`: names
/// separated by commas, the white space around them ignored, a repeated name taken once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(Vec<String>);

/// Why fields cannot be selected as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// The text has nothing where a name is due.
    #[error(
        "the list of fields `{}` lacks a name: write names with commas between them, as in id,title",
        one_line(text)
    )]
    Empty {
        /// The whole text.
        text: String,
    },
    /// No note has the field.
    #[error(
        "no note has a field `{}`: choose from {}",
        one_line(name),
        listed(known)
    )]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that exist: the five first, then those of other writers.
        known: Vec<String>,
    },
}

impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut names: Vec<String> = Vec::new();
        for name in text.split(',').map(str::trim) {
            if name.is_empty() {
                return Err(SelectionError::Empty {
                    text: text.to_owned(),
                });
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(Self(names))
    }
}

impl Selection {
    /// The names, in the order in which they were asked for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Refuses a name that is none of the five and that none of the notes has, which is most likely
    /// a slip. Where there are no notes nothing is known of other writers' fields, and any name
    /// passes.
    ///
    /// The formats do not check: without this, a field that no note has is empty (or null) in all.
    pub fn check(&self, notes: &[Note]) -> Result<(), SelectionError> {
        let unknown = self.names().find(|name| {
            !FIELDS.contains(name) && !notes.iter().any(|note| note.other.contains_key(*name))
        });
        match unknown {
            Some(name) if !notes.is_empty() => Err(SelectionError::Unknown {
                name: name.to_owned(),
                known: names_in(notes),
            }),
            _ => Ok(()),
        }
    }
}

/// The names of the columns: those selected, or the five.
pub(super) fn names(selection: Option<&Selection>) -> Vec<&str> {
    selection.map_or_else(|| FIELDS.to_vec(), |selection| selection.names().collect())
}

fn names_in(notes: &[Note]) -> Vec<String> {
    let mut other: Vec<&String> = notes.iter().flat_map(|note| note.other.keys()).collect();
    other.sort_unstable();
    other.dedup();
    let five = FIELDS.into_iter().map(str::to_owned);
    five.chain(other.into_iter().cloned()).collect()
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names
        .iter()
        .take(MOST_NAMES_LISTED)
        .map(|name| one_line(name))
        .collect();
    let list = shown.join(", ");
    match names.len().saturating_sub(MOST_NAMES_LISTED) {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note_with(names: impl IntoIterator<Item = String>) -> Note {
        let mut note = Note::default();
        for name in names {
            note.set_field(&name, String::new());
        }
        note
    }

    #[test]
    fn names_keep_their_order_and_repeated_ones_count_once() {
        let selection: Selection = "title, id ,tags,title".parse().unwrap();
        let names: Vec<_> = selection.names().collect();
        assert_eq!(names, ["title", "id", "tags"]);
    }

    #[test]
    fn an_empty_name_is_refused() {
        for text in ["", ",", "id,", ",id", "id,,title", "id, "] {
            let error = text.parse::<Selection>().unwrap_err();
            assert_eq!(error, SelectionError::Empty { text: text.into() });
        }
        assert_eq!(
            "id,".parse::<Selection>().unwrap_err().to_string(),
            "the list of fields `id,` lacks a name: write names with commas between them, as in \
             id,title"
        );
    }

    #[test]
    fn a_name_that_no_note_has_is_refused_with_those_that_exist() {
        let notes = [
            note_with(["tags".to_owned(), "a\x1bb".to_owned()]),
            note_with(["tags".to_owned()]),
        ];
        let check = |text: &str| text.parse::<Selection>().unwrap().check(&notes);
        assert_eq!(check("id,tags,created_at"), Ok(()));
        assert_eq!(
            check("id,tag\x07").unwrap_err().to_string(),
            "no note has a field `tag^G`: choose from id, title, content, created_at, updated_at, \
             a^[b, tags"
        );
    }

    #[test]
    fn without_notes_any_name_passes() {
        assert_eq!("tags".parse::<Selection>().unwrap().check(&[]), Ok(()));
    }

    #[test]
    fn an_error_does_not_list_names_without_end() {
        let note = note_with((0..1000).map(|number| format!("field{number}")));
        let selection: Selection = "nothing".parse().unwrap();
        let message = selection.check(&[note]).unwrap_err().to_string();
        assert!(message.ends_with(" and 981 more"), "{message}");
        assert!(message.len() < 400, "{message}");
    }
}
