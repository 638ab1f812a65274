//! `notes rm`: deletes notes, on a terminal after a question.

use anyhow::bail;

use super::note_args::{self, Picking};
use super::output::{brief, confirm, print_touched};
use crate::cli::Rm;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::find;
use crate::note::Note;

pub(super) fn run(args: Rm, context: &mut Context) -> anyhow::Result<Exit> {
    note_args::require(&args.notes, "rm", context)?;
    let asks = !args.yes && !args.dry_run;
    if asks && !context.can_ask(&args.notes) {
        let text = "not deleted: without a terminal to ask on, pass --yes";
        bail!(Error::usage(text));
    }
    let picking = Picking {
        several: true,
        // Without a question only a note that is named is deleted.
        guess: !args.yes,
    };
    let (ids, exit) = note_args::resolve_for_change(args.notes, picking, context)?;
    if ids.is_empty() {
        return Ok(exit);
    }
    let found = context.store()?.get_each(&ids)?.into_iter().zip(&ids);
    let notes: Vec<Note> = found
        .map(|(note, id)| note.unwrap_or_else(|| note_without_fields(id)))
        .collect();
    if args.dry_run {
        for note in &notes {
            print_touched(context, note)?;
            context.say(&format!("would delete {}", brief(note)));
        }
        return Ok(exit);
    }
    if asks {
        let answer = confirm("Delete", &notes, context)?;
        if answer != Exit::Done {
            return Ok(answer);
        }
    }
    let deleted = delete(&ids, context)?;
    Ok(if exit == Exit::Done { deleted } else { exit })
}

fn delete(ids: &[String], context: &mut Context) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    let mut count = 0;
    for (id, deleted) in ids.iter().zip(context.journaled_store("rm")?.delete(ids)?) {
        if deleted.is_nothing() {
            // Another client has deleted it.
            exit = context.complain(&find::Error::no_such_note(id).into());
            continue;
        }
        let note = deleted.to_note(id);
        print_touched(context, &note)?;
        context.say(&format!("deleted {}", brief(&note)));
        count += 1;
    }
    if context.can_undo() && count > 0 {
        let what = if count == 1 { "it" } else { "them" };
        context.say(&format!("`notes undo` brings {what} back"));
    }
    Ok(exit)
}

/// Returns a note with the id alone, for an id in the set that has no hash.
fn note_without_fields(id: &str) -> Note {
    Note {
        id: id.to_owned(),
        ..Note::default()
    }
}
