//! `notes edit`: new text for a note, from the arguments or from the editor.

mod session;

use std::time::{Duration, Instant};

use anyhow::bail;

use super::{brief, content, pick, print_touched, title};
use crate::cli::Edit;
use crate::context::Context;
use crate::draft::terminated;
use crate::error::Error;
use crate::exit::Exit;
use crate::journal::{Basis, Change};
use crate::note::Note;
use crate::store;

/// How long a change that does not depend on what was read is tried again on a note that others
/// change at the same time.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

/// A note after the command, and what the command did to it.
enum Edited {
    Changed(Note),
    /// It was changed, and somebody else's change is in it too.
    Merged(Note),
    Unchanged(Note),
}

pub(super) fn run(mut args: Edit, context: &mut Context) -> anyhow::Result<Exit> {
    let note: Vec<String> = args.note.take().into_iter().collect();
    pick::require(&note, context)?;
    let texts = [&args.title, &args.content, &args.append];
    let by_editor = args.file.is_none() && texts.into_iter().all(Option::is_none);
    if by_editor && context.settings.editor.is_none() && !context.is_interactive() {
        let text = "no terminal for an editor; give the new text with -t, -c, -f or --append";
        bail!(Error::usage(text));
    }
    args.title = args.title.as_deref().map(title).transpose()?;
    args.content = content(args.content, args.file.as_deref())?;
    let (mut ids, mut errors) = pick::resolve(context, note, false)?;
    let Some(id) = ids.pop() else {
        bail!(errors.remove(0));
    };
    let edited = if args.resume {
        session::resume(&id, context)?
    } else if by_editor {
        session::edit(&id, context)?
    } else {
        directly(&id, &args, context)?
    };
    let (word, note) = match &edited {
        Edited::Changed(note) => ("changed", note),
        Edited::Merged(note) => ("changed, and merged with a change made meanwhile:", note),
        Edited::Unchanged(note) => ("unchanged", note),
    };
    print_touched(context, note)?;
    context.say(&format!("{word} {}", brief(note)));
    Ok(Exit::Done)
}

/// Changes the note as the arguments say, whoever else changes it meanwhile.
fn directly(id: &str, wish: &Edit, context: &mut Context) -> anyhow::Result<Edited> {
    let until = Instant::now() + RETRY_TIMEOUT;
    loop {
        let note = context.store()?.get(id)?;
        let note = note.ok_or_else(|| store::Error::no_such_note(id))?;
        let change = wished(wish, &note)?;
        if change == Change::default() {
            return Ok(Edited::Unchanged(note));
        }
        match write(&note, &change, context) {
            Ok(note) => return Ok(Edited::Changed(note)),
            Err(error) if is_conflict(&error) && Instant::now() < until => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes a change if the note is still what was read.
fn write(note: &Note, change: &Change, context: &mut Context) -> anyhow::Result<Note> {
    let mut store = context.journaled_store("edit")?;
    Ok(store.update(&note.id, change, Basis::Unchanged(note))?)
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(store::Error::Conflict { .. }))
}

/// What has to change for the note to be as the arguments say.
fn wished(wish: &Edit, note: &Note) -> Result<Change, store::Error> {
    let mut content = wish.content.clone();
    if let Some(more) = &wish.append {
        if content.is_none() {
            refuse_altered(note, "content")?;
        }
        let before = content.as_deref().unwrap_or(note.content());
        content = Some(terminated(before).into_owned() + more);
    }
    Ok(change(wish.title.clone(), content, note))
}

/// What has to change for the note to have this title and this content.
fn change(title: Option<String>, content: Option<String>, note: &Note) -> Change {
    let differs =
        |field, value: &str| note.field(field) != Some(value) || note.altered.contains(field);
    Change {
        title: title.filter(|title| differs("title", title)),
        content: content.filter(|content| differs("content", content)),
    }
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
