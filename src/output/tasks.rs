//! Tasks with their notes: lines below each title for people, tab-separated lines for programs, JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Selection, Stream, Style, delimited, json, sanitize};
use crate::note::text::heading;

/// The members of a task as JSON.
pub(crate) const MEMBERS: [&str; 5] = ["note", "line", "done", "text", "title"];

/// A note and its tasks.
pub(crate) struct NoteTasks {
    pub(crate) id: String,
    /// The beginning of the id, for people.
    pub(crate) short_id: String,
    pub(crate) title: String,
    pub(crate) tasks: Vec<Row>,
}

/// A task of a note.
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) is_done: bool,
    pub(crate) text: String,
}

/// Writes the tasks of a note. A task is named by an id and a line with a colon between them.
pub(crate) fn write(out: &mut dyn Write, note: &NoteTasks, stream: &Stream) -> io::Result<()> {
    if !stream.terminal {
        for task in &note.tasks {
            let place = format!("{}:{}", note.id, task.line);
            let state = if task.is_done { "done" } else { "open" };
            delimited::write_row(out, &[&place, state, &task.text, &note.title], stream)?;
        }
        return Ok(());
    }
    let title = sanitize::one_line(heading(&note.title));
    let title = stream.paint(title, Style::Heading).to_string();
    writeln!(out, "{}", stream.cut(&title))?;
    let mut width = 0;
    for task in &note.tasks {
        width = width.max(task.line.to_string().len());
    }
    for task in &note.tasks {
        let place = format!("{}:{:<width$}", note.short_id, task.line);
        let place = stream.paint(sanitize::one_line(&place), Style::Id);
        let mark = if task.is_done { "[x]" } else { "[ ]" };
        let style = if task.is_done {
            Style::Faint
        } else {
            Style::Plain
        };
        let text = stream.paint(sanitize::one_line(&task.text), style);
        let line = format!("  {place}  {mark} {text}");
        writeln!(out, "{}", stream.cut(&line))?;
    }
    Ok(())
}

/// Returns the tasks as an array of objects with the [`MEMBERS`], or those selected.
pub(crate) fn to_json(notes: &[NoteTasks], selection: Option<&Selection>) -> Value {
    let mut all = Vec::new();
    for note in notes {
        for task in &note.tasks {
            let object = json!({
                "note": note.id,
                "line": task.line,
                "done": task.is_done,
                "text": task.text,
                "title": note.title,
            });
            all.push(json::select(object, selection));
        }
    }
    Value::Array(all)
}
