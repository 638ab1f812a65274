//! The note with a certain title, made at need.

use super::text_args::trim_title;
use crate::context::Context;
use crate::find::{self, NoteRef, Resolved};
use crate::note::Note;
use crate::unicode::folded;

/// A note that is there or is to be made.
pub(super) enum Named {
    Stored(String),
    New(Note),
}

/// Looks for the note with this title.
pub(super) fn find(title: &str, context: &mut Context) -> anyhow::Result<Named> {
    let note = new_note(title, context)?;
    let store = context.store()?;
    // The id of such a note is known: most often one question to Redis is enough.
    if store.get(&note.id)?.is_some() {
        return Ok(Named::Stored(note.id));
    }
    match find::resolve_one(store, NoteRef::Name(title.to_owned()))? {
        Resolved::One(id) => {
            let found = store.get(&id)?;
            // The text may also be the beginning of an id.
            let is_titled = found.is_some_and(|it| {
                [it.title(), it.heading()]
                    .map(folded)
                    .contains(&folded(title))
            });
            Ok(if is_titled {
                Named::Stored(id)
            } else {
                Named::New(note)
            })
        }
        Resolved::NotOne(error @ find::Error::Ambiguous { .. }) => Err(error.into()),
        Resolved::NotOne(_) => Ok(Named::New(note)),
    }
}

/// Returns the note to make with this title.
pub(super) fn new_note(title: &str, context: &mut Context) -> anyhow::Result<Note> {
    let (title, now) = (trim_title(title)?, Context::timestamp());
    let note = Note::named(title.clone(), &now);
    let stored = context.store()?.get(&note.id)?;
    if stored.is_some_and(|stored| folded(stored.title()) != folded(&title)) {
        // The note that was made with this title has another one now.
        return Ok(Note::new(title, String::new(), &now));
    }
    Ok(note)
}
