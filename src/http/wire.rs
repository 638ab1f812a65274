//! How a response is written down, and whether its connection goes on.
//!
//! Nothing here knows what is in it, or what a socket is.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};

use super::message::{Method, Response, Status};

/// What a client is told that waits to send its body (RFC 9110, 15.2.1).
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Room for the status line and the headers.
const HEAD: usize = 256;

/// The version of HTTP that a client speaks, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// A connection ends with its response unless the client asks otherwise.
    Http10,
    /// A connection stays unless the client asks otherwise.
    Http11,
}

/// What becomes of the connection after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// It stays, as HTTP/1.1 has it by itself.
    Stays,
    /// It stays, and an HTTP/1.0 client that asked for this is told so.
    Kept,
    /// It ends.
    Closes,
}

impl Connection {
    /// What a client expects of the connection after its request, by the header `Connection` (RFC
    /// 9112, 9.3). A client that asks for an upgrade, which it does not get, sends nothing more that
    /// would be read.
    #[must_use]
    pub(super) fn after(version: Version, asked: Option<&str>) -> Self {
        let asks = |option: &str| {
            let options = asked.unwrap_or_default().split(',');
            options
                .map(str::trim)
                .any(|asked| asked.eq_ignore_ascii_case(option))
        };
        match version {
            _ if asks("close") || asks("upgrade") => Self::Closes,
            Version::Http11 => Self::Stays,
            Version::Http10 if asks("keep-alive") => Self::Kept,
            Version::Http10 => Self::Closes,
        }
    }
}

/// Whether the body of a response is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Headers and body.
    Whole,
    /// The headers alone, as they would be with the body: the answer to HEAD.
    Head,
}

impl Part {
    /// What answers a request with that method.
    #[must_use]
    pub(super) fn answering(method: Method) -> Self {
        match method {
            Method::Head => Self::Head,
            _ => Self::Whole,
        }
    }
}

/// Writes a response down as HTTP/1.1 (RFC 9112) in one piece, so that it leaves in one packet
/// where it fits into one.
#[must_use]
pub(super) fn encode(
    response: &Response,
    part: Part,
    connection: Connection,
    now: DateTime<Utc>,
) -> Vec<u8> {
    let mut head = String::with_capacity(HEAD + response.body.len());
    // Writing to a String cannot fail.
    let _ = write!(
        head,
        "HTTP/1.1 {} {}\r\n",
        response.status.code(),
        response.status.reason(),
    );
    // The length that a 304 may tell is that of the body it does without (RFC 9110, 8.6).
    if response.status != Status::NotModified {
        let _ = write!(head, "Content-Length: {}\r\n", response.body.len());
    }
    head.push_str("Date: ");
    push_date(&mut head, now);
    head.push_str("\r\n");
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
    if part == Part::Whole {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}

/// Writes a time as RFC 9110, 5.6.7, has it. Every response has one, so this is done by hand: the
/// patterns of chrono take several times as long.
fn push_date(text: &mut String, time: DateTime<Utc>) {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let name = |names: &[&'static str], at: u32| {
        let at = usize::try_from(at).unwrap_or_default();
        names.get(at).copied().unwrap_or_default()
    };
    let year = time.year().unsigned_abs();
    text.push_str(name(&DAYS, time.weekday().num_days_from_monday()));
    text.push_str(", ");
    push_two(text, time.day());
    text.push(' ');
    text.push_str(name(&MONTHS, time.month0()));
    text.push(' ');
    push_two(text, year / 100);
    push_two(text, year);
    for (mark, number) in [
        (' ', time.hour()),
        (':', time.minute()),
        (':', time.second()),
    ] {
        text.push(mark);
        push_two(text, number);
    }
    text.push_str(" GMT");
}

/// Writes the last two digits of a number.
fn push_two(text: &mut String, number: u32) {
    let digits = [number / 10 % 10, number % 10];
    text.extend(digits.map(|digit| char::from_digit(digit, 10).unwrap_or_default()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp;

    #[test]
    fn a_connection_stays_as_the_client_expects() {
        for (version, asked, expected) in [
            (Version::Http11, None, Connection::Stays),
            (Version::Http11, Some("keep-alive"), Connection::Stays),
            (Version::Http11, Some("x-close"), Connection::Stays),
            (Version::Http11, Some("Close"), Connection::Closes),
            (
                Version::Http11,
                Some("Upgrade, HTTP2-Settings"),
                Connection::Closes,
            ),
            (Version::Http10, None, Connection::Closes),
            (Version::Http10, Some("Keep-Alive"), Connection::Kept),
            (Version::Http10, Some("close"), Connection::Closes),
        ] {
            assert_eq!(
                Connection::after(version, asked),
                expected,
                "{version:?} {asked:?}"
            );
        }
    }

    fn written(response: &Response, part: Part, connection: Connection) -> String {
        let now = timestamp::parse("1994-11-06T08:49:37.5+00:00").unwrap();
        String::from_utf8(encode(response, part, connection, now)).unwrap()
    }

    #[test]
    fn a_response_is_written_in_one_piece() {
        let response = Response::json(Status::Created, &"é").with_header("Allow", "GET");
        assert_eq!(
            written(&response, Part::Whole, Connection::Closes),
            "HTTP/1.1 201 Created\r\nContent-Length: 4\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             Content-Type: application/json\r\nAllow: GET\r\nConnection: close\r\n\r\n\"é\""
        );
    }

    #[test]
    fn a_head_keeps_the_length_and_loses_the_body() {
        let response = Response::json(Status::Ok, &"abc");
        let text = written(&response, Part::Head, Connection::Stays);
        assert!(text.contains("Content-Length: 5\r\n"), "{text}");
        assert!(text.ends_with("application/json\r\n\r\n"), "{text}");
    }

    #[test]
    fn an_empty_body_has_no_type() {
        let text = written(
            &Response::raw(Status::Ok, Vec::new()),
            Part::Whole,
            Connection::Kept,
        );
        assert!(text.contains("Content-Length: 0\r\n"), "{text}");
        assert!(!text.contains("Content-Type"), "{text}");
        assert!(text.ends_with("Connection: keep-alive\r\n\r\n"), "{text}");
    }
}
