//! `notes export --update`: a directory of files that is kept in step with the notes.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use serde_json::json;

use super::in_directory;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::note::RawNote;
use crate::output::Json;
use crate::store::BATCH;
use crate::transfer::{ExistingDirectory, Unfinished, Updated};

/// A directory, and what was done with its files.
pub(super) struct Update<'a> {
    path: &'a Path,
    directory: ExistingDirectory,
    new: usize,
    changed: usize,
    unchanged: usize,
    removed: usize,
    /// True if a file was edited by hand.
    has_conflicts: bool,
}

impl<'a> Update<'a> {
    pub(super) fn open(path: &'a Path, unfinished: &Unfinished) -> anyhow::Result<Self> {
        let directory =
            ExistingDirectory::open(path, unfinished).with_context(|| in_directory(path))?;
        Ok(Self {
            path,
            directory,
            new: 0,
            changed: 0,
            unchanged: 0,
            removed: 0,
            has_conflicts: false,
        })
    }

    /// Writes the file of a note.
    pub(super) fn write(
        &mut self,
        id: &str,
        note: &RawNote,
        bytes: &[u8],
        context: &Context,
    ) -> anyhow::Result<()> {
        let updated = self.directory.write(id, note, bytes);
        let updated = updated.with_context(|| in_directory(self.path))?;
        self.count(id, updated, context);
        Ok(())
    }

    fn count(&mut self, id: &str, updated: Updated, context: &Context) {
        match updated {
            Updated::New => self.new += 1,
            Updated::Changed => self.changed += 1,
            Updated::Unchanged => self.unchanged += 1,
            Updated::Removed => self.removed += 1,
            Updated::Edited(file) => {
                self.has_conflicts = true;
                let (file, directory) = (self.path.join(file), self.path.display());
                let text = format!(
                    "{} was edited by hand and stays as it is; `notes import {directory} --on-conflict newer` \
                     stores it, or delete it",
                    file.display()
                );
                context.complain(&Error::conflict(id.to_owned(), text).into());
            }
        }
    }

    /// Removes the files of deleted notes, and reports the result.
    pub(super) fn finish(mut self, exit: Exit, context: &mut Context) -> anyhow::Result<Exit> {
        let others = self.directory.other_ids();
        let deleted = deleted(&others, context)?;
        let is_stored = self.changed + self.unchanged > 0 || self.has_conflicts;
        let is_other_store = !deleted.is_empty() && deleted.len() == others.len() && !is_stored;
        if is_other_store {
            let text = format!(
                "no note of the {} files in {} is stored here: is this the right Redis? None was removed",
                deleted.len(),
                self.path.display()
            );
            context.complain(&anyhow!(text));
        } else {
            for id in deleted {
                let updated = self.directory.remove(&id);
                let updated = updated.with_context(|| in_directory(self.path))?;
                self.count(&id, updated, context);
            }
        }
        self.report(context)?;
        let has_conflicts = self.has_conflicts;
        let path = self.path;
        self.directory
            .finish()
            .with_context(|| in_directory(path))?;
        Ok(match exit {
            Exit::Done if is_other_store => Exit::Failed,
            Exit::Done if has_conflicts => Exit::Conflict,
            exit => exit,
        })
    }

    fn report(&self, context: &mut Context) -> anyhow::Result<()> {
        let counts = [
            ("new", self.new),
            ("changed", self.changed),
            ("removed", self.removed),
            ("unchanged", self.unchanged),
        ];
        let path = self.path.display().to_string();
        if context.options.json != Json::Off {
            let mut object = json!({ "path": path });
            for (name, count) in counts {
                object[name] = count.into();
            }
            context.print_json(&object)?;
            return Ok(());
        }
        let counts = counts.iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        if counts.is_empty() {
            context.say(&format!("no note found; {path} was not changed"));
        } else {
            context.say(&format!("updated {path}: {}", counts.join(", ")));
        }
        Ok(())
    }
}

/// Returns those of the ids whose notes are not stored any more.
fn deleted(ids: &[String], context: &mut Context) -> anyhow::Result<Vec<String>> {
    let mut deleted = Vec::new();
    for ids in ids.chunks(BATCH) {
        let notes = context.store()?.each_raw_note(ids)?;
        for (id, note) in ids.iter().zip(notes) {
            if note.is_ok_and(|note| note.is_nothing()) {
                deleted.push(id.clone());
            }
        }
    }
    Ok(deleted)
}
