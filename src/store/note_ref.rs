//! How a person names a note: its id, the beginning of one, or `@` for the note changed last.

use redis::Cmd;
use uuid::Uuid;

use super::Store;
use super::error::Error;
use super::keys::{self, Slot};
use super::read::{Query, Sort};

/// The fewest characters of an id that may stand for the whole: fewer would too often name another
/// note than the one meant.
const LEAST_PREFIX: usize = 4;

/// How many candidates an error about an ambiguous prefix names.
const CANDIDATES: usize = 5;

/// The name of a note as a person gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoteRef {
    /// `@`: the note changed last.
    Latest,
    /// An id, or the beginning of one.
    Id(String),
}

impl From<String> for NoteRef {
    fn from(text: String) -> Self {
        if text == "@" {
            Self::Latest
        } else {
            Self::Id(text)
        }
    }
}

impl Store {
    /// The ids that the references stand for, in their order.
    ///
    /// For each: [`Error::NoSuchNote`] where there is none, [`Error::Ambiguous`] where there are
    /// several. An id counts as there if its note is, or if the set of ids has it.
    pub(crate) fn resolve(
        &mut self,
        references: &[NoteRef],
    ) -> Result<Vec<Result<String, Error>>, Error> {
        let whole = self.whole(references)?;
        references
            .iter()
            .zip(whole)
            .map(|(reference, whole)| match (reference, whole) {
                (_, Some(id)) => Ok(Ok(id)),
                (NoteRef::Latest, None) => self.latest(),
                (NoteRef::Id(text), None) => self.beginning_with(text),
            })
            .collect()
    }

    /// For each reference the id that it spells out, if that is there: all in one round trip.
    fn whole(&mut self, references: &[NoteRef]) -> Result<Vec<Option<String>>, Error> {
        let spelt: Vec<(usize, String)> = references
            .iter()
            .enumerate()
            .flat_map(|(at, reference)| spellings(reference).map(move |id| (at, id)))
            .collect();
        let commands: Vec<Cmd> = spelt
            .iter()
            .flat_map(|(_, id)| [keys::on_note("EXISTS", id), keys::is_member(id)])
            .collect();
        let mut replies = self.connection.pipeline(&commands)?.into_iter();
        let mut found = vec![None; references.len()];
        for (at, id) in spelt {
            for command in ["EXISTS", "SISMEMBER"] {
                let slot = Some(Slot::Ids);
                if self.connection.value(command, replies.next(), slot)? {
                    found[at].get_or_insert_with(|| id.clone());
                }
            }
        }
        Ok(found)
    }

    fn latest(&mut self) -> Result<Result<String, Error>, Error> {
        let query = Query {
            sort: Sort::Updated,
            limit: Some(1),
            ..Query::default()
        };
        let latest = self.list(&query)?.notes.pop();
        Ok(latest.map(|note| note.id).ok_or_else(|| Error::NoSuchNote {
            note: "@".into(),
            message: "there is no note yet; `notes add` makes one".into(),
        }))
    }

    fn beginning_with(&mut self, text: &str) -> Result<Result<String, Error>, Error> {
        if text.chars().count() < LEAST_PREFIX {
            return Ok(Err(Error::NoSuchNote {
                note: text.to_owned(),
                message: format!(
                    "no note {text}; the beginning of an id needs at least {LEAST_PREFIX} characters"
                ),
            }));
        }
        if Uuid::try_parse(text).is_ok() {
            // A whole id of the usual kind is the beginning of no other.
            return Ok(Err(Error::no_such_note(text)));
        }
        let mut ids = self.ids(Some(&format!("{}*", escape(text))))?;
        let lower = text.to_lowercase();
        if ids.is_empty() && lower != text {
            ids = self.ids(Some(&format!("{}*", escape(&lower))))?;
        }
        let count = ids.len();
        Ok(match count {
            0 => Err(Error::no_such_note(text)),
            1 => Ok(ids.remove(0)),
            _ => {
                ids.truncate(CANDIDATES);
                Err(Error::Ambiguous {
                    note: text.to_owned(),
                    count,
                    candidates: ids,
                })
            }
        })
    }
}

/// The ids that a reference may spell out in full: what was typed, and, since our ids are UUIDs in
/// lower case, the same UUID in that form.
fn spellings(reference: &NoteRef) -> impl Iterator<Item = String> {
    let typed = match reference {
        NoteRef::Latest => None,
        NoteRef::Id(text) => Some(text.clone()),
    };
    let id = typed.as_deref().and_then(|text| Uuid::try_parse(text).ok());
    let usual = id.map(|id| id.to_string());
    let usual = usual.filter(|usual| typed.as_ref() != Some(usual));
    typed.into_iter().chain(usual)
}

/// Takes the special meaning from the characters that have one in a Redis glob pattern
/// (<https://redis.io/docs/latest/commands/keys/>).
fn escape(text: &str) -> String {
    let special = |c: &char| matches!(c, '*' | '?' | '[' | ']' | '\\');
    text.chars()
        .flat_map(|c| special(&c).then_some('\\').into_iter().chain([c]))
        .collect()
}
