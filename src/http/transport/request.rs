//! A request of `tiny_http` as a value: its headers, and its body as far as that is taken.

use std::sync::LazyLock;
use std::{iter, mem};

use tiny_http::{HTTPVersion, Header, Headers};

use super::framing;
use crate::http::error::Failure;
use crate::http::limits::Limits;
use crate::http::message::Request;
use crate::timestamp;

/// What stands in the place of a header that was taken.
static TAKEN: LazyLock<Header> = LazyLock::new(|| "Taken: -".parse().expect("it is a header"));

pub(super) fn read(
    request: &mut tiny_http::Request,
    limits: &Limits,
) -> (Request, Result<(), Failure>) {
    let time = timestamp::now();
    let mut headers = request.headers().clone();
    let mut hosts = take(&mut headers, "Host");
    let lengths = take(&mut headers, "Content-Length");
    let length = framing::length(&lengths, &take(&mut headers, "Transfer-Encoding"));
    let body = match hosts.len() {
        0 | 1 => length.and_then(|it| framing::read(it, || request.as_reader(), limits)),
        _ => Err(Failure::new(400, "there are two Host headers")),
    };
    let (read, body) = body.map_or_else(|it| (Err(it), Vec::new()), |body| (Ok(()), body));
    let asked = list(&mut headers, "Connection").unwrap_or_default();
    let value = Request {
        time,
        client: request.remote_addr().copied(),
        method: request.method().as_str().to_owned(),
        target: request.url().to_owned(),
        closes: framing::closes(is_http_1_0(request), &asked),
        host: hosts.pop(),
        authorization: list(&mut headers, "Authorization"),
        content_type: list(&mut headers, "Content-Type"),
        if_match: list(&mut headers, "If-Match"),
        if_none_match: list(&mut headers, "If-None-Match"),
        body,
    };
    (value, read)
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
