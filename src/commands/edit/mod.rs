//! `notes edit`: new text for a note, from the arguments or from the editor.

mod session;

use std::time::{Duration, Instant};

use anyhow::bail;

use super::{brief, content, print_touched, resolve, title};
use crate::cli::Edit;
use crate::context::Context;
use crate::draft::Text;
use crate::error::Error;
use crate::exit::Exit;
use crate::journal::{Basis, Change};
use crate::note::Note;
use crate::store;

/// How long a change that does not depend on what was read is tried again on a note that others
/// change at the same time.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

/// What the arguments ask for.
struct Wish {
    title: Option<String>,
    content: Option<String>,
    append: Option<String>,
}

/// A note after the command, and what the command did to it.
enum Edited {
    Changed(Note),
    /// It was changed, and somebody else's change is in it too.
    Merged(Note),
    Unchanged(Note),
}

pub(super) fn run(args: Edit, context: &mut Context) -> anyhow::Result<Exit> {
    let by_editor = args.title.is_none()
        && args.content.is_none()
        && args.file.is_none()
        && args.append.is_none();
    if by_editor && context.settings.editor.is_none() && !context.is_interactive() {
        bail!(Error::usage(
            "no terminal for an editor; give the new text with -t, -c, -f or --append"
        ));
    }
    let wish = Wish {
        title: args.title.as_deref().map(title).transpose()?,
        content: content(args.content, args.file.as_deref())?,
        append: args.append,
    };
    let (mut ids, mut errors) = resolve(context, vec![args.note])?;
    let Some(id) = ids.pop() else {
        bail!(errors.remove(0));
    };
    let edited = if args.resume {
        session::resume(&id, context)?
    } else if by_editor {
        session::edit(&id, context)?
    } else {
        directly(&id, &wish, context)?
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

fn read(id: &str, context: &mut Context) -> anyhow::Result<Note> {
    let note = context.store()?.get(id)?;
    Ok(note.ok_or_else(|| store::Error::no_such_note(id))?)
}

/// Changes the note as the arguments say, whoever else changes it meanwhile.
fn directly(id: &str, wish: &Wish, context: &mut Context) -> anyhow::Result<Edited> {
    let until = Instant::now() + RETRY_TIMEOUT;
    loop {
        let note = read(id, context)?;
        let change = wish.of(&note)?;
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
    let mut notebook = context.notebook("edit")?;
    Ok(notebook.update(&note.id, change, Basis::Unchanged(note))?)
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(store::Error::Conflict { .. }))
}

impl Wish {
    /// What has to change for the note to be as wished.
    fn of(&self, note: &Note) -> Result<Change, store::Error> {
        let mut content = self.content.clone();
        if let Some(more) = &self.append {
            if content.is_none() {
                refuse_altered(note, "content")?;
            }
            let before = content.as_deref().unwrap_or(note.content());
            content = Some(appended(before, more));
        }
        Ok(Change {
            title: different(self.title.clone(), note, "title"),
            content: different(content, note, "content"),
        })
    }
}

fn appended(before: &str, more: &str) -> String {
    if before.is_empty() || before.ends_with('\n') {
        format!("{before}{more}")
    } else {
        format!("{before}\n{more}")
    }
}

/// The change that makes the note read so.
fn change_to(text: Text, note: &Note) -> Change {
    Change {
        title: different(Some(text.title), note, "title"),
        content: different(Some(text.content), note, "content"),
    }
}

fn different(value: Option<String>, note: &Note, field: &str) -> Option<String> {
    value.filter(|value| note.field(field) != Some(value) || note.altered.contains(field))
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
