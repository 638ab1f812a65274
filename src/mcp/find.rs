//! The tools that read: `search`, `list` and `read`. What they return is bounded, but for one whole note.

use chrono::{DateTime, Local};

use super::arguments::{List, Read, Search};
use super::error::Error;
use super::notes::{Notes, resolve};
use super::results::{Found, Head, Whole, cut};
use crate::find::{self, Order};
use crate::note::Note;
use crate::query::{Field, Query};
use crate::store::{BATCH, Store};
use crate::timestamp;

/// The number of notes in a result, if none is given, and the most.
const USUAL: usize = 20;
const MOST: usize = 100;

/// The most lines of one note that a search returns, and the most characters of each.
const LINES: usize = 5;
const LINE: usize = 200;

/// The characters before a match in a line that is cut.
const BEFORE: usize = 60;

/// The most characters of a time in a cursor, and of an id.
const TIME: usize = 64;
const ID: usize = 500;

/// A part of the notes that are found.
struct Page {
    notes: Vec<Note>,
    /// The candidates after it.
    left: usize,
    next_cursor: Option<String>,
}

pub(super) fn search(notes: &mut Notes, arguments: &Search) -> Result<Found, Error> {
    let now = timestamp::local(timestamp::now());
    let mut query = Query::default();
    for word in words(arguments.query.as_deref().unwrap_or_default()) {
        query.word(&word)?;
    }
    for word in arguments.not.as_deref().unwrap_or_default() {
        query.without(word)?;
    }
    if let Some(pattern) = &arguments.regex {
        query.pattern(pattern)?;
    }
    let when = (arguments.since.as_deref(), arguments.until.as_deref());
    add_filters(&mut query, arguments.tags.as_deref(), when, now)?;
    if query.is_empty() {
        return Err(Error::unusable(
            "nothing to search for: give query, tags, not, regex, since or until; `list` returns all notes",
        ));
    }
    let search = find::Search::new(query, Order::LATEST_FIRST);
    let cursor = arguments.cursor.as_deref();
    let page = read_page(&search, arguments.limit, cursor, notes.store()?)?;
    let heads = page.notes.iter().map(|note| {
        let lines = matching_lines(&search.query, note.content());
        Head::new(note, lines)
    });
    Ok(Found {
        notes: heads.collect(),
        more: None,
        next_cursor: page.next_cursor,
    })
}

pub(super) fn list(notes: &mut Notes, arguments: &List) -> Result<Found, Error> {
    let now = timestamp::local(timestamp::now());
    let mut query = Query::default();
    let when = (arguments.since.as_deref(), arguments.until.as_deref());
    add_filters(&mut query, arguments.tags.as_deref(), when, now)?;
    let search = find::Search::new(query, Order::LATEST_FIRST);
    let cursor = arguments.cursor.as_deref();
    let page = read_page(&search, arguments.limit, cursor, notes.store()?)?;
    let heads = page.notes.iter().map(|note| Head::new(note, Vec::new()));
    Ok(Found {
        notes: heads.collect(),
        // With a tag each of them would have to be read.
        more: (!search.query.asks_for_text()).then_some(page.left),
        next_cursor: page.next_cursor,
    })
}

pub(super) fn read(notes: &mut Notes, arguments: &Read) -> Result<Whole, Error> {
    let store = notes.store()?;
    let id = resolve(&arguments.note, store)?;
    let note = store.get(&id)?;
    Ok(note.ok_or_else(|| find::Error::no_such_note(id))?.into())
}

fn add_filters(
    query: &mut Query,
    tags: Option<&[String]>,
    (since, until): (Option<&str>, Option<&str>),
    now: DateTime<Local>,
) -> Result<(), Error> {
    for tag in tags.unwrap_or_default() {
        query.tag(tag)?;
    }
    if let Some(when) = since {
        query.since(when, &now)?;
    }
    if let Some(when) = until {
        query.until(when, &now)?;
    }
    Ok(())
}

/// Splits a query at white space; what stands between double quotes is one word.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Reads the notes after the cursor, and one more to know if there is a next page.
fn read_page(
    search: &find::Search,
    limit: Option<usize>,
    cursor: Option<&str>,
    store: &mut Store,
) -> Result<Page, Error> {
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let mut candidates = search.candidates(store)?;
    if let Some(cursor) = cursor {
        let (time, id): (String, String) = serde_json::from_str(cursor).map_err(|_| {
            Error::unusable(
                "this cursor is none: pass the next_cursor of the result before, or none",
            )
        })?;
        candidates.drop_up_to(id, time);
    }
    let count = candidates.len();
    let mut notes: Vec<Note> = Vec::new();
    while notes.len() <= limit {
        let most = if search.query.asks_for_text() {
            BATCH
        } else {
            limit + 1 - notes.len()
        };
        let ids = candidates.take(most);
        if ids.is_empty() {
            break;
        }
        let mut reading = search.read(&ids);
        while let Some(found) = search.next(&mut reading, store)? {
            notes.extend(found);
        }
    }
    let has_more = notes.len() > limit;
    notes.truncate(limit);
    let last = notes.last().filter(|_| has_more);
    let next_cursor = last.map(|note| {
        let key = (
            cut(note.updated_at.as_deref().unwrap_or_default(), TIME),
            cut(&note.id, ID),
        );
        serde_json::to_string(&key).expect("two texts always serialize")
    });
    Ok(Page {
        left: count.saturating_sub(notes.len()),
        notes,
        next_cursor,
    })
}

/// Returns the first lines of a content that match, each cut around its first match.
fn matching_lines(query: &Query, content: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut done = 0;
    for found in query.matches(Field::Content, content) {
        if lines.len() == LINES {
            break;
        }
        if found.start < done {
            continue;
        }
        let (before, after) = content.split_at(found.start);
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let end = after
            .find('\n')
            .map_or(content.len(), |at| found.start + at);
        done = end + 1;
        let kept = before.get(begin..).unwrap_or_default().char_indices();
        let from = kept.rev().take(BEFORE).last().map_or(0, |(at, _)| at);
        let text = content.get(begin + from..end).unwrap_or_default();
        let dots = if from > 0 { "…" } else { "" };
        lines.push(format!("{dots}{}", cut(text.trim_end(), LINE)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_split_into_words_and_quoted_phrases() {
        for (text, expected) in [
            ("", &[][..]),
            (" a  b\n", &["a", "b"]),
            ("\"a b\" c", &["a b", "c"]),
            ("title:\"a b\"", &["title:a b"]),
            ("\"a b", &["a b"]),
            ("\"\"", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_lines_that_match_are_few_and_short() {
        let mut query = Query::default();
        query.word("milk").unwrap();
        let content = "eggs\nmilk, milk\r\n\n日本 milk";
        assert_eq!(matching_lines(&query, content), ["milk, milk", "日本 milk"]);
        let long = format!("{}milk{}", "あ".repeat(500), "い".repeat(500));
        let lines = matching_lines(&query, &format!("{long}\n").repeat(10));
        assert_eq!(lines.len(), LINES);
        for line in lines {
            assert!(
                line.contains("milk") && line.chars().count() <= LINE + 2,
                "{line}"
            );
        }
    }
}
