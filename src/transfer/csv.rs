//! Notes as comma-separated values (RFC 4180): a header, and a row a note.
//!
//! An empty cell is an empty text in the five usual columns, and no field in the others. What does not
//! fit into such cells is in the column `fields`, which is there if a note needs it. Tables of other
//! programs are read too, with the separators and the blank rows of spreadsheets.

use std::collections::BTreeSet;
use std::io::BufRead;

use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::fields::{self, REST, Record, Rest};
use super::foreign::table::{Table, TableSource};
use super::{Entries, Entry, LARGEST_ENCODED, Unread};
use crate::note::{FIELDS, RawNote};

/// The mark of the byte order, which spreadsheets write.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The most columns for fields of other writers: beyond it they go into `fields`.
const MOST_OTHER: usize = 256;

/// The longest name of a column of ours, in bytes: each row repeats it in its note.
const LONGEST_NAME: usize = 1_000;

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
        self.with_rest |= !record.rest.is_empty() || is_blank(&record);
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
        if !self.with_rest && (!record.rest.is_empty() || is_blank(&record)) {
            return None;
        }
        let cells = self.names().map(|name| {
            let mut named = record.named.iter();
            let found = named.find(|(known, _)| *known == name);
            found.map_or(&b""[..], |(_, value)| value)
        });
        let rest = record.rest_as_text();
        let rest = rest.or_else(|| is_blank(&record).then(|| "[]".to_owned()));
        let rest = rest.unwrap_or_default();
        let rest = self.with_rest.then_some(rest.as_bytes());
        Some(row(cells.chain(rest)))
    }
}

/// Returns true if the row of a note would be that of no note in a spreadsheet.
fn is_blank(record: &Record<'_>) -> bool {
    record.named.iter().all(|(_, value)| value.is_empty())
}

/// Returns true if a cell alone gives the field back.
fn is_whole_in_cell(name: &str, value: Option<&[u8]>) -> bool {
    let Some(value) = value else {
        return false;
    };
    let is_told_from_no_field = FIELDS.contains(&name) || !value.is_empty();
    let is_name = (1..=LONGEST_NAME).contains(&name.len());
    is_name && is_told_from_no_field && str::from_utf8(value).is_ok()
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

/// Reads the notes of a file. `source` is for a table of another program.
pub(super) fn entries<'a>(input: impl BufRead + 'a, source: TableSource) -> Entries<'a> {
    entries_within(LARGEST_ENCODED, input, source)
}

/// Bounds each row by about `most` bytes: a quote that is never closed would make one row of the rest of
/// the file.
fn entries_within<'a>(most: usize, input: impl BufRead + 'a, source: TableSource) -> Entries<'a> {
    let most = most as u64;
    let mut input = input.take(most);
    let mut options = ReaderBuilder::new();
    let delimiter = delimiter(&mut input);
    options.flexible(true).delimiter(delimiter.byte);
    let mut reader = options.from_reader(input);
    let rows = match Rows::new(reader.byte_headers(), source) {
        _ if reader.get_ref().limit() == 0 => Err(fields::too_large()),
        rows => rows,
    };
    let mut rows = match rows {
        Ok(rows) => rows,
        Err(unread) => return super::only(unread.at(1 + delimiter.lines)),
    };
    let mut record = ByteRecord::new();
    super::entries(move || {
        loop {
            reader.get_mut().set_limit(most);
            let line = reader.position().line() + delimiter.lines;
            let is_row = reader.read_byte_record(&mut record);
            if reader.get_ref().limit() == 0 {
                return Err(fields::too_large().at(line));
            }
            if !is_row.map_err(|error| Unread::new(error.to_string()).at(line))? {
                return Ok(None);
            }
            if record.iter().any(|cell| !cell.is_empty()) {
                let line = record
                    .position()
                    .map_or(line, |it| it.line() + delimiter.lines);
                return Ok(Some((line, rows.entry(&record))));
            }
        }
    })
}

/// The delimiter of a file, and the number of lines above the header that name it.
#[derive(Clone, Copy)]
struct Delimiter {
    byte: u8,
    lines: u64,
}

/// Finds the delimiter, which spreadsheets choose by the locale: `sep=;` names it, or else it is the one that
/// the header has most of.
fn delimiter(input: &mut impl BufRead) -> Delimiter {
    let whole = input.fill_buf().unwrap_or_default();
    let start = whole.strip_prefix(MARK).unwrap_or(whole);
    let mark = whole.len() - start.len();
    let first = start.split_inclusive(|byte| *byte == b'\n').next();
    let first = first.unwrap_or_default();
    let line = first.strip_suffix(b"\n").unwrap_or(first);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if let [b's', b'e', b'p', b'=', byte] = *line {
        let length = mark + first.len();
        input.consume(length);
        return Delimiter { byte, lines: 1 };
    }
    let mut byte = b',';
    let count = |byte: u8| first.split(|it| *it == byte).count();
    for other in [b';', b'\t'] {
        if count(other) > count(byte) {
            byte = other;
        }
    }
    input.consume(mark);
    Delimiter { byte, lines: 0 }
}

/// The reader of the rows below a header.
enum Rows {
    /// The names of the columns of an export of ours.
    Own(Vec<String>),
    Other(Table),
}

impl Rows {
    fn new(header: Result<&ByteRecord, csv::Error>, source: TableSource) -> Result<Self, Unread> {
        let record = header.map_err(|error| error.to_string())?;
        let mut names = Vec::new();
        for name in record {
            let name = str::from_utf8(name).map_err(|_| Unread::new("the header is not UTF-8"))?;
            names.push(name.to_owned());
        }
        match own_names(&names) {
            Some(names) if names.iter().any(|name| name.len() > LONGEST_NAME) => {
                let message = format!("the name of a column has more than {LONGEST_NAME} bytes");
                Err(Unread::new(message))
            }
            Some(names) => Ok(Self::Own(names)),
            None => Table::new(&names, source).map(Self::Other),
        }
    }

    fn entry(&mut self, record: &ByteRecord) -> Result<Entry, Unread> {
        match self {
            Self::Own(names) => entry(names, record),
            Self::Other(table) => {
                let cells: Result<Vec<_>, _> = record.iter().map(str::from_utf8).collect();
                let cells = cells.map_err(|_| Unread::new("the row is not UTF-8"))?;
                table.entry(&cells)
            }
        }
    }
}

/// Returns the names of the columns if they are those of an export of ours: `id`, and no others than the usual
/// ones, or the two times, or `fields`. A spreadsheet may have changed their letter case.
fn own_names(names: &[String]) -> Option<Vec<String>> {
    let usual = |name: &str| {
        let mut usual = FIELDS.into_iter().chain([REST]);
        usual.find(|usual| name.trim().eq_ignore_ascii_case(usual))
    };
    let mut own = Vec::new();
    for name in names {
        let usual = usual(name).filter(|usual| !names.iter().any(|name| name == usual));
        own.push(usual.map_or_else(|| name.clone(), str::to_owned));
    }
    let has = |wanted: &str| own.iter().any(|name| name == wanted);
    let has_times = has("created_at") && has("updated_at");
    let is_usual = own.iter().all(|name| usual(name).is_some());
    (has("id") && (has_times || has(REST) || is_usual)).then_some(own)
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

    fn source() -> TableSource {
        TableSource {
            name: "t.csv".to_owned(),
            modified: crate::timestamp::now(),
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_at_the_limit() {
        let file = format!("id\na\n\"{}", "x".repeat(500_000));
        let read: Vec<_> = entries_within(100_000, file.as_bytes(), source()).collect();
        let [Ok(Some(first)), Err(second)] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(first.id, "a");
        assert!(second.message.contains("more than 16 MiB"), "{second}");
    }

    #[test]
    fn a_long_name_is_no_column() {
        let name = "n".repeat(LONGEST_NAME + 1);
        let mut note = RawNote::default();
        note.set(&name, "v");
        let mut columns = Columns::default();
        columns.admit("a", &note);
        let file = [columns.header(), columns.row("a", &note).unwrap()].concat();
        let read = entries(file.as_slice(), source()).next().unwrap();
        note.listed = true;
        assert_eq!(read.unwrap().unwrap().note, note);
        let file = format!("id,created_at,updated_at,{name}\na,,,v\n");
        let read: Vec<_> = entries(file.as_bytes(), source()).collect();
        let [Err(refused)] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert!(refused.message.contains("1000 bytes"), "{refused}");
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
        let read = entries(file.as_slice(), source()).next().unwrap();
        note.listed = true;
        assert_eq!(read.unwrap().unwrap().note, note);
    }
}
