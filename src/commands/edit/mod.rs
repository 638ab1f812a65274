//! `notes edit`: new text for a note, from the arguments or from the editor.

mod session;

use anyhow::bail;

use super::named::{brief, confirm};
use super::{content, pick, print_touched, title};
use crate::cli::Edit;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::input::LARGEST_NOTE;
use crate::note::Note;
use crate::note::text::terminated;
use crate::store::{self, Change};

/// How many notes are not changed on a terminal without a question.
const MANY: usize = 3;

/// A note after the command, and what is said of it.
type Edited = (&'static str, Note);

const CHANGED: &str = "changed";
const MERGED: &str = "changed, and merged with a change made meanwhile:";
const UNCHANGED: &str = "unchanged";

pub(super) fn run(mut args: Edit, context: &mut Context) -> anyhow::Result<Exit> {
    pick::require(&args.notes, context)?;
    let texts = [&args.title, &args.content.text, &args.append];
    let by_editor = args.content.file.is_none() && texts.into_iter().all(Option::is_none);
    if by_editor && context.settings.editor.is_none() && !context.has_terminal() {
        let text = "no terminal for an editor; give the new text with -t, -c, -f or --append";
        bail!(Error::usage(text));
    }
    args.title = args.title.as_deref().map(title).transpose()?;
    args.content.text = content(&args.content)?;
    let several = !by_editor && !args.resume;
    let can_ask = context.can_ask(&args.notes);
    let given = std::mem::take(&mut args.notes);
    let (ids, exit) = pick::resolve_for_change(context, given, several)?;
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
            directly(ids, &args, context)?
        }
    };
    for (word, note) in &edited {
        print_touched(context, note)?;
        context.say(&format!("{word} {}", brief(note)));
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

/// Changes the notes as the arguments say, whoever else changes them meanwhile.
fn directly(ids: &[String], wish: &Edit, context: &mut Context) -> anyhow::Result<Vec<Edited>> {
    let mut store = context.journaled_store("edit")?;
    let notes = store.update_each(ids, |note| wished(wish, note))?;
    let edited = notes.into_iter().map(|(note, is_changed)| {
        let word = if is_changed { CHANGED } else { UNCHANGED };
        (word, note)
    });
    Ok(edited.collect())
}

/// What has to change for the note to be as the arguments say.
fn wished(wish: &Edit, note: &Note) -> Result<Change, store::Error> {
    let mut content = wish.content.text.clone();
    if let Some(more) = &wish.append {
        if content.is_none() {
            refuse_altered(note, "content")?;
        }
        let before = content.as_deref().unwrap_or(note.content());
        content = Some(terminated(before).into_owned() + more);
    }
    change(wish.title.clone(), content, note)
}

/// What has to change for the note to have this title and this content.
fn change(
    title: Option<String>,
    content: Option<String>,
    note: &Note,
) -> Result<Change, store::Error> {
    let differs =
        |field, value: &str| note.field(field) != Some(value) || note.altered.contains(field);
    let change = Change {
        title: title.filter(|title| differs("title", title)),
        content: content.filter(|content| differs("content", content)),
    };
    let texts = [
        (&change.title, note.title()),
        (&change.content, note.content()),
    ];
    let mut size = note.size();
    for (new, old) in texts {
        if let Some(new) = new {
            size = size - old.len() + new.len();
        }
    }
    // A note that is too large already may shrink.
    if size > LARGEST_NOTE && size > note.size() {
        let id = note.id.clone();
        return Err(store::Error::TooLarge { id });
    }
    Ok(change)
}

fn refuse_altered(note: &Note, field: &str) -> Result<(), store::Error> {
    if note.altered.contains(field) {
        return Err(store::Error::NotText {
            id: note.id.clone(),
            field: field.to_owned(),
        });
    }
    Ok(())
}
