//! An edit in the user's editor: what others change meanwhile is merged in, and the text is never
//! lost.
//!
//! The draft is kept with the note it started from, so that a session that could not be written can
//! be resumed when the note has changed again.

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};

use super::{CHANGED, Edited, MERGED, UNCHANGED, change, refuse_altered};
use crate::context::Context;
use crate::draft::{self, Text};
use crate::error;
use crate::journal::{Basis, Change};
use crate::merge::{Merged, has_markers, merge};
use crate::note::Note;
use crate::output::short_id;
use crate::store::Error;
use crate::terminal::drafts::{Draft, Kept};
use crate::terminal::editor;

const EMPTY: &str = "the text is empty; nothing was written (`notes rm` deletes a note)";

const TOO_DIFFERENT: &str = "the texts differ in too many places to merge";

/// Lets the user change the note in the editor.
pub(super) fn edit(id: &str, context: &mut Context) -> anyhow::Result<Edited> {
    let note = read_text(id, Error::no_such_note(id), context)?;
    let before = draft::for_editor(&Text::of(&note));
    match editor::edit(context.editor(), draft(&note, &before, context)?)? {
        (None, _) => Ok((UNCHANGED, note)),
        (Some(text), draft) => store(&note, &text, draft, context),
    }
}

/// Goes on from the draft that was kept last for the note, with what changed in Redis since.
pub(super) fn resume(id: &str, context: &mut Context) -> anyhow::Result<Edited> {
    let kept = latest(id, context)
        .with_context(|| format!("no draft of note {id} is kept; `notes edit` begins anew"))?;
    let edited = go_on(id, &kept, context);
    // Its text is in the note now, or in the draft that was kept in its place.
    if edited.is_ok() || latest(id, context).is_some_and(|newer| newer.path != kept.path) {
        let path = kept.path.display();
        let failed = format!("the old draft {path} could not be removed");
        kept.remove().context(failed)?;
    }
    edited
}

/// The draft kept last for the note.
fn latest(id: &str, context: &Context) -> Option<Kept> {
    Kept::latest(&context.drafts(), |origin| {
        from_origin(origin).is_some_and(|base| base.id == id)
    })
}

fn go_on(id: &str, kept: &Kept, context: &mut Context) -> anyhow::Result<Edited> {
    let note = read_text(id, Error::no_such_note(id), context)?;
    let base = from_origin(&kept.origin).unwrap_or_default();
    let ours = kept
        .read()
        .with_context(|| format!("cannot read the draft {}", kept.path.display()))?;
    let ours = Text::from_editor(&ours, Some(&base)).context(EMPTY)?;
    let text = match merge(&Text::of(&base), &ours, &Text::of(&note)) {
        Merged::Clean(text) => draft::for_editor(&text),
        Merged::Conflict(text) => text,
        Merged::TooDifferent(text) => {
            context.say(TOO_DIFFERENT);
            text
        }
    };
    let (changed, draft) = editor::edit(context.editor(), draft(&note, &text, context)?)?;
    let text = changed.unwrap_or(text);
    if has_markers(&text, &Text::of(&note)) {
        let id = note.id.clone();
        let error = anyhow!(Error::Conflict { id }).context("there are conflict markers left");
        return Err(keep(error, &note, draft));
    }
    store(&note, &text, draft, context)
}

/// Stores an edited text, merged with what was changed since `note` was read.
fn store(note: &Note, text: &str, draft: Draft, context: &mut Context) -> anyhow::Result<Edited> {
    let text = Text::from_editor(text, Some(note)).context(EMPTY)?;
    merge_and_write(note, text, context).map_err(|error| keep(error, note, draft))
}

fn merge_and_write(note: &Note, text: Text, context: &mut Context) -> anyhow::Result<Edited> {
    let mut base = note.clone();
    let mut ours = text;
    let mut word = CHANGED;
    loop {
        let Text { title, content } = ours.clone();
        let change = change(Some(title), Some(content), &base);
        if change == Change::default() {
            return Ok((UNCHANGED, base));
        }
        let mut store = context.journaled_store("edit")?;
        match store.update(&base.id, &change, Basis::Unchanged(&base)) {
            Ok(note) => return Ok((word, note)),
            Err(error @ Error::Conflict { .. }) => {
                // A note that was there a moment ago and is not any more was deleted by somebody.
                let id = note.id.clone();
                let theirs = read_text(&note.id, Error::Vanished { id }, context)?;
                match merge(&Text::of(&base), &ours, &Text::of(&theirs)) {
                    Merged::Clean(merged) => ours = merged,
                    Merged::Conflict(_) => return Err(error.into()),
                    Merged::TooDifferent(_) => return Err(anyhow!(error).context(TOO_DIFFERENT)),
                }
                base = theirs;
                word = MERGED;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The note, if its text is one that can be written back; the error `missing` if there is none.
fn read_text(id: &str, missing: Error, context: &mut Context) -> anyhow::Result<Note> {
    let note = context.store()?.get(id)?.ok_or(missing)?;
    refuse_altered(&note, "title")?;
    refuse_altered(&note, "content")?;
    Ok(note)
}

fn draft(note: &Note, text: &str, context: &Context) -> anyhow::Result<Draft> {
    let origin = json!({ "id": note.id, "title": note.title, "content": note.content });
    let mut draft = context.draft(&short_id(note, 0), text)?;
    draft.origin = Some(origin.to_string());
    Ok(draft)
}

/// Keeps the draft of a text that could not be stored.
fn keep(error: anyhow::Error, note: &Note, draft: Draft) -> anyhow::Error {
    let perhaps = error::perhaps(&error);
    let next = match error.downcast_ref() {
        Some(Error::Vanished { .. }) => "`notes add -f` with it makes a new note".to_owned(),
        _ => format!("`notes edit {} --resume` goes on from it", note.id),
    };
    let path = draft.path().to_owned();
    match draft.keep() {
        Ok(path) => error.context(format!(
            "{perhaps}nothing was written; your text is kept in {}, {next}",
            path.display()
        )),
        Err(reason) => error.context(format!(
            "{perhaps}nothing was written, and your text could not be kept in {} ({reason})",
            path.display()
        )),
    }
}

fn from_origin(origin: &str) -> Option<Note> {
    let origin: Value = serde_json::from_str(origin).ok()?;
    let text = |name: &str| origin.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Note {
        id: text("id")?,
        title: text("title"),
        content: text("content"),
        ..Note::default()
    })
}
