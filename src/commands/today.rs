//! `notes today`: the note titled with today's date, made at need.

use super::named::{self, Named};
use super::output::{brief, print_notes};
use super::{edit, show};
use crate::cli::Today;
use crate::context::Context;
use crate::exit::Exit;
use crate::note::NewText;
use crate::note::edit::Edit;
use crate::output::Json;
use crate::store::Edited;
use crate::timestamp;

/// The command in the journal.
const BY: &str = "today";

pub(super) fn run(args: Today, context: &mut Context) -> anyhow::Result<Exit> {
    let today = timestamp::local(context.now);
    let title = today.format(context.settings.today()).to_string();
    let (id, new) = match named::find(&title, context)? {
        Named::Stored(id) => (id, None),
        Named::New(note) => (note.id.clone(), Some(note)),
    };
    let ids = [id];
    let new = new.as_slice();
    if let Some(lines) = args.append {
        let edit = Edit {
            append: Some(lines),
            ..Edit::default()
        };
        edit::change_directly(&ids, new, &edit, BY, context)?;
        return Ok(Exit::Done);
    }
    let mut store = context.journaled_store(BY)?;
    let made = store.update_each(&ids, new, |_| Ok(NewText::default()))?;
    if args.edit {
        for id in &ids {
            edit::in_editor(id, context)?;
        }
        return Ok(Exit::Done);
    }
    let mut notes = Vec::new();
    for (note, edited) in made {
        if edited == Edited::Added {
            context.say(&format!("added {}", brief(&note)));
        }
        notes.push(note);
    }
    match context.options.json.clone() {
        Json::On(selection) => print_notes(context, &notes, selection.as_ref())?,
        Json::Off => show::page_notes(context, &notes)?,
    }
    Ok(Exit::Done)
}
