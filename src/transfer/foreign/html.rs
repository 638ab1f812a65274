//! HTML, and the XML dialects of it that programs store notes in, to Markdown: one pass over the events of
//! quick-xml, without recursion. Text keeps its characters: nothing is escaped but the `|` in tables.

mod element;
mod indent;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use self::element::Element;
use self::writer::Writer;
use crate::transfer::LARGEST_NOTE;

/// Returns an address as it stands in a link.
pub(super) fn address(target: &str) -> String {
    writer::address(target)
}

/// The most elements within each other that are told apart. Those within are read as text.
const DEEPEST: usize = 256;

/// The tasks of a note that Evernote stores beside its text: the group, and whether it is done.
#[derive(Debug, Default)]
pub(super) struct Task {
    pub(super) group: String,
    pub(super) title: String,
    pub(super) is_done: bool,
}

/// Converts a text. `tasks` are put where the text names their group.
pub(super) fn to_markdown(html: &str, tasks: &[Task]) -> String {
    let mut reader = Reader::from_str(html);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut groups: HashMap<&str, Vec<&Task>> = HashMap::new();
    for task in tasks {
        groups.entry(&task.group).or_default().push(task);
    }
    let mut converter = Converter {
        writer: Writer::default(),
        open: Vec::new(),
        too_deep: 0,
        tasks: groups,
    };
    while converter.writer.len() <= LARGEST_NOTE {
        match reader.read_event() {
            Ok(Event::Start(start)) => converter.start(&start),
            Ok(Event::End(end)) => converter.end(end.local_name().as_ref()),
            Ok(Event::Text(text)) => converter.text(&text),
            Ok(Event::CData(text)) => converter.text(&text),
            Ok(Event::GeneralRef(reference)) => converter.reference(&reference),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            // Not even HTML: the rest is text.
            Err(_) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
                converter.text(html.get(at..).unwrap_or_default());
                break;
            }
        }
    }
    converter.finish()
}

struct Converter<'t> {
    writer: Writer,
    /// The elements around the next event, the outermost first.
    open: Vec<Element>,
    /// The number of open elements that are deeper.
    too_deep: usize,
    /// Evernote's tasks by their groups.
    tasks: HashMap<&'t str, Vec<&'t Task>>,
}

impl Converter<'_> {
    fn start(&mut self, start: &BytesStart<'_>) {
        let element = Element::new(start);
        if element.is_void() {
            self.writer.void(&element);
            return;
        }
        if self.open.len() == DEEPEST {
            self.too_deep += 1;
            return;
        }
        self.close_item_before(&element);
        self.writer.open(&element);
        if let Some(group) = &element.task_group {
            for task in self.tasks.remove(group.as_str()).unwrap_or_default() {
                self.writer.task(&task.title, task.is_done);
            }
        }
        self.open.push(element);
    }

    /// HTML may leave out the end of a list item, a row and a cell.
    fn close_item_before(&mut self, element: &Element) {
        if let Some(last) = self.open.last()
            && element.kind.ends(last.kind)
        {
            let last = self.open.pop().expect("there is a last one");
            self.writer.close(&last);
        }
    }

    /// Closes the innermost element with this name, and those within it that have no end.
    fn end(&mut self, name: &str) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let is_open = |element: &Element| element.name.eq_ignore_ascii_case(name);
        let Some(at) = self.open.iter().rposition(is_open) else {
            return;
        };
        while self.open.len() > at {
            let last = self.open.pop().expect("there are more than `at`");
            self.writer.close(&last);
        }
    }

    fn text(&mut self, text: &str) {
        if !self.open.iter().any(|element| element.is_hidden) {
            self.writer.text(text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) {
        if let Ok(Some(c)) = reference.resolve_char_ref() {
            self.text(c.encode_utf8(&mut [0; 4]));
            return;
        }
        match resolve_html5_entity(reference) {
            Some(text) => self.text(text),
            None => self.text(&format!("&{};", &**reference)),
        }
    }

    fn finish(mut self) -> String {
        while let Some(last) = self.open.pop() {
            self.writer.close(&last);
        }
        self.writer.finish()
    }
}
