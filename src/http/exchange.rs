//! One request on its way to the bytes of its response, and to its line in the log.
//!
//! Nothing here knows sockets or threads; both those that hold the sockets and those that talk to
//! Redis come here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::error::Failure;
use super::handlers;
use super::head::Incoming;
use super::log::{Access, Log};
use super::memory::Memory;
use super::message::Response;
use super::router::Operation;
use super::service::{Admission, Service};
use super::wire::{self, Connection, Part};
use crate::note::Note;
use crate::timestamp;

/// A request that has been read, and is yet to be answered.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The connection that it came by.
    pub(super) key: usize,
    /// Who sent it: an address, as text.
    pub(super) client: Arc<str>,
    /// When it had been read.
    pub(super) time: DateTime<Utc>,
    /// The same, for what is measured from then on.
    pub(super) start: Instant,
    /// The request.
    pub(super) incoming: Incoming,
}

impl Exchange {
    /// Begins with a request that has just been read.
    #[must_use]
    pub(super) fn new(key: usize, client: Arc<str>, incoming: Incoming) -> Self {
        Self {
            key,
            client,
            time: timestamp::now(),
            start: Instant::now(),
            incoming,
        }
    }
}

/// A request that Redis is needed for, and what it asks for.
#[derive(Debug)]
pub(super) struct Task {
    /// The request.
    pub(super) exchange: Exchange,
    /// What it asks for.
    pub(super) operation: Operation,
}

/// A response as it goes out.
#[derive(Debug)]
pub(super) struct Reply {
    /// The connection that it is for.
    pub(super) key: usize,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// What becomes of the connection after it.
    pub(super) connection: Connection,
}

/// Where requests are taken and responses given out.
pub(super) struct Desk {
    service: Service,
    log: Log,
    memory: Arc<Memory>,
    is_crowded: AtomicBool,
    is_stopping: AtomicBool,
}

impl Desk {
    /// A desk in front of a service, which turns requests away while memory is short.
    #[must_use]
    pub(super) fn new(service: Service, log: Log, memory: Arc<Memory>) -> Self {
        Self {
            service,
            log,
            memory,
            is_crowded: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
        }
    }

    /// What answers the requests.
    #[must_use]
    pub(super) fn service(&self) -> &Service {
        &self.service
    }

    /// What is held for clients.
    #[must_use]
    pub(super) fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Says whether other clients wait for a place: who is answered then gives its own up.
    pub(super) fn set_crowded(&self, is_crowded: bool) {
        self.is_crowded.store(is_crowded, Ordering::Relaxed);
    }

    /// Says that the server stops: no connection is kept from now on.
    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    fn is_closing(&self) -> bool {
        self.is_crowded.load(Ordering::Relaxed) || self.is_stopping.load(Ordering::Relaxed)
    }

    /// Takes a request: one that needs no Redis is answered.
    pub(super) fn take(&self, exchange: Exchange) -> Result<Task, Reply> {
        let request = &exchange.incoming.request;
        match catch_unwind(AssertUnwindSafe(|| self.service.admit(request))) {
            Ok(Admission::Asks(operation)) if self.is_too_much(&operation) => {
                Err(self.answer(&exchange, &Failure::Overloaded.into()))
            }
            Ok(Admission::Asks(operation)) => Ok(Task {
                exchange,
                operation,
            }),
            Ok(Admission::Answered(response)) => Err(self.answer(&exchange, &response)),
            Err(_) => Err(self.answer(&exchange, &Failure::Panicked.into())),
        }
    }

    /// Whether an answer may be too long for now.
    pub(super) fn is_too_much(&self, operation: &Operation) -> bool {
        *operation != Operation::Health && self.memory.is_short()
    }

    /// Answers a request for a note, whatever was found under its id.
    pub(super) fn show(&self, exchange: &Exchange, id: &str, found: Option<Note>) -> Reply {
        let request = &exchange.incoming.request;
        let shown = catch_unwind(AssertUnwindSafe(|| handlers::show(found, id, request)));
        let shown = shown.unwrap_or(Err(Failure::Panicked));
        self.answer(exchange, &shown.unwrap_or_else(Response::from))
    }

    /// Makes a response what goes out, and logs it.
    pub(super) fn answer(&self, exchange: &Exchange, response: &Response) -> Reply {
        let request = &exchange.incoming.request;
        let part = Part::answering(request.method);
        let connection = if self.is_closing() {
            Connection::Closes
        } else {
            exchange.incoming.connection
        };
        if let Some(problem) = self.service.journal_problem() {
            self.say(&problem);
        }
        let bytes = wire::encode(response, part, connection, exchange.time);
        self.log.access(&Access {
            time: exchange.time,
            client: &exchange.client,
            method: &exchange.incoming.word,
            status: response.status.code(),
            bytes: match part {
                Part::Head => 0,
                Part::Whole => response.body.len(),
            },
            duration: exchange.start.elapsed(),
            cause: response.cause.as_deref(),
            request,
        });
        Reply {
            key: exchange.key,
            bytes,
            connection,
        }
    }

    /// Waits until what was logged is written, or nobody takes it.
    pub(super) fn finish(&self) {
        self.log.finish();
    }

    /// Writes into the log what went wrong outside of a request.
    pub(super) fn say(&self, text: &str) {
        self.log.problem(timestamp::now(), text);
    }
}
