//! The beginnings of lines in lists, quotes and headings.

use std::mem;

use super::element::Kind;

/// The most elements within each other that a line is indented for.
const DEEPEST: usize = 32;

/// The elements around a line that change its beginning, the outermost first.
#[derive(Default)]
pub(super) struct Indents(Vec<Indent>);

struct Indent {
    kind: Kind,
    /// Before the first line of the element.
    first: String,
    /// Before each other line.
    rest: String,
    /// True once a line has `first`.
    is_used: bool,
    /// The number of items so far.
    items: usize,
}

impl Indents {
    pub(super) fn begin(&mut self, kind: Kind, mut first: String, mut rest: String) {
        if self.0.len() >= DEEPEST {
            first.clear();
            rest.clear();
        }
        self.0.push(Indent {
            kind,
            first,
            rest,
            is_used: false,
            items: 0,
        });
    }

    pub(super) fn begin_list(&mut self, kind: Kind) {
        // A list in a list but in no item: its items belong to the one before.
        let last = self.0.last().map(|last| last.kind);
        let is_direct = matches!(last, Some(Kind::List { .. }));
        let indent = if is_direct { "  " } else { "" };
        self.begin(kind, indent.to_owned(), indent.to_owned());
    }

    pub(super) fn begin_item(&mut self, check_box: Option<bool>) {
        let mark = match self.0.last_mut() {
            Some(list) if list.kind == (Kind::List { is_ordered: true }) => {
                list.items += 1;
                format!("{}. ", list.items)
            }
            _ => "- ".to_owned(),
        };
        // An item that begins with a list has no mark of its own.
        if let Some(item) = self.0.iter_mut().rev().nth(1)
            && matches!(item.kind, Kind::Item(_))
            && !item.is_used
        {
            item.first.clone_from(&item.rest);
        }
        let rest = " ".repeat(mark.len());
        let check_box = match check_box {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        self.begin(Kind::Item(None), format!("{mark}{check_box}"), rest);
    }

    /// Ends the innermost element, if it is of this kind.
    pub(super) fn end(&mut self, kind: Kind) {
        let is_item = matches!(kind, Kind::Item(_));
        let last = self.0.last().map(|last| last.kind);
        if last.is_some_and(|last| last == kind || is_item && matches!(last, Kind::Item(_))) {
            self.0.pop();
        }
    }

    pub(super) fn is_in_list(&self) -> bool {
        let mut kinds = self.0.iter().map(|indent| indent.kind);
        kinds.any(|kind| matches!(kind, Kind::List { .. }))
    }

    /// Returns true if no line of the innermost item was written yet.
    pub(super) fn begins_item(&self) -> bool {
        let last = self.0.last();
        last.is_some_and(|last| matches!(last.kind, Kind::Item(_)) && !last.is_used)
    }

    /// Returns the beginning of an empty line.
    pub(super) fn gap(&self) -> String {
        let used = self.0.iter().filter(|indent| indent.is_used);
        used.map(|indent| indent.rest.as_str()).collect()
    }

    /// Returns the beginning of the next line.
    pub(super) fn next_line(&mut self) -> String {
        let mut beginning = String::new();
        for indent in &mut self.0 {
            let is_used = mem::replace(&mut indent.is_used, true);
            beginning.push_str(if is_used { &indent.rest } else { &indent.first });
        }
        beginning
    }
}
