//! The values that completion offers: notes, tags and fields of the store, and fixed names.
//!
//! The user waits with a half-typed line. So the answer comes within the timeout or is left out, and
//! nothing is reported, recorded or started.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::{Asked, Candidate, ValueKind};
use crate::config::{self, Environment, Flags, Settings};
use crate::find::{self, Order};
use crate::note::text::heading;
use crate::note::{FIELDS, tag};
use crate::output::{links, other_fields, sanitize, steps, tags, tasks};
use crate::store::{self, Store};
use crate::unicode::nfc;

/// The default timeout of the store. With the start of processes the shell waits less than 200 ms.
const TIMEOUT: Duration = Duration::from_millis(120);

/// The variable that sets another timeout.
const TIMEOUT_VARIABLE: &str = "NOTES_COMPLETION_TIMEOUT";

/// The most values of the store that are offered.
const MOST: usize = 200;

/// The most notes that are offered as `@N`.
const LATEST: usize = 9;

/// The line that tells the shell to complete the names of files.
pub(super) const FILES: &str = "*";

/// A value of the store behind its rank: the highest rank comes first.
type Ranked = (String, Candidate);

/// Returns the values that may complete an argument.
pub(super) fn find_values(asked: &Asked, environment: &Arc<Environment>) -> Vec<Candidate> {
    let typed = asked.typed.as_str();
    let (before, begun) = match asked.kind {
        ValueKind::Files => return vec![candidate(FILES, "")],
        ValueKind::Words if !typed.starts_with('#') => return Vec::new(),
        ValueKind::Tags | ValueKind::Words => typed.split_at(usize::from(typed.starts_with('#'))),
        ValueKind::Fields => typed.split_at(typed.rfind(',').map_or(0, |comma| comma + 1)),
        ValueKind::Notes | ValueKind::Field => ("", typed),
    };
    let (mut found, asks_store) = match (asked.kind, asked.command.as_deref()) {
        (ValueKind::Notes, _) if typed.is_empty() => {
            (vec![candidate("@", "the note changed last")], true)
        }
        (ValueKind::Fields, Some("tags")) => (names(&tags::MEMBERS), false),
        (ValueKind::Fields, Some("links")) => (names(links::members(false)), false),
        (ValueKind::Fields, Some("tasks")) => (names(&tasks::MEMBERS), false),
        (ValueKind::Fields, Some("log" | "undo")) => (names(&steps::MEMBERS), false),
        (ValueKind::Fields, Some("health" | "redis" | "serve" | "completions")) => (vec![], false),
        (ValueKind::Field | ValueKind::Fields, _) => (names(&FIELDS), true),
        _ => (vec![], true),
    };
    if asks_store {
        found.extend(stored_values(asked, begun, environment));
    }
    let chosen: Vec<&str> = before.split(',').collect();
    let composed = nfc(begun);
    let mut offered = Vec::new();
    for it in found {
        if chosen.contains(&it.value.as_str()) {
            continue;
        }
        if let Some(rest) = it.value.strip_prefix(&*composed) {
            // The shell only offers what begins with the typed text, in NFC or not.
            let value = format!("{before}{begun}{rest}");
            offered.push(Candidate { value, ..it });
        }
    }
    offered
}

fn names(names: &[&str]) -> Vec<Candidate> {
    names.iter().map(|name| candidate(name, "")).collect()
}

pub(super) fn candidate(value: &str, description: &str) -> Candidate {
    Candidate {
        value: value.to_owned(),
        // The engine would drop the escape sequences in it.
        description: sanitize::one_line(description).into_owned(),
    }
}

/// Returns the values that were read from the store within the timeout.
///
/// Reading settings, opening and asking may each hang. So a thread does all of it, and ends with the
/// process.
fn stored_values(asked: &Asked, begun: &str, environment: &Arc<Environment>) -> Vec<Candidate> {
    let timeout = read_timeout(environment);
    let deadline = Instant::now() + timeout;
    let (sender, receiver) = mpsc::channel();
    let (kind, flags, begun) = (asked.kind, asked.flags.clone(), begun.to_owned());
    let environment = Arc::clone(environment);
    let reader = thread::Builder::new().spawn(move || {
        // Errors are not reported: fewer values, or none, are offered.
        if let Some(mut store) = open_store(flags, &environment, timeout) {
            let _ = send_values(kind, &begun, &mut store, &sender);
        }
    });
    let mut found: Vec<Ranked> = Vec::new();
    while reader.is_ok()
        && let Ok(some) = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now()))
    {
        found.extend(some);
    }
    found.retain(|(_, Candidate { value, .. })| match asked.kind {
        ValueKind::Notes => is_quotable(value),
        _ => is_plain(value),
    });
    found.sort_unstable_by(|(rank, one), (other_rank, other)| {
        (other_rank, &one.value).cmp(&(rank, &other.value))
    });
    let mut found: Vec<_> = found.into_iter().map(|(_, candidate)| candidate).collect();
    found.dedup_by(|one, other| one.value == other.value);
    found.truncate(MOST);
    found
}

/// Returns true if a shell reads the text literally. Other users may have written it, and the shell
/// runs the line on Enter.
fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with('-')
        && value
            .chars()
            .all(|c| tag::is_of_tag(c) || matches!(c, '.' | ':' | '@'))
}

/// Returns true if a shell reads the text literally once the script has quoted it, in quotes or not.
fn is_quotable(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with('-')
        && !value.ends_with(FILES)
        && !value.contains(['$', '`', '\\', '!', '"'])
        && matches!(sanitize::one_line(value), Cow::Borrowed(_))
}

fn read_timeout(environment: &Environment) -> Duration {
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
    settings.open_store(None).ok()
}

/// Sends the values of the store that begin with `begun`, as they are read.
fn send_values(
    kind: ValueKind,
    begun: &str,
    store: &mut Store,
    sender: &Sender<Vec<Ranked>>,
) -> Result<(), store::Error> {
    match kind {
        ValueKind::Notes if begun.starts_with('@') => {
            // All notes have to be read to know which were changed last.
            let notes = find::list(store, Order::LATEST_FIRST, Some(LATEST))?;
            let mut found = Vec::new();
            for (number, note) in (1..).zip(&notes) {
                let name = match number {
                    1 => "@".to_owned(),
                    _ => format!("@{number}"),
                };
                found.push(unranked(&name, note.heading()));
            }
            send(found, sender);
            Ok(())
        }
        ValueKind::Notes => {
            store.each_ids(Some(begun), |store, ids| {
                send_notes(None, store, &ids, sender)
            })?;
            if begun.is_empty() {
                return Ok(());
            }
            store.each_ids(None, |store, ids| {
                send_notes(Some(begun), store, &ids, sender)
            })
        }
        ValueKind::Tags | ValueKind::Words => store.each_ids(None, |store, ids| {
            for field in ["title", "content"] {
                let texts = store.values(&ids, field)?;
                let tags = texts.iter().flat_map(|text| tag::in_text(text));
                let tags: BTreeSet<_> = tags.map(|(_, tag)| nfc(tag)).collect();
                send(tags.iter().map(|tag| unranked(tag, "")).collect(), sender);
            }
            Ok(())
        }),
        ValueKind::Field | ValueKind::Fields => store.each_ids(None, |store, ids| {
            let notes = store.present(&ids)?;
            let names = other_fields(&notes);
            send(names.map(|name| unranked(name, "")).collect(), sender);
            Ok(())
        }),
        ValueKind::Files => Ok(()),
    }
}

/// Sends the notes by their ids, or by their titles if those begin with `begun`.
fn send_notes(
    begun: Option<&str>,
    store: &mut Store,
    ids: &[String],
    sender: &Sender<Vec<Ranked>>,
) -> Result<(), store::Error> {
    let times = store.values(ids, "updated_at")?;
    let titles = store.values(ids, "title")?;
    let mut found = Vec::new();
    for ((id, time), title) in ids.iter().zip(times).zip(titles) {
        let title = heading(&title);
        match begun {
            // `@` would begin the number of a note.
            None if id.starts_with('@') => {}
            None => found.push((time, candidate(id, title))),
            Some(begun) => {
                if let Some(title) = continued(begun, title) {
                    let id = id.chars().take(8).collect::<String>();
                    found.push((time, candidate(&title, &id)));
                }
            }
        }
    }
    send(found, sender);
    Ok(())
}

/// Returns the title if it begins with `begun` in any letter case, with that beginning: in this form it
/// names the note too, and the shell offers it.
fn continued(begun: &str, title: &str) -> Option<String> {
    let (begun, title) = (nfc(begun), nfc(title));
    let mut characters = title.chars();
    for expected in begun.chars() {
        let found = characters.next()?;
        if found != expected && !found.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(format!("{begun}{}", characters.as_str()))
}

fn send(found: Vec<Ranked>, sender: &Sender<Vec<Ranked>>) {
    // The receiver is gone after the timeout.
    let _ = sender.send(found);
}

fn unranked(value: &str, description: &str) -> Ranked {
    (String::new(), candidate(value, description))
}
