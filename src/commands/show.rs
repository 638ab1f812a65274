//! `notes show`: notes, or one field of them, for a person or a program.

use anyhow::bail;

use super::note_args::{self, Picking, report_errors};
use super::output::print_notes;
use crate::cli::Show;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::find;
use crate::note::Note;
use crate::output::{Json, detail};

const PICKING: Picking = Picking {
    several: true,
    guess: true,
};

pub(super) fn run(args: Show, context: &mut Context) -> anyhow::Result<Exit> {
    note_args::require(&args.notes, "show", context)?;
    let json = context.options.json.clone();
    if json != Json::Off && (args.raw || args.field.is_some()) {
        bail!(Error::usage(
            "--json does not go with --raw or --field; --json=FIELD is alike"
        ));
    }
    let (ids, mut errors) = note_args::resolve_or_pick(args.notes, PICKING, context)?;
    let mut notes = Vec::new();
    for (id, note) in ids.iter().zip(context.store()?.get_each(&ids)?) {
        match note {
            Some(note) => notes.push(note),
            // The set has the id, but there is no hash.
            None => errors.push(find::Error::no_such_note(id)),
        }
    }
    match (json, args.field) {
        (Json::On(selection), _) => print_notes(context, &notes, selection.as_ref())?,
        (Json::Off, Some(name)) => {
            let ending = if args.raw { "" } else { "\n" };
            print_field(context, &notes, &name, ending)?;
        }
        (Json::Off, None) if args.raw => {
            for note in &notes {
                print_raw(context, note)?;
            }
        }
        (Json::Off, None) => page_notes(context, &notes)?,
    }
    Ok(report_errors(errors, context))
}

fn print_field(
    context: &mut Context,
    notes: &[Note],
    name: &str,
    ending: &str,
) -> anyhow::Result<()> {
    for note in notes {
        let Some(value) = note.field(name) else {
            let fields: Vec<&str> = note.fields().map(|(name, _)| name).collect();
            let (id, fields) = (&note.id, fields.join(", "));
            bail!(Error::usage(format!(
                "note {id} has no field {name}; it has {fields}"
            )));
        };
        if note.altered.contains(name) && !context.options.stdout.terminal {
            let bytes = [&field_bytes(context, note, name)?, ending.as_bytes()].concat();
            context.print(|out, _| out.write_all(&bytes))?;
        } else {
            context.print(|out, stream| detail::write_field(out, value, ending, stream))?;
        }
    }
    Ok(())
}

/// Prints a note as it was added; in a pipe, byte for byte.
fn print_raw(context: &mut Context, note: &Note) -> anyhow::Result<()> {
    if note.altered.is_empty() || context.options.stdout.terminal {
        return Ok(context.print(|out, stream| detail::write_raw(out, note, stream))?);
    }
    let [head, body] = ["title", "content"].map(|name| field_bytes(context, note, name));
    let bytes = [head?, body?].join(&b'\n');
    Ok(context.print(|out, _| out.write_all(&bytes))?)
}

/// Reads the bytes of a field that is not UTF-8.
fn field_bytes(context: &mut Context, note: &Note, name: &str) -> anyhow::Result<Vec<u8>> {
    let bytes = context.store()?.field_bytes(&note.id, name)?;
    Ok(bytes.unwrap_or_default())
}

pub(super) fn page_notes(context: &mut Context, notes: &[Note]) -> anyhow::Result<()> {
    let now = context.now;
    context.begin_paging();
    let printed = context.print(|out, stream| detail::write_notes(out, notes, now, stream));
    // Errors about other notes are shown below.
    Ok(context.end_paging(printed)?)
}
