//! Notes as comma-separated values (RFC 4180): a header, and a row a note.
//!
//! A cell that is empty is an empty text in the five usual columns, and no field in the others. What a
//! row cannot tell so is in the column `fields`, which is there if a note needs it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read};
use std::iter;
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::fields::{self, REST, Record, Rest};
use super::{Entries, Entry, LARGEST_ENCODED, Origin, Unread};
use crate::note::FIELDS;
use crate::store::RawNote;

/// The most columns for fields of other writers: beyond it they go into `fields`.
const MOST_OTHER: usize = 256;

/// The columns, which all notes have to be looked at for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    other: BTreeSet<String>,
    with_rest: bool,
}

impl Columns {
    /// Makes room for a note.
    pub(crate) fn admit(&mut self, id: &str, note: &RawNote) {
        let record = Record::of(id, note, fits);
        for (name, _) in &record.named {
            if FIELDS.contains(name) || self.other.contains(*name) {
                continue;
            }
            if self.other.len() < MOST_OTHER {
                self.other.insert((*name).to_owned());
            } else {
                self.with_rest = true;
            }
        }
        self.with_rest |= !record.rest.is_empty();
    }

    pub(super) fn header(&self) -> Vec<u8> {
        let other = self.other.iter().map(String::as_str);
        let rest = self.with_rest.then_some(REST);
        let names = FIELDS.into_iter().chain(other).chain(rest);
        row(names.map(str::as_bytes))
    }

    /// The row of a note, or `None` if there are no columns for all of it.
    pub(super) fn row(&self, id: &str, note: &RawNote) -> Option<Vec<u8>> {
        let record = Record::of(id, note, |name, value| {
            fits(name, value) && (FIELDS.contains(&name) || self.other.contains(name))
        });
        if !self.with_rest && !record.rest.is_empty() {
            return None;
        }
        let usual = FIELDS.into_iter().skip(1);
        let cells = usual.chain(self.other.iter().map(String::as_str));
        let cells = cells.map(|name| {
            let mut named = record.named.iter();
            let found = named.find(|(known, _)| *known == name);
            found.map_or(&b""[..], |(_, value)| value)
        });
        let rest = record.rest_as_text().unwrap_or_default();
        let rest = self.with_rest.then_some(rest.as_bytes());
        Some(row(iter::once(id.as_bytes()).chain(cells).chain(rest)))
    }
}

/// Whether a field needs nothing but its cell.
fn fits(name: &str, value: Option<&[u8]>) -> bool {
    let is_usual = FIELDS.contains(&name);
    let is_text = |value: &[u8]| str::from_utf8(value).is_ok() && (is_usual || !value.is_empty());
    !name.is_empty() && value.is_some_and(is_text)
}

fn row<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    // Writing to a vector does not fail.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// A reader of no more than so many bytes until it is allowed more: a quote that is never closed would
/// make one row of the rest of the file.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(count);
        self.left
            .set(left.ok_or_else(|| io::Error::other(fields::too_large()))?);
        Ok(count)
    }
}

/// The notes of a file.
pub(super) fn entries<'a>(input: impl BufRead + 'a, origin: Origin) -> Entries<'a> {
    entries_within(LARGEST_ENCODED, input, origin)
}

/// The same, of rows of not many more bytes than `most`.
fn entries_within<'a>(most: usize, input: impl BufRead + 'a, origin: Origin) -> Entries<'a> {
    let left = Rc::new(Cell::new(most));
    let input = Bounded {
        inner: input,
        left: Rc::clone(&left),
    };
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(input);
    let unread = |origin: &Origin, error: &csv::Error| Unread {
        origin: match error.position() {
            Some(position) => origin.at(position.line()),
            None => origin.clone(),
        },
        message: error.to_string(),
    };
    let header = match header(reader.byte_headers()) {
        Ok(header) => header,
        Err(message) => {
            let origin = origin.at(1);
            return Box::new(iter::once(Err(Unread { origin, message })));
        }
    };
    let mut record = ByteRecord::new();
    let mut is_over = false;
    Box::new(iter::from_fn(move || {
        if is_over {
            return None;
        }
        left.set(most);
        match reader.read_byte_record(&mut record) {
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                let origin = origin.at(line);
                let entry = entry(&header, &record, origin.clone());
                Some(entry.map_err(|message| Unread { origin, message }))
            }
            Ok(false) => None,
            Err(error) => {
                is_over = true;
                Some(Err(unread(&origin, &error)))
            }
        }
    }))
}

/// The names of the columns.
fn header(read: Result<&ByteRecord, csv::Error>) -> Result<Vec<String>, String> {
    let record = read.map_err(|error| error.to_string())?;
    let names = record.iter().map(|name| str::from_utf8(name));
    let names: Result<Vec<&str>, _> = names.collect();
    let names = names.map_err(|_| "the header is not UTF-8".to_owned())?;
    if !names.contains(&"id") {
        return Err("the header has no column `id`".to_owned());
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn entry(header: &[String], record: &ByteRecord, origin: Origin) -> Result<Entry, String> {
    if record.len() != header.len() {
        let (has, wants) = (record.len(), header.len());
        return Err(format!("{has} cells where the header has {wants}"));
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
    let note = fields::join(&id, named, rest)?;
    Ok(Entry { origin, id, note })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_never_closed_ends_at_the_limit() {
        let file = format!("id\na\n\"{}", "x".repeat(500_000));
        let read: Vec<_> = entries_within(100_000, file.as_bytes(), Origin::default()).collect();
        let [Ok(first), Err(second)] = read.as_slice() else {
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
        let read = entries(file.as_slice(), Origin::default()).next().unwrap();
        note.listed = true;
        assert_eq!(read.unwrap().note, note);
    }
}
