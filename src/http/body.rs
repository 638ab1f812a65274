//! The JSON that a client sends: what counts as a body, and what is taken from it.
//!
//! The original reads bodies with Python's `json`, trims with `str.strip()` and looks at nothing but
//! `title` and `content`; so does this. JSON is what RFC 8259 says: `NaN` and text in UTF-16, which
//! Python takes as well, are not.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::error::Failure;
use super::message::Request;
use crate::note::NewText;

/// The title and the content of the note that a request makes: the title must be there and not be blank.
pub(super) fn parse_new(request: &Request) -> Result<(String, String), Failure> {
    let mut members = members(request)?;
    members.retain(|name, value| name != "title" || value.get() != "null");
    let title = text(&members, "title")?
        .filter(|title| !title.is_empty())
        .ok_or_else(|| Failure::new(400, "'title' field is required and cannot be blank"))?;
    Ok((title, text(&members, "content")?.unwrap_or_default()))
}

/// Reads the change of a note from a request. A title must not be blank.
pub(super) fn parse_change(request: &Request) -> Result<NewText, Failure> {
    let members = members(request)?;
    let title = text(&members, "title")?;
    if title.as_deref() == Some("") {
        return Err(Failure::new(400, "'title' cannot be blank"));
    }
    let content = text(&members, "content")?;
    Ok(NewText { title, content })
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
    match serde_json::from_slice::<Members<'_>>(bytes) {
        Ok(members) if !members.is_empty() => Ok(members),
        Err(_) if serde_json::from_slice(bytes).is_ok_and(|body| !is_false(&body)) => {
            let text = "the JSON body must be an object with 'title' and 'content'";
            Err(Failure::new(400, text))
        }
        _ => Err(required()),
    }
}

/// Returns true for the content type of JSON: `application/json` or `application/*+json`.
fn is_json(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|value| value.split(';').next());
    let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = essence.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// Returns true for a JSON value that Python counts as false, other than an object.
fn is_false(json: &Value) -> bool {
    match json {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}

/// The text of a member, trimmed; none where there is no such member.
fn text(members: &Members<'_>, field: &str) -> Result<Option<String>, Failure> {
    let Some(value) = members.get(field).map(|value| value.get()) else {
        return Ok(None);
    };
    // The grammar has been checked: a string that cannot be text now has half of a surrogate pair.
    let problem = if value.starts_with('"') {
        "holds a lone surrogate, which is not text"
    } else {
        "must be a string"
    };
    let text = serde_json::from_str::<String>(value);
    let text = text.map_err(|_| Failure::new(400, format!("'{field}' {problem}")))?;
    Ok(Some(text.trim_matches(is_space).to_owned()))
}

/// Trims as Python's `str.strip()` does: the white space of Unicode and the four separators U+001C to
/// U+001F, which Rust does not count.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

#[cfg(test)]
mod tests;
