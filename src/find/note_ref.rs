//! Names of notes: `@` for the note changed last, an id, a title or the text of a title that is a
//! heading, or the beginning of an id, in this order.

use std::collections::HashMap;
use std::iter;
use std::ops::Range;

use uuid::Uuid;

use super::error::Error;
use super::order::{Order, list};
use crate::note::Note;
use crate::note::text::{heading, quoted};
use crate::store::{self, Store};
use crate::unicode::{folded, nfc};

/// The shortest prefix that names a note.
const LEAST_PREFIX: usize = 4;

/// The most notes that are read to be named as candidates.
const CANDIDATES: usize = 100;

/// The most titles that are named because they are spelled alike, and how alike they must be.
const NEAREST: usize = 3;
const LEAST_LIKENESS: f64 = 0.8;

/// The most names for which titles like them are looked for: it takes a pass over all titles for each.
const MOST_NEAR: usize = 10;

/// The most characters of a text that is compared with titles.
const LONGEST_LIKENESS: usize = 80;

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
}

/// Returns the ids that the references stand for, in their order.
///
/// For each: [`Error::NoSuchNote`] where there is none, [`Error::Ambiguous`] where there are
/// several. An id counts as there if its note is, or if the set of ids has it. A whole id goes
/// before a title, and a title before the beginning of an id: a random new id never takes over
/// a title. Of titles the one in the same letter case goes first.
pub(crate) fn resolve(
    store: &mut Store,
    references: &[NoteRef],
) -> Result<Vec<Result<String, Error>>, store::Error> {
    let whole = find_whole(store, references)?;
    let latest = find_latest(store, references)?;
    let open = references.iter().zip(&whole).filter(|(_, id)| id.is_none());
    let names = read_names(
        store,
        open.filter_map(|(reference, _)| reference.title_or_prefix()),
    )?;
    let mut resolved = Vec::with_capacity(references.len());
    let mut left = MOST_NEAR;
    for (reference, whole) in references.iter().zip(whole) {
        resolved.push(match (reference, whole) {
            (_, Some(id)) => Ok(id),
            (NoteRef::Latest(number), None) => {
                let id = latest.get(number - 1).cloned();
                id.ok_or_else(|| too_few(*number, latest.len()))
            }
            (NoteRef::Name(text), None) => {
                let mut found = names.find(text);
                if matches!(found, Found::Nothing) && left > 0 {
                    left -= 1;
                    found = names.near(text);
                }
                only(store, text, found)?
            }
        });
    }
    Ok(resolved)
}

/// As [`resolve`], of one reference.
pub(crate) fn resolve_one(
    store: &mut Store,
    reference: NoteRef,
) -> Result<Result<String, Error>, store::Error> {
    let mut resolved = resolve(store, &[reference])?;
    Ok(resolved.pop().expect("one NOTE has one answer"))
}

/// Returns the ids of all notes that each name fits: one for a name that [`resolve`] takes. Looks
/// for no candidates where there are none, which costs a pass over all titles for each name.
pub(super) fn fitting(
    store: &mut Store,
    names: &[NoteRef],
) -> Result<Vec<Vec<String>>, store::Error> {
    let whole = find_whole(store, names)?;
    let open = names.iter().zip(&whole).filter(|(_, id)| id.is_none());
    let found = read_names(store, open.filter_map(|(name, _)| name.title_or_prefix()))?;
    let mut fitting = Vec::with_capacity(names.len());
    for (name, whole) in names.iter().zip(whole) {
        fitting.push(match (name.title_or_prefix(), whole) {
            (_, Some(id)) => vec![id],
            (Some(text), None) => found.named(text).1,
            (None, None) => Vec::new(),
        });
    }
    Ok(fitting)
}

/// Returns the only note that was found, or an error that names the candidates.
fn only(
    store: &mut Store,
    text: &str,
    found: Found,
) -> Result<Result<String, Error>, store::Error> {
    let (note, name) = (text.to_owned(), quoted(text));
    let (relation, ids) = match found {
        Found::One(id) => return Ok(Ok(id)),
        Found::Several(relation, ids) => (relation, ids),
        Found::Near(ids, is_part) => {
            let near = latest_of(store, ids)?;
            let message = format!("no note '{name}'; near it");
            return Ok(Err(Error::NoSuchNote {
                note,
                message,
                near,
                is_part,
            }));
        }
        Found::Nothing => return Ok(Err(nothing_named(text))),
    };
    let (count, candidates) = (ids.len(), latest_of(store, ids)?);
    let what = match relation {
        Relation::Title => format!("the title of {count} notes"),
        Relation::Beginning => format!("the beginning of {count} ids"),
    };
    Ok(Err(Error::Ambiguous {
        note,
        message: format!("'{name}' is {what}"),
        candidates,
    }))
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

/// Reads all ids and titles to look for these texts, if there are any.
fn read_names<'a>(
    store: &mut Store,
    texts: impl Iterator<Item = &'a str>,
) -> Result<Names, store::Error> {
    let mut names = Names::default();
    for text in texts {
        names.alike.entry(folded(text)).or_default();
    }
    if names.alike.is_empty() {
        return Ok(names);
    }
    names.ids = store.ids()?;
    names.titles = store.values(&names.ids, "title")?;
    for (at, title) in names.titles.iter().enumerate() {
        let heading = heading(title);
        for name in [Some(title.as_str()), (heading != title).then_some(heading)] {
            let found = name.and_then(|name| names.alike.get_mut(&folded(name)));
            if let Some(found) = found {
                found.push(at);
            }
        }
    }
    Ok(names)
}

fn find_latest(store: &mut Store, references: &[NoteRef]) -> Result<Vec<String>, store::Error> {
    let numbers = references.iter().filter_map(|reference| match reference {
        NoteRef::Latest(number) => Some(*number),
        NoteRef::Name(_) => None,
    });
    let Some(most) = numbers.max() else {
        return Ok(Vec::new());
    };
    let notes = list(store, Order::LATEST_FIRST, Some(most))?;
    Ok(notes.into_iter().map(|note| note.id).collect())
}

/// Returns for each reference the id that it spells out, if that is there.
fn find_whole(
    store: &mut Store,
    references: &[NoteRef],
) -> Result<Vec<Option<String>>, store::Error> {
    let (of, ids): (Vec<usize>, Vec<String>) = references
        .iter()
        .enumerate()
        .flat_map(|(at, reference)| iter::repeat(at).zip(spellings(reference)))
        .unzip();
    let are_there = store.are_there(&ids)?;
    let mut found = vec![None; references.len()];
    for ((at, id), is_there) in of.into_iter().zip(ids).zip(are_there) {
        if is_there {
            found[at].get_or_insert(id);
        }
    }
    Ok(found)
}

/// The ids and titles of all notes, if there is a text to look for among them.
#[derive(Default)]
struct Names {
    /// Sorted.
    ids: Vec<String>,
    /// In the order of the ids; empty where there is none.
    titles: Vec<String>,
    /// For each name that is looked for, [`folded`], the notes with such a title.
    alike: HashMap<String, Vec<usize>>,
}

/// The notes that a text may stand for.
enum Found {
    One(String),
    Several(Relation, Vec<String>),
    /// None, but these have a title like it; true if it is a part of each.
    Near(Vec<String>, bool),
    Nothing,
}

/// The relation of a text to the notes that it names.
enum Relation {
    Title,
    Beginning,
}

impl Names {
    fn find(&self, text: &str) -> Found {
        if text.trim().is_empty() {
            // An empty variable of a script must not name a note without a title.
            return Found::Nothing;
        }
        let (relation, mut ids) = self.named(text);
        match ids.len() {
            0 => Found::Nothing,
            1 => Found::One(ids.remove(0)),
            _ => Found::Several(relation, ids),
        }
    }

    /// Returns the notes with this title or, if there are none, those whose ids begin with the text.
    fn named(&self, text: &str) -> (Relation, Vec<String>) {
        let alike = self.alike.get(&folded(text)).map_or(&[][..], Vec::as_slice);
        let mut exact = alike.to_vec();
        exact.retain(|at| {
            let title = &self.titles[*at];
            [title, heading(title)]
                .iter()
                .any(|title| nfc(title) == nfc(text))
        });
        let titled = if exact.is_empty() { alike } else { &exact };
        if titled.is_empty() {
            (Relation::Beginning, self.beginning_with(text).to_vec())
        } else {
            (Relation::Title, self.ids_at(titled))
        }
    }

    fn ids_at(&self, at: &[usize]) -> Vec<String> {
        at.iter().map(|at| self.ids[*at].clone()).collect()
    }

    /// Returns the notes of which the text is a part of the title, or whose title has every word of it, or
    /// is spelled alike.
    fn near(&self, text: &str) -> Found {
        if text.trim().is_empty() || text.chars().count() > LONGEST_LIKENESS {
            return Found::Nothing;
        }
        let text = folded(text.trim());
        let titles = self.titles.iter().map(|title| folded(heading(title)));
        let titles: Vec<String> = titles.collect();
        let has_words = |title: &String| text.split_whitespace().all(|word| title.contains(word));
        let tests: [&dyn Fn(&String) -> bool; 2] = [&|title| title.contains(&text), &has_words];
        for is_part in tests {
            let parts: Vec<usize> = (0..titles.len())
                .filter(|at| is_part(&titles[*at]))
                .collect();
            if !parts.is_empty() {
                return Found::Near(self.ids_at(&parts), true);
            }
        }
        let mut alike: Vec<(f64, usize)> = Vec::new();
        for (at, title) in titles.iter().enumerate() {
            if title.len() <= 4 * LONGEST_LIKENESS {
                alike.push((strsim::jaro_winkler(&text, title), at));
            }
        }
        alike.retain(|(likeness, _)| *likeness >= LEAST_LIKENESS);
        alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let alike: Vec<usize> = alike.into_iter().map(|(_, at)| at).take(NEAREST).collect();
        if alike.is_empty() {
            return Found::Nothing;
        }
        Found::Near(self.ids_at(&alike), false)
    }

    fn beginning_with(&self, text: &str) -> &[String] {
        if text.chars().count() < LEAST_PREFIX {
            return &[];
        }
        let mut range = self.range(text);
        if range.is_empty() {
            range = self.range(&text.to_lowercase());
        }
        self.ids.get(range).unwrap_or_default()
    }

    /// Returns the range of the ids with this beginning.
    fn range(&self, beginning: &str) -> Range<usize> {
        let first = self.ids.partition_point(|id| id.as_str() < beginning);
        let ids = self.ids.get(first..).unwrap_or_default();
        let count = ids.partition_point(|id| id.starts_with(beginning));
        first..first + count
    }
}

fn nothing_named(text: &str) -> Error {
    let name = quoted(text);
    let message = if text.trim().is_empty() {
        "an empty NOTE names no note; `notes list` shows what there is".to_owned()
    } else if text.chars().count() < LEAST_PREFIX {
        format!("no note '{name}'; the beginning of an id needs at least {LEAST_PREFIX} characters")
    } else {
        return Error::no_such_note(text);
    };
    Error::missing(text, message)
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

/// Returns the ids that a reference may spell out in full: the text itself, and, since our ids are
/// UUIDs in lower case, the same UUID in that form.
fn spellings(reference: &NoteRef) -> Vec<String> {
    let NoteRef::Name(typed) = reference else {
        return Vec::new();
    };
    let mut ids = vec![typed.clone()];
    ids.extend(Uuid::try_parse(typed).map(|id| id.to_string()));
    ids.dedup();
    ids
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
            cmd("EXISTS").arg(keys::note(&id)).take(),
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
        assert_eq!(
            resolved.into_iter().collect::<Result<Vec<_>, _>>().unwrap(),
            ids
        );
    }
}
