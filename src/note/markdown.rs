//! The Markdown of a content: where its code and its tasks are. No I/O.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The box of a task.
pub(super) struct Marker {
    pub(super) at: Range<usize>,
    pub(super) is_done: bool,
}

/// Returns the ranges of code spans and code blocks, in order.
pub(super) fn code(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (event, at) in Parser::new(text).into_offset_iter() {
        if matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))) {
            found.push(at);
        }
    }
    found
}

/// Returns the boxes of tasks, in order.
pub(super) fn task_markers(text: &str) -> Vec<Marker> {
    let mut found = Vec::new();
    for (event, at) in Parser::new_ext(text, Options::ENABLE_TASKLISTS).into_offset_iter() {
        if let Event::TaskListMarker(is_done) = event {
            found.push(Marker { at, is_done });
        }
    }
    found
}
