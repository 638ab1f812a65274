//! The labels of other programs as tags in the text of a note.

use std::collections::HashSet;

use super::front_matter::Value;
use crate::note::tag;
use crate::unicode::folded;

/// The letter before a label of digits.
const LETTER: char = 't';

/// Reads the labels of a property: the items of a list, or words, or what stands between commas.
pub(super) fn read(value: &Value) -> Option<Vec<String>> {
    let labels: Vec<&str> = match value {
        Value::List(items) => items.iter().map(String::as_str).collect(),
        Value::Text(text) if text.contains(',') => text.split(',').collect(),
        Value::Text(text) if text.contains("[[") => text.split("]]").collect(),
        Value::Text(text) => text.split_whitespace().collect(),
        Value::Map(_) | Value::Unknown(_) => return None,
    };
    let mut found = Vec::new();
    for label in labels {
        let label = label.trim().trim_start_matches("[[").trim_end_matches("]]");
        found.push(label.to_owned());
    }
    Some(found)
}

/// Returns the tags, with their `#`, that the texts of a note do not have yet.
pub(super) fn new_tags(texts: [&str; 2], labels: &[String]) -> Vec<String> {
    let known = texts.into_iter().flat_map(tag::in_text);
    let mut known: HashSet<String> = known.map(|(_, name)| folded(name)).collect();
    let tags = labels.iter().map(|label| to_tag(label));
    tags.filter(|tag| !tag.is_empty() && known.insert(folded(tag)))
        .map(|tag| format!("#{tag}"))
        .collect()
}

/// Adds a paragraph below a text, unless it is empty.
pub(super) fn add_paragraph(text: &mut String, paragraph: &str) {
    if !paragraph.is_empty() {
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(paragraph);
    }
}

/// Turns a label into a tag: characters that no tag may have become `-`, but `+` and `#` become words, so
/// that `C++` and `C#` stay two tags. A label of digits gets a letter before them. Of a label without
/// any character of a tag, such as an emoji, only white space becomes `-`: a search finds it.
fn to_tag(label: &str) -> String {
    let label = without_mark(label);
    let words = label.replace('+', "plus").replace('#', "sharp");
    let tag = join_with_dashes(words.split(|c| !tag::is_of_tag(c)));
    let tag = tag.trim_matches('/').to_owned();
    if tag.is_empty() {
        return join_with_dashes(label.split_whitespace());
    }
    if !tag::is_name(&tag) {
        return format!("{LETTER}{tag}");
    }
    tag
}

fn without_mark(label: &str) -> &str {
    label.trim().trim_start_matches('#')
}

fn join_with_dashes<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// Returns the message for a label that got a letter; `None` for any other.
pub(super) fn notice(label: &str) -> Option<String> {
    let tag = to_tag(label);
    let is_changed = tag.strip_prefix(LETTER) == Some(without_mark(label));
    is_changed.then(|| {
        let label = label.trim();
        format!("the tag `{label}` became #{tag}: digits alone are no tag")
    })
}
