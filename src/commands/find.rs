//! Finding the notes that a QUERY asks for, in an order, batch by batch.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::note::{Note, RawNote};
use crate::query::{Field, Query, QueryError};
use crate::store::{Candidates, Looked, Order, Reading, Sort};
use crate::timestamp;

/// The notes that are looked for, and their order.
pub(super) struct Search {
    pub(super) query: Query,
    order: Order,
    /// The fields that tell if a note is found.
    fields: Vec<&'static str>,
}

impl Search {
    pub(super) fn new(
        args: &cli::Query,
        order: cli::Order,
        context: &Context,
    ) -> Result<Self, Error> {
        let query = query(args, context).map_err(|error| Error::usage(error.to_string()))?;
        let sort = match order.sort {
            cli::Sort::Created => Sort::Created,
            cli::Sort::Updated => Sort::Updated,
            cli::Sort::Title => Sort::Title,
        };
        let reverse = order.reverse;
        let mut search = Self {
            query,
            order: Order { sort, reverse },
            fields: Vec::new(),
        };
        if search.query.looks_at(Field::Title) {
            search.fields.push("title");
        }
        if search.query.looks_at(Field::Content) {
            search.fields.push("content");
        }
        // In the order of another field the time has been looked at.
        if sort == Sort::Title && !search.query.has_time("") {
            search.fields.push(search.time());
        }
        Ok(search)
    }

    /// The ids of all notes that may be found: the text is not looked at yet.
    pub(super) fn candidates(&self, context: &mut Context) -> anyhow::Result<Candidates> {
        let is_wanted = |value: &str| self.order.sort == Sort::Title || self.query.has_time(value);
        Ok(context.store()?.candidates(self.order, is_wanted)?)
    }

    /// Begins to read candidates.
    pub(super) fn read<'a, S: AsRef<str>>(&'a self, candidates: &'a [S]) -> Reading<'a, S> {
        Reading::new(candidates, &self.fields)
    }

    /// Returns those of the next candidates that are found; `None` after the last.
    pub(super) fn next<S: AsRef<str>>(
        &self,
        reading: &mut Reading<'_, S>,
        context: &mut Context,
    ) -> anyhow::Result<Option<Vec<Note>>> {
        let store = context.store()?;
        let Some(read) = reading.next(store, |looked| self.may_find(looked))? else {
            return Ok(None);
        };
        let notes = read.into_iter().map(|(id, note)| store.note(id, note));
        Ok(Some(notes.filter(|note| self.finds(note)).collect()))
    }

    /// The same, byte for byte, with their ids.
    pub(super) fn next_raw<'a>(
        &self,
        reading: &mut Reading<'a, String>,
        context: &mut Context,
    ) -> anyhow::Result<Option<Vec<(&'a str, RawNote)>>> {
        let read = reading.next(context.store()?, |looked| self.may_find(looked))?;
        Ok(read.map(|mut notes| {
            if !self.query.is_empty() {
                notes.retain(|(id, note)| self.finds(&note.to_note(id)));
            }
            notes
        }))
    }

    /// The field with the time that is looked for.
    fn time(&self) -> &'static str {
        match self.order.sort {
            Sort::Title => Sort::Created.field(),
            time => time.field(),
        }
    }

    /// Returns true if the fields that were read are those of a note that is looked for.
    fn may_find(&self, looked: &Looked<'_>) -> bool {
        let text = |name| looked.text(name).unwrap_or_default();
        let time = looked.text(self.time());
        time.is_none_or(|time| self.query.has_time(&time))
            && self.query.has_texts(&text("title"), &text("content"))
    }

    /// Returns true if the note, text and time, is one that is looked for.
    fn finds(&self, note: &Note) -> bool {
        let time = note.field(self.time()).unwrap_or_default();
        self.query.has_time(time) && self.query.has_text(note)
    }
}

fn query(args: &cli::Query, context: &Context) -> Result<Query, QueryError> {
    let now = timestamp::local(context.now);
    let mut query = Query::default();
    args.words.iter().try_for_each(|word| query.word(word))?;
    args.tag.iter().try_for_each(|tag| query.tag(tag))?;
    args.not.iter().try_for_each(|word| query.without(word))?;
    args.regex.iter().try_for_each(|text| query.pattern(text))?;
    if let Some(when) = &args.since {
        query.since(when, &now)?;
    }
    if let Some(when) = &args.until {
        query.until(when, &now)?;
    }
    Ok(query)
}
