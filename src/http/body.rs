//! The JSON that a client sends: what counts as a body, and what is taken from it.
//!
//! The original reads bodies with Python's `json`, trims with `str.strip()` and looks at nothing but
//! `title` and `content`; so does this. JSON is what RFC 8259 says: `NaN` and text in UTF-16, which
//! Python takes as well, are not.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::error::Failure;
use super::message::Request;
use crate::journal::Change;

/// The title and the content of the note that a request makes: the title must be there and not be blank.
pub(super) fn of_new(request: &Request) -> Result<(String, String), Failure> {
    let mut members = members(request)?;
    members.retain(|name, value| name != "title" || value.get() != "null");
    let title = text(&members, "title")?
        .filter(|title| !title.is_empty())
        .ok_or_else(|| Failure::new(400, "'title' field is required and cannot be blank"))?;
    Ok((title, text(&members, "content")?.unwrap_or_default()))
}

/// What a request changes in a note: the title, if it is there, must not be blank.
pub(super) fn of_change(request: &Request) -> Result<Change, Failure> {
    let members = members(request)?;
    let title = text(&members, "title")?;
    if title.as_deref() == Some("") {
        return Err(Failure::new(400, "'title' cannot be blank"));
    }
    let content = text(&members, "content")?;
    Ok(Change { title, content })
}

type Members<'a> = HashMap<String, &'a RawValue>;

/// The members of the body, as they were sent; of members with one name the last counts, as in Python.
fn members(request: &Request) -> Result<Members<'_>, Failure> {
    let required = || Failure::new(400, "JSON body is required");
    if !is_json(request.content_type.as_deref()) {
        return Err(required());
    }
    let bytes = request.body.as_slice();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let body: &RawValue = serde_json::from_slice(bytes).map_err(|_| required())?;
    if is_false(body.get()) {
        return Err(required());
    }
    if !body.get().starts_with('{') {
        let found = kind(body.get());
        let text = "the JSON body must be an object with 'title' and 'content', not";
        return Err(Failure::new(400, format!("{text} {found}")));
    }
    let members: Members<'_> = serde_json::from_str(body.get()).map_err(|_| required())?;
    if members.is_empty() {
        return Err(required());
    }
    Ok(members)
}

/// Whether a content type says JSON: `application/json` or `application/*+json`.
fn is_json(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|value| value.split(';').next());
    let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = essence.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Whether a JSON value is one that Python counts as false, an object aside.
fn is_false(json: &str) -> bool {
    match json.as_bytes().first() {
        Some(b'n' | b'f') => true,
        Some(b'"') => json == "\"\"",
        Some(b'[') => json[1..].trim_start() == "]",
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

/// The text of a member, trimmed; none where there is no such member.
fn text(members: &Members<'_>, field: &str) -> Result<Option<String>, Failure> {
    let Some(value) = members.get(field).map(|value| value.get()) else {
        return Ok(None);
    };
    if !value.starts_with('"') {
        let text = format!("'{field}' must be a string, not {}", kind(value));
        return Err(Failure::new(400, text));
    }
    // The grammar has been checked: what cannot be text now is half of a surrogate pair.
    let text: String = serde_json::from_str(value).map_err(|_| {
        let text = format!("'{field}' holds a lone surrogate, which is not text");
        Failure::new(400, text)
    })?;
    Ok(Some(text.trim_matches(is_space).to_owned()))
}

/// What Python's `str.strip()` takes away: the white space of Unicode and the four separators
/// U+001C to U+001F, which Rust does not count.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
