//! A request of `tiny_http` as a value: its headers, and its body as far as that is taken.

use std::sync::LazyLock;
use std::{iter, mem};

use tiny_http::{HTTPVersion, Header, Headers};

use crate::http::error::Failure;
use crate::http::framing::{Framing, closes};
use crate::http::limits::Limits;
use crate::http::message::Request;
use crate::timestamp;

/// What stands in the place of a header that was taken.
static TAKEN: LazyLock<Header> = LazyLock::new(|| "Taken: -".parse().expect("it is a header"));

/// A request that has been read, or as much of it as is taken.
pub(super) struct Incoming {
    pub(super) request: Request,
    /// Whether the connection is to end after it.
    pub(super) closes: bool,
    /// Why it is refused before it is looked at.
    pub(super) problem: Option<Failure>,
    /// Whether its body is left to be read by `tiny_http`, which knows its length.
    pub(super) is_body_unread: bool,
}

impl Incoming {
    /// Reads what is left of a request.
    pub(super) fn read(request: &mut tiny_http::Request, limits: &Limits) -> Self {
        let time = timestamp::now();
        let is_http_1_0 = is_http_1_0(request);
        let mut headers = request.headers().clone();
        let hosts = take(&mut headers, "Host");
        let framing = match &hosts[..] {
            [] | [_] => Framing::of(
                &take(&mut headers, "Content-Length"),
                &take(&mut headers, "Transfer-Encoding"),
                is_http_1_0,
            ),
            _ => Err(Failure::new(400, "there are two Host headers")),
        };
        // A length that cannot be counted `tiny_http` takes for none.
        let is_length_known = matches!(framing, Ok(Framing::Length(length)) if length < u64::MAX);
        let body = framing.and_then(|framing| framing.read(|| request.as_reader(), limits));
        let (body, problem) = match body {
            Ok(body) => (body, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let asked = list(&mut headers, "Connection").unwrap_or_default();
        Self {
            closes: problem.is_some() || closes(is_http_1_0, &asked),
            is_body_unread: problem.is_some() && is_length_known,
            problem,
            request: Request {
                time,
                client: request.remote_addr().copied(),
                method: request.method().as_str().to_owned(),
                target: request.url().to_owned(),
                host: hosts.into_iter().next(),
                authorization: list(&mut headers, "Authorization"),
                content_type: list(&mut headers, "Content-Type"),
                if_match: list(&mut headers, "If-Match"),
                if_none_match: list(&mut headers, "If-None-Match"),
                body,
            },
        }
    }
}

pub(super) fn is_http_1_0(request: &tiny_http::Request) -> bool {
    *request.http_version() <= HTTPVersion(1, 0)
}

/// Takes the values of every header with a name. `tiny_http` gives the first of a name alone: each that is
/// taken is overwritten, so that the next one becomes the first.
fn take(headers: &mut Headers, name: &str) -> Vec<String> {
    let next = || {
        let header = mem::replace(headers.get_header_mut(name)?, TAKEN.clone());
        Some(header.value.as_str().to_owned())
    };
    iter::from_fn(next).collect()
}

/// The same as one list, which they are (RFC 9110, 5.3).
fn list(headers: &mut Headers, name: &str) -> Option<String> {
    let values = take(headers, name);
    (!values.is_empty()).then(|| values.join(", "))
}
