//! A list of notes in one of its formats, written in parts as the notes are read.

use std::io::{self, Write};

use super::delimited::{self, Separator};
use super::matches::Matches;
use super::table::NoteTable;
use super::{Selection, Stream, json, names};
use crate::note::Note;

/// The form of a list.
pub(crate) enum ListFormat {
    Table(NoteTable),
    Matches(Matches),
    /// A line a note for other programs: [`delimited::LIST`].
    Lines,
    /// Values with a separator between them; true if there is a header.
    Separated(Separator, bool),
    Json,
    JsonLines,
    Ids,
    /// The number of notes, which is a JSON value too.
    Count(usize),
}

/// Writes a list.
pub(crate) struct ListWriter<'a> {
    format: ListFormat,
    selection: Option<&'a Selection>,
    begun: bool,
}

impl<'a> ListWriter<'a> {
    /// `selection` counts only in formats that can select fields.
    pub(crate) fn new(format: ListFormat, selection: Option<&'a Selection>) -> Self {
        Self {
            format,
            selection,
            begun: false,
        }
    }

    /// Writes some more notes.
    pub(crate) fn write(
        &mut self,
        out: &mut dyn Write,
        notes: &[Note],
        stream: &Stream,
    ) -> io::Result<()> {
        if !notes.is_empty() {
            self.write_part(out, notes, stream)?;
            self.begun = true;
        }
        Ok(())
    }

    /// Writes the end of the list, and the beginning if it has no notes.
    pub(crate) fn finish(mut self, out: &mut dyn Write, stream: &Stream) -> io::Result<()> {
        if !self.begun {
            self.write_part(out, &[], stream)?;
        }
        match self.format {
            ListFormat::Json => json::end_items(out, !self.begun, stream),
            ListFormat::Count(count) => writeln!(out, "{count}"),
            _ => Ok(()),
        }
    }

    fn write_part(
        &mut self,
        out: &mut dyn Write,
        notes: &[Note],
        stream: &Stream,
    ) -> io::Result<()> {
        let begun = self.begun;
        let fields = || notes.iter().map(|note| json::Fields(note, self.selection));
        match &mut self.format {
            ListFormat::Table(table) => table.write(out, notes, stream),
            ListFormat::Matches(matches) => matches.write(out, notes, stream),
            ListFormat::Lines => {
                delimited::write(out, notes, &delimited::LIST, false, Separator::Tab, stream)
            }
            ListFormat::Separated(separator, header) => {
                let names = names(self.selection);
                delimited::write(out, notes, &names, *header && !begun, *separator, stream)
            }
            ListFormat::Json => json::write_items(out, fields(), begun, stream),
            ListFormat::JsonLines => json::write_lines(out, fields(), stream),
            ListFormat::Count(count) => {
                *count += notes.len();
                Ok(())
            }
            ListFormat::Ids => notes
                .iter()
                .try_for_each(|note| writeln!(out, "{}", stream.one_line(&note.id))),
        }
    }
}
