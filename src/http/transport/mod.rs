//! The connections, requests and responses of `tiny_http`, which is named here alone.
//!
//! Its own accept loop ends at the first error and starves clients that stay connected; so connections are
//! accepted here, and each has a thread that answers its requests one after the other.

mod listener;
mod request;
mod response;

use std::fmt::Display;
use std::io;
use std::io::ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
use std::net::TcpListener;
use std::os::fd::AsFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tiny_http::{Listener, Server, SslContextWrap};

pub(crate) use self::listener::bind;

use self::request::Incoming;
use self::response::Connection::{Closes, Stays};
use super::connections::{Connection, Connections, Pending};
use super::host::Hosts;
use super::limits::Limits;
use super::log::{Access, Log};
use super::message::{Request, Response};
use super::pool::Opener;
use super::service::Service;
use super::stop::Stop;
use super::token::Token;
use crate::journal::Journal;
use crate::timestamp;

/// Room for what a handler does, and for TLS to Redis.
const STACK: usize = 256 * 1_024;

/// How often the loop looks whether it is to end.
const WAIT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};

/// How long the loop waits after an error that may last, such as that no descriptor is free.
const RETRY: Duration = Duration::from_millis(50);

/// What a server is to be like.
pub(crate) struct Options {
    /// The token that requests must carry; none lets everyone in.
    pub token: Option<Token>,
    /// What it takes on.
    pub limits: Limits,
    /// Where it says what it does.
    pub log: Log,
    /// Where changes are recorded before they are made.
    pub journal: Option<Journal>,
}

/// What the threads of all connections share.
struct Shared {
    service: Arc<Service>,
    log: Log,
    limits: Limits,
    connections: Arc<Connections>,
    is_stopping: AtomicBool,
}

/// Answers requests until it is stopped; then takes no more connections, answers what has arrived, but no
/// longer than the grace period, and returns. Connections on which nothing arrives end with the process.
///
/// A server that listens on loopback alone refuses requests for another host.
pub(crate) fn serve(
    listener: TcpListener,
    options: Options,
    opener: Opener,
    stop: &Stop,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let limits = options.limits.within_the_system();
    let hosts = Hosts::at(address.ip());
    let shared = Arc::new(Shared {
        service: Arc::new(Service::new(
            hosts,
            options.token,
            options.journal,
            opener,
            limits.redis,
        )?),
        log: options.log,
        connections: Arc::new(Connections::new(&limits)),
        is_stopping: AtomicBool::new(false),
        limits,
    });
    accept_all(listener, &shared, stop)?;
    let unfinished = shared.connections.finish(limits.grace);
    if unfinished > 0 {
        let text = format!("stopped with {unfinished} requests unfinished");
        shared.log.problem(&text);
    }
    shared.log.finish();
    Ok(())
}

/// Accepts connections until the server is stopped, and then those that have been waiting.
fn accept_all(listener: TcpListener, shared: &Arc<Shared>, stop: &Stop) -> io::Result<()> {
    let plain = SslContextWrap::build_ssl_capabilities(None).map_err(io::Error::other)?;
    listener.set_nonblocking(true)?;
    let listener = Listener::Tcp(listener);
    let mut is_failing = false;
    while !stop.is_asked() {
        let started = await_connection(&listener).and_then(|()| {
            let requests = accept(&listener, &plain)?;
            shared.connections.await_room(stop);
            start(requests, shared)
        });
        shared.tell_of_stuck();
        match started.map_err(|error| (error.kind(), error)) {
            Ok(()) => is_failing = false,
            // None has come, or one has gone again.
            Err((WouldBlock | Interrupted | ConnectionAborted, _)) => {}
            Err((_, error)) => {
                if !is_failing {
                    let text = format!("cannot accept connections, goes on trying: {error}");
                    shared.log.problem(&text);
                }
                is_failing = true;
                thread::sleep(RETRY);
            }
        }
    }
    shared.is_stopping.store(true, Ordering::SeqCst);
    while let Ok(requests) = accept(&listener, &plain) {
        // Where there can be no thread, the client is hung up on.
        let _ = start(requests, shared);
    }
    Ok(())
}

/// Waits a little for a connection. Fails if one has come and there are not the two descriptors for it
/// without which `tiny_http` panics.
fn await_connection(listener: &Listener) -> io::Result<()> {
    let mut awaited = [PollFd::new(listener, PollFlags::IN)];
    if poll(&mut awaited, Some(&WAIT))? == 0 {
        return Err(WouldBlock.into());
    }
    let clone = || listener.as_fd().try_clone_to_owned();
    clone().and_then(|_first| clone()).map(drop)
}

/// Accepts a connection, as the requests that come by it.
fn accept(
    listener: &Listener,
    plain: &SslContextWrap,
) -> io::Result<impl Iterator<Item = Result<tiny_http::Request, impl Display>> + Send + 'static> {
    // Another thread may take the descriptors first.
    catch_unwind(AssertUnwindSafe(|| {
        Server::accept_connection(listener, plain)
    }))
    .unwrap_or_else(|_| Err(io::Error::other("no descriptor is free")))?
    .ok_or_else(|| ConnectionAborted.into())
}

fn start(
    requests: impl Iterator<Item = Result<tiny_http::Request, impl Display>> + Send + 'static,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    let (shared, connection) = (Arc::clone(shared), shared.connections.add());
    thread::Builder::new()
        .name("connection".into())
        .stack_size(STACK)
        .spawn(move || shared.run(requests, &connection))?;
    Ok(())
}

impl Shared {
    /// Answers the requests of a connection.
    fn run(
        self: Arc<Self>,
        mut requests: impl Iterator<Item = Result<tiny_http::Request, impl Display>>,
        connection: &Connection,
    ) {
        loop {
            connection.waits();
            let Some(request) = requests.next() else {
                return;
            };
            connection.answers();
            match request {
                Ok(request) => {
                    if self.answer(request, connection).is_err() {
                        return;
                    }
                }
                Err(error) => return self.tell_of_refusal(&error.to_string()),
            }
        }
    }

    /// Answers a request; fails where the connection is to end.
    fn answer(
        self: &Arc<Self>,
        mut request: tiny_http::Request,
        connection: &Connection,
    ) -> io::Result<()> {
        let (time, start) = (timestamp::now(), Instant::now());
        let mut incoming = Incoming::read(&mut request, &self.limits);
        let is_plain =
            incoming.problem.is_none() && incoming.connection == Stays && !self.is_closing();
        if is_plain
            && let Some(id) = self.service.wanted_note(&incoming.request)
            && let Some(pending) = connection.pending()
        {
            self.answer_later(id, request, incoming.request, pending);
            return Ok(());
        }
        connection.settle()?;
        let response = match incoming.problem {
            None => self.service.answer(&incoming.request, time),
            Some(failure) => failure.into(),
        };
        if let Some(problem) = self.service.journal_problem() {
            self.log.problem(&problem);
        }
        let access = Access {
            time,
            client: request.remote_addr().copied(),
            duration: start.elapsed(),
        };
        self.log.access(access, &incoming.request, &response);
        if incoming.is_body_unread {
            // The rest of the body may take its time.
            connection.waits();
            return response::refuse(request, response);
        }
        if self.is_closing() {
            incoming.connection = Closes;
        }
        let until = Instant::now() + self.limits.transfer;
        response::send(request, &response, incoming.connection, until)
    }

    /// Whether connections are to end with their next response.
    fn is_closing(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst) || self.connections.is_full()
    }

    /// Has a note asked for, and its request answered, by the threads that do that for all connections.
    fn answer_later(
        self: &Arc<Self>,
        id: String,
        request: tiny_http::Request,
        value: Request,
        pending: Pending,
    ) {
        let (time, start) = (timestamp::now(), Instant::now());
        let shared = Arc::clone(self);
        self.service.show_later(id, value, move |value, response| {
            let access = Access {
                time,
                client: request.remote_addr().copied(),
                duration: start.elapsed(),
            };
            shared.log.access(access, value, &response);
            let until = Instant::now() + shared.limits.transfer;
            if response::send(request, &response, Stays, until).is_err() {
                pending.fail();
            }
            drop(pending);
        });
    }

    /// Logs what `tiny_http` refused by itself; that a client is gone or silent is not worth a line.
    fn tell_of_refusal(&self, error: &str) {
        if error.starts_with("[ReadIoError]") {
            return;
        }
        let is_unmet = error.starts_with("[ExpectationFailed]");
        let mut response = Response::raw(if is_unmet { 417 } else { 400 }, Vec::new());
        response.cause = Some(error.to_owned());
        let access = Access {
            time: timestamp::now(),
            client: None,
            duration: Duration::ZERO,
        };
        self.log.access(access, &Request::default(), &response);
    }

    fn tell_of_stuck(&self) {
        if let Some(count) = self.connections.newly_stuck() {
            let text = "connections sent no request in time and cannot be closed";
            self.log.problem(&format!("{count} {text}"));
        }
    }
}
