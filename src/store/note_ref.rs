//! How a person names a note: its id, the beginning of one, its title, or `@` for the note changed
//! last.

use std::iter;

use uuid::Uuid;

use super::Store;
use super::ask::Question;
use super::error::Error;
use super::keys::Slot;
use super::order::Order;

/// Fewer characters of an id would too often name another note than the one meant.
const LEAST_PREFIX: usize = 4;

/// How many candidates an error about an ambiguous name tells.
const CANDIDATES: usize = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoteRef {
    /// `@`: the note changed last; `@2` the one before it, and so on.
    Latest(usize),
    /// An id, the beginning of one, or a title.
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

impl Store {
    /// The ids that the references stand for, in their order.
    ///
    /// For each: [`Error::NoSuchNote`] where there is none, [`Error::Ambiguous`] where there are
    /// several. An id counts as there if its note is, or if the set of ids has it. Ids go before
    /// titles, in which letter case does not count.
    pub(crate) fn resolve(
        &mut self,
        references: &[NoteRef],
    ) -> Result<Vec<Result<String, Error>>, Error> {
        let whole = self.whole(references)?;
        let latest = self.latest(references)?;
        let mut titles = None;
        let mut resolved = Vec::with_capacity(references.len());
        for (reference, whole) in references.iter().zip(whole) {
            resolved.push(match (reference, whole) {
                (_, Some(id)) => Ok(id),
                (NoteRef::Latest(number), None) => {
                    let id = latest.get(number - 1).cloned();
                    id.ok_or_else(|| too_few(*number, latest.len()))
                }
                (NoteRef::Name(text), None) => self.named(text, &mut titles)?,
            });
        }
        Ok(resolved)
    }

    fn latest(&mut self, references: &[NoteRef]) -> Result<Vec<String>, Error> {
        let numbers = references.iter().filter_map(|reference| match reference {
            NoteRef::Latest(number) => Some(*number),
            NoteRef::Name(_) => None,
        });
        let Some(most) = numbers.max() else {
            return Ok(Vec::new());
        };
        let notes = self.list(Order::LATEST_FIRST, Some(most))?;
        Ok(notes.into_iter().map(|note| note.id).collect())
    }

    /// By the beginning of an id, or else by a title. All titles are read once they are needed.
    fn named(
        &mut self,
        text: &str,
        titles: &mut Option<Vec<(String, String)>>,
    ) -> Result<Result<String, Error>, Error> {
        if Uuid::try_parse(text).is_ok() {
            // A whole id of the usual kind is the beginning of no other.
            return Ok(Err(Error::no_such_note(text)));
        }
        let ids = self.beginning_with(text)?;
        if !ids.is_empty() {
            return Ok(the_only(text, ids, "is the beginning of", "ids"));
        }
        if titles.is_none() {
            let ids = self.ids(None)?;
            let read = self.values(&ids, "title")?.into_iter();
            *titles = Some(read.zip(ids).collect());
        }
        let lower = text.to_lowercase();
        let alike = titles
            .iter()
            .flatten()
            .filter(|(title, _)| title.to_lowercase() == lower);
        let ids = alike.map(|(_, id)| id.clone()).collect();
        Ok(the_only(text, ids, "is the title of", "notes"))
    }

    fn beginning_with(&mut self, text: &str) -> Result<Vec<String>, Error> {
        if text.chars().count() < LEAST_PREFIX {
            return Ok(Vec::new());
        }
        let ids = self.ids(Some(&beginning(text)))?;
        let lower = text.to_lowercase();
        if ids.is_empty() && lower != text {
            return self.ids(Some(&beginning(&lower)));
        }
        Ok(ids)
    }

    /// For each reference the id that it spells out, if that is there.
    fn whole(&mut self, references: &[NoteRef]) -> Result<Vec<Option<String>>, Error> {
        let (of, ids): (Vec<usize>, Vec<String>) = references
            .iter()
            .enumerate()
            .flat_map(|(at, reference)| iter::repeat(at).zip(spellings(reference)))
            .unzip();
        let questions = [Question::Note("EXISTS", &[]), Question::IsMember];
        let are_there = self.each(&ids, questions, |store, _, [note, listed]| {
            let slot = Some(Slot::Ids);
            let has_note: bool = store.connection.value("EXISTS", Some(note), slot)?;
            Ok(store.is_listed(listed)? || has_note)
        })?;
        let mut found = vec![None; references.len()];
        for ((at, id), is_there) in of.into_iter().zip(ids).zip(are_there) {
            if is_there {
                found[at].get_or_insert(id);
            }
        }
        Ok(found)
    }
}

fn the_only(text: &str, mut ids: Vec<String>, relation: &str, what: &str) -> Result<String, Error> {
    let count = ids.len();
    match ids.pop() {
        None if text.chars().count() < LEAST_PREFIX => Err(Error::NoSuchNote {
            note: text.to_owned(),
            message: format!(
                "no note {text}; the beginning of an id needs at least {LEAST_PREFIX} characters"
            ),
        }),
        None => Err(Error::no_such_note(text)),
        Some(id) if ids.is_empty() => Ok(id),
        Some(last) => {
            ids.push(last);
            ids.truncate(CANDIDATES);
            let more = if count > ids.len() { ", …" } else { "" };
            let some = ids.join(", ");
            Err(Error::Ambiguous {
                note: text.to_owned(),
                message: format!("{text} {relation} {count} {what}: {some}{more}"),
            })
        }
    }
}

fn too_few(number: usize, count: usize) -> Error {
    let (note, message) = match count {
        0 => (
            "@".into(),
            "there is no note yet; `notes add` makes one".into(),
        ),
        count => (
            format!("@{number}"),
            format!("no note @{number}: there are only {count}"),
        ),
    };
    Error::NoSuchNote { note, message }
}

/// The ids that a reference may spell out in full: what was typed, and, since our ids are UUIDs in
/// lower case, the same UUID in that form.
fn spellings(reference: &NoteRef) -> Vec<String> {
    let NoteRef::Name(typed) = reference else {
        return Vec::new();
    };
    let mut ids = vec![typed.clone()];
    ids.extend(Uuid::try_parse(typed).map(|id| id.to_string()));
    ids.dedup();
    ids
}

/// The Redis glob pattern (<https://redis.io/docs/latest/commands/keys/>) for what begins with a text.
pub(crate) fn beginning(text: &str) -> String {
    let special = |c: &char| matches!(c, '*' | '?' | '[' | ']' | '\\');
    text.chars()
        .flat_map(|c| special(&c).then_some('\\').into_iter().chain([c]))
        .chain(['*'])
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::super::ask::AT_ONCE;
    use super::super::keys;
    use super::super::tests::{TIMEOUT, address, then};
    use super::*;

    #[test]
    fn ids_are_looked_for_some_at_a_time() {
        let id = "0".repeat(10);
        let commands = [
            keys::on_note("EXISTS", &id),
            keys::on_ids("SISMEMBER").arg(&id).take(),
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
        let resolved = store.resolve(&references).unwrap();
        assert_eq!(
            resolved.into_iter().collect::<Result<Vec<_>, _>>().unwrap(),
            ids
        );
    }
}
