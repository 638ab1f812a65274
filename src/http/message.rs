//! Requests and responses as values.

use std::fs::File;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::etag;
use crate::note::Note;

/// How much of a response is held in memory, in bytes.
const LONGEST_IN_MEMORY: usize = 1024 * 1024;

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
    /// A file without a name that has what comes before `body`, where the whole is too long for memory.
    pub(super) spilled: Option<File>,
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

    /// Moves what the body has by now to a file, once it is long. All of it stays in memory where no file can be
    /// made, as in a container that is read-only.
    pub(super) fn spill(&mut self) -> io::Result<()> {
        if self.body.len() < LONGEST_IN_MEMORY {
            return Ok(());
        }
        if self.spilled.is_none() {
            self.spilled = tempfile::tempfile().ok();
        }
        if let Some(file) = &mut self.spilled {
            file.write_all(&self.body)?;
            self.body.clear();
        }
        Ok(())
    }

    /// How long the body is, with what was spilled of it.
    pub(super) fn length(&self) -> u64 {
        let spilled = self.spilled.as_ref().and_then(|file| file.metadata().ok());
        spilled.map_or(0, |file| file.len()) + self.body.len() as u64
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
    #[test]
    fn a_long_body_leaves_the_memory_and_counts_on() {
        let mut response = Response::raw(200, vec![b' '; LONGEST_IN_MEMORY - 1]);
        response.spill().unwrap();
        assert!(response.spilled.is_none());
        for _ in 0..2 {
            response.body.resize(LONGEST_IN_MEMORY, b' ');
            response.spill().unwrap();
            assert!(response.body.is_empty());
        }
        response.body.push(b' ');
        assert_eq!(response.length(), 2 * LONGEST_IN_MEMORY as u64 + 1);
    }
}
