//! What a shell asks for at each TAB: the words that may come next, notes and tags from the store
//! among them.
//!
//! Somebody waits with a line half typed, so an answer comes in time or not at all, and nothing is
//! said, recorded or started for it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::{self, Asked, Candidate, Source};
use crate::config::{self, Environment, Flags, Settings};
use crate::note::{FIELDS, tag};
use crate::output::{Stream, other_fields, sanitize, steps, tags};
use crate::store::{self, Order, Store};
use crate::unicode::nfc;

/// The default time for the store: with the start of processes the shell waits less than 200 ms.
const TIMEOUT: Duration = Duration::from_millis(120);

/// The variable that sets another time.
const TIMEOUT_VARIABLE: &str = "NOTES_COMPLETION_TIMEOUT";

/// How many values of the store are offered.
const MOST: usize = 200;

/// How many of the notes changed last are offered as `@N`.
const LATEST: usize = 9;

/// What is offered if a file may come next.
const FILES: &str = "*";

/// A value of the store behind what decides its place: the highest come first.
type Ranked = (String, Candidate);

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

/// The candidates that begin with `kept`, without it.
fn answer(words: &[OsString], environment: Environment, kept: &str) -> String {
    let environment = Arc::new(environment);
    let found = cli::candidates(words, move |asked| values(&asked, &environment));
    if found
        .iter()
        .any(|candidate| candidate.value.ends_with(FILES))
    {
        return format!("{FILES}\n");
    }
    let lines = found.iter().filter_map(|candidate| {
        let value = candidate.value.strip_prefix(kept)?;
        Some(line(value, &candidate.description))
    });
    lines.collect()
}

/// A word and what it stands for, of which 60 columns are shown.
fn line(value: &str, description: &str) -> String {
    let stream = Stream {
        terminal: true,
        color: false,
        width: Some(60),
        height: None,
    };
    format!("{value}\t{}\n", stream.cut(description))
}

fn values(asked: &Asked, environment: &Arc<Environment>) -> Vec<Candidate> {
    let typed = asked.typed.as_str();
    let (before, begun) = match asked.source {
        Source::Files => return vec![candidate(FILES, "")],
        Source::Words if !typed.starts_with('#') => return Vec::new(),
        Source::Tags | Source::Words => typed.split_at(usize::from(typed.starts_with('#'))),
        Source::Fields => typed.split_at(typed.rfind(',').map_or(0, |comma| comma + 1)),
        Source::Notes | Source::Field => ("", typed),
    };
    let plain = |names: &[&str]| names.iter().map(|name| candidate(name, "")).collect();
    let (mut found, asks_store): (Vec<_>, bool) = match (asked.source, asked.command.as_deref()) {
        (Source::Notes, _) if typed.is_empty() => {
            (vec![candidate("@", "the note changed last")], true)
        }
        (Source::Fields, Some("tags")) => (plain(&tags::MEMBERS), false),
        (Source::Fields, Some("log" | "undo")) => (plain(&steps::MEMBERS), false),
        (Source::Fields, Some("health" | "redis" | "serve" | "completions")) => (vec![], false),
        (Source::Field | Source::Fields, _) => (plain(&FIELDS), true),
        _ => (vec![], true),
    };
    if asks_store {
        found.extend(stored(asked, begun, environment));
    }
    let chosen: Vec<&str> = before.split(',').collect();
    found.retain(|it| !chosen.contains(&it.value.as_str()));
    let composed = nfc(begun);
    let found = found.into_iter().filter_map(|it| {
        let rest = it.value.strip_prefix(&*composed)?;
        // The shell offers only what goes on from what was typed, in NFC or not.
        let value = format!("{before}{begun}{rest}");
        Some(Candidate { value, ..it })
    });
    found.collect()
}

fn candidate(value: &str, description: &str) -> Candidate {
    Candidate {
        value: value.to_owned(),
        // The engine would drop the escape sequences in it.
        description: sanitize::one_line(description).into_owned(),
    }
}

/// The values of the store that were found in time.
///
/// Reading settings, opening and asking may each hang, so all of it happens on a thread that ends
/// with the process.
fn stored(asked: &Asked, begun: &str, environment: &Arc<Environment>) -> Vec<Candidate> {
    let timeout = timeout(environment);
    let until = Instant::now() + timeout;
    let (sender, receiver) = mpsc::channel();
    let (source, flags, begun) = (asked.source, asked.flags.clone(), begun.to_owned());
    let environment = Arc::clone(environment);
    let looking = thread::Builder::new().spawn(move || {
        // Nobody is told why nothing, or not all, was found.
        if let Some(mut store) = open_store(flags, &environment, timeout) {
            let _ = look(source, &begun, &mut store, &sender);
        }
    });
    let mut found: Vec<Ranked> = Vec::new();
    while looking.is_ok()
        && let Ok(some) = receiver.recv_timeout(until.saturating_duration_since(Instant::now()))
    {
        found.extend(some);
    }
    found.retain(|(_, candidate)| is_plain(&candidate.value));
    found.sort_unstable_by(|(rank, one), (other_rank, other)| {
        (other_rank, &one.value).cmp(&(rank, &other.value))
    });
    let mut found: Vec<_> = found.into_iter().map(|(_, candidate)| candidate).collect();
    found.dedup_by(|one, other| one.value == other.value);
    found.truncate(MOST);
    found
}

/// Whether a shell takes the text for what it is. It was written by others, and what it stands in is
/// run when the person presses Enter.
fn is_plain(value: &str) -> bool {
    let is_plain = |c: char| tag::is_of_tag(c) || matches!(c, '.' | ':' | '@');
    !value.is_empty() && !value.starts_with('-') && value.chars().all(is_plain)
}

fn timeout(environment: &Environment) -> Duration {
    let text = environment.get(TIMEOUT_VARIABLE);
    let set = text.and_then(|text| config::parse_timeout(text).ok());
    set.unwrap_or(TIMEOUT)
}

fn open_store(flags: Flags, environment: &Environment, timeout: Duration) -> Option<Store> {
    let flags = Flags {
        timeout: Some(timeout),
        ..flags
    };
    let working_dir = std::env::current_dir().ok();
    let settings = Settings::load(&flags, environment, working_dir.as_deref()).ok()?;
    settings.open(None).ok()
}

/// Sends what the store has for a value with that beginning, as it is read.
fn look(
    source: Source,
    begun: &str,
    store: &mut Store,
    sender: &Sender<Vec<Ranked>>,
) -> Result<(), store::Error> {
    let send = |found: Vec<Ranked>| {
        // The one who waits may have gone.
        let _ = sender.send(found);
        Ok(())
    };
    let unranked = |value: &str| (String::new(), candidate(value, ""));
    match source {
        Source::Notes if begun.starts_with('@') => {
            // All notes have to be read to know which were changed last.
            let notes = store.list(Order::LATEST_FIRST, Some(LATEST))?;
            let latest = (1..).zip(&notes).map(|(number, note)| {
                let name = match number {
                    1 => "@".to_owned(),
                    _ => format!("@{number}"),
                };
                (String::new(), candidate(&name, note.title()))
            });
            send(latest.collect())
        }
        Source::Notes => store.each_ids(Some(&store::beginning(begun)), |store, ids| {
            let times = store.values(&ids, "updated_at")?;
            let titles = store.values(&ids, "title")?;
            let notes = ids.iter().zip(times.into_iter().zip(titles));
            // That would be read as the number of a note.
            let notes = notes.filter(|(id, _)| !id.starts_with('@'));
            let notes = notes.map(|(id, (rank, title))| (rank, candidate(id, &title)));
            send(notes.collect())
        }),
        Source::Tags | Source::Words => store.each_ids(None, |store, ids| {
            for field in ["title", "content"] {
                let texts = store.values(&ids, field)?;
                let tags = texts.iter().flat_map(|text| tag::in_text(text));
                let tags: BTreeSet<_> = tags.map(|(_, tag)| nfc(tag)).collect();
                send(tags.iter().map(|tag| unranked(tag)).collect())?;
            }
            Ok(())
        }),
        Source::Field | Source::Fields => store.each_ids(None, |store, ids| {
            let notes = store.present(&ids)?;
            send(other_fields(&notes).map(|name| unranked(name)).collect())
        }),
        Source::Files => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn a_line_is_safe_and_short() {
        let candidate = candidate("a", "T\x1b[2J\tx\ny");
        assert_eq!(line("a", &candidate.description), "a\tT^[[2J^Ix^Jy\n");
        assert_eq!(line("a", ""), "a\t\n");
        let long = line("", &"買".repeat(100));
        assert_eq!(long.trim().width(), 59, "{long}");
    }
}
