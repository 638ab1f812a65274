//! One connection: what came in by it, what is to go out, and for how long it is waited for.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::TcpStream;

use super::super::decoder::{Decoder, Progress, Step};
use super::super::error::Failure;
use super::super::exchange::Reply;
use super::super::head::Incoming;
use super::super::limits::Limits;
use super::super::wire::{CONTINUE, Connection};

/// How many requests of one client are answered before others have their turn.
const SHARE: usize = 16;

/// How many bytes of answers are gathered for one that sends its requests ahead.
const GATHERED: usize = 64 * 1_024;

/// How long what a refused client still sends is thrown away. Were the connection closed on it, the
/// client's system might throw away the answer.
const LINGER: Duration = Duration::from_secs(2);

/// A connection to a client.
pub(super) struct Client {
    stream: TcpStream,
    address: SocketAddr,
    decoder: Decoder,
    unsent: Unsent,
    state: State,
    /// Whether the socket may have bytes that were not read yet.
    has_input: bool,
    /// Whether the client has said that it sends nothing more.
    is_half_closed: bool,
    /// How many requests have been read.
    requests: usize,
    wait: Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The next request is read.
    Open,
    /// A request is being answered elsewhere.
    Answering,
    /// What is unsent is the last that is sent; then the rest of what comes is thrown away, or not.
    Ending { lingers: bool },
    /// What comes is thrown away.
    Lingering,
}

/// What a client is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The next request, of which nothing has come.
    Idle,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
    /// Nothing: it is the client that waits.
    Answering,
    /// That it takes its answer.
    Sending,
    /// That it hangs up.
    Lingering,
}

/// What is waited for, in the midst of which request, since when and until when.
struct Wait {
    stage: Stage,
    request: usize,
    since: Instant,
    until: Option<Instant>,
}

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// There is nothing more to do until something happens.
    Done,
    /// There may be more to do; others go first.
    Again,
    /// The connection is over.
    Gone,
}

/// What has not been taken yet.
#[derive(Default)]
struct Unsent {
    bytes: Vec<u8>,
    start: usize,
}

/// What a request has led to at once: its reply, if it has one already.
pub(super) type Taken = Option<Reply>;

impl Client {
    pub(super) fn new(
        stream: TcpStream,
        address: SocketAddr,
        limits: &Limits,
        now: Instant,
    ) -> Self {
        Self {
            stream,
            address,
            decoder: Decoder::new(limits.body),
            unsent: Unsent::default(),
            state: State::Open,
            has_input: false,
            is_half_closed: false,
            requests: 0,
            wait: Wait {
                stage: Stage::Idle,
                request: 0,
                since: now,
                until: Some(now + limits.idle),
            },
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Since when it has asked for nothing, if it asks for nothing.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let is_idle = self.wait.stage == Stage::Idle && !self.has_input;
        is_idle.then_some(self.wait.since)
    }

    /// Whether a request of it is under way.
    pub(super) fn is_at_work(&self) -> bool {
        matches!(
            self.wait.stage,
            Stage::Body | Stage::Answering | Stage::Sending
        )
    }

    /// Whether its request is being answered.
    pub(super) fn is_answering(&self) -> bool {
        self.state == State::Answering
    }

    /// Until when it is waited for.
    pub(super) fn until(&self) -> Option<Instant> {
        self.wait.until
    }

    /// Takes note of what happened on its socket.
    pub(super) fn notice(&mut self, event: &Event) {
        self.is_half_closed |= event.is_read_closed();
        self.has_input |= event.is_readable() || event.is_read_closed() || event.is_error();
    }

    /// Takes the reply to the request that was being answered.
    pub(super) fn reply(&mut self, reply: Reply) {
        self.state = match reply.connection {
            Connection::Stays | Connection::Kept => State::Open,
            Connection::Closes => State::Ending {
                lingers: self.has_input || self.decoder.progress() != Progress::Nothing,
            },
        };
        self.unsent.push(reply.bytes);
    }

    /// Does what can be done without waiting.
    pub(super) fn turn(
        &mut self,
        limits: &Limits,
        now: Instant,
        buffer: &mut [u8],
        mut take: impl FnMut(Incoming, Option<Failure>) -> Taken,
    ) -> Turn {
        let turn = self.proceed(buffer, &mut take).unwrap_or(Turn::Gone);
        self.settle(limits, now);
        turn
    }

    /// Does what is to be done when its time is up.
    pub(super) fn expire(
        &mut self,
        mut take: impl FnMut(Incoming, Option<Failure>) -> Taken,
    ) -> Turn {
        match self.decoder.give_up() {
            Some((incoming, failure)) if self.unsent.is_empty() => {
                self.refuse(incoming, failure, &mut take);
                Turn::Again
            }
            _ => Turn::Gone,
        }
    }

    fn proceed(
        &mut self,
        buffer: &mut [u8],
        take: &mut impl FnMut(Incoming, Option<Failure>) -> Taken,
    ) -> io::Result<Turn> {
        for _ in 0..SHARE {
            match self.state {
                State::Open => {}
                State::Answering => {
                    self.flush()?;
                    return Ok(Turn::Done);
                }
                State::Ending { lingers } => {
                    if !self.flush()? {
                        return Ok(Turn::Done);
                    }
                    if !lingers {
                        return Ok(Turn::Gone);
                    }
                    self.stream.shutdown(Shutdown::Write)?;
                    self.state = State::Lingering;
                    continue;
                }
                State::Lingering => match self.read(buffer)? {
                    Received::Bytes(_) => continue,
                    Received::NothingYet => return Ok(Turn::Done),
                    Received::End => return Ok(Turn::Gone),
                },
            }
            if self.unsent.len() > GATHERED && !self.flush()? {
                return Ok(Turn::Done);
            }
            match self.decoder.next() {
                Step::Continue => self.unsent.push(CONTINUE.to_vec()),
                Step::Request(incoming) => {
                    self.requests += 1;
                    match take(incoming, None) {
                        Some(reply) => self.reply(reply),
                        None => self.state = State::Answering,
                    }
                }
                Step::Refused(incoming, failure) => self.refuse(incoming, failure, take),
                Step::Await => {
                    if !self.flush()? {
                        return Ok(Turn::Done);
                    }
                    match self.read(buffer)? {
                        Received::Bytes(count) => {
                            self.decoder.feed(buffer.get(..count).unwrap_or_default());
                        }
                        Received::NothingYet => return Ok(Turn::Done),
                        Received::End => match self.decoder.finish() {
                            Some((incoming, failure)) => self.refuse(incoming, failure, take),
                            None => return Ok(Turn::Gone),
                        },
                    }
                }
            }
        }
        Ok(Turn::Again)
    }

    fn refuse(
        &mut self,
        incoming: Incoming,
        failure: Failure,
        take: &mut impl FnMut(Incoming, Option<Failure>) -> Taken,
    ) {
        self.requests += 1;
        if let Some(reply) = take(incoming, Some(failure)) {
            self.reply(reply);
        }
        self.state = State::Ending { lingers: true };
    }

    /// Renews what is waited for, where that is something else now.
    fn settle(&mut self, limits: &Limits, now: Instant) {
        let stage = match (self.state, self.decoder.progress()) {
            (State::Lingering, _) => Stage::Lingering,
            _ if !self.unsent.is_empty() => Stage::Sending,
            (State::Answering, _) => Stage::Answering,
            (_, Progress::Nothing) => Stage::Idle,
            (_, Progress::Head) => Stage::Head,
            (_, Progress::Body) => Stage::Body,
        };
        if (stage, self.requests) == (self.wait.stage, self.wait.request) {
            return;
        }
        let patience = match stage {
            Stage::Idle => Some(limits.idle),
            Stage::Head => Some(limits.head),
            Stage::Body | Stage::Sending => Some(limits.transfer),
            Stage::Answering => None,
            Stage::Lingering => Some(LINGER),
        };
        self.wait = Wait {
            stage,
            request: self.requests,
            since: now,
            until: patience.map(|patience| now + patience),
        };
    }

    /// Reads once.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<Received> {
        if !self.has_input {
            return Ok(Received::NothingYet);
        }
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Ok(Received::End),
                Ok(count) => {
                    // Less than there is room for is all that there was (epoll(7)); the end of what
                    // the client sends is found by one more read.
                    self.has_input = count == buffer.len() || self.is_half_closed;
                    return Ok(Received::Bytes(count));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.has_input = false;
                    return Ok(Received::NothingYet);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends as much as is taken; whether that is all.
    fn flush(&mut self) -> io::Result<bool> {
        while !self.unsent.is_empty() {
            match self.stream.write(self.unsent.rest()) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.unsent.consume(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// What a read brought.
enum Received {
    Bytes(usize),
    NothingYet,
    End,
}

impl Unsent {
    fn push(&mut self, bytes: Vec<u8>) {
        if self.is_empty() {
            *self = Self { bytes, start: 0 };
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.rest().len()
    }

    fn is_empty(&self) -> bool {
        self.start >= self.bytes.len()
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        if self.is_empty() {
            *self = Self::default();
        }
    }
}
