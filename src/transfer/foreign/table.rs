//! The rows of a table of another program, or of a spreadsheet, as notes.

use std::collections::HashSet;

use chrono::{DateTime, Local, Utc};

use super::document::{Item, entry_of};
use super::{ForeignNote, Importer, properties, short_name};
use crate::transfer::front_matter::{Property, Value};
use crate::transfer::{Entry, Unread};

/// The names for the title beside `title`, the preferred one first.
const TITLE: &[&str] = &["title", "name", "subject", "heading"];

/// The names for the content, in the same way.
const CONTENT: &[&str] = &["content", "text", "body", "note", "notes", "description"];

/// The parts of a note that are not in its row.
pub(in crate::transfer) struct TableSource {
    /// The whole name of the file, the same in each import: a part of the ids that are made of the keys in
    /// the table.
    pub(in crate::transfer) name: String,
    /// The time of rows without one.
    pub(in crate::transfer) modified: DateTime<Utc>,
}

/// The notes of the rows below a header.
pub(in crate::transfer) struct Table {
    /// The names of the columns, as they are written.
    names: Vec<String>,
    title: Option<usize>,
    content: Option<usize>,
    source: TableSource,
    importer: Importer,
}

impl Table {
    /// Fails if no column has a title or a content.
    pub(in crate::transfer) fn new(names: &[String], source: TableSource) -> Result<Self, Unread> {
        let names: Vec<String> = names.iter().map(|name| short_name(name)).collect();
        let (title, content) = (find(&names, TITLE), find(&names, CONTENT));
        if title.is_none() && content.is_none() {
            let (titles, contents) = (TITLE.join(", "), CONTENT.join(", "));
            return Err(Unread::new(format!(
                "the header has no column for a title ({titles}) or a content ({contents})"
            )));
        }
        Ok(Self {
            names,
            title,
            content,
            source,
            importer: Importer::new("csv"),
        })
    }

    /// Makes the note of a row. Without a key in the table, it is known by its text: a row that was changed is
    /// a new note.
    pub(in crate::transfer) fn entry(&mut self, cells: &[&str]) -> Result<Entry, Unread> {
        let cell = |column: Option<usize>| column.and_then(|it| cells.get(it)).copied();
        let mut note = ForeignNote {
            title: cell(self.title).unwrap_or_default().trim().to_owned(),
            content: cell(self.content).unwrap_or_default().replace("\r\n", "\n"),
            ..ForeignNote::default()
        };
        let others: Vec<Property> = cells
            .iter()
            .enumerate()
            .map(|it| self.property(it))
            .collect();
        let taken = properties::take(&others, &Local, &mut note);
        let taken: HashSet<usize> = taken.into_iter().map(|lines| lines.start).collect();
        let mut lines = Vec::new();
        for (column, property) in others.iter().enumerate() {
            if !taken.contains(&column)
                && let Some(text) = property.value.as_text()
            {
                lines.push(format!("{}: {text}", self.name(column)));
            }
        }
        let created = note
            .created
            .map(|time| time.to_rfc3339())
            .unwrap_or_default();
        note.identity = match note.key.take().filter(|key| !key.trim().is_empty()) {
            Some(key) => format!("{}\nid {key}", self.source.name),
            None => format!("{created}\n{}\n{}", note.title, note.content),
        };
        if !lines.is_empty() {
            let gap = if note.content.is_empty() { "" } else { "\n\n" };
            note.content = format!("{}{gap}{}", note.content.trim_end(), lines.join("\n"));
        }
        let entry = entry_of(
            Ok(Item::from(note)),
            Some(self.source.modified),
            &mut self.importer,
        );
        let entry = entry.transpose()?.flatten();
        entry.ok_or_else(|| Unread::new("a row without a note"))
    }

    /// Returns a cell that is neither title nor content; those are empty.
    fn property(&self, (column, cell): (usize, &&str)) -> Property {
        let is_text = [self.title, self.content].contains(&Some(column));
        let text = if is_text { "" } else { cell.trim() };
        let name = properties::plain_name(&self.name(column));
        Property {
            name: if name == "uuid" {
                "id".to_owned()
            } else {
                name
            },
            value: Value::Text(text.to_owned()),
            lines: column..column + 1,
            line: 1,
            has_more: false,
        }
    }

    fn name(&self, column: usize) -> String {
        let name = self.names.get(column).map(|name| name.trim());
        let name = name.filter(|name| !name.is_empty());
        name.map_or_else(|| format!("Column {}", column + 1), str::to_owned)
    }
}

/// Finds the column with the first of the names that one has.
fn find(names: &[String], wanted: &[&str]) -> Option<usize> {
    wanted.iter().find_map(|wanted| {
        let mut names = names.iter();
        names.position(|name| properties::plain_name(name) == *wanted)
    })
}
