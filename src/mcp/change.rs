//! The tools that change notes. Each change is one step of the journal, and `undo` takes it back.

use super::arguments::{Add, Delete, Edit, Replace, Undo};
use super::error::Error;
use super::notes::{Notes, resolve};
use super::results::{Action, Changed, Restored, Undone, etag};
use crate::find;
use crate::input::LARGEST_NOTE;
use crate::journal::StepState;
use crate::note::edit::{self, EditError, Replacement};
use crate::note::{ChangeKind, NewText, Note, RawNote, Unfit, tag, text};
use crate::store::{self, Basis, JournaledStore};
use crate::timestamp;

/// The names of the steps in the journal.
const ADD: &str = "mcp add";
const EDIT: &str = "mcp edit";
const DELETE: &str = "mcp delete";
const UNDO: &str = "mcp undo";

/// The beginning of all of them.
const TOOLS: &str = "mcp ";

/// The most notes that an undo names. The steps of these tools have one each.
const NAMED: usize = 100;

pub(super) fn add(notes: &mut Notes, arguments: &Add) -> Result<Changed, Error> {
    let title = parse_title(&arguments.title)?;
    let mut content = arguments.content.clone().unwrap_or_default();
    refuse_nul([&title, &content])?;
    for name in parse_tags(arguments.tags.as_deref())? {
        if let Some(tagged) = tag::add(&title, &content, &name) {
            content = tagged;
        }
    }
    let note = Note::new(title, content, &timestamp::format(timestamp::now()));
    if note.size() > LARGEST_NOTE {
        let (id, cause) = (note.id, EditError::TooLarge);
        return Err(Unfit { id, cause }.into());
    }
    let mut store = notes.journaled(ADD)?;
    store.create(&note)?;
    let step = store.last_step();
    Ok(changed(Action::Added, &note, step, notes))
}

pub(super) fn edit(notes: &mut Notes, arguments: &Edit) -> Result<Changed, Error> {
    let edit = parse_edit(arguments)?;
    let id = resolve(&arguments.note, notes.store()?)?;
    let mut store = notes.journaled(EDIT)?;
    let (found, note) = as_expected(&id, &arguments.etag, &mut store)?;
    let new = NewText::from_edit(&edit, &note)?;
    if new == NewText::default() {
        return Ok(changed(Action::Unchanged, &note, None, notes));
    }
    let updated = store.update(&id, &new, Basis::Exactly(&found));
    let note = updated.map_err(|error| overtaken(error, &id, &mut store))?;
    let step = store.last_step();
    Ok(changed(Action::Changed, &note, step, notes))
}

pub(super) fn delete(notes: &mut Notes, arguments: &Delete) -> Result<Changed, Error> {
    let id = resolve(&arguments.note, notes.store()?)?;
    let mut store = notes.journaled(DELETE)?;
    let (found, note) = as_expected(&id, &arguments.etag, &mut store)?;
    let deleted = store.delete_exactly(&id, &found);
    deleted.map_err(|error| overtaken(error, &id, &mut store))?;
    let step = store.last_step();
    Ok(changed(Action::Deleted, &note, step, notes))
}

pub(super) fn undo(notes: &mut Notes, arguments: &Undo) -> Result<Undone, Error> {
    let step = choose_step(arguments.step, notes)?;
    let mut undone = notes.journaled(UNDO)?.undo(Some(step), false)?;
    let mut restored = Vec::new();
    for change in undone.changes.iter().take(NAMED) {
        let (note, kind) = change?.touched();
        let action = match kind {
            ChangeKind::Added => Action::Added,
            ChangeKind::Changed => Action::Changed,
            ChangeKind::Deleted => Action::Deleted,
        };
        restored.push(Restored {
            action,
            etag: (action != Action::Deleted).then(|| etag(&note)),
            id: note.id,
            title: note.title.unwrap_or_default(),
        });
    }
    Ok(Undone {
        step: undone.step,
        by: undone.by,
        redo: undone.number,
        notes: restored,
        warning: notes.take_fault().as_deref().map(not_recorded),
    })
}

/// Returns the step to undo: a change by these tools, never one by the user.
fn choose_step(step: Option<u64>, notes: &mut Notes) -> Result<u64, Error> {
    let server = notes.store()?.server_name().to_owned();
    let Some(journal) = notes.journal() else {
        return Err(Error::unusable(
            "the journal is off, so nothing can be undone",
        ));
    };
    let history = journal.history().map_err(store::UndoError::Journal)?;
    let mut steps = history.iter().rev();
    let Some(number) = step else {
        let newest = steps.find(|step| {
            let is_open = step.state == StepState::Made && step.undoes.is_none();
            is_open && step.server == server && step.by.starts_with(TOOLS)
        });
        let newest =
            newest.ok_or_else(|| Error::unusable("no change by these tools is left to undo"))?;
        return Ok(newest.number);
    };
    match steps.find(|step| step.number == number) {
        Some(step) if !step.by.starts_with(TOOLS) => Err(Error::unusable(format!(
            "step {number} was made by `notes {}`, not by these tools; the user can run `notes undo {number}`",
            step.by
        ))),
        _ => Ok(number),
    }
}

/// Returns the note if it is what the `ETag` stands for.
fn as_expected(
    id: &str,
    wanted: &str,
    store: &mut JournaledStore<'_>,
) -> Result<(RawNote, Note), Error> {
    let found = store.raw_note(id)?;
    if !found.has_hash() {
        return Err(find::Error::no_such_note(id).into());
    }
    let note = found.to_note(id);
    if etag(&note) != wanted.trim().trim_matches('"') {
        return Err(Error::Stale(Box::new(note.into())));
    }
    Ok((found, note))
}

/// Returns the error of a change that another writer was faster than.
fn overtaken(error: store::Error, id: &str, store: &mut JournaledStore<'_>) -> Error {
    match error {
        store::Error::Conflict { .. } => match store.raw_note(id) {
            Ok(found) if found.has_hash() => Error::Stale(Box::new(found.into_note(id).into())),
            _ => find::Error::no_such_note(id).into(),
        },
        store::Error::Vanished { .. } => find::Error::no_such_note(id).into(),
        error => error.into(),
    }
}

fn changed(action: Action, note: &Note, step: Option<u64>, notes: &mut Notes) -> Changed {
    let is_made = action != Action::Unchanged;
    let fault = if is_made { notes.take_fault() } else { None };
    Changed {
        action,
        id: note.id.clone(),
        title: note.title().to_owned(),
        etag: (action != Action::Deleted).then(|| etag(note)),
        step,
        warning: fault.as_deref().map(not_recorded),
    }
}

fn not_recorded(fault: &str) -> String {
    format!("the change was made, but not recorded, so that it cannot be undone: {fault}")
}

fn parse_edit(arguments: &Edit) -> Result<edit::Edit, Error> {
    let replace = arguments.replace.as_deref().unwrap_or_default();
    let edit = edit::Edit {
        title: arguments.title.as_deref().map(parse_title).transpose()?,
        replacements: replace.iter().map(Replacement::from).collect(),
        prepend: arguments.prepend.clone(),
        append: arguments.append.clone(),
        tags: parse_tags(arguments.add_tags.as_deref())?,
        untags: parse_tags(arguments.remove_tags.as_deref())?,
        ..edit::Edit::default()
    };
    if edit == edit::Edit::default() {
        return Err(Error::unusable(
            "nothing to change: give title, replace, prepend, append, add_tags or remove_tags",
        ));
    }
    let new = edit.replacements.iter().map(|it| &it.new);
    let others = [&edit.title, &edit.prepend, &edit.append];
    refuse_nul(new.chain(others.into_iter().flatten()))?;
    Ok(edit)
}

impl From<&Replace> for Replacement {
    fn from(replace: &Replace) -> Self {
        Self {
            old: replace.old.clone(),
            new: replace.new.clone(),
            every: false,
        }
    }
}

fn parse_title(title: &str) -> Result<String, Error> {
    let title = text::trim_title(title);
    let title = title.ok_or_else(|| Error::unusable("the title is blank; a note needs one"))?;
    if title.contains(['\n', '\r']) {
        let text = "a title is one line; put the other lines into the content";
        return Err(Error::unusable(text));
    }
    Ok(title)
}

fn parse_tags(tags: Option<&[String]>) -> Result<Vec<String>, Error> {
    let names = tags.unwrap_or_default().iter();
    names.map(|tag| Ok(tag::parse(tag)?)).collect()
}

/// Refuses what is no text, as the other ways into the store do.
fn refuse_nul<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<(), Error> {
    if texts.into_iter().any(|text| text.contains('\0')) {
        return Err(Error::unusable("a note holds text alone, without NUL"));
    }
    Ok(())
}
