//! A problem, whatever found it, in the one form in which it is reported.

use serde::{Serialize, Serializer};

use super::Repair;
use crate::store::{keys, odd};

/// A problem. Serialized, it is an element of `deep.problems`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    pub(crate) kind: ProblemKind,
    /// The id of the note; with `\x` before each byte that is not UTF-8.
    pub(crate) id: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) field: Option<String>,
    /// A full description for people.
    pub(crate) detail: String,
    #[serde(rename = "repairable", serialize_with = "is_there")]
    pub(crate) repair: Option<Repair>,
}

/// The kinds of problems, in the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProblemKind {
    NotSaved,
    SnapshotsOnly,
    SaveFailed,
    ReadOnly,
    Eviction,
    Unserved,
    Refused,
    NoHash,
    Unlisted,
    WrongType,
    MissingField,
    OtherId,
    BadTime,
    FutureTime,
    TimesReversed,
    NotUtf8,
    IdNotUtf8,
    Expires,
}

/// A check that Redis refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Unchecked {
    pub(crate) what: &'static str,
    pub(crate) reason: String,
}

impl ProblemKind {
    /// Names several problems of this kind; `None` for a kind that has a line of its own.
    pub(crate) fn plural(self) -> Option<&'static str> {
        Some(match self {
            Self::NotSaved
            | Self::SnapshotsOnly
            | Self::SaveFailed
            | Self::ReadOnly
            | Self::Eviction
            | Self::Unserved
            | Self::Refused => return None,
            Self::NoHash => odd::NO_HASH,
            Self::Unlisted => "notes that the set of ids lacks",
            Self::WrongType => odd::WRONG_TYPE,
            Self::MissingField => odd::MISSING_FIELD,
            Self::OtherId => "notes that give another id",
            Self::BadTime => "times that cannot be read",
            Self::FutureTime => "times in the future",
            Self::TimesReversed => "notes changed before they were made",
            Self::NotUtf8 => odd::NOT_UTF8,
            Self::IdNotUtf8 => odd::ID_NOT_UTF8,
            Self::Expires => "keys that Redis will drop",
        })
    }
}

impl Problem {
    /// Makes a problem that is not about one note.
    pub(crate) fn new(kind: ProblemKind, key: Option<String>, detail: impl Into<String>) -> Self {
        Self {
            kind,
            id: None,
            key,
            field: None,
            detail: detail.into(),
            repair: None,
        }
    }

    pub(super) fn of_note(kind: ProblemKind, id: &str, detail: String) -> Self {
        Self {
            id: Some(id.to_owned()),
            ..Self::new(kind, Some(keys::of_note(id)), detail)
        }
    }

    /// Names the problem in few words, as an example of its kind.
    pub(crate) fn example(&self) -> String {
        let named = self.id.as_ref().or(self.key.as_ref());
        let words: Vec<String> = named.into_iter().chain(&self.field).cloned().collect();
        words.join(" ")
    }
}

#[expect(clippy::ref_option, reason = "serde passes it so")]
fn is_there<S: Serializer>(repair: &Option<Repair>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(repair.is_some())
}
