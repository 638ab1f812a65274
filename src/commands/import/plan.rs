//! The plan of an import: the action for each note, by what is stored under its id.

use std::collections::HashSet;

use anyhow::anyhow;
use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use super::report::Report;
use crate::cli::{Import, OnConflict};
use crate::context::Context;
use crate::error::Error;
use crate::note::{Changes, NoteChange, RawNote};
use crate::output::{Json, delimited, write_action};
use crate::store::BATCH;
use crate::timestamp;
use crate::transfer::{Entry, LARGEST_NOTE, Source};

/// The action for one note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Create,
    Replace,
    /// Keep the stored note.
    Skip,
    /// Import nothing: a different version is stored.
    Conflict,
    Unchanged,
}

/// The actions for all notes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) changes: Changes,
    actions: Vec<Action>,
    /// The ids of the notes in conflict.
    conflicts: Vec<String>,
    /// The ids that were read, to find duplicates.
    ids: HashSet<String>,
    /// The plan as JSON, for a dry run with `--json`.
    pub(super) json: Vec<Value>,
    pub(super) report: Report,
}

impl Plan {
    pub(super) fn new(context: &Context) -> Self {
        Self {
            report: Report::new(context),
            ..Self::default()
        }
    }

    /// Reads the next notes, as many as fit in one exchange with Redis.
    pub(super) fn next_chunk(&mut self, source: &mut Source, context: &Context) -> Vec<Entry> {
        let mut chunk = Vec::new();
        let mut size = 0;
        while chunk.len() < BATCH && size < LARGEST_NOTE {
            match source.entries.next() {
                None => break,
                Some(Ok(None)) => self.report.trashed += 1,
                Some(Ok(Some(entry))) if self.ids.insert(entry.id.clone()) => {
                    size += entry.note.size();
                    for notice in &entry.notices {
                        self.report
                            .notice(format!("{}: {notice}", entry.origin), context);
                    }
                    chunk.push(entry);
                }
                Some(Ok(Some(Entry { origin, id, .. }))) => {
                    self.report
                        .complain(anyhow!("{origin}: note {id} occurs twice"), context);
                }
                Some(Err(unread)) => self.report.complain(unread.into(), context),
            }
        }
        chunk
    }

    /// Chooses the action for each note. A dry run prints it.
    pub(super) fn compare(
        &mut self,
        chunk: Vec<Entry>,
        args: &Import,
        context: &mut Context,
    ) -> anyhow::Result<()> {
        let ids: Vec<&str> = chunk.iter().map(|entry| entry.id.as_str()).collect();
        let stored = context.store()?.each_raw_note(&ids)?;
        for (entry, before) in chunk.into_iter().zip(stored) {
            let before = match before {
                Ok(before) => before,
                Err(error) => {
                    self.report.complain(error.into(), context);
                    continue;
                }
            };
            let (action, entry) = Action::choose(&before, entry, args.on_conflict);
            self.actions.push(action);
            if action == Action::Skip {
                let is_newer = time_of(&before, &entry) > changed_at(&before);
                self.report.skip(&entry.id, &entry.note, is_newer);
            }
            let Entry { id, note, .. } = entry;
            if args.dry_run {
                self.print_action(action, &id, &note, context)?;
            }
            match action {
                Action::Create | Action::Replace if !args.dry_run => {
                    let after = note;
                    self.changes.push(&NoteChange { id, before, after })?;
                }
                Action::Conflict => self.conflicts.push(id),
                _ => {}
            }
        }
        Ok(())
    }

    fn print_action(
        &mut self,
        action: Action,
        id: &str,
        note: &RawNote,
        context: &mut Context,
    ) -> anyhow::Result<()> {
        let title = note.text("title").unwrap_or_default();
        if context.options.json == Json::Off {
            let row = [action.word(), id, &title];
            context.print(|out, stream| {
                if stream.terminal {
                    write_action(out, row, stream)
                } else {
                    delimited::write_row(out, &row, stream)
                }
            })?;
        } else {
            let row = serde_json::json!({ "action": action.word(), "id": id, "title": title });
            self.json.push(row);
        }
        Ok(())
    }

    /// Fails if there is a conflict.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Some(first) = self.conflicts.first() else {
            return Ok(());
        };
        let others = match self.conflicts.len() - 1 {
            0 => String::new(),
            others => format!(", and so are {others} more"),
        };
        let text =
            format!("nothing was imported: note {first} is stored with another text{others}");
        Err(Error::conflict(first.clone(), text))
    }

    fn count(&self, action: Action) -> usize {
        self.actions.iter().filter(|it| **it == action).count()
    }

    /// `imported 3 notes: 2 created, 1 replaced; 4 skipped, 1 unchanged`
    pub(super) fn summary(&self, done: &str) -> String {
        let mut parts = Vec::new();
        for (action, word) in [
            (Action::Create, "created"),
            (Action::Replace, "replaced"),
            (Action::Skip, "skipped"),
            (Action::Unchanged, "unchanged"),
        ] {
            match self.count(action) {
                0 => {}
                count => parts.push(format!("{count} {word}")),
            }
        }
        let made = self.count(Action::Create) + self.count(Action::Replace);
        let notes = if made == 1 { "note" } else { "notes" };
        if parts.is_empty() {
            return format!("{done} {made} {notes}");
        }
        format!("{done} {made} {notes} ({})", parts.join("; "))
    }
}

impl Action {
    /// Returns the action for a note, and the note to store.
    fn choose(stored: &RawNote, entry: Entry, on_conflict: OnConflict) -> (Self, Entry) {
        let note = &entry.note;
        if stored == note {
            return (Self::Unchanged, entry);
        }
        // The set has the id alone, or lacks it: no different version is stored.
        if !stored.has_hash() || stored.has_same_hash(note) {
            return (Self::Create, entry);
        }
        if on_conflict == OnConflict::Replace {
            return (Self::Replace, entry);
        }
        let edited = edited_by_hand(stored, &entry);
        if edited.as_ref() == Some(stored) {
            return (Self::Unchanged, entry);
        }
        match on_conflict {
            OnConflict::Fail => (Self::Conflict, entry),
            OnConflict::Newer if changed_at(note) > changed_at(stored) => (Self::Replace, entry),
            OnConflict::Newer => {
                match edited.filter(|edited| changed_at(edited) > changed_at(stored)) {
                    Some(note) => (Self::Replace, Entry { note, ..entry }),
                    None => (Self::Skip, entry),
                }
            }
            OnConflict::Replace | OnConflict::Skip => (Self::Skip, entry),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Skip => "skip",
            Self::Conflict => "conflict",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Returns the note with the time of its file, if that was changed by hand after `export` wrote it: its
/// front matter has the old time of the note, and another text. `None` if the stored note has been changed
/// since, or the time tells nothing.
fn edited_by_hand(stored: &RawNote, entry: &Entry) -> Option<RawNote> {
    let modified = entry.modified?.trunc_subsecs(6);
    let (written, stored_at) = (changed_at(&entry.note)?, changed_at(stored)?);
    // The stored note has this time if the file was imported before.
    if written != stored_at && modified != stored_at {
        return None;
    }
    let mut edited = entry.note.clone();
    edited.set("updated_at", &timestamp::format(modified));
    Some(edited)
}

/// Returns the time that `newer` compares.
fn time_of(stored: &RawNote, entry: &Entry) -> Option<DateTime<Utc>> {
    let edited = edited_by_hand(stored, entry);
    changed_at(edited.as_ref().unwrap_or(&entry.note))
}

/// Returns the time of the last change. A note without one, `None`, is older than any other.
fn changed_at(note: &RawNote) -> Option<DateTime<Utc>> {
    timestamp::parse(&note.text("updated_at")?)
}
