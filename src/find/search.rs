//! The notes that a query finds, in their order, batch by batch.

use super::order::{Candidates, Order, Sort};
use crate::note::{Note, RawNote};
use crate::query::{Field, Query};
use crate::store::{Error, Looked, Reading, Store};

/// A query, and the order of the notes that it finds.
pub(crate) struct Search {
    pub(crate) query: Query,
    order: Order,
    /// The fields that decide if a note is found.
    fields: Vec<&'static str>,
}

impl Search {
    pub(crate) fn new(query: Query, order: Order) -> Self {
        let mut search = Self {
            query,
            order,
            fields: Vec::new(),
        };
        if search.query.looks_at(Field::Title) {
            search.fields.push("title");
        }
        if search.query.looks_at(Field::Content) {
            search.fields.push("content");
        }
        // In the order of a time, `candidates` has compared the time.
        if order.sort == Sort::Title && !search.query.has_time("") {
            search.fields.push(search.time_field());
        }
        search
    }

    /// Returns all notes that may be found. Their text is not read yet.
    pub(crate) fn candidates(&self, store: &mut Store) -> Result<Candidates, Error> {
        Candidates::read(store, self.order, |value| {
            self.order.sort == Sort::Title || self.query.has_time(value)
        })
    }

    /// Begins to read candidates.
    pub(crate) fn read<'a, S: AsRef<str>>(&'a self, candidates: &'a [S]) -> Reading<'a, S> {
        Reading::new(candidates, &self.fields)
    }

    /// Reads the next candidates, and returns those that are found. `None` after the last.
    pub(crate) fn next<S: AsRef<str>>(
        &self,
        reading: &mut Reading<'_, S>,
        store: &mut Store,
    ) -> Result<Option<Vec<Note>>, Error> {
        let Some(read) = reading.next(store, |looked| self.may_find(looked))? else {
            return Ok(None);
        };
        let notes = read.into_iter().map(|(id, note)| store.make_note(id, note));
        Ok(Some(notes.filter(|note| self.finds(note)).collect()))
    }

    /// As [`Self::next`], but returns the raw notes with their ids.
    pub(crate) fn next_raw<'a>(
        &self,
        reading: &mut Reading<'a, String>,
        store: &mut Store,
    ) -> Result<Option<Vec<(&'a str, RawNote)>>, Error> {
        let read = reading.next(store, |looked| self.may_find(looked))?;
        Ok(read.map(|mut notes| {
            if !self.query.is_empty() {
                notes.retain(|(id, note)| self.finds(&note.to_note(id)));
            }
            notes
        }))
    }

    /// Returns the field whose time the query compares, and that people see.
    pub(crate) fn time_field(&self) -> &'static str {
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
    pub(crate) fn finds(&self, note: &Note) -> bool {
        let time = note.field(self.time_field()).unwrap_or_default();
        self.query.has_time(time) && self.query.has_text(note)
    }
}
