//! A request of `tiny_http` as a value: its headers, and its body as far as that is taken.

use std::io::{self, Read as _};
use std::mem;
use std::sync::LazyLock;
use std::time::Instant;

use tiny_http::{HTTPVersion, Header, Headers};

use super::response::Connection;
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
    /// What is to become of the connection after it.
    pub(super) connection: Connection,
    /// Why it is refused before it is looked at.
    pub(super) problem: Option<Failure>,
    /// Whether its body is left to be read by `tiny_http`, which knows its length.
    pub(super) is_body_unread: bool,
}

impl Incoming {
    /// Reads what is left of a request.
    pub(super) fn read(request: &mut tiny_http::Request, limits: &Limits) -> Self {
        let is_http_1_0 = *request.http_version() <= HTTPVersion(1, 0);
        let mut headers = Values::of(request.headers());
        let hosts = headers.take("Host");
        let framing = Framing::of(
            &headers.take("Content-Length"),
            &headers.take("Transfer-Encoding"),
            is_http_1_0,
        );
        let asked = headers.list("Connection").unwrap_or_default();
        let mut incoming = Self {
            request: Request {
                method: request.method().as_str().to_owned(),
                target: request.url().to_owned(),
                host: hosts.first().cloned(),
                authorization: headers.list("Authorization"),
                content_type: headers.list("Content-Type"),
                if_match: headers.list("If-Match"),
                if_none_match: headers.list("If-None-Match"),
                body: Vec::new(),
            },
            connection: Connection::after(is_http_1_0, &asked),
            problem: None,
            is_body_unread: false,
        };
        let framing = match framing {
            Ok(_) if hosts.len() > 1 => Err(Failure::new(400, "there are two Host headers")),
            framing => framing,
        };
        let body = framing.and_then(|framing| {
            body(request, framing, limits).inspect_err(|_| {
                // A length that cannot be counted it takes for none.
                incoming.is_body_unread =
                    matches!(framing, Framing::Length(length) if length < u64::MAX);
            })
        });
        match body {
            Ok(body) => incoming.request.body = body,
            Err(failure) => {
                incoming.problem = Some(failure);
                incoming.connection = Connection::Closes;
            }
        }
        incoming
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

fn too_slow() -> Failure {
    Failure::new(408, "the request did not arrive in time")
}

/// The headers of a request, of which `tiny_http` gives the first of a name alone: each that is taken is
/// overwritten, so that the next one becomes the first.
struct Values(Headers);

impl Values {
    fn of(headers: &Headers) -> Self {
        Self(headers.clone())
    }

    /// Takes the values of every header with a name.
    fn take(&mut self, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        while let Some(header) = self.0.get_header_mut(name) {
            let header = mem::replace(header, TAKEN.clone());
            values.push(header.value.as_str().to_owned());
        }
        values
    }

    /// The same as one list, which they are (RFC 9110, 5.3).
    fn list(&mut self, name: &str) -> Option<String> {
        let values = self.take(name);
        (!values.is_empty()).then(|| values.join(", "))
    }
}
