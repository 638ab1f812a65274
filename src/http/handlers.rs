//! What is done for each kind of request: with a store it becomes a response.

use std::io;

use serde_json::json;

use super::body;
use super::error::Failure;
use super::etag;
use super::message::{Request, Response};
use crate::note::{Note, RawNote};
use crate::store::scan::NOTES_AT_ONCE;
use crate::store::{self, Basis, JournaledStore, Order, Store};

/// The description of this API, `OpenAPI` 3.1 in JSON (<https://spec.openapis.org/oas/v3.1.1>).
pub(crate) const DESCRIPTION: &str = include_str!("openapi.json");

pub(super) fn index() -> Response {
    let index = include_str!("index.json").replace("{version}", env!("CARGO_PKG_VERSION"));
    Response::raw(200, index.into_bytes())
}

pub(super) fn health(ping: &Result<(), Failure>, now: &str) -> Response {
    let Err(failure) = ping else {
        let ok = json!({ "status": "ok", "redis": "ok", "timestamp": now });
        return Response::json(200, &ok);
    };
    let detail = failure.detail();
    let error = json!({ "status": "error", "redis": "unreachable", "detail": detail });
    Response::json(500, &error).because_of(detail)
}

/// Every note, the newest first; ids without a note are left out. How many there are is known, and said, at the
/// end: only a few are in memory at a time.
pub(super) fn list(store: &mut Store) -> Result<Response, Failure> {
    let full = |error: io::Error| {
        let text = "the server has no room for a list of all notes; its log has the reason";
        Failure::new(500, text).because_of(format!("cannot write a temporary file: {error}"))
    };
    let ids = store.ordered(Order::default(), |_| true)?.ids;
    let mut response = Response::raw(200, br#"{"notes":["#.to_vec());
    let mut count = 0;
    let mut rest = ids.as_slice();
    while let Some(notes) = store.next_present(&mut rest, NOTES_AT_ONCE)? {
        for note in notes {
            if count > 0 {
                response.body.push(b',');
            }
            response.body.extend(Response::json(200, &note).body);
            count += 1;
        }
        response.spill().map_err(full)?;
    }
    response
        .body
        .extend(format!("],\"count\":{count}}}").bytes());
    Ok(response)
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
    let found = store.store.raw_notes(&[id])?;
    let found = wanted(found, id, request)?;
    let mut change = body::of_change(request)?;
    if found.field("title").is_none() && change.title.is_none() {
        let text = format!("Note '{id}' has no 'title' field; give it one");
        return Err(Failure::new(409, text));
    }
    if found.field("content").is_none() {
        change.content.get_or_insert_default();
    }
    let basis = if etag::is_conditional(request) {
        Basis::Exactly(&found)
    } else {
        Basis::Presence
    };
    let note = store.update(id, &change, basis).map_err(overtaken)?;
    Ok(Response::note(200, &note))
}

/// Deletes a note; or what is not a note but has its key, which is not recorded, since it could not be
/// brought back. An id without a note is not deleted.
pub(super) fn delete(
    store: &mut JournaledStore<'_>,
    id: &str,
    request: &Request,
) -> Result<Response, Failure> {
    let is_conditional = etag::is_conditional(request);
    let is_deleted = match store.store.raw_notes(&[id]) {
        Err(store::Error::WrongType { .. }) if !is_conditional => store.store.remove_key(id)?,
        found => match store.delete_exactly(id, &wanted(found?, id, request)?) {
            // It changed since it was read, which matters to nobody.
            Err(store::Error::Conflict { .. }) if !is_conditional => {
                store.delete(&[id])?.iter().any(RawNote::has_hash)
            }
            result => result.map(|()| true).map_err(overtaken)?,
        },
    };
    if !is_deleted {
        return Err(Failure::no_such_note(id));
    }
    let message = format!("Note '{id}' deleted successfully");
    Ok(Response::json(200, &json!({ "message": message })))
}

/// The note that a request changes, to the byte, if Redis holds one and it is what the request wants it to be.
fn wanted(found: Vec<RawNote>, id: &str, request: &Request) -> Result<RawNote, Failure> {
    let found = found.into_iter().find(RawNote::has_hash);
    let found = found.ok_or_else(|| Failure::no_such_note(id))?;
    if etag::is_conditional(request)
        && let Some(tag) = Response::note(200, &found.to_note(id)).etag
    {
        etag::check(request, &tag)?;
    }
    Ok(found)
}

/// What a conditional request is told where the note changed after it was looked at.
fn overtaken(error: store::Error) -> Failure {
    match error {
        store::Error::Conflict { .. } => etag::changed(),
        error => error.into(),
    }
}
