//! The one note that a reference names, or an error that says why it is not one.

use super::error::Error;
use super::names::{Found, LEAST_PREFIX, Names, Relation};
use super::note_ref::NoteRef;
use crate::note::Note;
use crate::note::text::quoted;
use crate::store::{self, Store};

/// The most notes that are read to be named as candidates.
const CANDIDATES: usize = 100;

/// The most names for which titles like them are looked for: it takes a pass over all titles for each.
const MOST_NEAR: usize = 10;

/// The result for a reference.
#[derive(Debug)]
pub(crate) enum Resolved {
    /// The id of the one note that it names.
    One(String),
    /// It names none, or several.
    NotOne(Error),
}

impl Resolved {
    /// Returns the id, for a caller that fails without one.
    pub(crate) fn one(self) -> Result<String, Error> {
        match self {
            Self::One(id) => Ok(id),
            Self::NotOne(error) => Err(error),
        }
    }
}

/// Finds the note that each reference names, in their order.
pub(crate) fn resolve(
    store: &mut Store,
    references: &[NoteRef],
) -> Result<Vec<Resolved>, store::Error> {
    let names = Names::read(store, references)?;
    let mut resolved = Vec::with_capacity(references.len());
    let mut left = MOST_NEAR;
    for reference in references {
        let error = match (names.find(reference), reference) {
            (Found::One(id), _) => {
                resolved.push(Resolved::One(id));
                continue;
            }
            (_, NoteRef::Latest(number)) => too_few(*number, names.latest.len()),
            (Found::Several(relation, ids), NoteRef::Name(text)) => {
                let count = ids.len();
                ambiguous(text, &relation, count, latest_of(store, ids)?)
            }
            (Found::Nothing, NoteRef::Name(text)) if left > 0 => {
                left -= 1;
                let (ids, is_part) = names.near(text);
                nothing_named(text, latest_of(store, ids)?, is_part)
            }
            (Found::Nothing, NoteRef::Name(text)) => nothing_named(text, Vec::new(), false),
        };
        resolved.push(Resolved::NotOne(error));
    }
    Ok(resolved)
}

/// As [`resolve`], of one reference.
pub(crate) fn resolve_one(store: &mut Store, reference: NoteRef) -> Result<Resolved, store::Error> {
    let mut resolved = resolve(store, &[reference])?;
    Ok(resolved.pop().expect("one NOTE has one answer"))
}

/// Reads id, title and time of these notes, those changed last first.
fn latest_of(store: &mut Store, mut ids: Vec<String>) -> Result<Vec<Note>, store::Error> {
    ids.truncate(CANDIDATES);
    let titles = store.values(&ids, "title")?;
    let times = store.values(&ids, "updated_at")?;
    let mut notes = Vec::with_capacity(ids.len());
    for ((id, title), time) in ids.into_iter().zip(titles).zip(times) {
        notes.push(Note {
            id,
            title: Some(title),
            updated_at: Some(time),
            ..Note::default()
        });
    }
    notes.sort_by(|one, other| other.updated_at.cmp(&one.updated_at));
    Ok(notes)
}

fn ambiguous(text: &str, relation: &Relation, count: usize, candidates: Vec<Note>) -> Error {
    let name = quoted(text);
    let message = match relation {
        Relation::Title => format!("'{name}' is the title of {count} notes"),
        Relation::Beginning => format!("'{name}' is the beginning of {count} ids"),
    };
    let note = text.to_owned();
    Error::Ambiguous {
        note,
        message,
        candidates,
    }
}

fn nothing_named(text: &str, near: Vec<Note>, is_part: bool) -> Error {
    let name = quoted(text);
    let message = if !near.is_empty() {
        format!("no note '{name}'; near it")
    } else if text.trim().is_empty() {
        "an empty NOTE names no note; `notes list` shows what there is".to_owned()
    } else if text.chars().count() < LEAST_PREFIX {
        format!("no note '{name}'; the beginning of an id needs at least {LEAST_PREFIX} characters")
    } else {
        return Error::no_such_note(text);
    };
    let note = text.to_owned();
    Error::NoSuchNote {
        note,
        message,
        near,
        is_part,
    }
}

fn too_few(number: usize, count: usize) -> Error {
    let (note, message) = match count {
        0 => (
            "@".into(),
            "there are no notes yet; `notes add` makes one".into(),
        ),
        1 => (
            format!("@{number}"),
            format!("no note @{number}: there is only 1 note"),
        ),
        count => (
            format!("@{number}"),
            format!("no note @{number}: there are only {count} notes"),
        ),
    };
    Error::missing(&note, message)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use redis::cmd;

    use super::*;
    use crate::store::keys;
    use crate::store::tests::failure::then;
    use crate::store::tests::{AT_ONCE, TIMEOUT, address};

    #[test]
    fn ids_are_looked_for_some_at_a_time() {
        let id = "0".repeat(10);
        let commands = [
            cmd("EXISTS").arg(keys::of_note(&id)).take(),
            cmd("SISMEMBER").arg(keys::IDS).arg(&id).take(),
        ];
        let length: usize = commands
            .map(|it| it.get_packed_command().len())
            .iter()
            .sum();
        let server = then(move |mut stream| {
            for _ in 0..2_500 / AT_ONCE {
                // Two batches at most come before the replies to the first.
                let sent = stream.peek(&mut vec![0; 3 * AT_ONCE * length]).unwrap();
                if sent > 2 * AT_ONCE * length {
                    return;
                }
                stream.read_exact(&mut vec![0; AT_ONCE * length]).unwrap();
                let replies = ":1\r\n".repeat(2 * AT_ONCE);
                stream.write_all(replies.as_bytes()).unwrap();
            }
        });
        let mut store = Store::open(&address(&format!("redis://{server}")), TIMEOUT).unwrap();
        let ids: Vec<String> = (0..2_500).map(|id| format!("{id:010}")).collect();
        let references: Vec<_> = ids.iter().cloned().map(NoteRef::Name).collect();
        let resolved = resolve(&mut store, &references).unwrap();
        let resolved = resolved.into_iter().map(Resolved::one);
        assert_eq!(resolved.collect::<Result<Vec<_>, _>>().unwrap(), ids);
    }
}
