//! Requests and responses as values.

use std::fs::File;
use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use super::budget::Share;
use super::error::Failure;
use super::events::Reader;
use crate::note::Note;
use crate::note::etag::entity_tag;

#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) time: DateTime<Utc>,
    pub(super) client: Option<SocketAddr>,
    /// As it was sent: methods are told apart by case (RFC 9110, 9.1).
    pub(super) method: String,
    /// As it was sent: a path and perhaps a query, or a whole URL.
    pub(super) target: String,
    /// True if the connection ends after it.
    pub(super) closes: bool,
    pub(super) host: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) last_event_id: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The target's authority, which stands above `Host`, where it is a whole URL (RFC 9112, 3.2.2), and its
    /// path with the query cut off.
    pub(super) fn authority_and_path(&self) -> (Option<&str>, &str) {
        let target = self.target.split(['?', '#']).next().unwrap_or_default();
        match target.split_once("://") {
            Some((_, url)) if !target.starts_with('/') => {
                let (authority, path) = url.split_at(url.find('/').unwrap_or(url.len()));
                (Some(authority), if path.is_empty() { "/" } else { path })
            }
            _ => (None, target),
        }
    }
}

/// A response. Its headers are known when the program is built, or are digits, so that no text of a
/// client can end up in one.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub(super) status: u16,
    /// A header beside those that every response has: its name and value.
    pub(super) header: Option<(&'static str, &'static str)>,
    pub(super) etag: Option<String>,
    /// JSON; or empty, and then without a `Content-Type`.
    pub(super) body: Vec<u8>,
    /// In place of `body`, where that is too long for memory.
    pub(super) spilled: Option<Spilled>,
    /// The memory that is counted for the body until it is sent.
    pub(super) held: Option<Share>,
    /// In place of a body, with an end only when the connection ends. None for HEAD.
    pub(super) events: Option<Reader>,
    pub(super) is_stream: bool,
    /// The reason, for the log; a client never sees it.
    pub(super) cause: Option<String>,
}

/// A body in a file without a name.
#[derive(Debug)]
pub(super) struct Spilled {
    pub(super) file: File,
    pub(super) length: u64,
    /// The disk space that is counted for it until it is sent.
    #[expect(dead_code, reason = "held until it is dropped")]
    pub(super) share: Share,
}

impl Response {
    pub(super) fn json(status: u16, value: &impl Serialize) -> Self {
        Self::raw(status, json(value, 512))
    }

    pub(super) fn with_note(status: u16, note: &Note) -> Self {
        let mut response = Self::raw(status, json(note, note.size() + 256));
        response.etag = Some(entity_tag(&response.body));
        response
    }

    /// A response whose body is JSON already, or empty.
    pub(super) fn raw(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            ..Self::default()
        }
    }

    pub(super) fn stream(events: Option<Reader>) -> Self {
        Self {
            status: 200,
            events,
            is_stream: true,
            ..Self::default()
        }
    }

    /// Returns the length of the body, wherever it is.
    pub(super) fn length(&self) -> u64 {
        let spilled = self.spilled.as_ref();
        spilled.map_or(0, |spilled| spilled.length) + self.body.len() as u64
    }

    pub(super) fn because_of(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

/// Returns the JSON of a value. `capacity` is the length that it usually has at most.
fn json(value: &impl Serialize, capacity: usize) -> Vec<u8> {
    let mut body = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut body, value)
        .expect("strings, numbers and maps with text keys always serialize");
    body
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        let mut response = Self::json(failure.status, &json!({ "error": failure.text() }));
        response.header = failure.header;
        response.because_of(failure.cause())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_path_or_a_whole_url() {
        for (target, expected) in [
            ("/a?b=/c", (None, "/a")),
            ("/a#b", (None, "/a")),
            ("/a://b", (None, "/a://b")),
            ("http://h:1/a?b", (Some("h:1"), "/a")),
            ("http://h?b", (Some("h"), "/")),
            ("*", (None, "*")),
            ("", (None, "")),
        ] {
            let request = Request {
                target: target.to_owned(),
                ..Request::default()
            };
            assert_eq!(request.authority_and_path(), expected, "{target}");
        }
    }
}
