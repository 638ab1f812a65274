//! Output that several commands share, and the question before notes are changed.

use std::slice;

use anyhow::Context as _;

use crate::context::{Context, PrintError};
use crate::exit::Exit;
use crate::note::Note;
use crate::output::{Json, Selection, json, other_fields, short_id};
use crate::terminal::prompt;

/// Prints the note that a command touched: its id, or the note where output is JSON.
pub(super) fn print_touched(context: &mut Context, note: &Note) -> anyhow::Result<()> {
    match context.options.json.clone() {
        Json::On(selection) => print_notes(context, slice::from_ref(note), selection.as_ref())?,
        Json::Off => print_id(context, &note.id)?,
    }
    Ok(())
}

/// Prints an id for a script; a person has a message that names the note.
pub(super) fn print_id(context: &mut Context, id: &str) -> Result<(), PrintError> {
    if context.options.stdout.terminal {
        return Ok(());
    }
    context.print(|out, _| writeln!(out, "{id}"))
}

/// Prints each note, or its selected fields, as JSON.
pub(super) fn print_notes(
    context: &mut Context,
    notes: &[Note],
    selection: Option<&Selection>,
) -> anyhow::Result<()> {
    if let Some(selection) = selection.filter(|_| !notes.is_empty()) {
        selection.check(&other_fields(notes).cloned().collect())?;
    }
    for note in notes {
        let fields = json::Fields(note, selection);
        context.print(|out, stream| json::write(out, &fields, stream))?;
    }
    Ok(())
}

/// Asks before notes are changed: names one note in the question, lists several above it.
pub(super) fn confirm(verb: &str, notes: &[Note], context: &Context) -> anyhow::Result<Exit> {
    let stream = &context.options.stderr;
    let question = match notes {
        [note] => format!("{verb} {}?", stream.one_line(&brief(note))),
        notes => {
            for note in notes {
                context.say(&brief(note));
            }
            format!("{verb} these {} notes?", notes.len())
        }
    };
    prompt::confirm(&question).context("cannot ask")
}

/// Returns the short id and the title of a note.
pub(super) fn brief(note: &Note) -> String {
    format!("{} {}", short_id(note, 0), note.heading())
}
