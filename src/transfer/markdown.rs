//! Notes as Markdown: a file a note, with YAML front matter for every field but the content, which is
//! below it to the byte.

use chrono::{DateTime, Utc};

use super::fields::{self, REST, Record, Rest};
use super::front_matter::{self, Property, Value};
use super::{Entry, Unread, labels};
use crate::note::{FIELDS, RawNote};
use crate::timestamp;

/// The other names of a note, of which the first is its title.
const ALIASES: &str = "aliases";
const ALIAS_SEPARATOR: &str = ", ";

/// The tags that another program writes.
const TAGS: &str = "tags";

/// Returns the time of the last change, which the file of a note has too.
pub(super) fn modified(note: &RawNote) -> Option<DateTime<Utc>> {
    timestamp::parse(&note.text("updated_at")?)
}

/// Writes the file of a note. Its title is an alias too, by which other programs find `[[the title]]`.
pub(super) fn encode(id: &str, note: &RawNote) -> Vec<u8> {
    let record = Record::new(id, note, |name, value| match (name, value) {
        ("content", value) => value.is_some(),
        // A file is ours by these names, or by `fields`.
        ("created_at" | "updated_at", None) => false,
        ("updated_at", _) if id.is_empty() => false,
        // Names that people give a meaning to.
        (ALIASES | TAGS, _) => false,
        (name, Some(value)) => front_matter::can_name(name) && str::from_utf8(value).is_ok(),
        (_, None) => true,
    });
    let rest = record.rest_as_text();
    let mut texts = Vec::new();
    for (name, value) in &record.named {
        if *name != "content" {
            let text = str::from_utf8(value).expect("an id is text, and so are values that fit");
            texts.push((*name, text));
        }
    }
    texts.extend(rest.iter().map(|rest| (REST, rest.as_str())));
    let mut aliases = text_field(note, "title");
    aliases.extend(stored_aliases(note));
    let list = (!aliases.is_empty()).then_some((ALIASES, aliases.as_slice()));
    let mut file = front_matter::encode(texts.into_iter(), list).into_bytes();
    file.extend_from_slice(note.field("content").unwrap_or_default());
    file
}

/// Returns the text of a field, if it is not empty and UTF-8.
fn text_field<'a>(note: &'a RawNote, name: &str) -> Vec<&'a str> {
    let text = note
        .field(name)
        .and_then(|value| str::from_utf8(value).ok());
    text.into_iter().filter(|text| !text.is_empty()).collect()
}

/// Returns the aliases of a note besides its title.
fn stored_aliases(note: &RawNote) -> impl Iterator<Item = &str> {
    text_field(note, ALIASES)
        .into_iter()
        .flat_map(|text| text.split(ALIAS_SEPARATOR))
}

/// Reads the note of a file; `None` if it is not one of ours: its front matter has `id`, and
/// `created_at` and `updated_at`, or `fields`.
///
/// `tags` that were added by hand become tags in the text, and `aliases` besides the title a field.
pub(super) fn entry(file: &[u8]) -> Result<Option<Entry>, Unread> {
    let Some(front_matter) = front_matter::split(file) else {
        return Ok(None);
    };
    let properties = front_matter.properties();
    if !is_own(&properties) {
        return Ok(None);
    }
    str::from_utf8(front_matter.head).map_err(|_| Unread::new("the front matter is not UTF-8"))?;
    let (mut id, mut named, mut rest) = (None, Vec::new(), Rest::new());
    let (mut aliases, mut tags, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for Property {
        name,
        value,
        lines,
        line,
        ..
    } in properties
    {
        match (name.as_str(), value) {
            (ALIASES, Value::List(items)) => aliases = items,
            (ALIASES, Value::Text(item)) => aliases = vec![item],
            (TAGS, value @ (Value::List(_) | Value::Text(_))) => {
                tags = labels::read(&value).unwrap_or_default();
            }
            (known, value) => match value.as_text() {
                Some(value) => match known {
                    "id" => id = Some(value),
                    REST => rest = fields::parse_rest(&value)?,
                    _ => named.push((name, value.into_bytes())),
                },
                None if known == REST || FIELDS.contains(&known) => {
                    return Err(not_a_text(&name, &value).at(line));
                }
                // It stays in the text.
                None => continue,
            },
        }
        taken.push(lines);
    }
    let id = id.expect("a note of ours has an id");
    let content = [&front_matter.without(&taken), front_matter.body].concat();
    named.push(("content".to_owned(), content));
    let mut entry = fields::join(id, named, rest)?;
    if !tags.is_empty() {
        add_tags(&mut entry, &tags);
    }
    add_aliases(&mut entry.note, aliases);
    Ok(Some(entry))
}

fn is_own(properties: &[Property]) -> bool {
    let has = |name| properties.iter().any(|property| property.name == name);
    let id = properties.iter().find(|property| property.name == "id");
    let has_rest = has(REST);
    let has_id = id.is_some_and(|id| has_rest || !id.value.is_empty());
    has_id && (has_rest || (has("created_at") && has("updated_at")))
}

fn not_a_text(name: &str, value: &Value) -> Unread {
    let reason = match value {
        Value::Unknown(reason) => reason,
        _ => "neither a text nor a list of texts",
    };
    Unread::new(format!("front matter: `{name}`: {reason}"))
}

/// Adds tags to the content that the text does not have.
fn add_tags(entry: &mut Entry, tags: &[String]) {
    let Ok(content) = str::from_utf8(entry.note.field("content").unwrap_or_default()) else {
        let notice = "the `tags` were left out: the text is not UTF-8";
        entry.notices.push(notice.to_owned());
        return;
    };
    let title = entry.note.text("title").unwrap_or_default();
    let new = labels::new_tags([&title, content], tags);
    if new.is_empty() {
        return;
    }
    let mut content = content.to_owned();
    labels::add_paragraph(&mut content, &new.join(" "));
    entry.note.set("content", &content);
    let notices = tags.iter().filter_map(|tag| labels::notice(tag));
    entry.notices.extend(notices);
}

/// Adds aliases that are neither the title nor stored with the note.
fn add_aliases(note: &mut RawNote, aliases: Vec<String>) {
    let mut known = text_field(note, "title");
    known.extend(stored_aliases(note));
    let new: Vec<String> = aliases
        .into_iter()
        .filter(|alias| !alias.is_empty() && !known.contains(&alias.as_str()))
        .collect();
    if !new.is_empty() {
        let stored = stored_aliases(note).map(str::to_owned);
        let all: Vec<String> = stored.chain(new).collect();
        note.set(ALIASES, &all.join(ALIAS_SEPARATOR));
    }
}
