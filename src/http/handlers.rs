//! What each action does: a request, a store and the time become a response.
//!
//! Nothing here knows sockets, headers or where a store comes from.

use serde::Serialize;
use serde_json::json;

use super::body;
use super::error::Failure;
use super::etag;
use super::message::{Request, Response};
use crate::journal::{Basis, Deleted, JournaledStore};
use crate::note::Note;
use crate::store::{self, Order, RawNote, Store};

/// The description of this API, `OpenAPI` 3.1 in JSON (<https://spec.openapis.org/oas/v3.1.1>).
pub(crate) const DESCRIPTION: &str = include_str!("openapi.json");

/// What this service is and what can be asked of it.
pub(super) fn index() -> Response {
    let index = include_str!("index.json").replace("{version}", env!("CARGO_PKG_VERSION"));
    Response::raw(200, index.into_bytes())
}

pub(super) fn openapi() -> Response {
    Response::raw(200, DESCRIPTION.as_bytes().to_vec())
}

/// The methods that a path takes.
pub(super) fn methods(allow: &'static str) -> Response {
    let mut response = Response::raw(200, Vec::new());
    response.header = Some(("Allow", allow));
    response
}

/// Whether Redis answered a PING.
pub(super) fn health(ping: &Result<(), Failure>, now: &str) -> Response {
    let Err(failure) = ping else {
        let ok = json!({ "status": "ok", "redis": "ok", "timestamp": now });
        return Response::json(200, &ok);
    };
    let detail = failure.detail();
    let error = json!({ "status": "error", "redis": "unreachable", "detail": detail });
    let mut response = Response::json(500, &error);
    response.cause = Some(detail.to_owned());
    response
}

/// Every note, the newest first; ids without a note are left out.
pub(super) fn list(store: &mut Store) -> Result<Response, Failure> {
    #[derive(Serialize)]
    struct List<'a> {
        count: usize,
        notes: &'a [Note],
    }

    let notes = store.list(Order::default(), None)?;
    let list = List {
        count: notes.len(),
        notes: &notes,
    };
    Ok(Response::json(200, &list))
}

/// The note that a request asks to make, not stored yet.
pub(super) fn draft(request: &Request, now: &str) -> Result<Note, Failure> {
    let (title, content) = body::of_new(request)?;
    Ok(Note::new(title, content, now))
}

pub(super) fn create(store: &mut JournaledStore<'_>, note: &Note) -> Result<Response, Failure> {
    store.create(note)?;
    Ok(Response::note(201, note))
}

/// One note, or what was found under its id instead. A client that has it is not sent it again.
pub(super) fn show(found: Option<Note>, id: &str, request: &Request) -> Result<Response, Failure> {
    let note = found.ok_or_else(|| Failure::no_such_note(id))?;
    let mut response = Response::note(200, &note);
    let tag = response.etag.as_deref();
    if tag.is_some_and(|tag| etag::is_known(request, tag)) {
        response.status = 304;
        response.body.clear();
    }
    Ok(response)
}

/// Changes a note. That there is none is said before the body is looked at. A note without a content
/// has an empty one from then on, as with the original.
pub(super) fn update(
    store: &mut JournaledStore<'_>,
    id: &str,
    request: &Request,
) -> Result<Response, Failure> {
    let (note, raw) = wanted(store, id, request)?;
    let mut change = body::of_change(request)?;
    if note.title.is_none() && change.title.is_none() {
        let text = format!("Note '{id}' has no 'title' field; give it one");
        return Err(Failure::new(409, text));
    }
    if note.content.is_none() {
        change.content.get_or_insert_default();
    }
    let basis = raw.as_ref().map_or(Basis::Presence, Basis::Exactly);
    let note = store.update(id, &change, basis).map_err(overtaken)?;
    Ok(Response::note(200, &note))
}

/// Deletes a note; or what is not a note but has its key, which is not recorded, since it could not be
/// brought back.
pub(super) fn delete(
    store: &mut JournaledStore<'_>,
    id: &str,
    request: &Request,
) -> Result<Response, Failure> {
    let is_deleted = if etag::is_conditional(request) {
        let (_, raw) = wanted(store, id, request)?;
        let raw = raw.unwrap_or_default();
        store.delete_exactly(id, &raw).map_err(overtaken)?;
        true
    } else {
        match store.store().get(id) {
            Err(store::Error::WrongType { .. }) => store.store().remove_key(id)?,
            found => {
                // It is read first: an id without a note is not deleted.
                let is_note = |deleted| matches!(deleted, Some(Deleted::Note(_)));
                found?.is_some() && is_note(store.delete(&[id])?.pop())
            }
        }
    };
    if !is_deleted {
        return Err(Failure::no_such_note(id));
    }
    let message = format!("Note '{id}' deleted successfully");
    Ok(Response::json(200, &json!({ "message": message })))
}

/// The note that a request changes, if it is what the request wants it to be; then also what Redis
/// holds of it to the byte, which the change is to start from.
fn wanted(
    store: &mut JournaledStore<'_>,
    id: &str,
    request: &Request,
) -> Result<(Note, Option<RawNote>), Failure> {
    let store = store.store();
    if !etag::is_conditional(request) {
        let note = store.get(id)?.ok_or_else(|| Failure::no_such_note(id))?;
        return Ok((note, None));
    }
    let raw = store.raw_notes(&[id])?.pop().filter(RawNote::has_hash);
    let raw = raw.ok_or_else(|| Failure::no_such_note(id))?;
    let note = raw.note(id);
    if let Some(tag) = Response::note(200, &note).etag {
        etag::check(request, &tag)?;
    }
    Ok((note, Some(raw)))
}

/// What a conditional request is told where the note changed after it was looked at.
fn overtaken(error: store::Error) -> Failure {
    match error {
        store::Error::Conflict { .. } => etag::changed(),
        error => error.into(),
    }
}
