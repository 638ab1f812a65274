//! How a response is written down and sent, and whether its connection goes on.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::{Instant, SystemTime};

use tiny_http::{Header, StatusCode};

use crate::http::message::Response;

/// Room for the status line and the headers.
const HEAD: usize = 256;

/// What becomes of the connection after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// It stays, as HTTP/1.1 has it by itself.
    Stays,
    /// It stays, and an HTTP/1.0 client that asked for this is told so.
    Kept,
    Closes,
}

impl Connection {
    /// What a client expects by its header `Connection` (RFC 9112, 9.3). A client that asks for an upgrade,
    /// which it does not get, sends nothing more that would be read.
    pub(super) fn after(is_http_1_0: bool, asked: &str) -> Self {
        let asks = |option: &str| {
            let mut options = asked.split(',').map(str::trim);
            options.any(|asked| asked.eq_ignore_ascii_case(option))
        };
        if asks("close") || asks("upgrade") {
            return Self::Closes;
        }
        match is_http_1_0 {
            false => Self::Stays,
            true if asks("keep-alive") => Self::Kept,
            true => Self::Closes,
        }
    }
}

/// Sends a response in one write, if the client takes it in time. Fails where the connection is to end.
pub(super) fn send(
    request: tiny_http::Request,
    response: &Response,
    connection: Connection,
    until: Instant,
) -> io::Result<()> {
    let is_head = request.method() == &tiny_http::Method::Head;
    let bytes = encode(response, is_head, connection, SystemTime::now());
    let mut writer = request.into_writer();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let count = writer.write(rest)?;
        rest = &rest[count..];
        if Instant::now() > until {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    writer.flush()?;
    match connection {
        Connection::Closes => Err(io::ErrorKind::ConnectionAborted.into()),
        Connection::Stays | Connection::Kept => Ok(()),
    }
}

/// Sends a response to a request whose body was not read; it is read and thrown away after that. Fails, since
/// it is not known how much of it came.
pub(super) fn refuse(request: tiny_http::Request, response: Response) -> io::Result<()> {
    let data = tiny_http::Response::from_data(response.body)
        .with_status_code(response.status)
        .with_header(header("Content-Type: application/json"));
    request.respond(data)?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

fn header(text: &str) -> Header {
    text.parse().expect("it is one")
}

fn encode(response: &Response, is_head: bool, connection: Connection, now: SystemTime) -> Vec<u8> {
    let status = StatusCode(response.status);
    let mut head = String::with_capacity(HEAD + response.body.len());
    // Writing to a String cannot fail.
    let _ = write!(
        head,
        "HTTP/1.1 {} {}\r\n",
        status.0,
        status.default_reason_phrase()
    );
    // The length that a 304 may tell is that of the body it does without (RFC 9110, 8.6).
    if status != StatusCode::NOT_MODIFIED {
        let _ = write!(head, "Content-Length: {}\r\n", response.body.len());
    }
    let _ = write!(head, "Date: {}\r\n", httpdate::HttpDate::from(now));
    if !response.body.is_empty() {
        head.push_str("Content-Type: application/json\r\n");
    }
    if let Some(etag) = &response.etag {
        let _ = write!(head, "ETag: {etag}\r\n");
    }
    if let Some((name, value)) = response.header {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str(match connection {
        Connection::Stays => "\r\n",
        Connection::Kept => "Connection: keep-alive\r\n\r\n",
        Connection::Closes => "Connection: close\r\n\r\n",
    });
    let mut bytes = head.into_bytes();
    if !is_head {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_stays_as_the_client_expects() {
        for (is_http_1_0, asked, expected) in [
            (false, "", Connection::Stays),
            (false, "keep-alive", Connection::Stays),
            (false, "x-close", Connection::Stays),
            (false, "Close", Connection::Closes),
            (false, "Upgrade, HTTP2-Settings", Connection::Closes),
            (true, "", Connection::Closes),
            (true, "Keep-Alive", Connection::Kept),
            (true, "close", Connection::Closes),
        ] {
            let connection = Connection::after(is_http_1_0, asked);
            assert_eq!(connection, expected, "{is_http_1_0} {asked}");
        }
    }

    fn written(response: &Response, is_head: bool, connection: Connection) -> String {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        String::from_utf8(encode(response, is_head, connection, now)).unwrap()
    }

    #[test]
    fn a_response_is_written_in_one_piece() {
        let mut response = Response::json(201, &"é");
        response.header = Some(("Allow", "GET"));
        assert_eq!(
            written(&response, false, Connection::Closes),
            "HTTP/1.1 201 Created\r\nContent-Length: 4\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             Content-Type: application/json\r\nAllow: GET\r\nConnection: close\r\n\r\n\"é\""
        );
    }

    #[test]
    fn a_head_keeps_the_length_and_loses_the_body() {
        let text = written(&Response::json(200, &"abc"), true, Connection::Stays);
        assert!(text.contains("Content-Length: 5\r\n"), "{text}");
        assert!(text.ends_with("application/json\r\n\r\n"), "{text}");
    }

    #[test]
    fn an_empty_body_has_no_type() {
        let text = written(&Response::raw(200, Vec::new()), false, Connection::Kept);
        assert!(text.contains("Content-Length: 0\r\n"), "{text}");
        assert!(!text.contains("Content-Type"), "{text}");
        assert!(text.ends_with("Connection: keep-alive\r\n\r\n"), "{text}");
    }
}
