//! Connections, threads and `tiny_http`, which no other file names.
//!
//! `tiny_http` accepts connections and reads requests from them; everything else is done here, because
//! its own server has no limits and gives up at the first error of accept. Each connection has a
//! thread, in which its requests are answered one after the other. What a request means is not
//! known here.

use std::io;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tiny_http::{
    HTTPVersion, Header, HeaderField, HeaderFieldValue, Headers, Listener, Server, SslContextWrap,
};

use super::error::Failure;
use super::framing::{Framing, FramingHeaders};
use super::gate::{Gate, Stop};
use super::host::Hosts;
use super::limits::Limits;
use super::log::{Access, Log};
use super::message::{Method, Request, Response};
use super::pool::{Opener, Pool};
use super::service::Service;
use super::token::Token;
use super::wire::{self, Connection, Part, Version};
use crate::journal::Journal;
use crate::timestamp;

/// How long the server waits after an error of accept: for someone to close a file, mostly.
const RECOVERY: Duration = Duration::from_millis(100);

/// The stack of a connection's thread. Nothing in it recurses.
const STACK: usize = 512 * 1_024;

/// What a server is to be like.
pub struct Options {
    /// The token that requests must carry; none lets everyone in.
    pub token: Option<Token>,
    /// What it takes on.
    pub limits: Limits,
    /// Where it says what it does.
    pub log: Log,
    /// Where changes are recorded before they are made.
    pub journal: Option<Journal>,
}

/// What all connections share.
struct Shared {
    service: Service,
    limits: Limits,
    log: Log,
    gate: Arc<Gate>,
}

/// Answers requests until it is stopped; then takes no more connections, waits until what is under
/// way is done, but no longer than the grace period, and returns.
///
/// A server that listens on loopback alone refuses requests for another host.
pub fn serve(
    listener: TcpListener,
    options: Options,
    opener: Opener,
    stop: &Stop,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let limits = options.limits.within_the_system();
    let gate = stop.gate();
    gate.listens_at(address);
    let pool = Pool::new(opener, limits.redis, limits.patience);
    let shared = Arc::new(Shared {
        service: Service::new(
            Hosts::at(address.ip()),
            options.token,
            pool,
            options.journal,
        ),
        limits,
        log: options.log,
        gate,
    });
    accept_all(&listener.into(), &shared)?;
    let unfinished = shared.gate.drain(shared.limits.grace);
    if unfinished > 0 {
        shared.say(&format!("stopped with {unfinished} requests unfinished"));
    }
    Ok(())
}

fn accept_all(listener: &Listener, shared: &Arc<Shared>) -> io::Result<()> {
    let plain = SslContextWrap::build_ssl_capabilities(None).map_err(io::Error::other)?;
    let mut in_trouble = false;
    while !shared.gate.is_stopping() {
        // It panics where a socket cannot be held twice for want of descriptors.
        let accepted = catch_unwind(|| Server::accept_connection(listener, &plain));
        let error = match accepted {
            Ok(Ok(Some(connection))) => {
                let Some(entry) = shared.gate.enter(shared.limits.connections) else {
                    break;
                };
                let shared = Arc::clone(shared);
                let thread = thread::Builder::new()
                    .name("client".into())
                    .stack_size(STACK);
                match thread.spawn(move || {
                    let _inside = entry;
                    shared.converse(connection);
                }) {
                    Ok(_) => {
                        in_trouble = false;
                        continue;
                    }
                    Err(error) => error.to_string(),
                }
            }
            Ok(Ok(None)) => continue,
            Ok(Err(error)) if is_of_the_moment(error.kind()) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "too many open files".to_owned(),
        };
        if !in_trouble {
            shared.say(&format!(
                "cannot accept connections, goes on trying: {error}"
            ));
        }
        in_trouble = true;
        shared.gate.pause(RECOVERY);
    }
    Ok(())
}

/// Whether an error of accept is about one client, or none, and not about this server.
fn is_of_the_moment(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock
            | ErrorKind::TimedOut
            | ErrorKind::Interrupted
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
    )
}

impl Shared {
    /// Answers the requests of one connection until either side has had enough.
    fn converse<E>(&self, requests: impl Iterator<Item = Result<tiny_http::Request, E>>) {
        for request in requests {
            // `tiny_http` has answered what it could not read.
            let Ok(request) = request else { return };
            let _under_way = self.gate.begin();
            if Exchange::hold(self, request) == Connection::Closes {
                return;
            }
        }
    }

    fn say(&self, text: &str) {
        self.log.problem(timestamp::now(), text);
    }
}

/// One request on its way to a response.
struct Exchange<'a> {
    shared: &'a Shared,
    time: DateTime<Utc>,
    start: Instant,
    client: Option<SocketAddr>,
    method: String,
    request: Request,
}

impl<'a> Exchange<'a> {
    /// Answers a request and says what is to become of its connection.
    fn hold(shared: &'a Shared, received: tiny_http::Request) -> Connection {
        let header = |name| {
            received
                .headers()
                .get(name)
                .map(|value| value.as_str().to_owned())
        };
        let exchange = Self {
            shared,
            time: timestamp::now(),
            start: Instant::now(),
            client: received.remote_addr().copied(),
            method: received.method().as_str().to_owned(),
            request: Request {
                host: header("Host"),
                authorization: header("Authorization"),
                content_type: header("Content-Type"),
                if_match: header("If-Match"),
                if_none_match: header("If-None-Match"),
                ..Request::new(Method::of(received.method().as_str()), received.url())
            },
        };
        exchange.answer(received)
    }

    fn answer(mut self, mut received: tiny_http::Request) -> Connection {
        match self.read_body(&mut received) {
            Ok(body) => {
                self.request.body = body;
                let response = self.response();
                let connection = self.connection(&received);
                let sent = self.send(received, &response, connection);
                self.log(&response);
                sent.map_or(Connection::Closes, |()| connection)
            }
            Err(failure) => {
                let response = Response::from(failure);
                refuse(received, &response);
                self.log(&response);
                Connection::Closes
            }
        }
    }

    fn read_body(&self, received: &mut tiny_http::Request) -> Result<Vec<u8>, Failure> {
        let headers = received.headers();
        let text = |name| headers.get(name).map(HeaderFieldValue::as_str);
        let length = text("Content-Length");
        let framing = FramingHeaders {
            length,
            has_second_length: length.is_some() && has_second(headers, "Content-Length"),
            encoding: text("Transfer-Encoding"),
            connection: text("Connection"),
        };
        let framing = Framing::of(framing, self.shared.limits.body)?;
        if framing == Framing::NONE {
            return Ok(Vec::new());
        }
        let until = self.start + self.shared.limits.transfer;
        framing.read(received.as_reader(), self.shared.limits.body, until)
    }

    /// The response; a panic on the way to it costs this one request.
    fn response(&self) -> Response {
        let service = &self.shared.service;
        catch_unwind(AssertUnwindSafe(|| {
            service.answer(&self.request, self.time)
        }))
        .unwrap_or_else(|_| Failure::Panicked.into())
    }

    fn connection(&self, received: &tiny_http::Request) -> Connection {
        if self.shared.gate.is_wanted_back() {
            return Connection::Closes;
        }
        let asked = received
            .headers()
            .get("Connection")
            .map(HeaderFieldValue::as_str);
        let version = match *received.http_version() {
            HTTPVersion(1, 0) | HTTPVersion(0, _) => Version::Http10,
            HTTPVersion(..) => Version::Http11,
        };
        Connection::after(version, asked)
    }

    /// Sends a response to a request whose body has been read.
    fn send(
        &self,
        received: tiny_http::Request,
        response: &Response,
        connection: Connection,
    ) -> io::Result<()> {
        let until = Instant::now() + self.shared.limits.transfer;
        let bytes = wire::encode(
            response,
            Part::answering(self.request.method),
            connection,
            self.time,
        );
        wire::send(received.into_writer(), &bytes, until)
    }

    fn log(&self, response: &Response) {
        if let Some(problem) = self.shared.service.journal_problem() {
            self.shared.say(&problem);
        }
        let request = &self.request;
        self.shared.log.access(&Access {
            time: self.time,
            client: self.client,
            method: &self.method,
            status: response.status.code(),
            bytes: match Part::answering(request.method) {
                Part::Head => 0,
                Part::Whole => response.body.len(),
            },
            duration: self.start.elapsed(),
            cause: response.cause.as_deref(),
            request,
        });
    }
}

/// Sends a response to a request whose body has not been read: `tiny_http` reads what is left of it
/// after the response, not before it.
fn refuse(received: tiny_http::Request, response: &Response) {
    let mut refusal = tiny_http::Response::from_data(response.body.as_slice())
        .with_status_code(response.status.code())
        .with_chunked_threshold(usize::MAX);
    if let Ok(header) = Header::from_bytes("Content-Type", "application/json") {
        refusal.add_header(header);
    }
    // Who does not take the refusal has not been refused less.
    let _ = received.respond(refusal);
}

/// Whether there are two headers of a name. `tiny_http` shows only the first, so that one is renamed
/// to see whether there is another.
fn has_second(headers: &Headers, name: &str) -> bool {
    let mut rest = headers.clone();
    if let Some(first) = rest.get_header_mut(name)
        && let Ok(other) = "X-Seen".parse::<HeaderField>()
    {
        first.field = other;
    }
    rest.get(name).is_some()
}
