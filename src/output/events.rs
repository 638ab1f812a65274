//! Events: a line each for people, or JSON Lines.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Selection, Stream, Style, json, sanitize, shortened};
use crate::note::Note;
use crate::timestamp;
use crate::watch::{Event, EventKind};

/// Writes an event for people: the local time, the kind, the beginning of the id, the title. The line is cut
/// at the width of the terminal.
pub(crate) fn write(
    out: &mut dyn Write,
    event: &Event,
    now: DateTime<Utc>,
    stream: &Stream,
) -> io::Result<()> {
    let time = timestamp::local(now).format("%H:%M:%S").to_string();
    let kind = match event.kind {
        EventKind::Created => "created",
        EventKind::Updated => "updated",
        EventKind::Deleted => "deleted",
    };
    let id = shortened(&event.id, 0);
    let id = sanitize::one_line(&id);
    let title = event.note.as_ref().map_or("", Note::heading);
    let line = format!(
        "{}  {kind}  {}  {}",
        stream.paint(time, Style::Faint),
        stream.paint(id, Style::Id),
        sanitize::one_line(title)
    );
    writeln!(out, "{}", stream.cut(&line))
}

/// Writes an event as a line of JSON, its note with all fields or those selected.
pub(crate) fn write_json(
    out: &mut dyn Write,
    event: &Event,
    selection: Option<&Selection>,
    stream: &Stream,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        event: EventKind,
        id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<json::Fields<'a>>,
    }
    let note = event.note.as_ref();
    let line = Line {
        event: event.kind,
        id: &event.id,
        note: note.map(|note| json::Fields(note, selection)),
    };
    json::write_lines(out, [line].into_iter(), stream)
}
