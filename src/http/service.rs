//! One request, from the checks of who may ask to the response.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::access::Access;
use super::batch::{Batch, Found, RoundFailed};
use super::budget::Budget;
use super::error::Failure;
use super::events::Events;
use super::handlers::DESCRIPTION;
use super::limits::Limits;
use super::long_body::LongBody;
use super::message::{Request, Response};
use super::pool::{Opener, Pool};
use super::router::Route;
use super::{body, handlers};
use crate::journal::{self, Journal};
use crate::note::Note;
use crate::store::JournaledStore;
use crate::timestamp;

/// The most lists of all notes that are made at once: each may be long, and other requests must not wait
/// for them.
const LISTS: usize = 2;

/// The most large notes that are read at once.
const LARGE_NOTES: usize = 2;

/// The most requests that wait for Redis at once with a change.
const CHANGES: usize = 32;

pub(super) struct Service {
    access: Access,
    journal: Option<Journal>,
    notes: Arc<Batch>,
    large_reads: Pool,
    /// The memory and the disk space that answers hold until they are sent.
    pub(super) memory: Budget,
    disk: Budget,
    lists: Pool,
    changes: Pool,
    pub(super) events: Arc<Events>,
}

impl Service {
    pub(super) fn new(
        access: Access,
        journal: Option<Journal>,
        opener: Opener,
        watching: Opener,
        limits: &Limits,
    ) -> io::Result<Self> {
        Ok(Self {
            access,
            journal,
            notes: Batch::start(Arc::clone(&opener))?,
            large_reads: Pool::new(Arc::clone(&opener), LARGE_NOTES),
            memory: Budget::new(limits.memory),
            disk: Budget::new(limits.disk),
            lists: Pool::new(Arc::clone(&opener), LISTS),
            changes: Pool::new(opener, CHANGES),
            events: Arc::new(Events::new(watching, limits)),
        })
    }

    /// Answers a request. Every failure is an answer too, and so is a panic, which is a defect.
    pub(super) fn answer(&self, request: &Request) -> Response {
        let work = || self.hold(self.perform(self.route(request)?, request)?);
        catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| {
                let text = "internal error; the server's log may say more";
                Err(Failure::new(500, text))
            })
            .unwrap_or_else(Response::from)
    }

    /// Returns what a request is for, if its client may ask for it.
    fn route(&self, request: &Request) -> Result<Route, Failure> {
        let (authority, path) = request.authority_and_path();
        let route = Route::from_path(path);
        self.access.check(request, authority, route.as_ref())?;
        let text = "no such path; GET / lists those that there are";
        route.ok_or_else(|| Failure::new(404, text))
    }

    /// Returns why changes are not recorded, once one was not.
    pub(super) fn journal_fault(&self) -> Option<&journal::Error> {
        self.journal.as_ref()?.fault()
    }

    fn perform(&self, route: Route, request: &Request) -> Result<Response, Failure> {
        let now = || timestamp::format(request.time);
        let allow = route.allow();
        match (route, request.method.as_str()) {
            (_, "OPTIONS") => {
                let mut response = Response::raw(200, Vec::new());
                response.header = Some(("Allow", allow));
                Ok(response)
            }
            (Route::Index, "GET" | "HEAD") => Ok(handlers::index()),
            (Route::OpenApi, "GET" | "HEAD") => Ok(Response::raw(200, DESCRIPTION.into())),
            (Route::Health, "GET" | "HEAD") => {
                let ping = self.changes.with(|store| Ok(store.ping().map(drop)?));
                Ok(handlers::health(&ping, &now()))
            }
            (Route::Notes, "GET" | "HEAD") => {
                let body = LongBody::new(self.memory.share(), &self.disk);
                self.lists.with(|store| handlers::list(store, body))
            }
            (Route::Notes, "POST") => {
                let (title, content) = body::parse_new(request)?;
                let note = Note::new(title, content, &now());
                let held = self.memory.hold(request.body.len())?;
                self.change("serve POST", now(), |store| {
                    store.create(&note)?;
                    let mut response = Response::with_note(201, &note);
                    response.held = Some(held);
                    Ok(response)
                })
            }
            (Route::Events, "GET" | "HEAD") => {
                let last = request.last_event_id.as_deref();
                let reader = (request.method == "GET").then(|| self.events.read(last));
                Ok(Response::stream(reader.transpose()?))
            }
            (Route::Note(id), "GET" | "HEAD") => self.show(&id, request),
            (Route::Note(id), "PUT") => self.change("serve PUT", now(), |store| {
                handlers::update(store, &id, request, &self.memory)
            }),
            (Route::Note(id), "DELETE") => self.change("serve DELETE", now(), |store| {
                handlers::delete(store, &id, request)
            }),
            _ => {
                let text = format!("this path takes {allow}");
                Err(Failure::new(405, text).with_header("Allow", allow))
            }
        }
    }

    /// Counts the memory of a response until it is sent, or refuses it. The response to a change, whose memory was
    /// counted before, is never refused.
    fn hold(&self, mut response: Response) -> Result<Response, Failure> {
        match &mut response.held {
            Some(held) => held.set(response.body.len() as u64),
            None => response.held = Some(self.memory.hold(response.body.len())?),
        }
        Ok(response)
    }

    fn show(&self, id: &str, request: &Request) -> Result<Response, Failure> {
        match self.read(id)? {
            Found::Note(response) => Ok(handlers::show(response, request)),
            Found::Large(size) => self.show_large(id, size, request),
            Found::Nothing => Err(Failure::no_such_note(id)),
        }
    }

    fn read(&self, id: &str) -> Result<Found, Failure> {
        match self.notes.get(id) {
            Ok(found) => Ok(found),
            Err(RoundFailed) => self.changes.with(|store| Ok(store.get(id)?.into())),
        }
    }

    /// Reads a note that had this size when it was read last.
    fn show_large(&self, id: &str, size: usize, request: &Request) -> Result<Response, Failure> {
        self.large_reads.with(|store| {
            let held = self.memory.hold(size)?;
            let note = store.get(id)?;
            self.notes
                .large_notes
                .learn(id, note.as_ref().map_or(0, Note::size));
            let note = note.ok_or_else(|| Failure::no_such_note(id))?;
            handlers::show_large(&note, request, LongBody::new(held, &self.disk))
        })
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
