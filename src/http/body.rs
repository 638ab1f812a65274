//! The JSON that a client sends: what counts as a body, and what is taken from it.
//!
//! The original reads bodies with Python's `json`, trims with `str.strip()` and looks at nothing but
//! `title` and `content`; so does this. JSON is what RFC 8259 says: `NaN` and text in UTF-16, which
//! Python takes as well, are not. Nothing here knows Redis.

use std::collections::HashMap;

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
        let members = members(request)?;
        let title = members.get("title").filter(|value| value.get() != "null");
        let title = title.map(|value| text("title", value)).transpose()?;
        let title = title
            .filter(|title| !title.is_empty())
            .ok_or_else(|| Failure::new(400, "'title' field is required and cannot be blank"))?;
        let content = members.get("content").map(|value| text("content", value));
        Ok((title, content.transpose()?.unwrap_or_default()))
    }

    /// Reads them from a request that changes a note: the title, if it is there, must not be blank.
    pub(super) fn of_change(request: &Request) -> Result<Self, Failure> {
        let members = members(request)?;
        let title = members.get("title").map(|value| text("title", value));
        let title = title.transpose()?;
        if title.as_deref() == Some("") {
            return Err(Failure::new(400, "'title' cannot be blank"));
        }
        let content = members.get("content").map(|value| text("content", value));
        Ok(Self {
            title,
            content: content.transpose()?,
        })
    }
}

/// The members of the body, as they were sent; of members with one name the last counts, as in Python.
fn members(request: &Request) -> Result<HashMap<String, &RawValue>, Failure> {
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
    let members: HashMap<String, &RawValue> =
        serde_json::from_str(body.get()).map_err(|_| required())?;
    if members.is_empty() {
        return Err(required());
    }
    Ok(members)
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

fn text(field: &str, value: &RawValue) -> Result<String, Failure> {
    if !value.get().starts_with('"') {
        let found = kind(value.get());
        return Err(Failure::new(
            400,
            format!("'{field}' must be a string, not {found}"),
        ));
    }
    // The grammar has been checked: what cannot be text now is half of a surrogate pair.
    let text: String = serde_json::from_str(value.get()).map_err(|_| {
        Failure::new(
            400,
            format!("'{field}' holds a lone surrogate, which is not text"),
        )
    })?;
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
