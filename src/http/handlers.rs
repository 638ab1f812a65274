//! The handlers: each turns one kind of request into a response.

use serde_json::json;

use super::body;
use super::budget::Budget;
use super::error::Failure;
use super::long_body::LongBody;
use super::message::{Request, Response};
use super::preconditions;
use crate::find::{Candidates, Order};
use crate::note::etag::Measure;
use crate::note::{Note, RawNote};
use crate::store::{self, Basis, JournaledStore, Reading, Store};

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
    // Needs no token, so it does not name the address of Redis.
    let detail = failure.text();
    let error = json!({ "status": "error", "redis": "unreachable", "detail": detail });
    Response::json(500, &error).because_of(failure.cause())
}

/// Every note, the newest first; ids without a note are left out. How many there are is known, and said, at the
/// end: only a few are in memory at a time.
pub(super) fn list(store: &mut Store, mut body: LongBody) -> Result<Response, Failure> {
    let ids = Candidates::read(store, Order::default(), |_| true)?.take(usize::MAX);
    body.bytes.extend(br#"{"notes":["#);
    let mut count = 0;
    let mut reading = Reading::new(&ids, &[]);
    while let Some(notes) = reading.next(store, |_| true)? {
        for (id, note) in notes {
            if count > 0 {
                body.bytes.push(b',');
            }
            body.bytes
                .extend(Response::json(200, &store.make_note(id, note)).body);
            count += 1;
        }
        body.spill()?;
    }
    body.bytes.extend(format!("],\"count\":{count}}}").bytes());
    body.into_response()
}

/// One note, by the response with it. A client that has it is not sent it again.
pub(super) fn show(mut response: Response, request: &Request) -> Response {
    let tag = response.etag.as_deref();
    if tag.is_some_and(|tag| preconditions::is_known(request, tag)) {
        response.status = 304;
        response.body.clear();
    }
    response
}

/// One note that is large.
pub(super) fn show_large(
    note: &Note,
    request: &Request,
    body: LongBody,
) -> Result<Response, Failure> {
    let mut measure = Measure::default();
    serde_json::to_writer(&mut measure, note).expect("the measure takes all of it");
    let length = measure.length;
    let tag = measure.entity_tag();
    let mut response = if preconditions::is_known(request, &tag) {
        Response::raw(304, Vec::new())
    } else {
        body.with_json(note, length)?
    };
    response.etag = Some(tag);
    Ok(response)
}

/// Changes a note. That there is none is said before the body is looked at. A note without a content
/// has an empty one from then on, as with the original.
pub(super) fn update(
    store: &mut JournaledStore<'_>,
    id: &str,
    request: &Request,
    memory: &Budget,
) -> Result<Response, Failure> {
    let found = wanted(store.raw_note(id)?, id, request)?;
    // After the change it would be too late to refuse.
    let held = memory.hold(found.size() + request.body.len())?;
    let mut change = body::parse_change(request)?;
    if found.field("title").is_none() && change.title.is_none() {
        let text = format!("Note '{id}' has no 'title' field; give it one");
        return Err(Failure::new(409, text));
    }
    if found.field("content").is_none() {
        change.content.get_or_insert_default();
    }
    let basis = if preconditions::is_conditional(request) {
        Basis::Exactly(&found)
    } else {
        Basis::JustRead(&found)
    };
    let note = store.update(id, &change, basis).map_err(overtaken)?;
    let mut response = Response::with_note(200, &note);
    response.held = Some(held);
    Ok(response)
}

/// Deletes a note; or what is not a note but has its key, which is not recorded, since it could not be
/// brought back. An id without a note is not deleted.
pub(super) fn delete(
    store: &mut JournaledStore<'_>,
    id: &str,
    request: &Request,
) -> Result<Response, Failure> {
    let is_conditional = preconditions::is_conditional(request);
    let is_deleted = match store.raw_note(id) {
        Err(store::Error::WrongType { .. }) if !is_conditional => store.remove_key(id)?,
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
fn wanted(found: RawNote, id: &str, request: &Request) -> Result<RawNote, Failure> {
    if !found.has_hash() {
        return Err(Failure::no_such_note(id));
    }
    if preconditions::is_conditional(request)
        && let Some(tag) = Response::with_note(200, &found.to_note(id)).etag
    {
        preconditions::check(request, &tag)?;
    }
    Ok(found)
}

/// The failure of a conditional request whose note changed after it was looked at.
fn overtaken(error: store::Error) -> Failure {
    match error {
        store::Error::Conflict { .. } => preconditions::changed(),
        error => error.into(),
    }
}
