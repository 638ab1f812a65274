//! `notes edit`: new text for a note, from the arguments or from the editor.

mod change;
mod session;

use anyhow::bail;

use self::change::{Edited, Outcome, change_to, refuse_altered};
use super::note_args::{self, Picking};
use super::output::{brief, confirm, print_touched};
use super::text_args::{read_content, trim_title};
use crate::cli::Edit;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::note::Note;
use crate::note::text::terminated;
use crate::store::{self, Change};

/// As many notes are changed on a terminal only after a question.
const MANY: usize = 3;

pub(super) fn run(mut args: Edit, context: &mut Context) -> anyhow::Result<Exit> {
    note_args::require(&args.notes, "edit", context)?;
    let texts = [&args.title, &args.content.text, &args.append];
    let by_editor = args.content.file.is_none() && texts.into_iter().all(Option::is_none);
    if by_editor && context.settings.editor.is_none() && !context.has_terminal() {
        let text = "no terminal for an editor; give the new text with -t, -c, -f or --append";
        bail!(Error::usage(text));
    }
    args.title = args.title.as_deref().map(trim_title).transpose()?;
    args.content.text = read_content(&args.content)?;
    let picking = Picking {
        several: !by_editor && !args.resume,
        guess: true,
    };
    let can_ask = context.can_ask(&args.notes);
    let given = std::mem::take(&mut args.notes);
    let (ids, exit) = note_args::resolve_for_change(given, picking, context)?;
    let edited = match ids.as_slice() {
        [] => return Ok(exit),
        [id] if args.resume => vec![session::resume(id, context)?],
        [id] if by_editor => vec![session::edit(id, context)?],
        _ if by_editor => {
            let text = "the editor takes one NOTE; -t, -c, -f and --append change several";
            bail!(Error::usage(text));
        }
        ids => {
            if can_ask && !args.yes && ids.len() >= MANY {
                let answer = ask(ids, context)?;
                if answer != Exit::Done {
                    return Ok(answer);
                }
            }
            change_directly(ids, &args, context)?
        }
    };
    for Edited { note, outcome } in &edited {
        print_touched(context, note)?;
        context.say(&format!("{} {}", outcome.words(), brief(note)));
    }
    Ok(exit)
}

/// Asks before many notes are changed.
fn ask(ids: &[String], context: &mut Context) -> anyhow::Result<Exit> {
    let notes: Vec<Note> = context
        .store()?
        .get_each(ids)?
        .into_iter()
        .flatten()
        .collect();
    confirm("Change", &notes, context)
}

/// Changes the notes as the arguments say, also those that others change at the same time.
fn change_directly(
    ids: &[String],
    args: &Edit,
    context: &mut Context,
) -> anyhow::Result<Vec<Edited>> {
    let mut store = context.journaled_store("edit")?;
    let mut edited = Vec::with_capacity(ids.len());
    for (note, is_changed) in store.update_each(ids, |note| wanted_change(args, note))? {
        let outcome = if is_changed {
            Outcome::Changed
        } else {
            Outcome::Unchanged
        };
        edited.push(Edited { note, outcome });
    }
    Ok(edited)
}

/// Returns the change after which the note is as the arguments say.
fn wanted_change(args: &Edit, note: &Note) -> Result<Change, store::Error> {
    let mut content = args.content.text.clone();
    if let Some(more) = &args.append {
        if content.is_none() {
            refuse_altered(note, "content")?;
        }
        let before = content.as_deref().unwrap_or(note.content());
        content = Some(terminated(before).into_owned() + more);
    }
    change_to(args.title.clone(), content, note)
}
