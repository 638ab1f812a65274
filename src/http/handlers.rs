//! What each action does: a request, a store and the time become a response.
//!
//! Nothing here knows sockets, headers or where a store comes from.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::body::Fields;
use super::error::Failure;
use super::etag;
use super::message::{Request, Response, Status};
use super::openapi;
use crate::note::Note;
use crate::notebook::Notebook;
use crate::store::RawNote;
use crate::store::{self, Basis, Change, Deleted, Query, Store};

/// What this service is and what can be asked of it.
#[must_use]
pub(super) fn index() -> Response {
    let note = "http://localhost:5000/api/v1/notes";
    Response::json(
        Status::Ok,
        &json!({
            "service": "notes",
            "version": env!("CARGO_PKG_VERSION"),
            "endpoints": {
                "GET /": "this index",
                "GET /health": "whether Redis answers",
                "GET /openapi.json": "the description of this API (OpenAPI 3.1)",
                "GET /api/v1/notes": "every note, the newest first",
                "POST /api/v1/notes": "make a note",
                "GET /api/v1/notes/<id>": "one note",
                "PUT /api/v1/notes/<id>": "change a note",
                "DELETE /api/v1/notes/<id>": "delete a note",
            },
            "examples": {
                "create": format!(
                    "curl -X POST {note} -H 'Content-Type: application/json' \
                     -d '{{\"title\": \"Milk\", \"content\": \"two litres\"}}'"
                ),
                "list": format!("curl {note}"),
                "get": format!("curl {note}/<id>"),
                "update": format!(
                    "curl -X PUT {note}/<id> -H 'Content-Type: application/json' \
                     -d '{{\"title\": \"Bread\"}}'"
                ),
                "delete": format!("curl -X DELETE {note}/<id>"),
            },
        }),
    )
}

/// The description of this API.
#[must_use]
pub(super) fn openapi() -> Response {
    Response::raw(Status::Ok, openapi::DESCRIPTION.as_bytes().to_vec())
}

/// The methods that a path takes.
#[must_use]
pub(super) fn methods(allow: &'static str) -> Response {
    Response::raw(Status::Ok, Vec::new()).with_header("Allow", allow)
}

/// Whether Redis answered a PING.
#[must_use]
pub(super) fn health(ping: Result<Duration, Failure>, now: &str) -> Response {
    match ping {
        Ok(_) => Response::json(
            Status::Ok,
            &json!({ "status": "ok", "redis": "ok", "timestamp": now }),
        ),
        Err(failure) => {
            let detail = failure.detail();
            let mut response = Response::json(
                Status::InternalServerError,
                &json!({ "status": "error", "redis": "unreachable", "detail": detail }),
            );
            response.cause = Some(detail);
            response
        }
    }
}

/// Every note, the newest first; ids without a note are left out.
pub(super) fn list(store: &mut Store) -> Result<Response, Failure> {
    #[derive(Serialize)]
    struct List<'a> {
        count: usize,
        notes: &'a [Note],
    }

    let notes = store.list(&Query::default())?.notes;
    let list = List {
        count: notes.len(),
        notes: &notes,
    };
    Ok(Response::json(Status::Ok, &list))
}

/// The note that a request asks to make, not stored yet.
pub(super) fn draft(request: &Request, now: &str) -> Result<Note, Failure> {
    let (title, content) = Fields::of_new(request)?;
    Ok(Note::new(title, content, now))
}

/// Stores a new note.
pub(super) fn create(notebook: &mut Notebook<'_>, note: &Note) -> Result<Response, Failure> {
    notebook.create(note)?;
    Ok(Response::note(Status::Created, note))
}

/// One note, or what was found under its id instead. A client that has it is not sent it again.
pub(super) fn show(found: Option<Note>, id: &str, request: &Request) -> Result<Response, Failure> {
    let note = found.ok_or_else(|| no_such_note(id))?;
    let mut response = Response::note(Status::Ok, &note);
    if response
        .etag
        .as_ref()
        .is_some_and(|tag| etag::is_known(request, tag))
    {
        response.status = Status::NotModified;
        response.body.clear();
    }
    Ok(response)
}

/// Changes a note. That there is none is said before the body is looked at.
pub(super) fn update(
    notebook: &mut Notebook<'_>,
    id: &str,
    request: &Request,
) -> Result<Response, Failure> {
    let (note, image) = wanted(notebook, id, request)?;
    let fields = Fields::of_change(request)?;
    if note.title.is_none() && fields.title.is_none() {
        return Err(Failure::NoTitle { id: id.to_owned() });
    }
    let change = Change {
        title: fields.title,
        content: fields.content,
    };
    let basis = image.as_ref().map_or(Basis::Presence, Basis::Exactly);
    let note = notebook.update(id, &change, basis).map_err(changed)?;
    Ok(Response::note(Status::Ok, &note))
}

/// Deletes a note. It is read first: what is not a note is not deleted.
pub(super) fn delete(
    notebook: &mut Notebook<'_>,
    id: &str,
    request: &Request,
) -> Result<Response, Failure> {
    let (_, image) = wanted(notebook, id, request)?;
    let is_deleted = match &image {
        Some(image) => {
            notebook.delete_exactly(id, image).map_err(changed)?;
            true
        }
        None => matches!(notebook.delete(&[id])?.pop(), Some(Deleted::Note(_))),
    };
    if !is_deleted {
        return Err(no_such_note(id));
    }
    Ok(Response::json(
        Status::Ok,
        &json!({ "message": format!("Note '{id}' deleted successfully") }),
    ))
}

/// The note that a request changes, if it is what the request wants it to be; then also what Redis
/// holds of it to the byte, which the change is to start from.
fn wanted(
    notebook: &mut Notebook<'_>,
    id: &str,
    request: &Request,
) -> Result<(Note, Option<RawNote>), Failure> {
    let store = notebook.store();
    if !etag::is_conditional(request) {
        let note = store.get(id)?.ok_or_else(|| no_such_note(id))?;
        return Ok((note, None));
    }
    let image = store.images(&[id])?.pop().filter(RawNote::has_hash);
    let image = image.ok_or_else(|| no_such_note(id))?;
    let note = Store::note(id, &image);
    if let Some(tag) = Response::note(Status::Ok, &note).etag {
        etag::check(request, &tag)?;
    }
    Ok((note, Some(image)))
}

/// What a conditional request is told where the note changed after it was looked at.
fn changed(error: store::Error) -> Failure {
    match error {
        store::Error::Conflict { .. } => Failure::Changed,
        error => error.into(),
    }
}

fn no_such_note(id: &str) -> Failure {
    Failure::NoSuchNote { id: id.to_owned() }
}
