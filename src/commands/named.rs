//! The notes that the NOTE arguments name, and what is said of a note in a few words.

use anyhow::Context as _;
use std::collections::HashSet;

use super::read_stdin;
use crate::context::Context;
use crate::exit::Exit;
use crate::note::Note;
use crate::output::short_id;
use crate::store::{self, NoteRef};
use crate::terminal::prompt;

/// The ids that the NOTE arguments stand for, each once, and what was wrong with the others. `-` is
/// the ids on standard input.
pub(super) fn resolve(
    context: &mut Context,
    notes: Vec<String>,
) -> anyhow::Result<(Vec<String>, Vec<store::Error>)> {
    let mut references: Vec<NoteRef> = Vec::with_capacity(notes.len());
    for note in notes {
        if note == "-" {
            references.extend(standard_input()?);
        } else {
            references.push(note.into());
        }
    }
    let mut known = HashSet::new();
    let mut ids: Vec<String> = Vec::new();
    let mut errors = Vec::new();
    for resolved in context.store()?.resolve(&references)? {
        match resolved {
            Ok(id) if known.insert(id.clone()) => ids.push(id),
            Ok(_) => {}
            Err(error) => errors.push(error),
        }
    }
    Ok((ids, errors))
}

/// The first field of each line, each once, so that what `list` prints in a pipe will do as well as
/// ids alone.
fn standard_input() -> anyhow::Result<Vec<NoteRef>> {
    let text = read_stdin()?;
    let ids = text.lines().filter_map(|line| line.split('\t').next());
    let mut known = HashSet::new();
    let ids = ids.map(str::trim);
    let ids = ids.filter(|id| !id.is_empty() && known.insert(*id));
    Ok(ids.map(|id| NoteRef::Name(id.to_owned())).collect())
}

/// Says each error, and returns what the run ends with for the first.
pub(super) fn complain_of(errors: Vec<store::Error>, context: &Context) -> Exit {
    let complain = |error: store::Error| context.complain(&error.into());
    let exits: Vec<Exit> = errors.into_iter().map(complain).collect();
    exits.first().copied().unwrap_or(Exit::Done)
}

/// Asks before notes are changed as the verb says: by the title of one, below the titles of several.
pub(super) fn confirm(verb: &str, notes: &[Note], context: &Context) -> anyhow::Result<Exit> {
    let stream = &context.options.stderr;
    let question = match notes {
        [note] => format!("{verb} {}?", stream.one_line(&brief(note))),
        notes => {
            for note in notes {
                context.say(&brief(note));
            }
            format!("{verb} these {} notes?", notes.len())
        }
    };
    prompt::confirm(&question).context("cannot ask")
}

/// A note in a few words: the beginning of its id, and its title.
pub(super) fn brief(note: &Note) -> String {
    format!("{} {}", short_id(note, 0), note.title())
}
