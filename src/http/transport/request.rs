//! A request of `tiny_http` as a value: its headers, and its body as far as that is taken.

use std::io::{self, Read as _};
use std::sync::LazyLock;
use std::time::Instant;
use std::{iter, mem};

use tiny_http::{Header, Headers};

use super::response::{closes, is_http_1_0};
use crate::http::error::Failure;
use crate::http::framing::Framing;
use crate::http::limits::Limits;
use crate::http::message::Request;

/// What stands in the place of a header that was taken.
static TAKEN: LazyLock<Header> = LazyLock::new(|| "Taken: -".parse().expect("it is a header"));

/// How much of a body is read at once.
const PIECE: usize = 16 * 1_024;

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
        let mut headers = request.headers().clone();
        let hosts = take(&mut headers, "Host");
        let framing = Framing::of(
            &take(&mut headers, "Content-Length"),
            &take(&mut headers, "Transfer-Encoding"),
            is_http_1_0(request),
        );
        let framing = match framing {
            Ok(_) if hosts.len() > 1 => Err(Failure::new(400, "there are two Host headers")),
            framing => framing,
        };
        // A length that cannot be counted `tiny_http` takes for none.
        let is_length_known = matches!(framing, Ok(Framing::Length(length)) if length < u64::MAX);
        let (body, problem) = match framing.and_then(|framing| body(request, framing, limits)) {
            Ok(body) => (body, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let asked = list(&mut headers, "Connection").unwrap_or_default();
        Self {
            closes: problem.is_some() || closes(is_http_1_0(request), &asked),
            is_body_unread: problem.is_some() && is_length_known,
            problem,
            request: Request {
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

/// Reads a body.
fn body(
    request: &mut tiny_http::Request,
    framing: Framing,
    limits: &Limits,
) -> Result<Vec<u8>, Failure> {
    let until = Instant::now() + limits.transfer;
    let limit = limits.body;
    let too_large = || {
        let text = format!("the body is longer than the {limit} bytes that are taken");
        Failure::new(413, text)
    };
    let too_slow = || Failure::new(408, "the request did not arrive in time");
    let most = match framing {
        Framing::Length(0) => return Ok(Vec::new()),
        Framing::Length(length) if length > limit => return Err(too_large()),
        Framing::Length(length) => length,
        Framing::Chunked => limit.saturating_add(1),
    };
    let mut reader = request.as_reader().take(most);
    let (mut body, mut piece) = (Vec::new(), [0; PIECE]);
    loop {
        match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => body.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(too_slow()),
            Err(_) => return Err(Failure::new(400, "the body cannot be read to its end")),
        }
        if Instant::now() > until {
            return Err(too_slow());
        }
    }
    match framing {
        Framing::Length(_) if reader.limit() > 0 => {
            Err(Failure::new(400, "the body ended before its length"))
        }
        Framing::Chunked if reader.limit() == 0 => Err(too_large()),
        _ => Ok(body),
    }
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
