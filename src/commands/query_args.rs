//! The notes that the QUERY arguments find, in their order, batch by batch.

use crate::cli::{OrderArgs, QueryArgs, SortArg};
use crate::context::Context;
use crate::error::Error;
use crate::note::{Note, RawNote};
use crate::query::{Field, Query, QueryError};
use crate::store::{Candidates, Looked, Order, Reading, Sort};
use crate::timestamp;

/// A query, and the order of the notes that it finds.
pub(super) struct Search {
    pub(super) query: Query,
    order: Order,
    /// The fields that decide if a note is found.
    fields: Vec<&'static str>,
}

impl Search {
    pub(super) fn new(
        args: &QueryArgs,
        order: OrderArgs,
        context: &Context,
    ) -> Result<Self, Error> {
        let query = parse_query(args, context).map_err(|error| Error::usage(error.to_string()))?;
        let sort = match order.sort {
            SortArg::Created => Sort::Created,
            SortArg::Updated => Sort::Updated,
            SortArg::Title => Sort::Title,
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
        // In the order of a time, `candidates` has compared the time.
        if sort == Sort::Title && !search.query.has_time("") {
            search.fields.push(search.time_field());
        }
        Ok(search)
    }

    /// Returns all notes that may be found. Their text is not read yet.
    pub(super) fn candidates(&self, context: &mut Context) -> anyhow::Result<Candidates> {
        let store = context.store()?;
        Ok(store.candidates(self.order, |value| {
            self.order.sort == Sort::Title || self.query.has_time(value)
        })?)
    }

    /// Begins to read candidates.
    pub(super) fn read<'a, S: AsRef<str>>(&'a self, candidates: &'a [S]) -> Reading<'a, S> {
        Reading::new(candidates, &self.fields)
    }

    /// Reads the next candidates, and returns those that are found. `None` after the last.
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

    /// As [`Self::next`], but returns the raw notes with their ids.
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

    /// Returns the time that `--since` and `--until` compare, and that people see.
    pub(super) fn time_field(&self) -> &'static str {
        match self.order.sort {
            Sort::Title => Sort::Updated.field(),
            time => time.field(),
        }
    }

    /// Returns true if the fields that were read so far match.
    fn may_find(&self, looked: &Looked<'_>) -> bool {
        if let Some(time) = looked.text(self.time_field())
            && !self.query.has_time(&time)
        {
            return false;
        }
        let title = looked.text("title").unwrap_or_default();
        let content = looked.text("content").unwrap_or_default();
        self.query.has_texts(&title, &content)
    }

    /// Returns true if the text and the time of the note match.
    pub(super) fn finds(&self, note: &Note) -> bool {
        let time = note.field(self.time_field()).unwrap_or_default();
        self.query.has_time(time) && self.query.has_text(note)
    }
}

fn parse_query(args: &QueryArgs, context: &Context) -> Result<Query, QueryError> {
    let now = timestamp::local(context.now);
    let mut query = Query::default();
    for word in &args.words {
        query.word(word)?;
    }
    for tag in &args.tag {
        query.tag(tag)?;
    }
    for word in &args.not {
        query.without(word)?;
    }
    for pattern in &args.regex {
        query.pattern(pattern)?;
    }
    if let Some(when) = &args.since {
        query.since(when, &now)?;
    }
    if let Some(when) = &args.until {
        query.until(when, &now)?;
    }
    Ok(query)
}
