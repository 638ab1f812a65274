//! The links to a note that gets a new title: in other notes they are changed with it.

use std::collections::BTreeSet;

use anyhow::Context as _;

use crate::context::Context;
use crate::exit::Exit;
use crate::find::{self, Destination, Links, NoteRef, Resolved};
use crate::note::edit::Edit;
use crate::note::link::{NewTarget, change_targets};
use crate::note::{NewText, Note, Unfit};
use crate::terminal::prompt;
use crate::unicode::folded;

/// The links to a note by its title, and their new target.
pub(super) struct Rename {
    id: String,
    /// The ids of the notes that have such links.
    linking: BTreeSet<String>,
    /// The targets that lead to the note by its title.
    old: BTreeSet<String>,
    new: NewTarget,
}

impl Rename {
    /// Finds the links to a note by its title, given as it was before it got the new one: those that lead
    /// where `leads` says. `None` if there are none.
    pub(super) fn find(
        note: &Note,
        title: &str,
        leads: &Destination,
        context: &mut Context,
    ) -> anyhow::Result<Option<Self>> {
        let store = context.store()?;
        let links = Links::read(store)?;
        let old_names = [note.title(), note.heading()].map(folded);
        let (mut linking, mut old) = (BTreeSet::new(), BTreeSet::new());
        for (from, target) in links.each() {
            if links.destination(target) == leads && old_names.contains(&folded(target)) {
                linking.insert(from.id.clone());
                old.insert(target.to_owned());
            }
        }
        if old.is_empty() {
            return Ok(None);
        }
        let id = note.id.as_str();
        let is_unique = match find::resolve_one(store, NoteRef::Name(title.to_owned()))? {
            Resolved::One(named) => named == id,
            Resolved::NotOne(error) => matches!(error, find::Error::NoSuchNote { .. }),
        };
        Ok(Some(Self {
            id: id.to_owned(),
            linking,
            old,
            new: NewTarget::new(id, title, is_unique),
        }))
    }

    /// Asks if the links are to be changed too.
    pub(super) fn is_wanted(&self) -> anyhow::Result<bool> {
        let notes = match self.linking.len() {
            1 => "1 note".to_owned(),
            count => format!("{count} notes"),
        };
        let answer = prompt::confirm(&format!("Change the links to it in {notes} too?"));
        Ok(answer.context("cannot ask")? == Exit::Done)
    }

    /// Returns the ids of the notes with such links.
    pub(super) fn linking(&self) -> Vec<String> {
        self.linking.iter().cloned().collect()
    }

    /// Returns the ids of the notes to change, the renamed one first.
    pub(super) fn ids(&self) -> Vec<String> {
        let others = self.linking.iter().filter(|id| **id != self.id);
        [&self.id].into_iter().chain(others).cloned().collect()
    }

    /// Returns the new text of one of these notes.
    pub(super) fn change(&self, edit: &Edit, note: &Note) -> Result<NewText, Unfit> {
        let new = if note.id == self.id {
            NewText::from_edit(edit, note)?
        } else {
            NewText::default()
        };
        if note.altered.contains("content") {
            return Ok(new);
        }
        let content = new.content.as_deref().unwrap_or(note.content());
        match change_targets(content, |target| self.old.contains(target), &self.new) {
            Some(content) => NewText::from_texts(new.title, Some(content), note),
            None => Ok(new),
        }
    }
}
