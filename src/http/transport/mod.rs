//! The connections, requests and responses of `tiny_http`, which is named here alone.
//!
//! Its own accept loop ends at the first error and starves clients that stay connected; so connections are
//! accepted here, and each has a thread that answers its requests one after the other.

#[cfg(target_vendor = "apple")]
mod apple;
mod connections;
mod framing;
mod listener;
mod request;
mod response;

use std::fmt::Display;
use std::io;
use std::io::ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
use std::mem;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tiny_http::{Listener, Server, SslContextWrap};

pub(crate) use self::listener::bind;

use self::connections::{Connection, Connections, Phase};
use super::access::{Access, Token};
use super::limits::Limits;
use super::log::Log;
use super::message::{Request, Response};
use super::pool::Opener;
use super::service::Service;
use crate::journal::Journal;
use crate::timestamp;

/// Room for what a handler does, and for TLS to Redis.
const STACK: usize = 256 * 1_024;

/// The pause between two checks for a stop.
const WAIT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};

const NO_WAIT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// The pause after an error that may last, such as no free descriptor.
const RETRY: Duration = Duration::from_secs(1);

pub(crate) struct Options {
    /// The token that requests must carry; none lets everyone in.
    pub token: Option<Token>,
    pub limits: Limits,
    pub log: Log,
    pub journal: Option<Journal>,
    /// Connects for the readers of events.
    pub watching: Opener,
}

struct Shared {
    service: Service,
    log: Log,
    connections: Arc<Connections>,
    journal_fault_told: Once,
}

/// Answers requests until it is stopped; then takes no more connections, answers what has arrived, but no
/// longer than the grace period, and returns. Connections on which nothing arrives end with the process.
pub(crate) fn serve(
    listener: TcpListener,
    options: Options,
    opener: Opener,
    stop: Arc<AtomicBool>,
) -> io::Result<()> {
    let access = Access {
        listener: listener.local_addr()?.ip(),
        token: options.token,
    };
    let limits = options.limits.within_the_system();
    let service = Service::new(access, options.journal, opener, options.watching, &limits)?;
    let shared = Arc::new(Shared {
        service,
        log: options.log,
        connections: Arc::new(Connections::new(limits, stop)),
        journal_fault_told: Once::new(),
    });
    accept_all(listener, &shared)?;
    shared.service.events.close();
    let unfinished = shared.connections.finish();
    if unfinished > 0 {
        let log = &shared.log;
        log.problem(&format!("stopped with {unfinished} requests unfinished"));
    }
    shared.log.finish();
    Ok(())
}

/// Accepts connections until the server is stopped, and then those that have been waiting.
fn accept_all(listener: TcpListener, shared: &Arc<Shared>) -> io::Result<()> {
    let plain = SslContextWrap::build_ssl_capabilities(None).map_err(io::Error::other)?;
    let listener = Listener::Tcp(listener);
    let mut stuck = 0;
    while !shared.connections.is_stopped() {
        let accepted = accept_within(WAIT, &listener, &plain, shared);
        let told = mem::replace(&mut stuck, shared.connections.stuck());
        if stuck > told {
            let text = "connections sent no request in time and cannot be closed";
            shared.log.problem(&format!("{stuck} {text}"));
        }
        if let Err(error) = accepted
            // None has come, or one has gone again.
            && !matches!(error.kind(), WouldBlock | Interrupted | ConnectionAborted)
        {
            let text = format!("cannot accept connections, goes on trying: {error}");
            shared.log.problem(&text);
            thread::sleep(RETRY);
        }
    }
    while accept_within(NO_WAIT, &listener, &plain, shared).is_ok() {}
    Ok(())
}

/// Accepts a connection if one comes within `wait`; [`WouldBlock`] if none does.
fn accept_within(
    wait: Timespec,
    listener: &Listener,
    plain: &SslContextWrap,
    shared: &Arc<Shared>,
) -> io::Result<()> {
    match poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&wait))? {
        0 => Err(WouldBlock.into()),
        _ => accept(listener, plain, shared),
    }
}

/// Accepts a connection, once there may be one more, and starts its thread. Where there can be no thread, the
/// client is hung up on.
fn accept(listener: &Listener, plain: &SslContextWrap, shared: &Arc<Shared>) -> io::Result<()> {
    let accept = || Server::accept_connection(listener, plain);
    // It panics where there is no descriptor for the other half of a connection.
    let requests = catch_unwind(AssertUnwindSafe(accept))
        .unwrap_or_else(|_| Err(io::Error::other("no descriptor is free")))?
        .ok_or(ConnectionAborted)?;
    #[cfg(target_vendor = "apple")]
    apple::set_timeouts(listener, &shared.connections.limits)?;
    shared.connections.await_room();
    let (shared, connection) = (Arc::clone(shared), shared.connections.add());
    let thread = thread::Builder::new().stack_size(STACK);
    thread.spawn(move || shared.run(requests, &connection))?;
    Ok(())
}

impl Shared {
    fn run(
        &self,
        requests: impl Iterator<Item = Result<tiny_http::Request, impl Display>>,
        connection: &Connection,
    ) {
        for request in requests {
            let request = match request {
                Ok(request) => request,
                Err(error) => return self.log_refusal(&error.to_string()),
            };
            connection.enter(Phase::Receiving);
            if self.answer(request, connection).is_err() {
                return;
            }
            connection.enter(Phase::Waiting);
        }
    }

    /// Answers a request; fails where the connection is to end.
    fn answer(&self, mut request: tiny_http::Request, connection: &Connection) -> io::Result<()> {
        let start = Instant::now();
        let limits = &self.connections.limits;
        let (asked, read) = request::read(&mut request, limits);
        connection.enter(Phase::Answering);
        let is_broken = read.is_err();
        let mut response = match read {
            Ok(()) => self.service.answer(&asked),
            Err(failure) => failure.into(),
        };
        self.log_journal_fault();
        self.log.access(&asked, &response, start.elapsed());
        if is_broken {
            // The rest of the body may take its time.
            connection.enter(Phase::Waiting);
            return response::refuse(request, &response, limits.transfer);
        }
        if response.is_stream {
            connection.enter(Phase::Streaming);
            return response::stream(
                request,
                &mut response,
                &self.service.memory,
                limits.transfer,
            );
        }
        let closes = asked.closes || self.connections.closes();
        response::send(request, &response, closes, limits.transfer)
    }

    /// Logs, once, that changes are not recorded.
    fn log_journal_fault(&self) {
        if let Some(fault) = self.service.journal_fault() {
            let text = "changes are not recorded, and cannot be undone";
            self.journal_fault_told
                .call_once(|| self.log.problem(&format!("{text}: {fault}")));
        }
    }

    /// Logs what `tiny_http` refused by itself; that a client is gone or silent is not worth a line.
    fn log_refusal(&self, error: &str) {
        let status = match error {
            _ if error.starts_with("[ReadIoError]") => return,
            _ if error.starts_with("[ExpectationFailed]") => 417,
            _ => 400,
        };
        let response = Response::raw(status, Vec::new()).because_of(error);
        let time = timestamp::now();
        let request = Request {
            time,
            ..Request::default()
        };
        self.log.access(&request, &response, Duration::ZERO);
    }
}
