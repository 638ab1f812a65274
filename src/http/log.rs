//! The log: one line for each request, and one for each thing that went wrong outside of one.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::lines::Lines;
use super::message::Request;
use crate::timestamp;

/// How much of a target or a header is written: as much as tells what it was.
const LONGEST: usize = 1_024;

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// What went wrong on this side.
    Problems,
    /// Every request as well.
    Requests,
    /// Every request with what it said of itself and why it failed.
    Details,
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Access<'a> {
    /// When it came.
    pub(super) time: DateTime<Utc>,
    /// From where.
    pub(super) client: &'a str,
    /// Its method, as sent; empty where no request could be read.
    pub(super) method: &'a str,
    /// The status of the response.
    pub(super) status: u16,
    /// The bytes of the response's body.
    pub(super) bytes: usize,
    /// From when it had been read to when its response was ready to leave.
    pub(super) duration: Duration,
    /// Why it failed, if it did.
    pub(super) cause: Option<&'a str>,
    /// What it said of itself.
    pub(super) request: &'a Request,
}

/// Where the lines go, from every thread.
pub struct Log {
    lines: Lines,
    verbosity: Verbosity,
}

impl Log {
    /// A log that writes to `writer`, by a thread of its own: that a line cannot be written stops no
    /// request. Lines that nobody takes for long are lost. Fails where there can be no thread.
    pub fn new(writer: Box<dyn Write + Send>, verbosity: Verbosity) -> io::Result<Self> {
        Ok(Self {
            lines: Lines::to(writer)?,
            verbosity,
        })
    }

    /// Writes the line of a request; where requests are not logged, only if this side failed it.
    pub(super) fn access<'a>(&self, access: &Access<'a>) {
        let failed = access.status >= 500;
        if self.verbosity == Verbosity::Problems && !failed {
            return;
        }
        let mut line = format!(
            "{} {} {} {} {} {} {}.{:03}ms",
            timestamp::format(access.time),
            access.client,
            shown(access.method),
            shown(&access.request.target),
            access.status,
            access.bytes,
            access.duration.as_millis(),
            access.duration.subsec_micros() % 1_000
        );
        if self.verbosity == Verbosity::Details {
            let request = access.request;
            let text = |value: &'a Option<String>| shown(value.as_deref().unwrap_or_default());
            // Writing to a String cannot fail.
            let _ = write!(
                line,
                " host={} type={} length={}",
                text(&request.host),
                text(&request.content_type),
                request.body.len()
            );
        }
        if let Some(cause) = access.cause
            && (failed || self.verbosity == Verbosity::Details)
        {
            let _ = write!(line, " ({})", shown(cause));
        }
        self.lines.add(&line);
    }

    /// Writes what went wrong outside of a request.
    pub(super) fn problem(&self, time: DateTime<Utc>, text: &str) {
        let line = format!("{} {}", timestamp::format(time), shown(text));
        self.lines.add(&line);
    }

    /// Waits until all lines are written, but not for long.
    pub(super) fn finish(&self) {
        self.lines.finish();
    }
}

/// A text of a client in a form that cannot move the cursor of a terminal or begin a line of its
/// own: cut, control characters escaped. Nothing is `-`.
fn shown(text: &str) -> Cow<'_, str> {
    let is_plain = |character: char| !character.is_control();
    if text.is_empty() {
        return "-".into();
    }
    if text.len() <= LONGEST && text.chars().all(is_plain) {
        return text.into();
    }
    let mut safe = String::new();
    for character in text.chars() {
        if safe.len() >= LONGEST {
            safe.push('…');
            break;
        }
        if is_plain(character) {
            safe.push(character);
        } else {
            safe.extend(character.escape_default());
        }
    }
    safe.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::message::Method;
    use crate::http::tests::Written;

    fn logged(verbosity: Verbosity, access: &Access<'_>) -> String {
        let written = Written::default();
        let log = Log::new(Box::new(written.clone()), verbosity).unwrap();
        log.access(access);
        log.finish();
        written.text()
    }

    fn request(target: &str) -> Request {
        Request {
            host: Some("h".to_owned()),
            ..Request::new(Method::Get, target)
        }
    }

    fn access(request: &Request, status: u16) -> Access<'_> {
        Access {
            time: timestamp::parse("2024-01-15T10:30:00.5+00:00").unwrap(),
            client: "127.0.0.1:4242",
            method: "GET",
            status,
            bytes: 73,
            duration: Duration::from_micros(1_234),
            cause: Some("why"),
            request,
        }
    }

    #[test]
    fn a_request_is_one_line() {
        let expected = "2024-01-15T10:30:00.500000+00:00 127.0.0.1:4242 GET /a?b 200 73 1.234ms";
        assert_eq!(
            logged(Verbosity::Requests, &access(&request("/a?b"), 200)),
            format!("{expected}\n")
        );
        assert_eq!(
            logged(Verbosity::Details, &access(&request("/a?b"), 200)),
            format!("{expected} host=h type=- length=0 (why)\n")
        );
        assert_eq!(
            logged(Verbosity::Problems, &access(&request("/a?b"), 404)),
            ""
        );
    }

    #[test]
    fn what_fails_on_this_side_is_logged_with_its_cause_whatever_the_verbosity() {
        let line = logged(Verbosity::Problems, &access(&request("/a"), 503));
        assert!(line.ends_with(" 503 73 1.234ms (why)\n"), "{line}");
    }

    #[test]
    fn a_client_cannot_write_lines_of_its_own() {
        let line = logged(
            Verbosity::Requests,
            &access(&request("/\u{1b}[2J\r\n\u{85}x"), 200),
        );
        assert!(line.contains(r" /\u{1b}[2J\r\n\u{85}x 200"), "{line}");
        assert_eq!(line.matches('\n').count(), 1);
        let long = logged(
            Verbosity::Requests,
            &access(&request(&"x".repeat(100_000)), 200),
        );
        assert!(long.len() < 2_000 && long.contains("x… 200"), "{long}");
    }
}
