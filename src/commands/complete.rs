//! What a shell asks for at each TAB: the words that may come next, notes and tags from the store
//! among them.
//!
//! Somebody waits with a line half typed, so an answer comes in time or not at all, and nothing is
//! said, recorded or started for it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::{Candidate, Open, Source, Unfinished};
use crate::config::{Environment, Flags, Settings};
use crate::note::FIELDS;
use crate::output::{candidates, other_fields, steps, tags};
use crate::secret::Secret;
use crate::store::{self, Order, Sort, Store};
use crate::tag;

/// How long the store may take: with the start of processes the shell waits less than 200 ms.
const TIMEOUT: Duration = Duration::from_millis(120);

/// How many values of the store are offered.
const MOST: usize = 200;

/// How many of the notes changed last are offered as `@N`.
const LATEST: usize = 9;

/// How many notes are read at once, after which they may be shown.
const CHUNK: usize = 500;

/// What is offered if a file may come next.
const FILES: &str = "*\n";

/// A value of the store, and what decides its place: the highest come first.
struct Value {
    rank: String,
    candidate: Candidate,
}

/// The answer to the rest of a command line `notes __complete`, for the scripts in `completions/`:
/// `words WORD...`, or `line LINE PART`, where PART is what the shell replaces of the last word.
pub(crate) fn run(request: &[OsString], environment: Environment) -> String {
    match request {
        [form, words @ ..] if form == "words" => answer(words, environment, ""),
        [form, line, part] if form == "line" => {
            let words = split(&line.to_string_lossy());
            let last = words.last().and_then(|word| word.to_str());
            match last.and_then(|last| last.strip_suffix(&*part.to_string_lossy())) {
                Some(kept) => answer(&words, environment, kept),
                None => String::new(),
            }
        }
        _ => String::new(),
    }
}

/// The words of a line whose last quote may be open; none if the line ends in a comment.
fn split(line: &str) -> Vec<OsString> {
    const END: &str = "\u{1}";
    let mut closed = ["", "'", "\""].into_iter();
    let words = closed.find_map(|quote| shell_words::split(&format!("{line}{END}{quote}")).ok());
    let mut words = words.unwrap_or_default();
    let last = words.pop();
    match last.as_deref().and_then(|last| last.strip_suffix(END)) {
        Some(last) => words.push(last.to_owned()),
        None => words.clear(),
    }
    words.into_iter().map(OsString::from).collect()
}

fn answer(words: &[OsString], environment: Environment, kept: &str) -> String {
    let mut unfinished = Unfinished::read(words);
    let mut found = std::mem::take(&mut unfinished.candidates);
    if let Some(open) = unfinished.open.take() {
        if open.source == Source::Files {
            return FILES.to_owned();
        }
        found.extend(values(&open, unfinished, environment));
    }
    let lines = found.iter().filter_map(|candidate| {
        let value = candidate.value.strip_prefix(kept)?;
        Some(candidates::line(value, &candidate.description))
    });
    lines.collect()
}

/// The candidates for a value, with what stands before it.
fn values(open: &Open, unfinished: Unfinished, environment: Environment) -> Vec<Candidate> {
    let typed = open.typed.as_str();
    let (before, begun) = match open.source {
        Source::Words if !typed.starts_with('#') => return Vec::new(),
        Source::Tags | Source::Words => typed.split_at(usize::from(typed.starts_with('#'))),
        Source::Fields => typed.split_at(typed.rfind(',').map_or(0, |comma| comma + 1)),
        _ => ("", typed),
    };
    let mut found: Vec<Candidate> = Vec::new();
    let fixed: &[&str] = match (open.source, unfinished.command.as_deref()) {
        (Source::Notes, _) if typed.is_empty() => &["@"],
        (Source::Fields, Some("tags")) => &tags::MEMBERS,
        (Source::Fields, Some("log" | "undo")) => &steps::MEMBERS,
        (Source::Fields, Some("health" | "redis" | "serve" | "completions")) => &[],
        (Source::Field | Source::Fields, _) => &FIELDS,
        _ => &[],
    };
    let description = if fixed == ["@"] {
        "the note changed last"
    } else {
        ""
    };
    found.extend(fixed.iter().map(|value| candidate(value, description)));
    let asks_store = !matches!(open.source, Source::Field | Source::Fields) || fixed == FIELDS;
    if asks_store {
        let url = unfinished.redis_url;
        found.extend(stored(open.source, begun.to_owned(), url, environment));
    }
    let chosen: Vec<&str> = before.split(',').collect();
    found.retain(|it| it.value.starts_with(begun) && !chosen.contains(&it.value.as_str()));
    for it in &mut found {
        it.value = format!("{}{before}{}", open.before, it.value);
    }
    found
}

fn candidate(value: &str, description: &str) -> Candidate {
    Candidate {
        value: value.to_owned(),
        description: description.to_owned(),
    }
}

/// The values of the store that were found in time.
///
/// Reading settings, opening and asking may each hang, so all of it happens on a thread that ends
/// with the process.
fn stored(
    source: Source,
    begun: String,
    url: Option<String>,
    environment: Environment,
) -> Vec<Candidate> {
    let until = Instant::now() + TIMEOUT;
    let (sender, receiver) = mpsc::channel();
    let looking = thread::Builder::new().spawn(move || {
        // Nobody is told why nothing, or not all, was found.
        if let Some(mut store) = open_store(url, &environment) {
            let _ = look(source, &begun, &mut store, &sender);
        }
    });
    let mut values: Vec<Value> = Vec::new();
    while looking.is_ok()
        && let Ok(some) = receiver.recv_timeout(until.saturating_duration_since(Instant::now()))
    {
        values.extend(some);
    }
    values.retain(|value| is_plain(&value.candidate.value));
    values.sort_unstable_by(|one, other| {
        let place = other.rank.cmp(&one.rank);
        place.then_with(|| one.candidate.value.cmp(&other.candidate.value))
    });
    let mut candidates: Vec<_> = values.into_iter().map(|value| value.candidate).collect();
    candidates.dedup_by(|one, other| one.value == other.value);
    candidates.truncate(MOST);
    candidates
}

/// Whether a shell takes the text for what it is. It was written by others, and what it stands in is
/// run when the person presses Enter.
fn is_plain(value: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@');
    !value.is_empty() && !value.starts_with('-') && value.chars().all(is_plain)
}

fn open_store(url: Option<String>, environment: &Environment) -> Option<Store> {
    let flags = Flags {
        redis_url: url.map(Secret::from),
        timeout: Some(TIMEOUT),
    };
    let working_dir = std::env::current_dir().ok()?;
    let settings = Settings::load(&flags, environment, &working_dir).ok()?;
    settings.open(None).ok()
}

/// Sends what the store has for a value with that beginning, as it is read.
fn look(
    source: Source,
    begun: &str,
    store: &mut Store,
    sender: &Sender<Vec<Value>>,
) -> Result<(), store::Error> {
    let unranked = |value: &str| Value {
        rank: String::new(),
        candidate: candidate(value, ""),
    };
    match source {
        Source::Notes if begun.starts_with('@') => {
            // All notes have to be read to know which were changed last.
            let order = Order {
                sort: Sort::Updated,
                reverse: false,
            };
            let notes = store.list(order, Some(LATEST))?;
            let latest = (1..).zip(&notes).map(|(number, note)| {
                let number = if number == 1 {
                    String::new()
                } else {
                    number.to_string()
                };
                Value {
                    rank: String::new(),
                    candidate: candidate(&format!("@{number}"), note.title()),
                }
            });
            let _ = sender.send(latest.collect());
            Ok(())
        }
        Source::Notes => in_chunks(store, begun, |store, ids| {
            let times = store.values(ids, "updated_at")?;
            let titles = store.values(ids, "title")?;
            let notes = ids.iter().zip(times.into_iter().zip(titles));
            // That would be read as the number of a note.
            let notes = notes.filter(|(id, _)| !id.starts_with('@'));
            let notes = notes.map(|(id, (rank, title))| Value {
                rank,
                candidate: candidate(id, &title),
            });
            let _ = sender.send(notes.collect());
            Ok(())
        }),
        Source::Tags | Source::Words => in_chunks(store, "", |store, ids| {
            for field in ["title", "content"] {
                let texts = store.values(ids, field)?;
                let tags = texts.iter().flat_map(|text| tag::in_text(text));
                let tags: BTreeSet<&str> = tags.map(|(_, tag)| tag).collect();
                let _ = sender.send(tags.into_iter().map(unranked).collect());
            }
            Ok(())
        }),
        Source::Field | Source::Fields => in_chunks(store, "", |store, ids| {
            let notes = store.present(ids)?;
            let _ = sender.send(other_fields(&notes).map(|name| unranked(name)).collect());
            Ok(())
        }),
        Source::Files => Ok(()),
    }
}

/// Goes through the ids with that beginning.
fn in_chunks(
    store: &mut Store,
    begun: &str,
    mut each: impl FnMut(&mut Store, &[String]) -> Result<(), store::Error>,
) -> Result<(), store::Error> {
    store.each_ids(Some(&store::beginning(begun)), |store, ids| {
        ids.chunks(CHUNK).try_for_each(|ids| each(store, ids))
    })
}
