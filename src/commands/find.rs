//! Finding the notes that a QUERY asks for, in an order, chunk by chunk.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::note::Note;
use crate::query::{Query, QueryError};
use crate::store::{Order, Ordered, Sort};
use crate::timestamp;

/// How many notes are in memory at once.
pub(super) const CHUNK: usize = 500;

/// The notes that are looked for, and their order.
pub(super) struct Search {
    pub(super) query: Query,
    order: Order,
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
        Ok(Self {
            query,
            order: Order { sort, reverse },
        })
    }

    /// The ids of all notes that may be found, in order: the text is not looked at yet.
    pub(super) fn candidates(&self, context: &mut Context) -> anyhow::Result<Ordered> {
        let is_wanted = |value: &str| self.order.sort == Sort::Title || self.query.has_time(value);
        Ok(context.store()?.ordered(self.order, is_wanted)?)
    }

    /// Reads the next of the candidates, at most `most` where every one is found, and returns those
    /// that are found; `None` after the last.
    pub(super) fn next(
        &self,
        candidates: &mut &[String],
        most: usize,
        context: &mut Context,
    ) -> anyhow::Result<Option<Vec<Note>>> {
        let most = if self.query.is_empty() { most } else { CHUNK };
        let mut notes = context.store()?.next_present(candidates, most.min(CHUNK))?;
        if let Some(notes) = &mut notes {
            notes.retain(|note| self.finds(note));
        }
        Ok(notes)
    }

    /// Whether the note, text and time, is one that is looked for.
    pub(super) fn finds(&self, note: &Note) -> bool {
        let by = match self.order.sort {
            Sort::Title => Sort::Created,
            time => time,
        };
        let time = note.field(by.field()).unwrap_or_default();
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
