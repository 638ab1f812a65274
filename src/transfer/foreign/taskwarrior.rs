//! Taskwarrior: what `task export` prints, an array of tasks or one in each line.
//!
//! The format: <https://taskwarrior.org/docs/design/task/>.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use chrono::{DateTime, TimeZone, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::{Document, Item, number_text, parse_basic_time, read_document, values};
use super::{ForeignNote, MOST_NAMES, short_name, task};
use crate::transfer::{Entries, Unread};

type Task = Map<String, Value>;

/// The attributes that have a place of their own, or say nothing outside of Taskwarrior.
const NO_LINE: [&str; 15] = [
    "annotations",
    "description",
    "end",
    "entry",
    "id",
    "imask",
    "last",
    "mask",
    "modified",
    "parent",
    "rtype",
    "status",
    "tags",
    "urgency",
    "uuid",
];

#[derive(Deserialize)]
struct Annotation {
    entry: Option<String>,
    description: String,
}

/// Reads the tasks of an export. Times of days are written as they are in `zone`.
pub(in crate::transfer) fn entries<'a>(
    input: impl Read,
    zone: impl TimeZone + 'a,
) -> Result<Entries<'a>, Unread> {
    read_document("taskwarrior", input, |text| {
        let values = values(text)?;
        let mut titles = HashMap::new();
        let mut templates = HashSet::new();
        for value in &values {
            if let Ok(task) = serde_json::from_str::<Task>(value.get()) {
                let title = short_name(&string(&task, "description"));
                titles.insert(string(&task, "uuid"), title);
                templates.insert(string(&task, "parent"));
            }
        }
        let read = move |value: &str| {
            let task: Task = serde_json::from_str(value)?;
            match string(&task, "status").as_str() {
                "deleted" => Ok(Item::InTrash),
                // Its tasks say the same.
                "recurring" if templates.contains(&string(&task, "uuid")) => Ok(Item::Other),
                _ => read_task(&task, &titles, &zone).map(Item::from),
            }
        };
        Ok(Document::new(values, read))
    })
}

fn read_task(
    task: &Task,
    titles: &HashMap<String, String>,
    zone: &impl TimeZone,
) -> Result<ForeignNote, Unread> {
    let identity = string(task, "uuid");
    if identity.is_empty() {
        return Err(Unread::new("a task without a `uuid`"));
    }
    let title = string(task, "description");
    let mut parts = vec![task::line(&title, string(task, "status") == "completed")];
    let mut lines = Vec::new();
    for (name, value) in task
        .iter()
        .filter(|(name, _)| !NO_LINE.contains(&name.as_str()))
    {
        let text = match name.as_str() {
            "depends" => linked(&list(value), titles),
            _ => number_text(value),
        };
        let text = parse_basic_time(&text).map_or(text, |time| local(time, zone));
        if !text.is_empty() {
            lines.push(format!("{}: {text}", capitalized(name)));
        }
    }
    parts.push(lines.join("\n"));
    let notes = task.get("annotations").cloned().unwrap_or_default();
    let notes: Option<Vec<Annotation>> = serde_json::from_value(notes)?;
    let notes = notes.into_iter().flatten().map(|note| {
        let entry = note.entry.as_deref().and_then(parse_basic_time);
        let time = entry.map(|time| format!("{}: ", local(time, zone)));
        format!("- {}{}", time.unwrap_or_default(), note.description)
    });
    parts.push(notes.collect::<Vec<_>>().join("\n"));
    parts.retain(|part| !part.is_empty());
    let created = time(task, "entry")?;
    Ok(ForeignNote {
        identity,
        content: parts.join("\n\n"),
        title,
        tags: task.get("tags").map(list).unwrap_or_default(),
        created,
        updated: time(task, "modified")?.or(time(task, "end")?).or(created),
        ..ForeignNote::default()
    })
}

/// Returns links to the notes of other tasks.
fn linked(tasks: &[String], titles: &HashMap<String, String>) -> String {
    let links = tasks
        .iter()
        .take(MOST_NAMES)
        .map(|id| match titles.get(id) {
            Some(title) => format!("[[{title}]]"),
            None => id.clone(),
        });
    links.collect::<Vec<_>>().join(", ")
}

fn string(task: &Task, name: &str) -> String {
    task.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn time(task: &Task, name: &str) -> Result<Option<DateTime<Utc>>, String> {
    let text = string(task, name);
    if text.is_empty() {
        return Ok(None);
    }
    let time = parse_basic_time(&text);
    time.map(Some).ok_or_else(|| format!("no date: {text}"))
}

/// Returns the texts of a list, which old versions write with commas.
fn list(value: &Value) -> Vec<String> {
    let texts: Vec<String> = match value {
        Value::Array(values) => values.iter().map(number_text).collect(),
        Value::String(text) => text.split(',').map(str::to_owned).collect(),
        Value::Null => Vec::new(),
        value => vec![value.to_string()],
    };
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}

/// Writes a time, or the day alone at midnight.
fn local(time: DateTime<Utc>, zone: &impl TimeZone) -> String {
    let text = time
        .with_timezone(zone)
        .naive_local()
        .format("%Y-%m-%d %H:%M")
        .to_string();
    text.strip_suffix(" 00:00")
        .map(str::to_owned)
        .unwrap_or(text)
}

fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
