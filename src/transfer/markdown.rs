//! Notes as Markdown: a file a note, with YAML front matter for every field but the content, which is
//! below it to the byte.

use uuid::Uuid;

use super::fields::{self, REST, Record, Rest};
use super::{Entry, Unread, front_matter};
use crate::note::RawNote;

/// The ending of the names of the files.
const EXTENSION: &str = "md";

/// The longest part of a title in the name of a file, in bytes: names may have 255.
const LONGEST_SLUG: usize = 80;

/// Returns the names for the file of a note, the preferred one first: the title with the beginning of the
/// id, or with a digest of all of it.
pub(crate) fn file_names(id: &str, note: &RawNote) -> [String; 2] {
    let title = note.text("title").unwrap_or_default();
    let title = slug(&title, LONGEST_SLUG);
    let start = slug(&id.chars().take(8).collect::<String>(), 8);
    let whole = Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes());
    let whole = file_name(&title, &whole.to_string());
    if start.is_empty() {
        return [whole.clone(), whole];
    }
    [file_name(&title, &start), whole]
}

fn file_name(title: &str, id: &str) -> String {
    if title.is_empty() {
        format!("{id}.{EXTENSION}")
    } else {
        format!("{title}-{id}.{EXTENSION}")
    }
}

/// Returns the letters and digits in lower case, with dashes for all between them: safe in any file
/// system.
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

/// Writes the file of a note.
pub(super) fn encode(id: &str, note: &RawNote) -> Vec<u8> {
    let record = Record::new(id, note, |name, value| match (name, value) {
        ("content", value) => value.is_some(),
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
    let mut file = front_matter::encode(texts.into_iter()).into_bytes();
    file.extend_from_slice(note.field("content").unwrap_or_default());
    file
}

/// Reads the note of a file; `None` if it has no front matter with an `id`.
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
