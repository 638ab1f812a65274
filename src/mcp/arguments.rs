//! The arguments of the tools. The doc comments are what an agent reads of them.

use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;

use super::schema::plain;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Search {
    /// Words that must all be in the title or the content, for example `milk "two words" title:plan`.
    /// Also `content:word` and `tag:work`. A word in lower case finds capitals too; one with a capital is found as written.
    pub(super) query: Option<String>,
    /// Only notes with all these tags, without `#`.
    pub(super) tags: Option<Vec<String>>,
    /// Only notes without any of these words.
    pub(super) not: Option<Vec<String>>,
    /// Only notes in which this regular expression matches; `^` and `$` match at lines, `(?i)` ignores case.
    pub(super) regex: Option<String>,
    /// Only notes changed then or later: `2026-01-15`, `2026-01`, `2d`, `yesterday`, `last monday`, or RFC 3339.
    pub(super) since: Option<String>,
    /// Only notes last changed then or earlier; a day, month or year counts to its end.
    pub(super) until: Option<String>,
    /// The most notes to return, 1 to 100; 20 if not given.
    #[schemars(range(min = 1, max = 100))]
    pub(super) limit: Option<usize>,
    /// The `next_cursor` of the result before, to go on from there with the same other arguments.
    pub(super) cursor: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct List {
    /// Only notes with all these tags, without `#`.
    pub(super) tags: Option<Vec<String>>,
    /// Only notes changed then or later: `2026-01-15`, `2026-01`, `2d`, `yesterday`, `last monday`, or RFC 3339.
    pub(super) since: Option<String>,
    /// Only notes last changed then or earlier; a day, month or year counts to its end.
    pub(super) until: Option<String>,
    /// The most notes to return, 1 to 100; 20 if not given.
    #[schemars(range(min = 1, max = 100))]
    pub(super) limit: Option<usize>,
    /// The `next_cursor` of the result before, to go on from there with the same other arguments.
    pub(super) cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Read {
    /// The note: its id, its title, the first characters of its id (4 or more), or `@` for the one changed last.
    pub(super) note: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Add {
    /// One line, not blank.
    pub(super) title: String,
    /// The text below the title, most often Markdown.
    pub(super) content: Option<String>,
    /// Tags to put at the end of the content, without `#`.
    pub(super) tags: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Edit {
    /// The note, best by its id.
    pub(super) note: String,
    /// The `etag` with which the note was last returned. If the note has changed since, nothing is written.
    pub(super) etag: String,
    /// The new title.
    pub(super) title: Option<String>,
    /// Parts of the content and the text in their place, made in this order.
    pub(super) replace: Option<Vec<Replace>>,
    /// Lines to put above the content.
    pub(super) prepend: Option<String>,
    /// Lines to put below the content.
    pub(super) append: Option<String>,
    /// Tags that the note is to have, without `#`.
    pub(super) add_tags: Option<Vec<String>>,
    /// Tags to remove from title and content, without `#`.
    pub(super) remove_tags: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Replace {
    /// A text that occurs exactly once in the content, copied from it with its line breaks.
    pub(super) old: String,
    /// The text in its place; empty to remove it.
    pub(super) new: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Delete {
    /// The note, best by its id.
    pub(super) note: String,
    /// The `etag` with which the note was last returned. If the note has changed since, it is not deleted.
    pub(super) etag: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = plain)]
pub(super) struct Undo {
    /// The `step` that a change returned. Without it: the newest change by these tools that is not undone.
    pub(super) step: Option<u64>,
}
