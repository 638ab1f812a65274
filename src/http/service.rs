//! One request, from the checks at the door to the response.
//!
//! It brings together the rules of `host` and `token`, the routes and the handlers. It knows no
//! sockets and no threads.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use super::error::Failure;
use super::handlers;
use super::host::Hosts;
use super::message::{Request, Response};
use super::reconnecting::{Purpose, Reconnecting};
use super::router::{Action, Operation, Route};
use super::token::Token;
use crate::journal::Journal;
use crate::notebook::Notebook;
use crate::store::Store;
use crate::timestamp;

/// What answers requests.
pub(super) struct Service {
    hosts: Hosts,
    token: Option<Token>,
    journal: Option<Journal>,
    /// Whether it was said that the journal cannot be written.
    told: AtomicBool,
}

/// What a request comes to before Redis is asked.
pub(super) enum Admission {
    /// It asks something of Redis.
    Asks(Operation),
    /// Redis is not needed for its response.
    Answered(Response),
}

impl Service {
    /// A service for the hosts, and where a token is given for those who show it.
    #[must_use]
    pub(super) fn new(hosts: Hosts, token: Option<Token>, journal: Option<Journal>) -> Self {
        Self {
            hosts,
            token,
            journal,
            told: AtomicBool::new(false),
        }
    }

    /// Looks at a request, without asking Redis.
    #[must_use]
    pub(super) fn admit(&self, request: &Request) -> Admission {
        Admission::Answered(match self.action(request) {
            Ok(Action::Operation(operation)) => return Admission::Asks(operation),
            Ok(Action::Index) => handlers::index(),
            Ok(Action::OpenApi) => handlers::openapi(),
            Ok(Action::Methods(allow)) => handlers::methods(allow),
            Err(failure) => failure.into(),
        })
    }

    /// Answers a request that arrived at `now`. Every failure is a response too.
    #[must_use]
    pub(super) fn perform(
        &self,
        redis: &mut Reconnecting<'_>,
        operation: &Operation,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Response {
        self.attempt(redis, operation, request, now)
            .unwrap_or_else(Response::from)
    }

    /// Why a change was not recorded in the journal, the first time that this happened.
    #[must_use]
    pub(super) fn journal_problem(&self) -> Option<String> {
        let fault = self.journal.as_ref()?.fault()?;
        let is_told = self.told.swap(true, Ordering::Relaxed);
        (!is_told).then(|| format!("changes are not recorded, and cannot be undone: {fault}"))
    }

    fn notebook<'a>(&'a self, store: &'a mut Store, by: &'a str, now: String) -> Notebook<'a> {
        Notebook::new(store, self.journal.as_ref(), by, now)
    }

    fn action(&self, request: &Request) -> Result<Action, Failure> {
        let (authority, path) = request.authority_and_path();
        self.hosts.check(authority.or(request.host.as_deref()))?;
        let route = Route::of(path);
        // Whether the server is well is asked by those who start it, who need no token for that.
        if let (Some(token), false) = (&self.token, route == Some(Route::Health)) {
            token.check(request.authorization.as_deref())?;
        }
        route.ok_or(Failure::NoSuchPath)?.action(request.method)
    }

    fn attempt(
        &self,
        redis: &mut Reconnecting<'_>,
        operation: &Operation,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Response, Failure> {
        let now = || timestamp::format(now);
        match operation {
            Operation::Health => {
                let ping = redis.with(Purpose::Read, |store| Ok(store.ping()?));
                Ok(handlers::health(ping, &now()))
            }
            Operation::List => redis.with(Purpose::Read, handlers::list),
            Operation::Show(id) => {
                let note = redis.with(Purpose::Read, |store| Ok(store.get(id)?))?;
                handlers::show(note, id, request)
            }
            Operation::Create => {
                let note = handlers::draft(request, &now())?;
                redis.with(Purpose::Write, |store| {
                    handlers::create(&mut self.notebook(store, "serve POST", now()), &note)
                })
            }
            Operation::Update(id) => redis.with(Purpose::Read, |store| {
                handlers::update(&mut self.notebook(store, "serve PUT", now()), id, request)
            }),
            Operation::Delete(id) => redis.with(Purpose::Read, |store| {
                handlers::delete(
                    &mut self.notebook(store, "serve DELETE", now()),
                    id,
                    request,
                )
            }),
        }
    }
}
