//! The Markdown of a content: where its code is, and its tasks. No I/O.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Returns the ranges of code spans and code blocks, in order.
pub(super) fn code(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        if matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))) {
            found.push(range);
        }
    }
    found
}
