//! Notes as comma-separated values (RFC 4180): a header, and a row a note.
//!
//! An empty cell is an empty text in the five usual columns, and no field in the others. What does not
//! fit into such cells is in the column `fields`, which is there if a note needs it.

use std::collections::BTreeSet;
use std::io::BufRead;

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::fields::{self, REST, Record, Rest};
use super::{Entries, Entry, LARGEST_ENCODED, Unread};
use crate::note::{FIELDS, RawNote};

/// The most columns for fields of other writers: beyond it they go into `fields`.
const MOST_OTHER: usize = 256;

/// The columns that a set of notes needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    other: BTreeSet<String>,
    with_rest: bool,
}

impl Columns {
    /// Adds the columns that a note needs.
    pub(crate) fn admit(&mut self, id: &str, note: &RawNote) {
        let record = Record::new(id, note, is_whole_in_cell);
        for (name, _) in &record.named {
            if !FIELDS.contains(name) && !self.other.contains(*name) {
                self.with_rest |= self.other.len() >= MOST_OTHER;
                if self.other.len() < MOST_OTHER {
                    self.other.insert((*name).to_owned());
                }
            }
        }
        self.with_rest |= !record.rest.is_empty();
    }

    pub(super) fn header(&self) -> Vec<u8> {
        let rest = self.with_rest.then_some(REST);
        row(self.names().chain(rest).map(str::as_bytes))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        FIELDS
            .into_iter()
            .chain(self.other.iter().map(String::as_str))
    }

    /// Writes the row of a note; `None` if there are no columns for all of it.
    pub(super) fn row(&self, id: &str, note: &RawNote) -> Option<Vec<u8>> {
        let record = Record::new(id, note, |name, value| {
            is_whole_in_cell(name, value) && (FIELDS.contains(&name) || self.other.contains(name))
        });
        if !self.with_rest && !record.rest.is_empty() {
            return None;
        }
        let cells = self.names().map(|name| {
            let mut named = record.named.iter();
            let found = named.find(|(known, _)| *known == name);
            found.map_or(&b""[..], |(_, value)| value)
        });
        let rest = record.rest_as_text().unwrap_or_default();
        let rest = self.with_rest.then_some(rest.as_bytes());
        Some(row(cells.chain(rest)))
    }
}

/// Returns true if a cell alone gives the field back.
fn is_whole_in_cell(name: &str, value: Option<&[u8]>) -> bool {
    let Some(value) = value else {
        return false;
    };
    let is_told_from_no_field = FIELDS.contains(&name) || !value.is_empty();
    !name.is_empty() && is_told_from_no_field && str::from_utf8(value).is_ok()
}

fn row<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer
        .write_record(cells)
        .and_then(|()| Ok(writer.flush()?))
        .expect("writing one record to a vector cannot fail");
    writer
        .into_inner()
        .expect("the writer was flushed, and a vector takes everything")
}

/// Reads the notes of a file.
pub(super) fn entries<'a>(input: impl BufRead + 'a) -> Entries<'a> {
    entries_within(LARGEST_ENCODED, input)
}

/// Bounds each row by about `most` bytes: a quote that is never closed would make one row of the rest of
/// the file.
fn entries_within<'a>(most: usize, input: impl BufRead + 'a) -> Entries<'a> {
    let most = most as u64;
    let mut input = input.take(most);
    let mut options = ReaderBuilder::new();
    options.flexible(true).delimiter(delimiter(&mut input));
    let mut reader = options.from_reader(input);
    let header = match header(reader.byte_headers()) {
        _ if reader.get_ref().limit() == 0 => Err(fields::too_large()),
        header => header,
    };
    let header = match header {
        Ok(header) => header,
        Err(unread) => return super::only(unread.at(1)),
    };
    let mut record = ByteRecord::new();
    super::entries(move || {
        reader.get_mut().set_limit(most);
        let line = reader.position().line();
        let is_row = reader.read_byte_record(&mut record);
        if reader.get_ref().limit() == 0 {
            return Err(fields::too_large().at(line));
        }
        if !is_row.map_err(|error| Unread::new(error.to_string()).at(line))? {
            return Ok(None);
        }
        let line = record.position().map_or(line, csv::Position::line);
        Ok(Some((line, entry(&header, &record))))
    })
}

/// Returns the delimiter: spreadsheets write semicolons in locales with a decimal comma.
fn delimiter(input: &mut impl BufRead) -> u8 {
    let start = input.fill_buf().unwrap_or_default();
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
    if header.contains(&b';') && !header.contains(&b',') {
        b';'
    } else {
        b','
    }
}

/// Reads the names of the columns.
fn header(read: Result<&ByteRecord, csv::Error>) -> Result<Vec<String>, Unread> {
    let record = read.map_err(|error| error.to_string())?;
    let mut names = Vec::new();
    for name in record {
        let name = str::from_utf8(name).map_err(|_| Unread::new("the header is not UTF-8"))?;
        names.push(name.to_owned());
    }
    if !names.iter().any(|name| name == "id") {
        return Err(Unread::new("the header has no column `id`"));
    }
    Ok(names)
}

fn entry(header: &[String], record: &ByteRecord) -> Result<Entry, Unread> {
    if record.len() != header.len() {
        let (has, wants) = (record.len(), header.len());
        let message = format!("{has} cells where the header has {wants}");
        return Err(Unread::new(message));
    }
    let (mut id, mut named, mut rest) = (String::new(), Vec::new(), Rest::new());
    for (name, cell) in header.iter().zip(record) {
        let text = str::from_utf8(cell).map_err(|_| format!("the cell `{name}` is not UTF-8"))?;
        match name.as_str() {
            "id" => text.clone_into(&mut id),
            REST if !text.is_empty() => rest = fields::parse_rest(text)?,
            name if text.is_empty() && !FIELDS.contains(&name) => {}
            name => named.push((name.to_owned(), cell.to_vec())),
        }
    }
    fields::join(id, named, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_never_closed_ends_at_the_limit() {
        let file = format!("id\na\n\"{}", "x".repeat(500_000));
        let read: Vec<_> = entries_within(100_000, file.as_bytes()).collect();
        let [Ok(Some(first)), Err(second)] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(first.id, "a");
        assert!(second.message.contains("more than 16 MiB"), "{second}");
    }

    #[test]
    fn columns_beyond_the_limit_go_into_one() {
        let mut note = RawNote::default();
        for index in 0..=MOST_OTHER {
            note.set(&format!("f{index:03}"), "v");
        }
        let mut columns = Columns::default();
        columns.admit("a", &note);
        let header = String::from_utf8(columns.header()).unwrap();
        assert!(header.ends_with("f255,fields\n"), "{header}");
        let file = [columns.header(), columns.row("a", &note).unwrap()].concat();
        let read = entries(file.as_slice()).next().unwrap();
        note.listed = true;
        assert_eq!(read.unwrap().unwrap().note, note);
    }
}
