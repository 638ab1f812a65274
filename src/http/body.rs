//! The JSON that a client sends: what counts as a body, and what is taken from it.
//!
//! The original reads bodies with Python's `json`, trims with `str.strip()` and looks at nothing but
//! `title` and `content`; so does this. JSON is what RFC 8259 says: `NaN` and text in UTF-16, which
//! Python takes as well, are not. Nothing here knows Redis.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Failure;
use super::message::Request;

/// What the body of a request says of a note, trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// The title; none where the body has no such member.
    pub(super) title: Option<String>,
    /// The content; none where the body has no such member.
    pub(super) content: Option<String>,
}

impl Fields {
    /// Reads them from a request that makes a note: the title must be there and not be blank.
    pub(super) fn of_new(request: &Request) -> Result<(String, String), Failure> {
        let members = Members::of(request)?;
        let title = match members.title {
            Some(value) if value.get() != "null" => text("title", value)?,
            _ => return Err(Failure::TitleRequired),
        };
        if title.is_empty() {
            return Err(Failure::TitleRequired);
        }
        let content = members.content.map(|value| text("content", value));
        Ok((title, content.transpose()?.unwrap_or_default()))
    }

    /// Reads them from a request that changes a note: the title, if it is there, must not be blank.
    pub(super) fn of_change(request: &Request) -> Result<Self, Failure> {
        let members = Members::of(request)?;
        let title = members
            .title
            .map(|value| text("title", value))
            .transpose()?;
        if title.as_deref() == Some("") {
            return Err(Failure::TitleBlank);
        }
        let content = members.content.map(|value| text("content", value));
        Ok(Self {
            title,
            content: content.transpose()?,
        })
    }
}

/// The two members of the body that matter, as they were sent; of members with one name the last
/// counts, as in Python.
#[derive(Default)]
struct Members<'a> {
    count: usize,
    title: Option<&'a RawValue>,
    content: Option<&'a RawValue>,
}

impl<'a> Members<'a> {
    fn of(request: &'a Request) -> Result<Self, Failure> {
        if !is_json(request.content_type.as_deref()) {
            return Err(Failure::BodyRequired);
        }
        let bytes = request.body.as_slice();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let body: &RawValue = serde_json::from_slice(bytes).map_err(|_| Failure::BodyRequired)?;
        if is_false(body.get()) {
            return Err(Failure::BodyRequired);
        }
        if !body.get().starts_with('{') {
            return Err(Failure::NotAnObject {
                found: kind(body.get()),
            });
        }
        let members: Self = serde_json::from_str(body.get()).map_err(|_| Failure::BodyRequired)?;
        if members.count == 0 {
            return Err(Failure::BodyRequired);
        }
        Ok(members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key()? {
                    let value: &'de RawValue = map.next_value()?;
                    members.count += 1;
                    match name {
                        Name::Title => members.title = Some(value),
                        Name::Content => members.content = Some(value),
                        Name::Other => {}
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// The name of a member.
enum Name {
    Title,
    Content,
    Other,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E>(self, name: &[u8]) -> Result<Name, E> {
                Ok(match name {
                    b"title" => Name::Title,
                    b"content" => Name::Content,
                    _ => Name::Other,
                })
            }
        }
        // As bytes, since a name may hold a lone surrogate: that is no reason to refuse the rest.
        deserializer.deserialize_bytes(NameVisitor)
    }
}

/// Whether a content type says JSON: `application/json` or `application/*+json`.
fn is_json(content_type: Option<&str>) -> bool {
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence
        .strip_prefix("application/")
        .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Whether a JSON value is one that Python counts as false, an object aside.
fn is_false(json: &str) -> bool {
    match json.as_bytes().first() {
        Some(b'n' | b'f') => true,
        Some(b'"') => json == "\"\"",
        Some(b'[') => json
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|inner| inner.trim_ascii().is_empty()),
        Some(b'-' | b'0'..=b'9') => json.parse::<f64>().is_ok_and(|number| number == 0.0),
        _ => false,
    }
}

/// What a JSON value is, in a word.
fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

fn text(field: &'static str, value: &RawValue) -> Result<String, Failure> {
    if !value.get().starts_with('"') {
        return Err(Failure::NotAString {
            field,
            found: kind(value.get()),
        });
    }
    // The grammar has been checked: what cannot be text now is half of a surrogate pair.
    let text: String =
        serde_json::from_str(value.get()).map_err(|_| Failure::LoneSurrogate { field })?;
    Ok(text.trim_matches(is_space).to_owned())
}

/// What Python's `str.strip()` takes away: the white space of Unicode and the four separators
/// U+001C to U+001F, which Rust does not count.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
