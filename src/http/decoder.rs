//! From the bytes of a connection to the requests in them, one after the other.
//!
//! It is fed what arrives and asked what that makes; it reads from nowhere and waits for nothing.

use super::error::Failure;
use super::framing::Body;
use super::head::{self, Head, Incoming};
use super::wire::Connection;

/// A head up to this length is looked at whenever some of it arrives, so that what is no request is
/// refused at once. A longer one is looked at when it ends: looking again and again takes time that
/// grows with the square of its length.
const SHORT: usize = 1_024;

/// What the bytes that have been fed make.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing more yet.
    Await,
    /// The client waits to be told that the body of its request is wanted.
    Continue,
    /// A request.
    Request(Incoming),
    /// A request that is refused, and after which nothing can be read.
    Refused(Incoming, Failure),
}

/// What has come of the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing.
    Nothing,
    /// Some of its head.
    Head,
    /// Its head, and perhaps some of its body.
    Body,
}

/// What reads the requests of one connection.
#[derive(Debug)]
pub(super) struct Decoder {
    /// What was received; what stands before `start` has been read.
    bytes: Vec<u8>,
    start: usize,
    /// How far the end of a head has been looked for in the rest, in vain.
    searched: usize,
    /// The request whose body is on its way.
    partial: Option<Box<(Incoming, Body)>>,
    limit: u64,
    is_over: bool,
}

impl Decoder {
    /// A decoder of a new connection, on which bodies of up to `limit` bytes are taken.
    #[must_use]
    pub(super) fn new(limit: u64) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            searched: 0,
            partial: None,
            limit,
            is_over: false,
        }
    }

    /// Takes in what has arrived.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// What the bytes make.
    pub(super) fn next(&mut self) -> Step {
        if self.is_over {
            return Step::Await;
        }
        if let Some(partial) = self.partial.take() {
            return self.go_on(partial);
        }
        // Some clients send a line end after a body (RFC 9112, 2.2).
        while self.rest().starts_with(b"\r\n") {
            self.consume(2);
        }
        let rest = self.rest();
        if rest.is_empty() {
            return Step::Await;
        }
        let head = if is_worth_a_look(rest, self.searched) {
            Head::read(rest, self.limit)
        } else {
            Ok(None)
        };
        match head {
            Ok(None) => {
                self.searched = self.rest().len();
                Step::Await
            }
            Ok(Some((head, length))) => {
                self.consume(length);
                self.begin(head)
            }
            Err(failure) => self.refuse(Incoming::unreadable(), failure),
        }
    }

    /// What is there of the next request.
    #[must_use]
    pub(super) fn progress(&self) -> Progress {
        if self.partial.is_some() {
            Progress::Body
        } else if self.rest().is_empty() {
            Progress::Nothing
        } else {
            Progress::Head
        }
    }

    /// Ends the reading: the client sends nothing more. Half a body is worth an answer.
    pub(super) fn finish(&mut self) -> Option<(Incoming, Failure)> {
        self.is_over = true;
        let (incoming, body) = *self.partial.take()?;
        Some((closing(incoming), body.cut_off()))
    }

    /// Ends the reading: the rest is not waited for. Half a request is worth an answer.
    pub(super) fn abandon(&mut self) -> Option<Incoming> {
        let progress = self.progress();
        self.close();
        match (self.partial.take(), progress) {
            (Some(partial), _) => Some(closing(partial.0)),
            (None, Progress::Nothing) => None,
            (None, _) => Some(Incoming::unreadable()),
        }
    }

    /// How many bytes of the next request are held.
    #[must_use]
    pub(super) fn held(&self) -> usize {
        let body = self.partial.as_ref().map_or(0, |partial| partial.1.held());
        self.rest().len() + body
    }

    fn begin(&mut self, head: Head) -> Step {
        let framing = match head.framing {
            Ok(framing) => framing,
            Err(failure) => return self.refuse(head.incoming, failure),
        };
        let body = Body::new(framing, self.limit);
        if body.is_whole() {
            return Step::Request(head.incoming);
        }
        let partial = Box::new((head.incoming, body));
        // A client that sends the body at once does not wait.
        if head.expects_continue && self.rest().is_empty() {
            self.partial = Some(partial);
            return Step::Continue;
        }
        self.go_on(partial)
    }

    fn go_on(&mut self, mut partial: Box<(Incoming, Body)>) -> Step {
        match partial.1.take(self.rest()) {
            Ok(count) => self.consume(count),
            Err(failure) => return self.refuse(partial.0, failure),
        }
        if !partial.1.is_whole() {
            self.partial = Some(partial);
            return Step::Await;
        }
        let (mut incoming, body) = *partial;
        incoming.request.body = body.into_bytes();
        Step::Request(incoming)
    }

    fn refuse(&mut self, incoming: Incoming, failure: Failure) -> Step {
        self.close();
        Step::Refused(closing(incoming), failure)
    }

    /// Reads nothing more, and forgets what has not been read.
    fn close(&mut self) {
        self.is_over = true;
        self.bytes = Vec::new();
        self.start = 0;
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Leaves behind what has been read; an idle connection holds no memory for it.
    fn consume(&mut self, count: usize) {
        self.start += count;
        self.searched = 0;
        if self.start >= self.bytes.len() {
            self.start = 0;
            if self.bytes.capacity() > SHORT {
                self.bytes = Vec::new();
            } else {
                self.bytes.clear();
            }
        }
    }
}

/// A request after which nothing more is read.
fn closing(incoming: Incoming) -> Incoming {
    Incoming {
        connection: Connection::Closes,
        ..incoming
    }
}

/// Whether looking for a head may be of use, where none ended in the first `searched` bytes.
fn is_worth_a_look(bytes: &[u8], searched: usize) -> bool {
    let new = bytes.get(searched.saturating_sub(2)..).unwrap_or(bytes);
    let ends = |end: &[u8]| new.windows(end.len()).any(|window| window == end);
    bytes.len() <= SHORT || bytes.len() >= head::LONGEST || ends(b"\n\r\n") || ends(b"\n\n")
}

#[cfg(test)]
#[path = "decoder_tests.rs"]
mod tests;
