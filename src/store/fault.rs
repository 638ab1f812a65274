//! What can be odd about the data, and the words for it.
//!
//! Other programs write to the same keys, and Redis itself may drop some. This file only names what
//! was found; who looks, and what is done about it, it does not know.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::keys;

/// Something odd about the data: seen, worked around, never mended on the quiet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The set of ids has an id whose hash is gone.
    NoHash {
        /// The id.
        id: String,
    },
    /// There is a hash whose id the set of ids lacks.
    Unlisted {
        /// The id.
        id: String,
    },
    /// The key of a note holds something other than a hash.
    WrongType {
        /// The id.
        id: String,
    },
    /// The key of the set of ids holds something other than a set.
    IdsWrongType,
    /// A note lacks one of the five fields.
    MissingField {
        /// The note.
        id: String,
        /// The field.
        field: &'static str,
    },
    /// The field `id` of a note is not the id of its key.
    OtherId {
        /// The id of the key.
        id: String,
        /// What the field says.
        found: String,
    },
    /// A time cannot be read.
    BadTime {
        /// The note.
        id: String,
        /// The field.
        field: &'static str,
        /// What it says.
        found: String,
    },
    /// A time has not come yet.
    FutureTime {
        /// The note.
        id: String,
        /// The field.
        field: &'static str,
        /// What it says.
        found: String,
    },
    /// A note was changed before it was made.
    TimesReversed {
        /// The note.
        id: String,
    },
    /// The name or the value of a field holds bytes that are not UTF-8; they are shown as U+FFFD.
    NotUtf8 {
        /// The note.
        id: String,
        /// The field.
        field: String,
    },
    /// An id is not UTF-8, and no command can name it.
    IdNotUtf8 {
        /// Its bytes.
        id: Vec<u8>,
    },
    /// Redis is going to drop a note when its time to live is over.
    Expires {
        /// The note.
        id: String,
    },
    /// Redis is going to drop the set of ids when its time to live is over.
    IdsExpire,
}

/// The words for a kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// For people, of any number.
    pub plural: &'static str,
    /// For programs.
    pub word: &'static str,
}

impl Fault {
    /// What kind of fault it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let (word, plural) = match self {
            Self::NoHash { .. } => ("no_hash", "ids without a note"),
            Self::Unlisted { .. } => ("unlisted", "notes that the set of ids lacks"),
            Self::WrongType { .. } | Self::IdsWrongType => {
                ("wrong_type", "keys that hold something else")
            }
            Self::MissingField { .. } => ("missing_field", "missing fields"),
            Self::OtherId { .. } => ("other_id", "notes that give another id"),
            Self::BadTime { .. } => ("bad_time", "times that cannot be read"),
            Self::FutureTime { .. } => ("future_time", "times in the future"),
            Self::TimesReversed { .. } => ("times_reversed", "notes changed before they were made"),
            Self::NotUtf8 { .. } => ("not_utf8", "texts that are not UTF-8"),
            Self::IdNotUtf8 { .. } => ("id_not_utf8", "ids that are not UTF-8"),
            Self::Expires { .. } | Self::IdsExpire => ("expires", "keys that Redis will drop"),
        };
        Kind { plural, word }
    }

    /// The id that it is about; where that is not UTF-8, with `\x` before each such byte.
    #[must_use]
    pub fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::NoHash { id }
            | Self::Unlisted { id }
            | Self::WrongType { id }
            | Self::MissingField { id, .. }
            | Self::OtherId { id, .. }
            | Self::BadTime { id, .. }
            | Self::FutureTime { id, .. }
            | Self::TimesReversed { id }
            | Self::NotUtf8 { id, .. }
            | Self::Expires { id } => Some(Cow::Borrowed(id)),
            Self::IdNotUtf8 { id } => Some(Cow::Owned(id.escape_ascii().to_string())),
            Self::IdsWrongType | Self::IdsExpire => None,
        }
    }

    /// The key that it is about.
    #[must_use]
    pub fn key(&self) -> String {
        self.id()
            .map_or_else(|| keys::IDS.to_owned(), |id| keys::note(&id))
    }

    /// The field that it is about.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::MissingField { field, .. }
            | Self::BadTime { field, .. }
            | Self::FutureTime { field, .. } => Some(field),
            Self::NotUtf8 { field, .. } => Some(field),
            Self::OtherId { .. } => Some("id"),
            _ => None,
        }
    }

    /// What is wrong, in words that stand for themselves.
    #[must_use]
    pub fn detail(&self) -> String {
        let (key, ids) = (self.key(), keys::IDS);
        match self {
            Self::NoHash { .. } => format!("{ids} has the id, but there is no {key}"),
            Self::Unlisted { .. } => format!("there is a {key}, but {ids} lacks the id"),
            Self::WrongType { .. } => format!("{key} holds something other than a hash"),
            Self::IdsWrongType => format!("{ids} holds something other than a set"),
            Self::MissingField { field, .. } => format!("{key} has no field {field}"),
            Self::OtherId { found, .. } => format!("the field id of {key} says {found:?}"),
            Self::BadTime { field, found, .. } => {
                format!("{field} of {key} is no time: {found:?}")
            }
            Self::FutureTime { field, found, .. } => {
                format!("{field} of {key} has not come yet: {found}")
            }
            Self::TimesReversed { .. } => format!("updated_at of {key} is before its created_at"),
            Self::NotUtf8 { field, .. } => format!("{field} of {key} is not UTF-8"),
            Self::IdNotUtf8 { .. } => format!("the id of {key} is not UTF-8"),
            Self::Expires { .. } | Self::IdsExpire => {
                format!("{key} has a time to live; then Redis drops it")
            }
        }
    }
}

/// Says in one line what kinds of faults there are and how often, for a person.
#[must_use]
pub fn summary(faults: &[Fault]) -> Option<String> {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for fault in faults {
        *kinds.entry(fault.kind()).or_default() += 1;
    }
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| format!("{}: {count}", kind.plural))
        .collect();
    (!parts.is_empty()).then(|| format!("odd data by another writer ({})", parts.join(", ")))
}
