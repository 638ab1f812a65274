//! How a person names a note: its id, the beginning of one, or `@` for the note changed last.

use redis::{Cmd, Value, cmd};
use uuid::Uuid;

use super::error::Error;
use super::read::{Query, Sort};
use super::{Store, keys};

/// The fewest characters of an id that may stand for the whole: fewer would too often name another
/// note than the one meant.
pub(crate) const LEAST_PREFIX: usize = 4;

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
    /// several. An id counts as there if its
    /// note is, or if the set of ids has it.
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
        let spellings: Vec<Vec<String>> = references.iter().map(spellings).collect();
        let commands: Vec<Cmd> = spellings
            .iter()
            .flatten()
            .flat_map(|id| presence(id))
            .collect();
        let mut replies = self.connection.pipeline(&commands)?.into_iter();
        let mut found = Vec::with_capacity(references.len());
        for spellings in spellings {
            let mut id = None;
            for spelling in spellings {
                for reply in replies.by_ref().take(2) {
                    match reply {
                        Value::ServerError(error) => {
                            return Err(self.connection.failure(&error, Some(keys::IDS_SLOT)));
                        }
                        Value::Int(1) if id.is_none() => id = Some(spelling.clone()),
                        _ => {}
                    }
                }
            }
            found.push(id);
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
        let reference = text.to_owned();
        if text.chars().count() < LEAST_PREFIX {
            return Ok(Err(Error::NoSuchNote {
                message: format!(
                    "no note {text}; the beginning of an id needs at least {LEAST_PREFIX} characters"
                ),
                note: reference,
            }));
        }
        if Uuid::try_parse(text).is_ok() {
            // A whole id of the usual kind is the beginning of no other.
            return Ok(Err(Error::no_such_note(reference)));
        }
        let mut ids = self.scan_prefix(text)?;
        let lower = text.to_lowercase();
        if ids.is_empty() && lower != text {
            ids = self.scan_prefix(&lower)?;
        }
        let count = ids.len();
        Ok(match ids.pop() {
            None => Err(Error::no_such_note(reference)),
            Some(only) if ids.is_empty() => Ok(only),
            Some(last) => {
                ids.push(last);
                ids.truncate(CANDIDATES);
                Err(Error::Ambiguous {
                    note: reference,
                    count,
                    candidates: ids,
                })
            }
        })
    }

    fn scan_prefix(&mut self, prefix: &str) -> Result<Vec<String>, Error> {
        let mut ids = self.scan(Some(&format!("{}*", escape(prefix))))?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

/// The ids that a reference may spell out in full: what was typed, and, since our ids are UUIDs in
/// lower case, the same UUID in that form.
fn spellings(reference: &NoteRef) -> Vec<String> {
    let NoteRef::Id(text) = reference else {
        return Vec::new();
    };
    let usual = Uuid::try_parse(text).ok().map(|id| id.to_string());
    let mut spellings = vec![text.clone()];
    spellings.extend(usual.filter(|usual| usual != text));
    spellings
}

fn presence(id: &str) -> [Cmd; 2] {
    let mut note = cmd("EXISTS");
    note.arg(keys::note(id));
    let mut index = cmd("SISMEMBER");
    index.arg(keys::IDS).arg(id);
    [note, index]
}

/// Takes the special meaning from the characters that have one in a Redis glob pattern
/// (<https://redis.io/docs/latest/commands/keys/>).
fn escape(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
