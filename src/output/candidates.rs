//! The notes that may have been meant, a line each: short id, title, age.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::{Stream, Style, age, sanitize, short_id};
use crate::note::Note;

/// Writes at most `most` of the notes.
pub(crate) fn write(
    out: &mut dyn Write,
    notes: &[Note],
    most: usize,
    now: DateTime<Utc>,
    stream: &Stream,
) -> io::Result<()> {
    let shown = notes.get(..most).unwrap_or(notes);
    // Ids of other programs may begin with the same characters.
    let mut length = 0;
    while length < 36 && have_twins(shown, length) {
        length += 1;
    }
    for note in shown {
        let id = short_id(note, length);
        let id = stream.paint(sanitize::one_line(&id), Style::Id);
        let title = sanitize::one_line(note.heading());
        let updated = note.updated_at.as_deref().unwrap_or_default();
        let age = age::describe(updated, now);
        let age = stream.paint(sanitize::one_line(&age), Style::Faint);
        writeln!(out, "{}", stream.cut(&format!("  {id}  {title}  {age}")))?;
    }
    if shown.len() < notes.len() {
        writeln!(out, "  … and {} more", notes.len() - shown.len())?;
    }
    Ok(())
}

/// Returns true if two of the short ids are the same.
fn have_twins(notes: &[Note], length: usize) -> bool {
    let mut ids: Vec<String> = notes.iter().map(|note| short_id(note, length)).collect();
    ids.sort_unstable();
    ids.windows(2).any(|pair| pair[0] == pair[1])
}
