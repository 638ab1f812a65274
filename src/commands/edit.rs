//! `notes edit`: new text for a note, from the arguments or from the editor.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{SHORT_ID, brief, content, print_touched, resolve, title};
use crate::cli::Edit;
use crate::context::Context;
use crate::draft::{self, Text};
use crate::drafts::Draft;
use crate::editor::{self, Outcome};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::note::Note;
use crate::store::{Basis, Change, Error};

/// How long a change that does not depend on what was read is tried again on a note that others
/// change at the same time.
const PERSISTENCE: Duration = Duration::from_secs(10);

/// What the arguments ask for.
struct Wish {
    title: Option<String>,
    content: Option<String>,
    append: Option<String>,
}

pub(super) fn run(args: Edit, context: &mut Context) -> anyhow::Result<Exit> {
    let by_editor = args.title.is_none()
        && args.content.is_none()
        && args.file.is_none()
        && args.append.is_none();
    if by_editor && context.settings.editor.is_none() && !context.is_interactive() {
        bail!(Usage::new(
            "no terminal for an editor; give the new text with -t, -c, -f or --append"
        ));
    }
    let wish = Wish {
        title: args.title.as_deref().map(title).transpose()?,
        content: content(context, args.content, args.file.as_deref())?,
        append: args.append,
    };
    let (mut ids, mut errors) = resolve(context, vec![args.note])?;
    let Some(id) = ids.pop() else {
        bail!(errors.remove(0));
    };
    let edited = if by_editor {
        in_editor(&id, context)?
    } else {
        directly(&id, &wish, context)?
    };
    match edited {
        Edited::Changed(note) => {
            print_touched(context, &note)?;
            context.say(&format!("changed {}", brief(&note)));
        }
        Edited::Unchanged(note) => {
            print_touched(context, &note)?;
            context.say(&format!("unchanged {}", brief(&note)));
        }
    }
    Ok(Exit::Done)
}

/// A note after the command, and whether the command changed it.
enum Edited {
    Changed(Note),
    Unchanged(Note),
}

fn read(id: &str, context: &mut Context) -> anyhow::Result<Note> {
    let note = context.store()?.get(id)?;
    Ok(note.ok_or_else(|| Error::NoSuchNote {
        reference: id.to_owned(),
    })?)
}

/// Changes the note as the arguments say, whoever else changes it meanwhile.
fn directly(id: &str, wish: &Wish, context: &mut Context) -> anyhow::Result<Edited> {
    let until = Instant::now() + PERSISTENCE;
    loop {
        let note = read(id, context)?;
        let change = wish.of(&note)?;
        if change == Change::default() {
            return Ok(Edited::Unchanged(note));
        }
        match context
            .notebook("edit")?
            .update(id, &change, Basis::Unchanged(&note))
        {
            Ok(note) => return Ok(Edited::Changed(note)),
            Err(Error::Conflict { .. }) if Instant::now() < until => {}
            Err(error) => return Err(error.into()),
        }
    }
}

impl Wish {
    /// What has to change for the note to be as wished.
    fn of(&self, note: &Note) -> Result<Change, Error> {
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

fn different(value: Option<String>, note: &Note, field: &str) -> Option<String> {
    value.filter(|value| note.field(field) != Some(value) || note.altered.contains(field))
}

fn refuse_altered(note: &Note, field: &str) -> Result<(), Error> {
    if note.altered.contains(field) {
        return Err(Error::NotText {
            id: note.id.clone(),
            field: field.to_owned(),
        });
    }
    Ok(())
}

/// Lets the user change the note in the editor, and writes it only if it is still what was read.
fn in_editor(id: &str, context: &mut Context) -> anyhow::Result<Edited> {
    let note = read(id, context)?;
    refuse_altered(&note, "title")?;
    refuse_altered(&note, "content")?;
    let command = context.settings.editor.as_ref();
    let command = command.map_or(editor::USUAL, |editor| editor.value.as_str());
    let name: String = id.chars().take(SHORT_ID).collect();
    let before = draft::for_editor(&note);
    let (text, draft) = match editor::edit(command, &context.drafts(), &name, &before)? {
        Outcome::Unchanged => return Ok(Edited::Unchanged(note)),
        Outcome::Empty => {
            bail!("the text is empty; nothing was written (`notes rm` deletes a note)")
        }
        Outcome::Changed(text, draft) => (text, draft),
    };
    let text = Text::from_editor(&text, Some(&note))
        .context("the text is empty; nothing was written (`notes rm` deletes a note)")?;
    let change = Change {
        title: different(Some(text.title), &note, "title"),
        content: different(Some(text.content), &note, "content"),
    };
    if change == Change::default() {
        return Ok(Edited::Unchanged(note));
    }
    write(&note, &change, context)
        .map(Edited::Changed)
        .map_err(|error| keep(error, draft))
}

fn write(note: &Note, change: &Change, context: &mut Context) -> anyhow::Result<Note> {
    let mut notebook = context.notebook("edit")?;
    Ok(notebook.update(&note.id, change, Basis::Unchanged(note))?)
}

fn keep(error: anyhow::Error, draft: Draft) -> anyhow::Error {
    let path = draft.path().to_owned();
    match draft.keep() {
        Ok(path) => error.context(not_written(&path)),
        Err(reason) => error.context(format!(
            "nothing was written, and your text could not be kept in {} ({reason})",
            path.display()
        )),
    }
}

fn not_written(path: &Path) -> String {
    format!(
        "nothing was written; your text is kept in {}",
        path.display()
    )
}
