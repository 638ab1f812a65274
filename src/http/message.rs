//! Requests and responses as values.

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::etag;
use crate::note::Note;

#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) time: DateTime<Utc>,
    pub(super) client: Option<SocketAddr>,
    /// As it was sent: methods are told apart by case (RFC 9110, 9.1).
    pub(super) method: String,
    /// As it was sent: a path and perhaps a query, or a whole URL.
    pub(super) target: String,
    /// Whether its connection is to end after it.
    pub(super) closes: bool,
    pub(super) host: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// Whether a GET, or a HEAD, whose response is that to a GET without the body.
    pub(super) fn is_get(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

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
#[derive(Clone, Debug, Default)]
pub(super) struct Response {
    pub(super) status: u16,
    /// A header beside those that every response has: its name and value.
    pub(super) header: Option<(&'static str, &'static str)>,
    pub(super) etag: Option<String>,
    /// JSON; or empty, and then without a `Content-Type`.
    pub(super) body: Vec<u8>,
    /// What the log is to say of it; a client never sees this.
    pub(super) cause: Option<String>,
}

impl Response {
    pub(super) fn json(status: u16, value: &impl Serialize) -> Self {
        // Strings, numbers and maps with text keys always serialize.
        Self::raw(status, serde_json::to_vec(value).unwrap_or_default())
    }

    pub(super) fn note(status: u16, note: &Note) -> Self {
        let mut response = Self::json(status, note);
        response.etag = Some(etag::of(&response.body));
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

    pub(super) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    pub(super) fn because_of(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
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
