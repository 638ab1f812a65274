//! How a response is written down and sent, and whether its connection goes on.

use std::fmt;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::time::{Duration, Instant, SystemTime};

use tiny_http::{Header, StatusCode};

use super::request::is_http_1_0;
use crate::http::message::Response;

/// How much of a body that is in a file is read at once.
const PIECE: usize = 64 * 1024;

/// Sends a response in one write, or piece by piece if it is in a file, if the client takes it in time. Fails where
/// the connection is to end.
pub(super) fn send(
    request: tiny_http::Request,
    response: &Response,
    closes: bool,
    time: Duration,
) -> io::Result<()> {
    let until = Instant::now() + time;
    // An HTTP/1.0 client asked for the connection to stay, and is told so.
    let stays = is_http_1_0(&request).then_some("keep-alive");
    let connection = if closes { Some("close") } else { stays };
    let is_head = request.method() == &tiny_http::Method::Head;
    let bytes = encode(response, is_head, connection, SystemTime::now());
    let mut writer = request.into_writer();
    let mut write = |mut rest: &[u8]| {
        while !rest.is_empty() {
            let count = writer.write(rest)?;
            rest = &rest[count..];
            if Instant::now() > until {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        Ok::<_, io::Error>(())
    };
    write(&bytes)?;
    if let (Some(mut file), false) = (response.spilled.as_ref(), is_head) {
        file.rewind()?;
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                count => write(&piece[..count])?,
            }
        }
        write(&response.body)?;
    }
    writer.flush()?;
    if closes {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(())
}

/// Sends a response to a request that was not read to its end, before what is left of it is thrown away. Fails,
/// since it is not known how much of it came.
pub(super) fn refuse(request: tiny_http::Request, response: Response) -> io::Result<()> {
    let json = Header::from_str("Content-Type", "application/json").expect("it is a header");
    let data = tiny_http::Response::from_data(response.body).with_header(json);
    request.respond(data.with_status_code(response.status))?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// The head of a response, and its body if that is in memory.
fn encode(
    response: &Response,
    is_head: bool,
    connection: Option<&str>,
    now: SystemTime,
) -> Vec<u8> {
    let status = StatusCode(response.status);
    let date = httpdate::HttpDate::from(now);
    let mut bytes = Vec::with_capacity(256 + response.body.len());
    let mut line = |line: fmt::Arguments<'_>| {
        // Writing to a Vec cannot fail.
        let _ = write!(bytes, "{line}\r\n");
    };
    let reason = status.default_reason_phrase();
    line(format_args!("HTTP/1.1 {} {reason}", status.0));
    // The length that a 304 may tell is that of the body it does without (RFC 9110, 8.6).
    if status != StatusCode::NOT_MODIFIED {
        line(format_args!("Content-Length: {}", response.length()));
    }
    line(format_args!("Date: {date}"));
    if !response.body.is_empty() {
        line(format_args!("Content-Type: application/json"));
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
    if !is_head && response.spilled.is_none() {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(response: &Response, is_head: bool, connection: Option<&str>) -> String {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        String::from_utf8(encode(response, is_head, connection, now)).unwrap()
    }

    #[test]
    fn a_response_is_written_in_one_piece() {
        let mut response = Response::json(201, &"é");
        response.header = Some(("Allow", "GET"));
        assert_eq!(
            written(&response, false, Some("close")),
            "HTTP/1.1 201 Created\r\nContent-Length: 4\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
             Content-Type: application/json\r\nAllow: GET\r\nConnection: close\r\n\r\n\"é\""
        );
    }

    #[test]
    fn a_head_keeps_the_length_and_loses_the_body() {
        let text = written(&Response::json(200, &"abc"), true, None);
        assert!(text.contains("Content-Length: 5\r\n"), "{text}");
        assert!(text.ends_with("application/json\r\n\r\n"), "{text}");
    }

    #[test]
    fn an_empty_body_has_no_type() {
        let text = written(&Response::raw(200, Vec::new()), false, Some("keep-alive"));
        assert!(text.contains("Content-Length: 0\r\n"), "{text}");
        assert!(!text.contains("Content-Type"), "{text}");
        assert!(text.ends_with("Connection: keep-alive\r\n\r\n"), "{text}");
    }
}
