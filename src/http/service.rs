//! One request, from the checks of who may ask to the response.
//!
//! It brings together the rules of `host` and `token`, the routes, the handlers and the connections to
//! Redis. It knows no sockets.

use std::io;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::batch::Batch;
use super::error::Failure;
use super::handlers;
use super::host;
use super::message::{Request, Response};
use super::pool::{Opener, Pool};
use super::router::{Action, Route};
use super::token::Token;
use crate::journal::{Journal, JournaledStore};
use crate::note::Note;
use crate::timestamp;

/// How many lists of all notes are made at once: each may be long, and other requests are not to wait
/// for them.
const LISTS: usize = 2;

/// What answers requests.
pub(super) struct Service {
    /// Where the server listens.
    address: IpAddr,
    token: Option<Token>,
    journal: Option<Journal>,
    /// Whether it was said that the journal cannot be written.
    is_told: AtomicBool,
    notes: Batch,
    lists: Pool,
    changes: Pool,
}

impl Service {
    /// A service for the hosts that the address stands for, and where a token is given for those who show it.
    pub(super) fn new(
        address: IpAddr,
        token: Option<Token>,
        journal: Option<Journal>,
        opener: Opener,
        changes: usize,
    ) -> io::Result<Self> {
        let opener = Arc::new(opener);
        Ok(Self {
            address,
            token,
            journal,
            is_told: AtomicBool::new(false),
            notes: Batch::new(Arc::clone(&opener))?,
            lists: Pool::new(Arc::clone(&opener), LISTS),
            changes: Pool::new(opener, changes),
        })
    }

    /// The id of the note that a request asks for, if it is for one, and permitted.
    pub(super) fn wanted_note(&self, request: &Request) -> Option<String> {
        match self.action(request) {
            Ok(Action::Show(id)) => Some(id),
            _ => None,
        }
    }

    /// Has a note asked for together with others, and `answer` called with the response, mostly by
    /// another thread.
    pub(super) fn show_later(
        self: &Arc<Self>,
        id: String,
        request: Request,
        answer: impl FnOnce(&Request, Response) + Send + 'static,
    ) {
        let (service, known) = (Arc::clone(self), id.clone());
        let show = move |found: Option<Option<Note>>| {
            let response = respond(|| {
                let alone = || service.changes.with(|store| Ok(store.get(&known)?));
                handlers::show(found.map_or_else(alone, Ok)?, &known, &request)
            });
            answer(&request, response);
        };
        self.notes.get(id, Box::new(show));
    }

    /// Answers a request. Every failure is a response too, and so is a panic, which is a defect.
    pub(super) fn answer(&self, request: &Request) -> Response {
        respond(|| self.perform(self.action(request)?, request))
    }

    /// Why a change was not recorded in the journal, the first time that this happened.
    pub(super) fn journal_problem(&self) -> Option<String> {
        let fault = self.journal.as_ref()?.fault()?;
        let is_told = self.is_told.swap(true, Ordering::Relaxed);
        (!is_told).then(|| format!("changes are not recorded, and cannot be undone: {fault}"))
    }

    fn action(&self, request: &Request) -> Result<Action, Failure> {
        let (authority, path) = request.authority_and_path();
        host::check(self.address, authority.or(request.host.as_deref()))?;
        let route = Route::of(path);
        // Whether the server is well is asked by those who start it, who need no token for that.
        if let (Some(token), false) = (&self.token, route == Some(Route::Health)) {
            token.check(request.authorization.as_deref())?;
        }
        let text = "no such path; GET / lists those that there are";
        let route = route.ok_or_else(|| Failure::new(404, text))?;
        route.action(&request.method)
    }

    fn perform(&self, action: Action, request: &Request) -> Result<Response, Failure> {
        let now = || timestamp::format(request.time);
        match action {
            Action::Index => Ok(handlers::index()),
            Action::OpenApi => Ok(handlers::openapi()),
            Action::Methods(allow) => Ok(handlers::methods(allow)),
            Action::Health => {
                let ping = self.changes.with(|store| Ok(store.ping().map(drop)?));
                Ok(handlers::health(&ping, &now()))
            }
            Action::List => self.lists.with(handlers::list),
            Action::Show(id) => {
                let note = self.changes.with(|store| Ok(store.get(&id)?))?;
                handlers::show(note, &id, request)
            }
            Action::Create => {
                let note = handlers::draft(request, &now())?;
                self.change("serve POST", now(), |store| handlers::create(store, &note))
            }
            Action::Update(id) => self.change("serve PUT", now(), |store| {
                handlers::update(store, &id, request)
            }),
            Action::Delete(id) => self.change("serve DELETE", now(), |store| {
                handlers::delete(store, &id, request)
            }),
        }
    }

    fn change(
        &self,
        by: &str,
        now: String,
        work: impl FnOnce(&mut JournaledStore<'_>) -> Result<Response, Failure>,
    ) -> Result<Response, Failure> {
        self.changes.with(|store| {
            let journal = self.journal.as_ref();
            work(&mut JournaledStore::new(store, journal, by, now))
        })
    }
}

/// The response that some work makes. Every failure is a response too, and so is a panic.
fn respond(work: impl FnOnce() -> Result<Response, Failure>) -> Response {
    let panicked = || Failure::new(500, "internal error; the server's log may say more");
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(panicked()))
        .unwrap_or_else(Response::from)
}
