//! One connection: what came in by it, what is to go out, and for how long it is waited for.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::TcpStream;

use super::super::decoder::{Decoder, Progress, Step};
use super::super::error::Failure;
use super::super::exchange::Reply;
use super::super::head::Incoming;
use super::super::limits::Limits;
use super::super::memory::{Memory, SMALL, Share};
use super::super::wire::{CONTINUE, Connection};
use super::unsent::Unsent;

/// How many requests of one client are answered before others have their turn.
const SHARE: usize = 16;

/// How long what a refused client still sends is thrown away. Were the connection closed on it, the
/// client's system might throw away the answer.
const LINGER: Duration = Duration::from_secs(2);

/// A connection to a client.
pub(super) struct Client {
    stream: TcpStream,
    /// Its address, as the log has it.
    address: Arc<str>,
    decoder: Decoder,
    unsent: Unsent,
    share: Share,
    state: State,
    /// Whether the socket may have bytes that were not read yet.
    has_input: bool,
    /// Whether the client has said that it sends nothing more.
    is_half_closed: bool,
    /// How many requests have been read.
    requests: usize,
    /// Whether it is to have a turn.
    is_due: bool,
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

/// Takes a request, or one that is refused and why; returns its reply, where it has one at once.
pub(super) trait Take: FnMut(Incoming, Option<Failure>) -> Option<Reply> {}

impl<T: FnMut(Incoming, Option<Failure>) -> Option<Reply>> Take for T {}

impl Client {
    pub(super) fn new(
        stream: TcpStream,
        address: SocketAddr,
        memory: &Arc<Memory>,
        limits: &Limits,
        now: Instant,
    ) -> Self {
        Self {
            stream,
            address: address.to_string().into(),
            decoder: Decoder::new(limits.body),
            unsent: Unsent::default(),
            share: Share::none(memory),
            state: State::Open,
            has_input: false,
            is_half_closed: false,
            requests: 0,
            is_due: false,
            wait: Wait {
                stage: Stage::Idle,
                request: 0,
                since: now,
                until: Some(now + limits.idle),
            },
        }
    }

    pub(super) fn address(&self) -> Arc<str> {
        Arc::clone(&self.address)
    }

    /// Since when it has no whole request under way, if it has none.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        (!self.is_at_work() && !self.has_input).then_some(self.wait.since)
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

    /// Says that it is to have a turn; whether that is new.
    pub(super) fn becomes_due(&mut self) -> bool {
        !std::mem::replace(&mut self.is_due, true)
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
        mut take: impl Take,
    ) -> Turn {
        self.is_due = false;
        let turn = self.proceed(buffer, &mut take).unwrap_or(Turn::Gone);
        self.settle(limits, now);
        turn
    }

    /// Does what is to be done when its time is up.
    pub(super) fn expire(&mut self, mut take: impl Take) -> Turn {
        if self.state != State::Open || !self.unsent.is_empty() {
            return Turn::Gone;
        }
        match self.decoder.abandon() {
            Some(incoming) => {
                self.refuse(incoming, Failure::TooSlow, &mut take);
                Turn::Again
            }
            None => Turn::Gone,
        }
    }

    fn proceed(&mut self, buffer: &mut [u8], take: &mut impl Take) -> io::Result<Turn> {
        for _ in 0..SHARE {
            let turn = match self.state {
                State::Open => self.converse(buffer, take)?,
                State::Answering => {
                    self.flush()?;
                    Some(Turn::Done)
                }
                State::Ending { lingers } => self.end(lingers)?,
                State::Lingering => match self.read(buffer)? {
                    Received::Bytes(_) => None,
                    Received::NothingYet => Some(Turn::Done),
                    Received::End => Some(Turn::Gone),
                },
            };
            if let Some(turn) = turn {
                return Ok(turn);
            }
        }
        Ok(Turn::Again)
    }

    /// Goes one step on with the requests; says where there is none.
    fn converse(&mut self, buffer: &mut [u8], take: &mut impl Take) -> io::Result<Option<Turn>> {
        // Answers are gathered for a client that sends its requests ahead, but not too many.
        if self.unsent.len() > SMALL && !self.flush()? {
            return Ok(Some(Turn::Done));
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
            Step::Await => return self.receive(buffer, take),
        }
        Ok(None)
    }

    /// Receives more of the next request, once all answers have left.
    fn receive(&mut self, buffer: &mut [u8], take: &mut impl Take) -> io::Result<Option<Turn>> {
        if !self.flush()? {
            return Ok(Some(Turn::Done));
        }
        self.weigh();
        if self.share.is_too_much()
            && let Some(incoming) = self.decoder.abandon()
        {
            self.refuse(incoming, Failure::Overloaded, take);
            return Ok(None);
        }
        match self.read(buffer)? {
            Received::Bytes(count) => {
                self.decoder.feed(buffer.get(..count).unwrap_or_default());
            }
            Received::NothingYet => return Ok(Some(Turn::Done)),
            Received::End => match self.decoder.finish() {
                Some((incoming, failure)) => self.refuse(incoming, failure, take),
                None => return Ok(Some(Turn::Gone)),
            },
        }
        Ok(None)
    }

    /// Sends the last answer and ends the connection, or begins to.
    fn end(&mut self, lingers: bool) -> io::Result<Option<Turn>> {
        if !self.flush()? {
            return Ok(Some(Turn::Done));
        }
        if !lingers {
            return Ok(Some(Turn::Gone));
        }
        self.stream.shutdown(Shutdown::Write)?;
        self.state = State::Lingering;
        Ok(None)
    }

    fn refuse(&mut self, incoming: Incoming, failure: Failure, take: &mut impl Take) {
        self.requests += 1;
        if let Some(reply) = take(incoming, Some(failure)) {
            self.reply(reply);
        }
        self.state = State::Ending { lingers: true };
    }

    /// Renews what is waited for, where that is something else now.
    fn settle(&mut self, limits: &Limits, now: Instant) {
        self.weigh();
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

    fn weigh(&mut self) {
        self.share.set(self.unsent.len() + self.decoder.held());
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
