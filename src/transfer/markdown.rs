//! Notes as Markdown: a file a note, with YAML front matter for every field but the content, which is
//! below it to the byte.

use std::io::Read;

use uuid::Uuid;

use super::fields::{self, REST, Record, Rest};
use super::{Entry, LARGEST_ENCODED, Unread, bounded, front_matter};
use crate::note::RawNote;

/// The ending of the names of the files.
const EXTENSION: &str = "md";

/// The longest part of a title in the name of a file, in bytes: names may have 255.
const LONGEST_SLUG: usize = 80;

/// The names that the file of a note may have, of which the first that is free is taken: the title and
/// the beginning of the id, or all that tells the id from others.
pub(crate) fn names(id: &str, note: &RawNote) -> [String; 2] {
    let title = note.text("title").unwrap_or_default();
    let title = slug(&title, LONGEST_SLUG);
    let start = slug(&id.chars().take(8).collect::<String>(), 8);
    let whole = Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes());
    let name = |id: &str| {
        let parts = [title.as_str(), id].into_iter();
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        format!("{}.{EXTENSION}", parts.join("-"))
    };
    let whole = name(&whole.to_string());
    if start.is_empty() {
        return [whole.clone(), whole];
    }
    [name(&start), whole]
}

/// Letters and digits in lower case, and a dash for all between them: safe in any file system.
fn slug(text: &str, most: usize) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if slug.len() + c.len_utf8() > most {
            break;
        }
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The file of a note.
pub(super) fn encode(id: &str, note: &RawNote) -> Vec<u8> {
    let record = Record::of(id, note, |name, value| match (name, value) {
        ("content", value) => value.is_some(),
        (name, Some(value)) => front_matter::can_name(name) && str::from_utf8(value).is_ok(),
        (_, None) => true,
    });
    let rest = record.rest_as_text();
    let texts = record.named.iter().filter(|(name, _)| *name != "content");
    let texts = texts.filter_map(|(name, value)| Some((*name, str::from_utf8(value).ok()?)));
    let rest = rest.iter().map(|rest| (REST, rest.as_str()));
    let mut file = front_matter::encode(texts.chain(rest)).into_bytes();
    file.extend_from_slice(note.field("content").unwrap_or_default());
    file
}

/// The note that a file holds; none if it has no front matter with an `id`.
pub(super) fn entry(file: &[u8]) -> Result<Option<Entry>, Unread> {
    let Some((head, content)) = front_matter::split(file) else {
        return Ok(None);
    };
    let head = str::from_utf8(head).map_err(|_| Unread::new("the front matter is not UTF-8"))?;
    let (mut id, mut named, mut rest) = (None, Vec::new(), Rest::new());
    for (name, value) in front_matter::parse(head)? {
        match name.as_str() {
            "id" => id = Some(value),
            REST => rest = fields::parse_rest(&value)?,
            _ => named.push((name, value.into_bytes())),
        }
    }
    let Some(id) = id else { return Ok(None) };
    named.push(("content".to_owned(), content.to_vec()));
    fields::join(id, named, rest).map(Some)
}

/// The note of one file.
pub(super) fn one(input: impl Read) -> Result<Option<Entry>, Unread> {
    let note = entry(&bounded::bytes(input, LARGEST_ENCODED)?)?;
    if note.is_none() {
        let message = "no front matter with an `id`; import its directory, or `notes add -f` it";
        return Err(Unread::new(message));
    }
    Ok(note)
}
