//! The fields to print, in their order.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::sanitize::one_line;
use crate::note::{FIELDS, Note};

/// The selected fields, in order: at least one, none empty, none twice.
///
/// `parse` reads names separated by commas; it ignores white space around them and repeated names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection(Vec<String>);

/// The selected fields do not exist.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SelectionError(String);

impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut names: Vec<String> = Vec::new();
        for name in text.split(',').map(str::trim) {
            if name.is_empty() {
                return Err(SelectionError(format!(
                    "the list of fields `{}` lacks a name: write names with commas between them, \
                     as in id,title",
                    one_line(text)
                )));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(Self(names))
    }
}

impl Selection {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Rejects unknown field names: those neither among the five nor in `other`, the other fields that the
    /// notes have.
    pub(crate) fn check(&self, other: &BTreeSet<String>) -> Result<(), SelectionError> {
        let other = other.iter().map(String::as_str);
        let known: Vec<&str> = FIELDS.into_iter().chain(other).collect();
        self.reject_unknown("no note has a", &known)
    }

    /// Returns the first name that is neither among the five nor in `other`.
    pub(crate) fn unknown(&self, other: &BTreeSet<String>) -> Option<&str> {
        self.names()
            .find(|name| !FIELDS.contains(name) && !other.contains(*name))
    }

    /// Rejects names that are not among the members of a `what`.
    pub(crate) fn check_members(&self, what: &str, members: &[&str]) -> Result<(), SelectionError> {
        self.reject_unknown(&format!("a {what} has no"), members)
    }

    fn reject_unknown(&self, complaint: &str, known: &[&str]) -> Result<(), SelectionError> {
        let Some(name) = self.names().find(|name| !known.contains(name)) else {
            return Ok(());
        };
        let (name, known) = (one_line(name), known.join(", "));
        let known = one_line(&known);
        Err(SelectionError(format!(
            "{complaint} field `{name}`: choose from {known}"
        )))
    }
}

/// Returns the names of the other programs' fields in the notes.
pub(crate) fn other_fields(notes: &[Note]) -> impl Iterator<Item = &String> {
    notes.iter().flat_map(|note| note.other.keys())
}

/// Returns the names of the columns: those selected, or the five.
pub(crate) fn names(selection: Option<&Selection>) -> Vec<&str> {
    selection.map_or_else(|| FIELDS.to_vec(), |selection| selection.names().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_order_and_repeated_ones_count_once() {
        let selection: Selection = "title, id ,tags,title".parse().unwrap();
        let names: Vec<_> = selection.names().collect();
        assert_eq!(names, ["title", "id", "tags"]);
    }

    #[test]
    fn an_empty_name_is_refused() {
        for text in ["", ",", "id,", ",id", "id,,title", "id, "] {
            let error = text.parse::<Selection>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}` lacks a name")), "{error}");
        }
        assert_eq!(
            "id,".parse::<Selection>().unwrap_err().to_string(),
            "the list of fields `id,` lacks a name: write names with commas between them, as in \
             id,title"
        );
    }

    #[test]
    fn a_name_that_no_note_has_is_refused_with_those_that_exist() {
        let other = ["tags", "a\x1bb"].map(str::to_owned).into();
        let check = |text: &str| text.parse::<Selection>().unwrap().check(&other);
        assert_eq!(check("id,tags,created_at"), Ok(()));
        assert_eq!(
            check("id,tag\x07").unwrap_err().to_string(),
            "no note has a field `tag^G`: choose from id, title, content, created_at, updated_at, \
             a^[b, tags"
        );
    }
}
