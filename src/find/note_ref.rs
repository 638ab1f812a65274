//! A note as a person names it: a NOTE of a command line, or the target of a link.

use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoteRef {
    /// `@`: the note changed last; `@2` the one before it, and so on.
    Latest(usize),
    /// An id, a title, or the beginning of an id.
    Name(String),
}

impl From<String> for NoteRef {
    fn from(text: String) -> Self {
        let number = match text.strip_prefix('@') {
            Some("") => Some(1),
            Some(digits) => digits.parse().ok().filter(|number| *number > 0),
            None => None,
        };
        number.map_or(Self::Name(text), Self::Latest)
    }
}

impl NoteRef {
    /// Returns the text if it may be a title or the beginning of an id. A whole UUID is the
    /// beginning of no other id, so it needs no search through all notes.
    pub(crate) fn title_or_prefix(&self) -> Option<&str> {
        match self {
            Self::Name(text) if !text.is_empty() && Uuid::try_parse(text).is_err() => Some(text),
            _ => None,
        }
    }

    /// Returns the ids that it may spell out in full: the text itself, and, since our ids are UUIDs in
    /// lower case, the same UUID in that form.
    pub(super) fn whole_ids(&self) -> Vec<String> {
        let Self::Name(text) = self else {
            return Vec::new();
        };
        let mut ids = vec![text.clone()];
        ids.extend(Uuid::try_parse(text).map(|id| id.to_string()));
        ids.dedup();
        ids
    }
}
