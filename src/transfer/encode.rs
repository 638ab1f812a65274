//! The output of an export: the notes in a format, with its beginning, separators and end.

use super::csv::Columns;
use super::{Format, json, markdown};
use crate::note::RawNote;

/// Writes notes in a format: into one file, or, as Markdown, into a file each.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    format: Format,
    columns: Columns,
    is_first: bool,
}

impl Encoder {
    /// `columns` are those of CSV.
    pub(crate) fn new(format: Format, columns: Columns) -> Self {
        Self {
            format,
            columns,
            is_first: true,
        }
    }

    pub(crate) fn start(&self) -> Vec<u8> {
        match self.format {
            Format::Json => b"[".to_vec(),
            Format::Csv => self.columns.header(),
            Format::Jsonl | Format::Markdown => Vec::new(),
        }
    }

    /// Writes a note; `None` if the format has no room for all of it.
    pub(crate) fn encode(&mut self, id: &str, note: &RawNote) -> Option<Vec<u8>> {
        let is_first = std::mem::take(&mut self.is_first);
        match self.format {
            Format::Jsonl => Some([&*json::encode(id, note), b"\n"].concat()),
            Format::Json => {
                let separator = if is_first { "\n" } else { ",\n" };
                Some([separator.as_bytes(), &json::encode(id, note)].concat())
            }
            Format::Csv => self.columns.row(id, note),
            Format::Markdown => Some(markdown::encode(id, note)),
        }
    }

    pub(crate) fn end(&self) -> &'static [u8] {
        match self.format {
            Format::Json if self.is_first => b"]\n",
            Format::Json => b"\n]\n",
            Format::Jsonl | Format::Csv | Format::Markdown => b"",
        }
    }
}
