//! One request, from the checks at the door to the response.
//!
//! It brings together the rules of `host` and `token`, the routes, the handlers and the pool. It
//! knows no sockets: the tests of the contract talk to it directly.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use super::error::Failure;
use super::handlers;
use super::host::Hosts;
use super::message::{Request, Response};
use super::pool::{Pool, Purpose};
use super::router::{Action, Route};
use super::together::Together;
use super::token::Token;
use crate::journal::Journal;
use crate::notebook::Notebook;
use crate::store::Store;
use crate::timestamp;

/// What answers requests.
pub(super) struct Service {
    hosts: Hosts,
    token: Option<Token>,
    pool: Pool,
    together: Together,
    journal: Option<Journal>,
    /// Whether it was said that the journal cannot be written.
    told: AtomicBool,
}

impl Service {
    /// A service over the notes of a pool, for the hosts, and where a token is given for those who
    /// show it.
    #[must_use]
    pub(super) fn new(
        hosts: Hosts,
        token: Option<Token>,
        pool: Pool,
        journal: Option<Journal>,
    ) -> Self {
        Self {
            hosts,
            token,
            pool,
            together: Together::default(),
            journal,
            told: AtomicBool::new(false),
        }
    }

    /// Answers a request that arrived at `now`. Every failure is a response too.
    #[must_use]
    pub(super) fn answer(&self, request: &Request, now: DateTime<Utc>) -> Response {
        self.action(request)
            .and_then(|action| self.perform(&action, request, now))
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

    fn perform(
        &self,
        action: &Action,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Response, Failure> {
        let pool = &self.pool;
        let now = || timestamp::format(now);
        match action {
            Action::Index => Ok(handlers::index()),
            Action::OpenApi => Ok(handlers::openapi()),
            Action::Methods(allow) => Ok(handlers::methods(allow)),
            Action::Health => {
                let ping = pool.with(Purpose::Read, |store| Ok(store.ping()?));
                Ok(handlers::health(ping, &now()))
            }
            Action::List => pool.with(Purpose::Read, handlers::list),
            Action::Show(id) => handlers::show(self.together.get(pool, id)?, id, request),
            Action::Create => {
                let note = handlers::draft(request, &now())?;
                pool.with(Purpose::Write, |store| {
                    handlers::create(&mut self.notebook(store, "serve POST", now()), &note)
                })
            }
            Action::Update(id) => pool.with(Purpose::Read, |store| {
                handlers::update(&mut self.notebook(store, "serve PUT", now()), id, request)
            }),
            Action::Delete(id) => pool.with(Purpose::Read, |store| {
                handlers::delete(
                    &mut self.notebook(store, "serve DELETE", now()),
                    id,
                    request,
                )
            }),
        }
    }
}
