//! An edit in the user's editor. Changes that others make in the meantime are merged in, and the text
//! is never lost.
//!
//! The draft holds the note that it started from. So a session can be resumed, however it ended, after
//! the note has changed.

use anyhow::{Context as _, anyhow, bail};

use super::words;
use crate::commands::note_drafts::{self, Origin};
use crate::context::Context;
use crate::error;
use crate::find;
use crate::note::merge::{Merged, has_markers, merge};
use crate::note::text::{Text, for_editor};
use crate::note::{NewText, Note, refuse_altered};
use crate::store::{Basis, Edited, Error};
use crate::terminal::drafts::Draft;

const EMPTY: &str = "the text is empty; nothing was stored (`notes rm` deletes a note)";

const TOO_DIFFERENT: &str = "the texts differ in too many places to merge";

/// A note after an edit, and the words that go before its name.
type Done = (Note, &'static str);

/// Lets the user change the note in the editor.
pub(super) fn edit(id: &str, context: &mut Context) -> anyhow::Result<Done> {
    let note = read_note(id, find::Error::no_such_note(id), context)?;
    let draft = note_drafts::begin(&Origin::from_note(&note), context)?;
    match note_drafts::edit(&draft, context)? {
        None => Ok((note, words(Edited::Unchanged))),
        Some(text) => store(&note, &text, &draft, context),
    }
}

/// Continues with the draft that was saved last for the note, merged with later changes in Redis.
pub(super) fn resume(id: &str, context: &mut Context) -> anyhow::Result<Done> {
    let note = read_note(id, find::Error::no_such_note(id), context)?;
    let (draft, origin) = note_drafts::resume(&Origin::from_note(&note), context)?;
    let base = merge_into_draft(&note, origin, &draft, context)
        .with_context(|| format!("cannot read or write the draft {}", draft.path().display()))?;
    let text = note_drafts::edit_resumed(&draft, context)?;
    if has_markers(&text, &Text::from_note(&note)) {
        let id = note.id.clone();
        let error = anyhow!(Error::Conflict { id }).context("there are conflict markers left");
        return Err(with_hint(error, &draft));
    }
    store(&base, &text, &draft, context)
}

/// Merges later changes of the note into the draft, and returns the note that the draft starts from
/// now. A draft that cannot be merged keeps its start.
fn merge_into_draft(
    note: &Note,
    origin: Origin,
    draft: &Draft,
    context: &Context,
) -> std::io::Result<Note> {
    let Origin::Note(base) = origin else {
        return Ok(note.clone());
    };
    if Text::from_note(&base) == Text::from_note(note) {
        return Ok(note.clone());
    }
    let ours = String::from_utf8(draft.read()?).ok();
    let Some(ours) = ours.and_then(|text| Text::from_editor(&text, Some(&base))) else {
        return Ok(*base);
    };
    let text = match merge(&Text::from_note(&base), &ours, &Text::from_note(note)) {
        Merged::Clean(text) => for_editor(&text),
        Merged::Conflict(text) => text,
        Merged::TooDifferent(text) => {
            context.say(TOO_DIFFERENT);
            text
        }
    };
    draft.replace(&text, &Origin::from_note(note).to_json())?;
    Ok(note.clone())
}

/// Stores an edited text, merged with changes made after `note` was read.
fn store(note: &Note, text: &str, draft: &Draft, context: &mut Context) -> anyhow::Result<Done> {
    let Some(text) = Text::from_editor(text, Some(note)) else {
        note_drafts::remove(draft, context);
        bail!(EMPTY);
    };
    let _hint = note_drafts::hint_at_interrupt(draft, context);
    let edited = merge_and_write(note, text, context).map_err(|error| with_hint(error, draft))?;
    note_drafts::remove(draft, context);
    Ok(edited)
}

fn merge_and_write(note: &Note, text: Text, context: &mut Context) -> anyhow::Result<Done> {
    let mut base = note.clone();
    let mut ours = text;
    let mut done = words(Edited::Changed);
    loop {
        let Text { title, content } = ours.clone();
        let new = NewText::from_texts(Some(title), Some(content), &base)?;
        if new == NewText::default() {
            return Ok((base, words(Edited::Unchanged)));
        }
        let mut store = context.journaled_store("edit")?;
        match store.update(&base.id, &new, Basis::Unchanged(&base)) {
            Ok(note) => return Ok((note, done)),
            Err(error @ Error::Conflict { .. }) => {
                // If the note is gone now, another client has deleted it.
                let id = note.id.clone();
                let theirs = read_note(&note.id, Error::Vanished { id }, context)?;
                match merge(&Text::from_note(&base), &ours, &Text::from_note(&theirs)) {
                    Merged::Clean(merged) => ours = merged,
                    Merged::Conflict(_) => return Err(error.into()),
                    Merged::TooDifferent(_) => return Err(anyhow!(error).context(TOO_DIFFERENT)),
                }
                base = theirs;
                done = "changed, and merged with another change:";
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reads a note whose text can be written back. Fails with `missing` if there is none.
fn read_note(
    id: &str,
    missing: impl Into<anyhow::Error>,
    context: &mut Context,
) -> anyhow::Result<Note> {
    let note = context.store()?.get(id)?;
    let note = note.ok_or_else(|| missing.into())?;
    refuse_altered(&note, "title")?;
    refuse_altered(&note, "content")?;
    Ok(note)
}

/// Adds to an error where the text is that could not be stored.
fn with_hint(error: anyhow::Error, draft: &Draft) -> anyhow::Error {
    let perhaps = error::perhaps(&error);
    let path = draft.path();
    let hint = match error.downcast_ref() {
        Some(Error::Vanished { .. }) => format!(
            "your text is in {0}; `notes add -f {0}` makes a new note of it",
            shell_words::quote(&path.to_string_lossy())
        ),
        _ => draft.hint(),
    };
    error.context(format!("{perhaps}nothing was stored; {hint}"))
}
