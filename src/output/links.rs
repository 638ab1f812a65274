//! Links between notes: aligned lines for people, tab-separated lines for programs, JSON.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};
use serde_json::{Value, json};

use super::{Selection, Stream, Style, delimited, json, sanitize, shortened};
use crate::note::text::heading;

/// Returns the members of a link as JSON: of one note, or broken.
pub(crate) fn members(is_broken: bool) -> &'static [&'static str] {
    if is_broken {
        &["reason", "id", "title", "target"]
    } else {
        &["direction", "id", "title", "target"]
    }
}

/// A link, seen from one note, or a broken one.
pub(crate) struct Row {
    pub(crate) kind: RowKind,
    /// The id of the other note, or of the note with the broken link; empty if there is none.
    pub(crate) id: String,
    pub(crate) title: String,
    /// The target as written.
    pub(crate) target: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// The note links to another.
    To,
    /// Another links to the note.
    From,
    /// No note has that name.
    Missing,
    /// Several notes have that name.
    Ambiguous,
}

impl RowKind {
    /// Returns the word for programs: the direction seen from a note, or the reason why it is broken.
    const fn word(self, is_broken: bool) -> &'static str {
        match self {
            Self::From => "from",
            Self::Missing if is_broken => "missing",
            Self::Ambiguous if is_broken => "ambiguous",
            Self::To | Self::Missing | Self::Ambiguous => "to",
        }
    }
}

/// The fewest columns of a title that is cut for the target after it.
const LEAST_TITLE: usize = 8;

/// Writes links: on a terminal what is known, short id and title, and the target where it differs.
pub(crate) fn write(
    out: &mut dyn Write,
    rows: &[Row],
    is_broken: bool,
    stream: &Stream,
) -> io::Result<()> {
    for row in rows {
        let Row {
            kind,
            id,
            title,
            target,
        } = row;
        if !stream.terminal {
            delimited::write_row(out, &[kind.word(is_broken), id, title, target], stream)?;
            continue;
        }
        // A person is told at once that a link leads nowhere.
        let mut line = format!("{:<9}", kind.word(true));
        let mut written = String::new();
        if target != heading(title) {
            written = format!("  [[{}]]", sanitize::one_line(target));
        }
        if !id.is_empty() {
            let id = sanitize::one_line(&shortened(id, 0)).into_owned();
            let used = line.len() + 4 + measure_text_width(&id) + measure_text_width(&written);
            let room = usize::from(stream.width_or_usual()).saturating_sub(used);
            let title = sanitize::one_line(heading(title));
            let title = truncate_str(&title, room.max(LEAST_TITLE), "…");
            line = format!("{line}  {}  {title}", stream.paint(id, Style::Id));
        }
        line = format!("{line}{}", stream.paint(written, Style::Faint));
        writeln!(out, "{}", stream.cut(&line))?;
    }
    Ok(())
}

/// Returns the links as an array of objects with the [`members`], or those selected.
pub(crate) fn to_json(rows: &[Row], is_broken: bool, selection: Option<&Selection>) -> Value {
    let kind = if is_broken { "reason" } else { "direction" };
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let id = Some(&row.id).filter(|id| !id.is_empty());
        let title = id.map(|_| &row.title);
        let object = json!({
            kind: row.kind.word(is_broken),
            "id": id,
            "title": title,
            "target": row.target,
        });
        all.push(json::select(object, selection));
    }
    Value::Array(all)
}
