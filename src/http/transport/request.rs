//! A request of `tiny_http` as a value: its headers, and its body as far as that is taken.

use std::sync::LazyLock;
use std::{iter, mem};

use tiny_http::{HTTPVersion, Header, Headers};

use super::framing::{self, Length};
use crate::http::error::Failure;
use crate::http::limits::Limits;
use crate::http::message::Request;
use crate::timestamp;

/// The longest body that `tiny_http` reads together with the headers.
const READ_AT_ONCE: usize = 1_024;

/// Replaces a header that was taken.
static TAKEN: LazyLock<Header> = LazyLock::new(|| "Taken: -".parse().expect("it is a header"));

pub(super) fn read(
    request: &mut tiny_http::Request,
    limits: &Limits,
) -> (Request, Result<(), Failure>) {
    let time = timestamp::now();
    let is_http_1_0 = is_http_1_0(request);
    let is_undecoded = is_undecoded(request);
    let mut headers = request.headers().clone();
    let mut hosts = take(&mut headers, "Host");
    let lengths = take(&mut headers, "Content-Length");
    let encodings = take(&mut headers, "Transfer-Encoding");
    let length = match hosts.len() {
        0 | 1 => framing::length(is_http_1_0, &lengths, &encodings),
        _ => Err(Failure::new(400, "there are two Host headers")),
    };
    let body = match length {
        Ok(Length::Bytes(0)) => Ok(Vec::new()),
        Ok(Length::Chunked) if is_undecoded => framing::read_chunks(request.as_reader(), limits),
        Ok(length) => framing::read(length, request.as_reader(), limits),
        Err(failure) => Err(failure),
    };
    let (body, read) = match body {
        Ok(body) => (body, Ok(())),
        Err(failure) => (Vec::new(), Err(failure)),
    };
    let asked = list(&mut headers, "Connection").unwrap_or_default();
    let value = Request {
        time,
        client: request.remote_addr().copied(),
        method: request.method().as_str().to_owned(),
        target: request.url().to_owned(),
        closes: framing::closes(is_http_1_0, &asked),
        host: hosts.pop(),
        authorization: list(&mut headers, "Authorization"),
        content_type: list(&mut headers, "Content-Type"),
        if_match: list(&mut headers, "If-Match"),
        if_none_match: list(&mut headers, "If-None-Match"),
        last_event_id: list(&mut headers, "Last-Event-ID"),
        body,
    };
    (value, read)
}

pub(super) fn is_http_1_0(request: &tiny_http::Request) -> bool {
    *request.http_version() <= HTTPVersion(1, 0)
}

/// Returns true if `tiny_http` hands out the bytes of the connection in place of a body, since the client asks for
/// an upgrade. It looks at the first header alone.
fn is_undecoded(request: &tiny_http::Request) -> bool {
    let first = request.headers().get("Connection");
    first.is_some_and(|value| value.as_str().to_ascii_lowercase().contains("upgrade"))
}

/// Returns true if `tiny_http` reads what is left of the body before it hands out a writer.
pub(super) fn is_drained(request: &tiny_http::Request) -> bool {
    !is_undecoded(request)
        && request.body_length().is_some_and(|length| {
            // A short body has been read, unless the client waits to be asked for it.
            length > READ_AT_ONCE || request.headers().contains("Expect")
        })
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
