//! Evernote's exports: XML with a `note` for each note, of which the text is XML too.
//!
//! The format: <https://evernote.com/blog/how-evernotes-xml-export-format-works>.

use chrono::{DateTime, Utc};
use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::Event;

use super::document::{Found, Item, entries_of, parse_basic_time};
use super::html::{self, Task};
use super::{ForeignNote, break_ties};
use crate::transfer::{Entries, Unread, bounded};

/// A note, and the texts of the elements around its parts.
#[derive(Default)]
struct EvernoteNote {
    title: String,
    content: String,
    created: Option<DateTime<Utc>>,
    updated: Option<DateTime<Utc>>,
    tags: Vec<String>,
    source_url: String,
    tasks: Vec<(String, Task)>,
    attachments: Vec<Attachment>,
    /// A part that cannot be read.
    fault: Option<String>,
}

#[derive(Default)]
struct Attachment {
    name: String,
    mime: String,
}

/// Reads the notes of an export.
pub(in crate::transfer) fn entries(
    bytes: Vec<u8>,
    modified: Option<DateTime<Utc>>,
) -> Result<Entries<'static>, Unread> {
    let text = bounded::text(bytes)?;
    Ok(entries_of("enex", modified, parse(&text).into_iter()))
}

fn parse(text: &str) -> Vec<Found> {
    let mut notes = Notes::new(text);
    let mut found = Vec::new();
    while let Some(note) = notes.next_note() {
        found.push((notes.line, note));
    }
    break_ties(found.iter_mut().filter_map(|(_, note)| note.as_mut().ok()));
    let found = found.into_iter();
    found
        .map(|(line, note)| (line, note.map(Item::from)))
        .collect()
}

/// The notes of an export, read one after the other.
struct Notes<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    /// The line that the last note begins in, and the place of its beginning.
    line: u64,
    at: usize,
    /// True after a text that is no XML.
    is_over: bool,
}

impl<'t> Notes<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            reader: Reader::from_str(text),
            line: 1,
            at: 0,
            is_over: false,
        }
    }

    /// Reads the next note; the text that is no XML ends the file.
    fn next_note(&mut self) -> Option<Result<ForeignNote, Unread>> {
        while !self.is_over {
            let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            match self.reader.read_event() {
                Ok(Event::Start(start)) if start.local_name().as_ref() == "note" => {
                    self.count_lines(at);
                    return Some(self.read_note());
                }
                Ok(Event::Eof) => return None,
                Ok(_) => {}
                Err(error) => {
                    self.count_lines(at);
                    return Some(Err(self.end(not_valid(&error))));
                }
            }
        }
        None
    }

    fn end(&mut self, unread: Unread) -> Unread {
        self.is_over = true;
        unread
    }

    fn count_lines(&mut self, at: usize) {
        let before = self.text.get(self.at..at).unwrap_or_default();
        self.line += before.matches('\n').count() as u64;
        self.at = at;
    }

    /// Reads a note, of which the beginning was read.
    fn read_note(&mut self) -> Result<ForeignNote, Unread> {
        let mut note = EvernoteNote::default();
        // The names of the elements around the text, and the text of the innermost.
        let mut path: Vec<&str> = Vec::new();
        let mut text = String::new();
        loop {
            match self.reader.read_event() {
                Ok(Event::Start(start)) => {
                    if path.len() == DEEPEST {
                        return Err(
                            self.end(Unread::new("a note with too many elements in each other"))
                        );
                    }
                    path.push(known_name(start.local_name().as_ref()));
                    note.begin(&path);
                    text.clear();
                }
                Ok(Event::Empty(start)) => {
                    path.push(known_name(start.local_name().as_ref()));
                    note.begin(&path);
                    path.pop();
                }
                Ok(Event::Text(part)) if path.last() != Some(&"data") => text.push_str(&part),
                Ok(Event::CData(part)) => text.push_str(&part),
                Ok(Event::GeneralRef(reference)) => match reference.resolve_char_ref() {
                    Ok(Some(c)) => text.push(c),
                    _ => text.push_str(resolve_html5_entity(&reference).unwrap_or_default()),
                },
                Ok(Event::End(_)) if path.is_empty() => return note.into_foreign(),
                Ok(Event::End(_)) => {
                    note.end(&path, &text);
                    text.clear();
                    path.pop();
                }
                Ok(Event::Eof) => return Err(self.end(Unread::new("the file ends within a note"))),
                Ok(_) => {}
                Err(error) => return Err(self.end(not_valid(&error))),
            }
        }
    }
}

/// The most elements around a part of a note.
const DEEPEST: usize = 16;

/// The elements that are read.
const NAMES: &[&str] = &[
    "content",
    "created",
    "data",
    "file-name",
    "mime",
    "note-attributes",
    "resource",
    "resource-attributes",
    "source-url",
    "tag",
    "task",
    "taskGroupNoteLevelID",
    "taskStatus",
    "sortWeight",
    "title",
    "updated",
];

fn known_name(name: &str) -> &'static str {
    NAMES
        .iter()
        .find(|known| **known == name)
        .copied()
        .unwrap_or("")
}

impl EvernoteNote {
    fn begin(&mut self, path: &[&str]) {
        match path {
            ["resource"] => self.attachments.push(Attachment::default()),
            ["task"] => self.tasks.push((String::new(), Task::default())),
            _ => {}
        }
    }

    /// Takes the text of an element that ends.
    fn end(&mut self, path: &[&str], text: &str) {
        let value = text.trim();
        match path {
            ["title"] => value.clone_into(&mut self.title),
            ["content"] => text.clone_into(&mut self.content),
            ["created"] => self.created = self.time(value),
            ["updated"] => self.updated = self.time(value),
            ["tag"] => self.tags.push(value.to_owned()),
            ["note-attributes", "source-url"] => value.clone_into(&mut self.source_url),
            ["resource", rest @ ..] => {
                if let Some(attachment) = self.attachments.last_mut() {
                    match rest {
                        ["mime"] => value.clone_into(&mut attachment.mime),
                        ["resource-attributes", "file-name"] => {
                            value.clone_into(&mut attachment.name);
                        }
                        _ => {}
                    }
                }
            }
            ["task", name] => {
                if let Some((weight, task)) = self.tasks.last_mut() {
                    match *name {
                        "title" => value.clone_into(&mut task.title),
                        "taskStatus" => task.is_done = value == "completed",
                        // Styles, where the group is named, are compared in lower case.
                        "taskGroupNoteLevelID" => task.group = value.to_ascii_lowercase(),
                        "sortWeight" => value.clone_into(weight),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn time(&mut self, value: &str) -> Option<DateTime<Utc>> {
        let time = parse_basic_time(value);
        if time.is_none() {
            self.fault = Some(format!("no date: {value}"));
        }
        time
    }

    fn into_foreign(mut self) -> Result<ForeignNote, Unread> {
        if let Some(fault) = self.fault {
            return Err(Unread::new(format!("{fault} (note '{}')", self.title)));
        }
        self.tasks.sort_by(|(one, _), (other, _)| one.cmp(other));
        let tasks: Vec<Task> = self.tasks.into_iter().map(|(_, task)| task).collect();
        let mut content = html::to_markdown(&self.content, &tasks);
        if !self.source_url.is_empty() && !content.contains(&self.source_url) {
            let gap = if content.is_empty() { "" } else { "\n" };
            content = format!("{content}{gap}Source: {}\n", self.source_url);
        }
        let attachments = self.attachments.into_iter();
        let attachments = attachments.map(|it| if it.name.is_empty() { it.mime } else { it.name });
        let created = self.created.map(|time| time.to_rfc3339());
        Ok(ForeignNote {
            identity: created.unwrap_or_default(),
            tie: self.title.clone(),
            title: self.title,
            content,
            tags: self.tags,
            attachments: attachments.filter(|name| !name.is_empty()).collect(),
            created: self.created,
            updated: self.updated,
            ..ForeignNote::default()
        })
    }
}

fn not_valid(error: &quick_xml::Error) -> Unread {
    Unread::new(format!("not valid XML ({error})"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_note, read};
    use super::*;

    fn export(notes: &str) -> String {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE en-export SYSTEM \
                    \"http://xml.evernote.com/pub/evernote-export4.dtd\">\n";
        format!(
            "{head}<en-export application=\"Evernote\" version=\"10.56.9\">\n{notes}</en-export>\n"
        )
    }

    fn import(export: &str) -> (Vec<crate::note::Note>, Vec<String>) {
        read(entries(export.into(), None).unwrap())
    }

    #[test]
    fn a_note_of_evernote_comes_in_with_its_tasks_tags_and_the_names_of_its_files() {
        let text = export(
            r#"  <note>
    <title>Trip &amp; plans</title>
    <created>20240115T103000Z</created>
    <updated>20240116T103000Z</updated>
    <tag>to do</tag>
    <tag>Reise</tag>
    <note-attributes>
      <author>Someone</author>
      <source-url>https://example.org/trip</source-url>
      <reminder-order>0</reminder-order>
    </note-attributes>
    <content>
      <![CDATA[<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE en-note SYSTEM "http://xml.evernote.com/pub/enml2.dtd"><en-note><div>Pack:</div><div style="--en-task-group:true; --en-id:4F1c;"/><div><en-media hash="d41d8cd98f00b204e9800998ecf8427e" type="image/png"/></div><ul><li><div>caf&eacute;</div></li></ul></en-note>      ]]>
    </content>
    <resource>
      <data encoding="base64">iVBORw0KGgo=</data>
      <mime>image/png</mime>
      <resource-attributes><file-name>map.png</file-name></resource-attributes>
    </resource>
    <resource><data encoding="base64">AA==</data><mime>audio/wav</mime></resource>
    <task><title>socks</title><taskStatus>completed</taskStatus><taskGroupNoteLevelID>4F1c</taskGroupNoteLevelID><sortWeight>D</sortWeight></task>
    <task><title>shirt</title><taskStatus>open</taskStatus><taskGroupNoteLevelID>4F1c</taskGroupNoteLevelID><sortWeight>B</sortWeight></task>
  </note>
"#,
        );
        let (notes, unread) = import(&text);
        assert_eq!((notes.len(), unread), (1, vec![]));
        assert_note(
            &notes[0],
            "Trip & plans",
            "Pack:\n- [ ] shirt\n- [x] socks\n\n- café\n\nSource: https://example.org/trip\n\n\
             Attachment: map.png\nAttachment: audio/wav\n\n#to-do #Reise",
            "2024-01-15T10:30:00+00:00",
            "2024-01-16T10:30:00+00:00",
        );
    }

    #[test]
    fn a_note_is_the_same_one_when_its_title_was_edited() {
        let note = |title: &str, second: u8| {
            format!(
                "<note><title>{title}</title><created>20240115T1030{second:02}Z</created></note>"
            )
        };
        let ids = |text: &str| -> Vec<String> {
            let (notes, unread) = import(&export(text));
            assert_eq!(unread, [""; 0]);
            notes.into_iter().map(|note| note.id).collect()
        };
        let first = ids(&(note("a", 1) + &note("b", 2) + &note("c", 2)));
        let later = ids(&(note("c", 2) + &note("b", 2) + &note("edited", 1)));
        assert_eq!(later, [&*first[2], &first[1], &first[0]]);
    }

    #[test]
    fn entities_are_not_expanded_and_what_is_no_xml_is_named_with_its_line() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<en-export><note><title>x&b;y\
                    </title><created>20240115T103000Z</created></note>\n<note><title>z</title>\
                    <created>2024</created></note>\n<note><title>q</wrong>";
        let (notes, unread) = import(bomb);
        assert_eq!((notes.len(), notes[0].title()), (1, "xy"));
        assert_eq!(unread.len(), 2);
        assert_eq!(unread[0], "standard input line 3: no date: 2024 (note 'z')");
        assert!(
            unread[1].starts_with("standard input line 4: not valid XML"),
            "{unread:?}"
        );
        let deep = format!("<en-export><note>{}", "<x>".repeat(1_000_000));
        let (_, unread) = import(&deep);
        assert_eq!(
            unread,
            ["standard input line 1: a note with too many elements in each other"]
        );
    }
}
