//! The notes that the NOTE arguments name. On a terminal, without a NOTE, a person picks them.

use std::collections::HashSet;

use anyhow::bail;

use super::text_args::read_stdin;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::find::{self, Candidates, NoteRef, Order, Resolved};
use crate::store::Reading;
use crate::terminal::picker::Picker;

/// Refuses a command without a NOTE, unless a person can pick one.
pub(super) fn require(notes: &[String], command: &str, context: &Context) -> Result<(), Error> {
    if notes.is_empty() && (is_dumb(context) || !context.is_interactive()) {
        let text = "the following required arguments were not provided: <NOTE>...";
        return Err(Error::usage(format!(
            "{text}; `notes {command} -h` tells more"
        )));
    }
    Ok(())
}

/// Returns true for a terminal that can show no picker.
fn is_dumb(context: &Context) -> bool {
    context.environment.get("TERM") == Some("dumb")
}

/// Returns the ids that the NOTE arguments name, each once, and an error for each NOTE that names
/// none. `-` stands for the ids on standard input.
pub(super) fn resolve(
    notes: Vec<String>,
    context: &mut Context,
) -> anyhow::Result<(Vec<String>, Vec<find::Error>)> {
    let mut references: Vec<NoteRef> = Vec::with_capacity(notes.len());
    for note in notes {
        if note == "-" {
            references.extend(read_references()?);
        } else {
            references.push(note.into());
        }
    }
    let mut known = HashSet::new();
    let mut ids: Vec<String> = Vec::new();
    let mut errors = Vec::new();
    for resolved in find::resolve(context.store()?, &references)? {
        match resolved {
            Resolved::One(id) if known.insert(id.clone()) => ids.push(id),
            Resolved::One(_) => {}
            Resolved::NotOne(error) => errors.push(error),
        }
    }
    Ok((ids, errors))
}

/// Reads the first field of each line of standard input, each once. So the lines that `list` prints
/// in a pipe serve as well as ids alone.
fn read_references() -> anyhow::Result<Vec<NoteRef>> {
    let text = read_stdin()?;
    let mut known = HashSet::new();
    let mut references = Vec::new();
    for line in text.lines() {
        let id = line.split('\t').next().unwrap_or_default().trim();
        if !id.is_empty() && known.insert(id) {
            references.push(NoteRef::Name(id.to_owned()));
        }
    }
    Ok(references)
}

/// The notes that a person may be asked for.
#[derive(Clone, Copy)]
pub(super) struct Picking {
    /// True if more than one may be picked.
    pub(super) several: bool,
    /// True if a NOTE that names nothing may be the part of a title.
    pub(super) guess: bool,
}

/// Resolves the NOTE arguments, on a terminal also those that are a part of a title. Without any NOTE,
/// has a person pick at least one note.
pub(super) fn resolve_or_pick(
    notes: Vec<String>,
    picking: Picking,
    context: &mut Context,
) -> anyhow::Result<(Vec<String>, Vec<find::Error>)> {
    if notes.is_empty() {
        return Ok((pick("", picking.several, context)?, Vec::new()));
    }
    let joined = notes.join(" ");
    let is_split = notes.len() > 1 && !notes.iter().any(|note| note == "-");
    let (mut ids, errors) = resolve(notes, context)?;
    if is_split && let Some(find::Error::NoSuchNote { note, .. }) = errors.first() {
        refuse_split_title(note, &joined, context)?;
    }
    let guesses = picking.guess && context.options.stdout.terminal && context.is_interactive();
    let mut left = Vec::new();
    for error in errors {
        let found = match &error {
            find::Error::NoSuchNote {
                note,
                near,
                is_part: true,
                ..
            } if guesses => match near.as_slice() {
                [only] => vec![only.id.clone()],
                _ if is_dumb(context) => Vec::new(),
                _ => pick(note, picking.several, context)?,
            },
            _ => Vec::new(),
        };
        if found.is_empty() {
            left.push(error);
        }
        for id in found {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok((ids, left))
}

/// Fails if several NOTEs make a title together. `note` is the first of them that names nothing.
fn refuse_split_title(note: &str, joined: &str, context: &mut Context) -> anyhow::Result<()> {
    let reference = NoteRef::Name(joined.to_owned());
    let title = match find::resolve_one(context.store()?, reference)? {
        Resolved::One(id) => context.store()?.get(&id)?.map(|note| note.title),
        Resolved::NotOne(find::Error::NoSuchNote {
            near,
            is_part: true,
            ..
        }) => near.into_iter().next().map(|note| note.title),
        Resolved::NotOne(_) => None,
    };
    let Some(title) = title.flatten() else {
        return Ok(());
    };
    let title = shell_words::quote(&title).into_owned();
    let text = format!("no note '{note}'; a title of several words is quoted: {title}");
    bail!(find::Error::missing(note, text))
}

/// Resolves the NOTE arguments for a change: reports each error, and returns the exit code of the
/// first. An ambiguous name is probably a typo, so that nothing is changed then.
pub(super) fn resolve_for_change(
    notes: Vec<String>,
    picking: Picking,
    context: &mut Context,
) -> anyhow::Result<(Vec<String>, Exit)> {
    let (ids, errors) = resolve_or_pick(notes, picking, context)?;
    Ok(report_for_change(ids, errors, context))
}

/// Reports each error before a change, and returns the notes to change and the exit code of the first
/// error: none if a name is ambiguous.
pub(super) fn report_for_change(
    ids: Vec<String>,
    errors: Vec<find::Error>,
    context: &Context,
) -> (Vec<String>, Exit) {
    let is_ambiguous = errors
        .iter()
        .any(|error| matches!(error, find::Error::Ambiguous { .. }));
    let exit = report_errors(errors, context);
    if is_ambiguous {
        return (Vec::new(), Exit::Ambiguous);
    }
    (ids, exit)
}

/// Reports each error, and returns the exit code of the first.
pub(super) fn report_errors(errors: Vec<find::Error>, context: &Context) -> Exit {
    let mut first = Exit::Done;
    for error in errors {
        let exit = context.complain(&error.into());
        if first == Exit::Done {
            first = exit;
        }
    }
    first
}

/// Has a person pick notes from a list, in which `query` is typed already.
fn pick(query: &str, several: bool, context: &mut Context) -> anyhow::Result<Vec<String>> {
    let picker = Picker {
        command: context.settings.picker.clone(),
        several,
        query: query.to_owned(),
        color: context.options.stderr.color,
    };
    let store = context.store()?;
    if store.count()? == 0 {
        let text = "there are no notes yet; `notes add` makes one";
        bail!(find::Error::missing("@", text));
    }
    picker.pick(|sink| -> anyhow::Result<()> {
        let ids = Candidates::read(store, Order::LATEST_FIRST, |_| true)?.take(usize::MAX);
        let mut reading = Reading::new(&ids, &[]);
        while let Some(notes) = reading.next(store, |_| true)? {
            let notes = notes
                .into_iter()
                .map(|(id, note)| store.make_note(id, note));
            if !sink(notes.collect()) {
                break;
            }
        }
        Ok(())
    })
}
