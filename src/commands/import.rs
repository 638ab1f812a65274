//! `notes import`: notes from a file or a directory, each compared with what is stored before any is
//! written.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use chrono::SubsecRound as _;
use serde_json::Value;

use crate::cli::{Import, OnConflict};
use crate::context::{Context, PrintError};
use crate::error::Error;
use crate::exit::Exit;
use crate::note::{NoteChange, RawNote};
use crate::output::{Json, delimited, json};
use crate::store::BATCH;
use crate::timestamp;
use crate::transfer::{self, Entry, InputFormat, LARGEST_NOTE, Source};

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
struct Plan {
    changes: Vec<NoteChange>,
    actions: Vec<Action>,
    /// The ids of the notes in conflict.
    conflicts: Vec<String>,
    /// The ids that were read, to find duplicates.
    ids: HashSet<String>,
    /// The plan as JSON, for a dry run with `--json`.
    json: Vec<Value>,
    /// The number of notes in the trash of another program.
    trashed: usize,
    /// True if a note cannot be imported.
    has_failures: bool,
}

pub(super) fn run(args: &Import, context: &mut Context) -> anyhow::Result<Exit> {
    let mut source = open(args)?;
    let mut plan = Plan::default();
    let mut progress = context.progress("reading");
    loop {
        let chunk = plan.next_chunk(&mut source, context);
        if let Some((read, total)) = source.progress() {
            progress.at(read, total);
        }
        if chunk.is_empty() {
            break;
        }
        plan.compare(chunk, args, context)?;
    }
    drop(progress);
    match plan.trashed {
        0 => {}
        1 => context.say("left out 1 note that is in the trash"),
        trashed => context.say(&format!("left out {trashed} notes that are in the trash")),
    }
    if let Some(files) = left_out(&source.left_out) {
        context.say(&files);
    }
    if args.dry_run && context.options.json != Json::Off {
        context.print_json(&Value::Array(std::mem::take(&mut plan.json)))?;
    }
    plan.check()?;
    let exit = if plan.has_failures {
        Exit::Failed
    } else {
        Exit::Done
    };
    if args.dry_run {
        context.flush()?;
        context.say(&plan.summary("would import"));
        return Ok(exit);
    }
    store(&plan, context)?;
    Ok(exit)
}

fn open(args: &Import) -> anyhow::Result<Source> {
    let format = args.format.map(|format| InputFormat::Own(format.into()));
    let is_stdin = args.path == Path::new("-");
    let name = if is_stdin {
        "standard input".into()
    } else {
        args.path.display().to_string()
    };
    let source = transfer::open_as(&args.path, format, args.source.as_deref());
    let source = source.with_context(|| format!("cannot read {name}"))?;
    source.ok_or_else(|| {
        let text = format!("cannot tell the format of {name}; name it with --format");
        Error::usage(text).into()
    })
}

/// `left out 3 files: 2 .org, 1 .html`; `None` if there is none.
fn left_out(kinds: &BTreeMap<String, usize>) -> Option<String> {
    let mut kinds: Vec<(&String, &usize)> = kinds.iter().collect();
    kinds.sort_by_key(|(_, count)| Reverse(**count));
    let all: usize = kinds.iter().map(|(_, count)| **count).sum();
    let mut parts = Vec::new();
    for (kind, count) in kinds {
        parts.push(match kind.as_str() {
            "" => format!("{count} without an extension"),
            kind => format!("{count} .{kind}"),
        });
    }
    let files = if all == 1 { "file" } else { "files" };
    (all > 0).then(|| format!("left out {all} {files}: {}", parts.join(", ")))
}

/// Makes the changes as one step, and reports the result.
fn store(plan: &Plan, context: &mut Context) -> anyhow::Result<()> {
    let changes = &plan.changes;
    let mut progress = context.progress("importing");
    let outcome = context
        .journaled_store("import")?
        .apply(None, changes, |made| progress.at(made, changes.len()));
    drop(progress);
    for change in changes.iter().take(outcome.made) {
        print_stored(change, context)?;
    }
    outcome.result.with_context(|| {
        let (made, all) = (outcome.made, changes.len());
        format!("{made} of {all} notes were imported; importing again continues")
    })?;
    let undo = match outcome.recorded.filter(|_| context.can_undo()) {
        None => "",
        Some(step) if !step.is_too_large_to_keep => "; `notes undo` undoes it",
        Some(_) => {
            "; `notes undo` can undo it until the next change, and nothing before it: it fills the journal"
        }
    };
    context.say(&format!("{}{undo}", plan.summary("imported")));
    Ok(())
}

/// Prints the id of a stored note, or the note where output is JSON. Selected fields that it lacks are
/// null: the fields of later notes are not known yet.
fn print_stored(change: &NoteChange, context: &mut Context) -> Result<(), PrintError> {
    match context.options.json.clone() {
        Json::Off => context.print(|out, stream| writeln!(out, "{}", stream.one_line(&change.id))),
        Json::On(selection) => {
            let note = change.after.to_note(&change.id);
            let fields = json::Fields(&note, selection.as_ref());
            context.print(|out, stream| json::write(out, &fields, stream))
        }
    }
}

impl Plan {
    /// Reads the next notes, as many as fit in one exchange with Redis.
    fn next_chunk(&mut self, source: &mut Source, context: &Context) -> Vec<Entry> {
        let mut chunk = Vec::new();
        let mut size = 0;
        while chunk.len() < BATCH && size < LARGEST_NOTE {
            match source.entries.next() {
                None => break,
                Some(Ok(None)) => self.trashed += 1,
                Some(Ok(Some(entry))) if self.ids.insert(entry.id.clone()) => {
                    size += entry.note.size();
                    for notice in &entry.notices {
                        context.say(&format!("{}: {notice}", entry.origin));
                    }
                    chunk.push(entry);
                }
                Some(Ok(Some(Entry { origin, id, .. }))) => {
                    self.complain(&anyhow!("{origin}: note {id} occurs twice"), context);
                }
                Some(Err(unread)) => self.complain(&unread.into(), context),
            }
        }
        chunk
    }

    fn complain(&mut self, error: &anyhow::Error, context: &Context) {
        self.has_failures = true;
        context.complain(error);
    }

    /// Chooses the action for each note. A dry run prints it.
    fn compare(
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
                    self.complain(&error.into(), context);
                    continue;
                }
            };
            let (action, entry) = Action::choose(&before, entry, args.on_conflict);
            let Entry { id, note, .. } = entry;
            self.actions.push(action);
            if args.dry_run {
                self.print_action(action, &id, &note, context)?;
            }
            match action {
                Action::Create | Action::Replace if !args.dry_run => {
                    let after = note;
                    self.changes.push(NoteChange { id, before, after });
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
            context.print(|out, stream| delimited::write_row(out, &row, stream))?;
        } else {
            let row = serde_json::json!({ "action": action.word(), "id": id, "title": title });
            self.json.push(row);
        }
        Ok(())
    }

    /// Fails if there is a conflict.
    fn check(&self) -> Result<(), Error> {
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
    fn summary(&self, done: &str) -> String {
        let mut parts = Vec::new();
        for (action, word) in [
            (Action::Create, "created"),
            (Action::Replace, "replaced"),
            (Action::Skip, "skipped: a different version is stored"),
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

/// Returns the time of the last change. A note without one, `None`, is older than any other.
fn changed_at(note: &RawNote) -> Option<chrono::DateTime<chrono::Utc>> {
    timestamp::parse(&note.text("updated_at")?)
}
