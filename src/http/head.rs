//! The head of a request, its line and its headers (RFC 9112, 2 to 5), as a value.
//!
//! It is taken apart by `httparse`; what two programs could read in two ways is refused. Nothing here knows
//! a socket.

use httparse::{EMPTY_HEADER, Error, Header, Status};

use super::error::Failure;
use super::framing::{Framing, FramingHeaders};
use super::message::{Method, Request};
use super::wire::{Connection, Version};

/// How many bytes a head may have: more than browsers send, with all their cookies.
pub(super) const LONGEST: usize = 16 * 1_024;

/// How many headers it may have.
const MOST_HEADERS: usize = 100;

/// A request that has been read, or as much of it as could be.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The request; without a method and a target if its head could not be read.
    pub(super) request: Request,
    /// The method as it was sent; empty if it could not be read.
    pub(super) word: String,
    /// What is to become of the connection after it.
    pub(super) connection: Connection,
}

impl Incoming {
    /// What there is of a request that could not be read.
    #[must_use]
    pub(super) fn unreadable() -> Self {
        Self {
            request: Request::new(Method::Other, ""),
            word: String::new(),
            connection: Connection::Closes,
        }
    }
}

/// A request as far as its head tells.
#[derive(Debug)]
pub(super) struct Head {
    /// The request; its body is yet to come.
    pub(super) incoming: Incoming,
    /// Where the body ends, or why the request is refused before it is looked for.
    pub(super) framing: Result<Framing, Failure>,
    /// Whether the client waits to be told that the body is wanted (RFC 9110, 10.1.1).
    pub(super) expects_continue: bool,
}

impl Head {
    /// Reads a head from the front of what was received; returns it with its length, or nothing
    /// where it is not all there. The body may have `limit` bytes.
    pub(super) fn read(bytes: &[u8], limit: u64) -> Result<Option<(Self, usize)>, Failure> {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        match parsed.parse(bytes) {
            Ok(Status::Complete(length)) if length <= LONGEST => {
                Ok(Some((Self::of(&parsed, limit), length)))
            }
            Ok(Status::Partial) if bytes.len() < LONGEST => Ok(None),
            Ok(_) | Err(Error::TooManyHeaders) => Err(Failure::HeadTooLarge { limit: LONGEST }),
            Err(Error::Version) => Err(Failure::OtherVersion),
            Err(error) => Err(Failure::Malformed {
                problem: problem(error),
            }),
        }
    }

    fn of(parsed: &httparse::Request<'_, '_>, limit: u64) -> Self {
        let word = parsed.method.unwrap_or_default();
        let version = match parsed.version {
            Some(0) => Version::Http10,
            _ => Version::Http11,
        };
        let mut request = Request::new(Method::of(word), parsed.path.unwrap_or_default());
        let mut seen = Seen::default();
        for header in parsed.headers.iter() {
            seen.take(header, &mut request);
        }
        let framing = if seen.has_two_hosts {
            Err(Failure::Malformed {
                problem: "there are two Host headers",
            })
        } else if seen.expects_more {
            Err(Failure::Expectation)
        } else {
            Framing::of(&seen.framing, version, limit)
        };
        Self {
            incoming: Incoming {
                request,
                word: word.to_owned(),
                connection: Connection::after(version, seen.connection.as_deref()),
            },
            framing,
            // A client of HTTP/1.0 would take it for the answer.
            expects_continue: seen.expects_continue && version == Version::Http11,
        }
    }
}

/// What the headers say that is settled with the last of them.
#[derive(Default)]
struct Seen {
    framing: FramingHeaders,
    connection: Option<String>,
    has_two_hosts: bool,
    expects_continue: bool,
    /// Whether the client expects what is not done here.
    expects_more: bool,
}

impl Seen {
    fn take(&mut self, header: &Header<'_>, request: &mut Request) {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let value = || String::from_utf8_lossy(header.value).into_owned();
        if is("Host") {
            self.has_two_hosts |= request.host.replace(value()).is_some();
        } else if is("Content-Length") {
            self.framing.is_repeated |= self.framing.length.replace(value()).is_some();
        } else if is("Transfer-Encoding") {
            self.framing.is_repeated |= self.framing.encoding.replace(value()).is_some();
        } else if is("Connection") {
            add(&mut self.connection, &value());
        } else if is("Expect") {
            let is_known = header.value.eq_ignore_ascii_case(b"100-continue");
            self.expects_continue |= is_known;
            self.expects_more |= !is_known;
        } else if is("Content-Type") {
            request.content_type.get_or_insert_with(value);
        } else if is("Authorization") {
            request.authorization.get_or_insert_with(value);
        } else if is("If-Match") {
            add(&mut request.if_match, &value());
        } else if is("If-None-Match") {
            add(&mut request.if_none_match, &value());
        }
    }
}

/// A list may come in several headers, which are then one (RFC 9110, 5.3).
fn add(list: &mut Option<String>, value: &str) {
    match list {
        Some(list) => list.extend([", ", value]),
        None => *list = Some(value.to_owned()),
    }
}

fn problem(error: Error) -> &'static str {
    match error {
        Error::HeaderName => "a header has no name, or one with other characters than a name has",
        Error::HeaderValue => "a header's value has control characters in it",
        _ => "this is not a request of HTTP/1.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Head {
        let (head, length) = Head::read(text.as_bytes(), 10).unwrap().unwrap();
        assert_eq!(length, text.len());
        head
    }

    fn refusal(bytes: &[u8]) -> u16 {
        match Head::read(bytes, 10) {
            Err(failure) => failure.status().code(),
            Ok(Some((head, _))) => head.framing.unwrap_err().status().code(),
            Ok(None) => panic!("{bytes:?} is not all there"),
        }
    }

    #[test]
    fn a_head_tells_all_that_matters_here() {
        let head = read(
            "PUT /a%20b?c HTTP/1.1\r\nHOST: h:1\r\ncontent-type:application/json \r\nX: é\r\n\
             Authorization: Bearer t\r\nIf-Match: \"a\"\r\nIf-Match: \"b\"\r\nIf-None-Match: *\r\n\
             Connection: keep-alive\r\nConnection: close\r\nContent-Length: 7\r\n\
             Expect: 100-Continue\r\n\r\n",
        );
        let incoming = &head.incoming;
        let request = &incoming.request;
        let method = (incoming.word.as_str(), request.method);
        assert_eq!(method, ("PUT", Method::Put));
        assert_eq!(request.target, "/a%20b?c");
        assert_eq!(request.host.as_deref(), Some("h:1"));
        assert_eq!(request.content_type.as_deref(), Some("application/json"));
        assert_eq!(request.authorization.as_deref(), Some("Bearer t"));
        assert_eq!(request.if_match.as_deref(), Some("\"a\", \"b\""));
        assert_eq!(request.if_none_match.as_deref(), Some("*"));
        assert_eq!(incoming.connection, Connection::Closes);
        assert_eq!(head.framing.unwrap(), Framing::Length(7));
        assert!(head.expects_continue);
        let old = read("GET / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
        assert!(!old.expects_continue);
    }

    #[test]
    fn a_head_that_is_not_all_there_is_waited_for_up_to_its_limit() {
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for end in 0..head.len() {
            assert!(matches!(Head::read(&head.as_bytes()[..end], 10), Ok(None)));
        }
        let long = format!("GET / HTTP/1.1\r\nCookie: {}", "x".repeat(LONGEST));
        assert_eq!(refusal(long.as_bytes()), 431);
        assert_eq!(refusal(format!("{long}\r\n\r\n").as_bytes()), 431);
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101));
        assert_eq!(refusal(many.as_bytes()), 431);
    }

    #[test]
    fn what_can_be_read_in_two_ways_or_not_at_all_is_refused() {
        for (head, status) in [
            ("hello\r\n\r\n", 400),
            ("GET\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\n\r\n", 505),
            ("PRI * HTTP/2.0\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nExpect: a cake\r\n\r\n", 417),
            (
                "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                400,
            ),
            ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", 413),
        ] {
            assert_eq!(refusal(head.as_bytes()), status, "{head}");
        }
    }
}
