//! Requests and responses as values.
//!
//! Nothing here knows a socket or Redis.

use serde::Serialize;

use super::etag::Etag;
use crate::note::Note;

/// Room for the body of most responses.
const BODY: usize = 1_024;

/// The method of a request, as far as any path here takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
    /// Any other: no path takes it.
    Other,
}

impl Method {
    /// Reads the first word of a request line; methods are told apart by case (RFC 9110, 9.1).
    #[must_use]
    pub(super) fn of(word: &str) -> Self {
        match word {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }
}

/// A request that has been read whole: its line, the headers that matter here, its body.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The method.
    pub(super) method: Method,
    /// The target as it was sent: a path and perhaps a query, or a whole URL.
    pub(super) target: String,
    /// The value of `Host`.
    pub(super) host: Option<String>,
    /// The value of `Authorization`.
    pub(super) authorization: Option<String>,
    /// The value of `Content-Type`.
    pub(super) content_type: Option<String>,
    /// The value of `If-Match`.
    pub(super) if_match: Option<String>,
    /// The value of `If-None-Match`.
    pub(super) if_none_match: Option<String>,
    /// The body; empty where there is none.
    pub(super) body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub(super) fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            host: None,
            authorization: None,
            content_type: None,
            if_match: None,
            if_none_match: None,
            body: Vec::new(),
        }
    }

    /// The target's authority, where it is a whole URL, and its path with the query cut off.
    ///
    /// The authority of such a target stands above `Host` (RFC 9112, 3.2.2).
    #[must_use]
    pub(super) fn authority_and_path(&self) -> (Option<&str>, &str) {
        let target = self.target.split(['?', '#']).next().unwrap_or_default();
        if target.starts_with('/') {
            return (None, target);
        }
        let Some((_, rest)) = target.split_once("://") else {
            return (None, target);
        };
        match rest.find('/') {
            Some(at) => {
                let (authority, path) = rest.split_at(at);
                (Some(authority), path)
            }
            None => (Some(rest), "/"),
        }
    }
}

/// The status of a response: those that are given here, and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// 200
    Ok,
    /// 201
    Created,
    /// 304
    NotModified,
    /// 400
    BadRequest,
    /// 401
    Unauthorized,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408
    RequestTimeout,
    /// 409
    Conflict,
    /// 412
    PreconditionFailed,
    /// 413
    ContentTooLarge,
    /// 417
    ExpectationFailed,
    /// 421
    MisdirectedRequest,
    /// 431
    RequestHeaderFieldsTooLarge,
    /// 500
    InternalServerError,
    /// 503
    ServiceUnavailable,
    /// 505
    HttpVersionNotSupported,
}

impl Status {
    /// The number.
    #[must_use]
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::Created => 201,
            Self::NotModified => 304,
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::ContentTooLarge => 413,
            Self::ExpectationFailed => 417,
            Self::MisdirectedRequest => 421,
            Self::RequestHeaderFieldsTooLarge => 431,
            Self::InternalServerError => 500,
            Self::ServiceUnavailable => 503,
            Self::HttpVersionNotSupported => 505,
        }
    }

    /// The words that RFC 9110 puts after the number.
    #[must_use]
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Created => "Created",
            Self::NotModified => "Not Modified",
            Self::BadRequest => "Bad Request",
            Self::Unauthorized => "Unauthorized",
            Self::NotFound => "Not Found",
            Self::MethodNotAllowed => "Method Not Allowed",
            Self::RequestTimeout => "Request Timeout",
            Self::Conflict => "Conflict",
            Self::PreconditionFailed => "Precondition Failed",
            Self::ContentTooLarge => "Content Too Large",
            Self::ExpectationFailed => "Expectation Failed",
            Self::MisdirectedRequest => "Misdirected Request",
            Self::RequestHeaderFieldsTooLarge => "Request Header Fields Too Large",
            Self::InternalServerError => "Internal Server Error",
            Self::ServiceUnavailable => "Service Unavailable",
            Self::HttpVersionNotSupported => "HTTP Version Not Supported",
        }
    }
}

/// A response. Its headers are known when the program is built, or are digits, so that no text of a
/// client can end up in one.
#[derive(Clone, Debug)]
pub(super) struct Response {
    /// The status.
    pub(super) status: Status,
    /// A header beside those that every response has: its name and value.
    pub(super) header: Option<(&'static str, &'static str)>,
    /// The tag of the note that the response shows.
    pub(super) etag: Option<Etag>,
    /// The body, JSON; or empty, and then without a `Content-Type`.
    pub(super) body: Vec<u8>,
    /// What the log is to say of it; a client never sees this.
    pub(super) cause: Option<String>,
}

impl Response {
    /// A response whose body is a value as JSON.
    #[must_use]
    pub(super) fn json(status: Status, value: &impl Serialize) -> Self {
        let mut body = Vec::with_capacity(BODY);
        // Strings, numbers and maps with text keys always serialize.
        let _ = serde_json::to_writer(&mut body, value);
        Self::raw(status, body)
    }

    /// A response that shows a note.
    #[must_use]
    pub(super) fn note(status: Status, note: &Note) -> Self {
        let mut response = Self::json(status, note);
        response.etag = Some(Etag::of(&response.body));
        response
    }

    /// A response whose body is JSON already, or empty.
    #[must_use]
    pub(super) fn raw(status: Status, body: Vec<u8>) -> Self {
        Self {
            status,
            header: None,
            etag: None,
            body,
            cause: None,
        }
    }

    /// The same with a header.
    #[must_use]
    pub(super) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
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
            let request = Request::new(Method::Get, target);
            assert_eq!(request.authority_and_path(), expected, "{target}");
        }
    }
}
