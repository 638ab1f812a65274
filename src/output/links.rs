//! Links between notes: aligned lines for people, tab-separated lines for programs, JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Selection, Stream, Style, delimited, json, sanitize};
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
        let mut cells = Vec::new();
        if !id.is_empty() {
            let id: String = id.chars().take(8).collect();
            cells.push(stream.paint(sanitize::one_line(&id).into_owned(), Style::Id));
            cells.push(stream.paint(
                sanitize::one_line(heading(title)).into_owned(),
                Style::Plain,
            ));
        }
        if target != heading(title) {
            let written = format!("[[{}]]", sanitize::one_line(target));
            cells.push(stream.paint(written, Style::Faint));
        }
        for cell in cells {
            line = format!("{line}  {cell}");
        }
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
