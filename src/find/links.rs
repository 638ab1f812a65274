//! The links of all notes, and the notes that they lead to.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{Found, Names};
use super::note_ref::NoteRef;
use crate::note::link;
use crate::store::{Error, Reading, Store};

/// The notes that have links, in the order of their ids, and where each target leads.
pub(crate) struct Links {
    pub(crate) notes: Vec<Linking>,
    targets: BTreeMap<String, Destination>,
}

/// A note that has links.
pub(crate) struct Linking {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The targets, each once.
    pub(crate) targets: BTreeSet<String>,
}

/// The end of a link. A target names a note as a NOTE on the command line does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Note(String),
    Missing,
    /// It names several notes.
    Ambiguous,
}

impl Links {
    /// Reads the links of all notes.
    pub(crate) fn read(store: &mut Store) -> Result<Self, Error> {
        let ids = store.ids()?;
        let mut notes = Vec::new();
        let reading = Reading::new(&ids, &["title", "content"]);
        reading.look_at_each(store, |looked| {
            let content = looked.text("content").unwrap_or_default();
            let targets = link::targets(&content);
            if !targets.is_empty() {
                notes.push(Linking {
                    id: looked.id().to_owned(),
                    title: looked.text("title").unwrap_or_default().into_owned(),
                    targets: targets.into_iter().map(str::to_owned).collect(),
                });
            }
        })?;
        let all = notes.iter().flat_map(|note| note.targets.iter().cloned());
        let targets = destinations(store, all.collect())?;
        Ok(Self { notes, targets })
    }

    /// Returns where a target leads.
    pub(crate) fn destination(&self, target: &str) -> &Destination {
        self.targets.get(target).unwrap_or(&Destination::Missing)
    }

    /// Returns the notes with a link to this one, and the targets of these links.
    pub(crate) fn leading_to<'a>(
        &'a self,
        id: &'a str,
    ) -> impl Iterator<Item = (&'a Linking, &'a str)> {
        self.each().filter_map(move |(note, target)| {
            let leads_there = matches!(self.destination(target), Destination::Note(to) if to == id);
            leads_there.then_some((note, target))
        })
    }

    /// Returns every target with its note.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&Linking, &str)> {
        let notes = self.notes.iter();
        notes.flat_map(|note| {
            note.targets
                .iter()
                .map(move |target| (note, target.as_str()))
        })
    }
}

/// Finds where each target leads.
pub(crate) fn destinations(
    store: &mut Store,
    targets: BTreeSet<String>,
) -> Result<BTreeMap<String, Destination>, Error> {
    // `@` is no target: what it names changes by itself.
    let references: Vec<NoteRef> = targets.iter().cloned().map(NoteRef::Name).collect();
    let names = Names::read(store, &references)?;
    let mut destinations = BTreeMap::new();
    for (target, reference) in targets.into_iter().zip(&references) {
        let destination = match names.find(reference) {
            Found::One(id) => Destination::Note(id),
            Found::Several(..) => Destination::Ambiguous,
            Found::Nothing => Destination::Missing,
        };
        destinations.insert(target, destination);
    }
    Ok(destinations)
}
