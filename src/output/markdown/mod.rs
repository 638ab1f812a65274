//! Markdown for people, styled in place: the source stays as it is and gets styles and line breaks.
//!
//! Without its escape sequences, styled text is the source with line breaks in it. A break takes the
//! place of the white space where it stands, and spaces after it indent the rest of a list item or quote.

mod link;
mod markup;
#[cfg(test)]
mod tests;
mod wrap;

use super::{Stream, sanitize};

pub(super) use markup::Markup;
pub(crate) use wrap::Long;

/// Wraps a text of many lines, which has been made safe, at the width of the stream, and styles it. White
/// space at its end is left out.
///
/// Styles and links end with each line, so that a pager can begin at any.
pub(crate) fn styled(text: &str, long: Long, stream: &Stream) -> String {
    lay_out(text, &Markup::parse(text), long, stream)
}

/// Wraps a text without a style, which has been made safe, at the width of the stream.
pub(crate) fn wrapped(text: &str, long: Long, stream: &Stream) -> String {
    lay_out(text, &Markup::default(), long, stream)
}

fn lay_out(text: &str, markup: &Markup, long: Long, stream: &Stream) -> String {
    let text = text.trim_end();
    let columns = usize::from(stream.width_or_usual());
    let mut laid_out = String::with_capacity(text.len() + text.len() / 4);
    let mut done = 0;
    for found in wrap::breaks(text, columns, markup.verbatim(), long) {
        let part = done..found.range.start;
        markup.push(&mut laid_out, text, part, sanitize::multi_line, stream);
        laid_out.push('\n');
        laid_out.extend(std::iter::repeat_n(' ', found.indent));
        done = found.range.end;
    }
    let rest = done..text.len();
    markup.push(&mut laid_out, text, rest, sanitize::multi_line, stream);
    laid_out
}
