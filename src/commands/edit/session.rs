//! An edit in the user's editor: what others change meanwhile is merged in, and the text is never
//! lost.
//!
//! The draft has the note it started from, so that a session that ended in any way can be resumed when
//! the note has changed since.

use anyhow::{Context as _, anyhow, bail};

use super::{CHANGED, Edited, MERGED, UNCHANGED, change, refuse_altered};
use crate::commands::kept::{self, Origin};
use crate::context::Context;
use crate::error;
use crate::note::Note;
use crate::note::merge::{Merged, has_markers, merge};
use crate::note::text::{Text, for_editor};
use crate::store::{Basis, Change, Error};
use crate::terminal::drafts::Draft;

const EMPTY: &str = "the text is empty; nothing was stored (`notes rm` deletes a note)";

const TOO_DIFFERENT: &str = "the texts differ in too many places to merge";

/// Lets the user change the note in the editor.
pub(super) fn edit(id: &str, context: &mut Context) -> anyhow::Result<Edited> {
    let note = read_text(id, Error::no_such_note(id), context)?;
    let draft = kept::begin(&Origin::of(&note), context)?;
    match kept::edit(&draft, context)? {
        None => Ok((UNCHANGED, note)),
        Some(text) => store(&note, &text, &draft, context),
    }
}

/// Continues with the draft that was saved last for the note, with what changed in Redis since.
pub(super) fn resume(id: &str, context: &mut Context) -> anyhow::Result<Edited> {
    let note = read_text(id, Error::no_such_note(id), context)?;
    let (draft, origin) = kept::resume(&Origin::of(&note), context)?;
    let base = merge_into_draft(&note, origin, &draft, context)
        .with_context(|| format!("cannot read or write the draft {}", draft.path().display()))?;
    let text = kept::edit_resumed(&draft, context)?;
    if has_markers(&text, &Text::from_note(&note)) {
        let id = note.id.clone();
        let error = anyhow!(Error::Conflict { id }).context("there are conflict markers left");
        return Err(keep(error, &draft));
    }
    store(&base, &text, &draft, context)
}

/// Merges into the draft what has changed in the note since, and returns what the draft starts from
/// now. A text that cannot be merged starts from the same as before.
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
    draft.replace(&text, &Origin::of(note).to_json())?;
    Ok(note.clone())
}

/// Stores an edited text, merged with what was changed since `note` was read.
fn store(note: &Note, text: &str, draft: &Draft, context: &mut Context) -> anyhow::Result<Edited> {
    let Some(text) = Text::from_editor(text, Some(note)) else {
        kept::remove(draft, context);
        bail!(EMPTY);
    };
    let _named = kept::named_at_interrupt(draft, context);
    let edited = merge_and_write(note, text, context).map_err(|error| keep(error, draft))?;
    kept::remove(draft, context);
    Ok(edited)
}

fn merge_and_write(note: &Note, text: Text, context: &mut Context) -> anyhow::Result<Edited> {
    let mut base = note.clone();
    let mut ours = text;
    let mut word = CHANGED;
    loop {
        let Text { title, content } = ours.clone();
        let change = change(Some(title), Some(content), &base)?;
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
                match merge(&Text::from_note(&base), &ours, &Text::from_note(&theirs)) {
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

/// Says where the text is that could not be stored.
fn keep(error: anyhow::Error, draft: &Draft) -> anyhow::Error {
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
