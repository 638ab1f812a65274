//! Writes and sends a response, and ends its connection if it must.

use std::fmt;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::time::{Duration, Instant, SystemTime};

use tiny_http::{Header, StatusCode};

use super::framing::Timed;
use super::request::{is_drained, is_http_1_0};
use crate::http::budget::Budget;
use crate::http::message::Response;

/// The size of one read from a body that is in a file.
const PIECE: usize = 64 * 1024;

/// A body of at most this length is sent in one write with its head. A longer one is not copied for that.
const LONGEST_IN_ONE_WRITE: usize = 64 * 1024;

/// Sends a response, if the client takes it in time. Fails where the connection is to end.
pub(super) fn send(
    request: tiny_http::Request,
    response: &Response,
    closes: bool,
    time: Duration,
) -> io::Result<()> {
    // An HTTP/1.0 client asked for the connection to stay, and is told so.
    let stays = is_http_1_0(&request).then_some("keep-alive");
    let connection = if closes { Some("close") } else { stays };
    let is_head = request.method() == &tiny_http::Method::Head;
    let body = if is_head {
        &[]
    } else {
        response.body.as_slice()
    };
    let is_one_write = body.len() <= LONGEST_IN_ONE_WRITE;
    let room = if is_one_write { body.len() } else { 0 };
    let mut bytes = head(response, connection, SystemTime::now(), room);
    let mut writer = Timed {
        stream: request.into_writer(),
        until: Instant::now() + time,
    };
    if is_one_write {
        bytes.extend_from_slice(body);
        writer.write_all(&bytes)?;
    } else {
        writer.write_all(&bytes)?;
        writer.write_all(body)?;
    }
    if let (Some(spilled), false) = (&response.spilled, is_head) {
        let mut file = &spilled.file;
        file.rewind()?;
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                count => writer.write_all(&piece[..count])?,
            }
        }
    }
    writer.flush()?;
    if closes {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(())
}

/// Sends events as they come, each if the client takes it in time. Fails when the stream ends: only the end of
/// the connection shows its end.
pub(super) fn stream(
    request: tiny_http::Request,
    response: &mut Response,
    memory: &Budget,
    time: Duration,
) -> io::Result<()> {
    let head = head(response, Some("close"), SystemTime::now(), 0);
    let mut writer = Timed {
        stream: request.into_writer(),
        until: Instant::now() + time,
    };
    writer.write_all(&head)?;
    writer.flush()?;
    let Some(mut events) = response.events.take() else {
        return Err(io::ErrorKind::ConnectionAborted.into());
    };
    while let Some(block) = events.next() {
        // What slow clients make the server keep is bounded for all of them together.
        let share = memory.hold(block.len());
        let _share = share.map_err(|_| io::ErrorKind::ConnectionAborted)?;
        writer.until = Instant::now() + time;
        writer.write_all(&block)?;
        writer.flush()?;
    }
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// Sends a response to a request whose body was not read to its end, and fails: the connection ends, since the rest
/// of the body would be read as a request.
pub(super) fn refuse(
    request: tiny_http::Request,
    response: &Response,
    time: Duration,
) -> io::Result<()> {
    if !is_drained(&request) {
        return send(request, response, true, time);
    }
    // Only `respond` writes before the rest of the body is read. It leaves `Connection: close` out.
    let json = Header::from_str("Content-Type", "application/json").expect("it is a header");
    let data = tiny_http::Response::from_data(response.body.as_slice()).with_header(json);
    request.respond(data.with_status_code(response.status))?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// Returns the head of a response, with room for that many bytes after it.
fn head(response: &Response, connection: Option<&str>, now: SystemTime, room: usize) -> Vec<u8> {
    let status = StatusCode(response.status);
    let date = httpdate::HttpDate::from(now);
    let mut bytes = Vec::with_capacity(512 + room);
    let mut line = |line: fmt::Arguments<'_>| {
        // Writing to a Vec cannot fail.
        let _ = write!(bytes, "{line}\r\n");
    };
    let reason = status.default_reason_phrase();
    line(format_args!("HTTP/1.1 {} {reason}", status.0));
    // The length that a 304 may tell is that of the body it does without (RFC 9110, 8.6).
    if status != StatusCode::NOT_MODIFIED && !response.is_stream {
        line(format_args!("Content-Length: {}", response.length()));
    }
    line(format_args!("Date: {date}"));
    if response.length() > 0 {
        line(format_args!("Content-Type: application/json"));
    }
    if response.is_stream {
        line(format_args!("Content-Type: text/event-stream"));
        line(format_args!("Cache-Control: no-store"));
        // nginx passes each event on at once.
        line(format_args!("X-Accel-Buffering: no"));
    }
    if let Some(etag) = &response.etag {
        line(format_args!("ETag: {etag}"));
    }
    if let Some((name, value)) = response.header {
        line(format_args!("{name}: {value}"));
    }
    if let Some(connection) = connection {
        line(format_args!("Connection: {connection}"));
    }
    line(format_args!(""));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(response: &Response, connection: Option<&str>) -> String {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        String::from_utf8(super::head(response, connection, now, 0)).unwrap()
    }

    #[test]
    fn a_head_has_the_length_and_the_type_of_its_body() {
        let mut response = Response::json(201, &"é");
        response.header = Some(("Allow", "GET"));
        assert_eq!(
            head(&response, Some("close")),
            "HTTP/1.1 201 Created\r\nContent-Length: 4\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             Content-Type: application/json\r\nAllow: GET\r\nConnection: close\r\n\r\n"
        );
    }

    #[test]
    fn an_empty_body_has_no_type() {
        let text = head(&Response::raw(200, Vec::new()), Some("keep-alive"));
        assert!(text.contains("Content-Length: 0\r\n"), "{text}");
        assert!(!text.contains("Content-Type"), "{text}");
        assert!(text.ends_with("Connection: keep-alive\r\n\r\n"), "{text}");
    }
}
