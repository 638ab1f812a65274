//! The contract with the clients of the original API, row by row.

use serde_json::{Value, json};

use super::*;

const NOTE: &str = "/api/v1/notes/n-1";

fn is_time(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.ends_with("+00:00") && crate::timestamp::parse(text).is_some())
}

#[test]
fn the_index_names_the_service_and_its_endpoints() {
    let reply = TestServer::start().get("/?a=b");
    assert_eq!(reply.status, 200);
    let index = reply.value();
    assert_eq!(index["service"], "notes");
    assert_eq!(index["version"], env!("CARGO_PKG_VERSION"));
    for member in ["endpoints", "examples"] {
        assert!(!index[member].as_object().unwrap().is_empty(), "{member}");
    }
}

#[test]
fn health_says_that_redis_answers() {
    let reply = TestServer::start().get("/health");
    let health = reply.value();
    assert_eq!(reply.status, 200);
    assert!(is_time(&health["timestamp"]));
    assert_eq!(
        health,
        json!({ "status": "ok", "redis": "ok", "timestamp": health["timestamp"] })
    );
}

#[test]
fn a_new_note_has_five_fields_and_is_what_redis_holds() {
    let server = TestServer::start();
    let mut client = server.client();
    let reply = client.json(
        "POST /api/v1/notes",
        r#"{"title":" T\n","content":"\u00a0two\nlines\u001f","id":"x","created_at":"x","tags":"x"}"#,
    );
    let note = reply.value();
    assert_eq!(reply.status, 201);
    assert_eq!(note.as_object().unwrap().len(), 5, "{note}");
    assert_eq!(
        (&note["title"], &note["content"]),
        (&json!("T"), &json!("two\nlines"))
    );
    assert!(is_time(&note["created_at"]));
    assert_eq!(note["created_at"], note["updated_at"]);
    let id = note["id"].as_str().unwrap();
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 4);
    assert_eq!(server.redis(&["SMEMBERS", "notes:ids"]), id);
    assert_eq!(server.redis(&["HGET", &format!("note:{id}"), "title"]), "T");
    assert_eq!(server.redis(&["DBSIZE"]), "2");
    let reply = client.request(&format!("GET /api/v1/notes/{id}"), &[], "");
    assert_eq!((reply.status, reply.value()), (200, note));
    let second = client
        .json("POST /api/v1/notes", r#"{"title":"a"}"#)
        .value();
    assert_eq!(second["content"], "");
}

#[test]
fn the_list_is_newest_first_and_leaves_out_ids_without_a_hash() {
    let server = TestServer::start();
    assert_eq!(
        server.get("/api/v1/notes").value(),
        json!({ "count": 0, "notes": [] })
    );
    server.write(
        "old",
        &["title", "O", "created_at", "2024-01-01T00:00:00+00:00"],
    );
    server.write("none", &["title", "N"]);
    server.write(
        "new",
        &["title", "W", "created_at", "2025-01-01T00:00:00+00:00"],
    );
    server.redis(&["SADD", "notes:ids", "ghost"]);
    server.redis(&["HSET", "note:unlisted", "title", "U"]);
    let reply = server.get("/api/v1/notes?limit=1");
    assert_eq!(
        (reply.status, reply.value()),
        (
            200,
            json!({ "count": 3, "notes": [
                { "id": "new", "title": "W", "created_at": "2025-01-01T00:00:00+00:00" },
                { "id": "old", "title": "O", "created_at": "2024-01-01T00:00:00+00:00" },
                { "id": "none", "title": "N" },
            ]})
        )
    );
}

#[test]
fn a_note_is_found_by_its_key_alone_with_every_field_it_has() {
    let server = TestServer::start();
    server.redis(&["HSET", "note:n-1", "id", "n-1", "title", "é", "tags", "a,b"]);
    let reply = server.get(&format!("{NOTE}?x=/y"));
    let expected = json!({ "id": "n-1", "title": "é", "tags": "a,b" });
    assert_eq!((reply.status, reply.value()), (200, expected));
}

#[test]
fn an_update_changes_what_it_names_and_always_the_time() {
    let server = TestServer::start();
    server.write(
        "n-1",
        &[
            "title",
            "T",
            "content",
            "C",
            "created_at",
            "c",
            "updated_at",
            "u",
            "tags",
            "x",
        ],
    );
    let mut client = server.client();
    let reply = client.json(
        &format!("PUT {NOTE}"),
        r#"{"content":" D ","id":"y","created_at":"y"}"#,
    );
    let note = reply.value();
    assert_eq!(reply.status, 200);
    assert!(is_time(&note["updated_at"]));
    let expected = json!({
        "id": "n-1", "title": "T", "content": "D", "created_at": "c",
        "updated_at": note["updated_at"], "tags": "x",
    });
    assert_eq!(note, expected);
    let note = client
        .json(&format!("PUT {NOTE}"), r#"{"title":"U"}"#)
        .value();
    assert_eq!(
        (&note["title"], &note["content"]),
        (&json!("U"), &json!("D"))
    );
    let before = note["updated_at"].clone();
    let note = client
        .json(&format!("PUT {NOTE}"), r#"{"other":1}"#)
        .value();
    assert_eq!(
        (&note["title"], &note["content"]),
        (&json!("U"), &json!("D"))
    );
    assert!(note["updated_at"].as_str() > before.as_str());
    assert_eq!(
        client.request(&format!("GET {NOTE}"), &[], "").value(),
        note
    );
}

#[test]
fn a_deleted_note_is_gone_with_its_id() {
    let server = TestServer::start();
    let id = server.add("T");
    let line = format!("DELETE /api/v1/notes/{id}");
    let mut client = server.client();
    let reply = client.request(&line, &[], "");
    let expected = json!({ "message": format!("Note '{id}' deleted successfully") });
    assert_eq!((reply.status, reply.value()), (200, expected));
    assert_eq!(server.redis(&["DBSIZE"]), "0");
    assert_eq!(client.request(&line, &[], "").status, 404);
}

#[test]
fn an_unknown_id_is_not_found_as_it_was_meant() {
    let server = TestServer::start();
    let mut client = server.client();
    for (sent, meant) in [
        ("n-1", "n-1"),
        ("a%20%27b", "a 'b"),
        ("%C3%A9", "é"),
        ("%ff", "\u{fffd}"),
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let reply = client.request(&format!("{method} /api/v1/notes/{sent}"), &[], "");
            let expected = (404, format!("Note '{meant}' not found"));
            assert_eq!((reply.status, reply.error()), expected, "{method} {sent}");
        }
    }
    let reply = client.request("PUT /api/v1/notes/n", &["Content-Type: text/plain"], "{");
    assert_eq!(
        reply.error(),
        "Note 'n' not found",
        "said before the body is looked at"
    );
}

#[test]
fn a_body_that_is_none_is_required() {
    let server = TestServer::start();
    server.write("n-1", &["title", "T"]);
    let mut client = server.client();
    let json = "Content-Type: application/json";
    let form = "Content-Type: application/x-www-form-urlencoded";
    let good = r#"{"title":"a"}"#;
    for (header, body) in [
        (json, ""),
        (json, "{}"),
        (json, "[]"),
        (json, "0"),
        (json, "null"),
        (json, "\"\""),
        (json, "false"),
        (json, "{"),
        (json, "title=a"),
        (form, good),
        ("X-None: x", good),
        ("Content-Type: text/plain", good),
    ] {
        for line in ["POST /api/v1/notes", "PUT /api/v1/notes/n-1"] {
            let reply = client.request(line, &[header], body);
            let expected = (400, "JSON body is required".to_owned());
            assert_eq!(
                (reply.status, reply.error()),
                expected,
                "{line} {header} {body}"
            );
        }
    }
    for header in [
        "content-type: APPLICATION/JSON; charset=utf-8",
        "Content-Type: application/a+json",
    ] {
        assert_eq!(
            client.request("POST /api/v1/notes", &[header], good).status,
            201,
            "{header}"
        );
    }
}

#[test]
fn what_the_original_fails_on_is_told_in_a_json_error() {
    let server = TestServer::start();
    server.write("n-1", &["content", "C"]);
    server.redis(&["SADD", "note:set", "x"]);
    let mut client = server.client();
    let object = "the JSON body must be an object with 'title' and 'content'";
    for (line, body, status, error) in [
        (
            "POST /api/v1/notes",
            r#"{"content":"c"}"#,
            400,
            "'title' field is required and cannot be blank",
        ),
        (
            "POST /api/v1/notes",
            r#"{"title":" "}"#,
            400,
            "'title' field is required and cannot be blank",
        ),
        (
            "POST /api/v1/notes",
            r#"{"title":5}"#,
            400,
            "'title' must be a string",
        ),
        (
            "POST /api/v1/notes",
            r#"{"title":"a","content":null}"#,
            400,
            "'content' must be a string",
        ),
        (
            "POST /api/v1/notes",
            r#"{"title":"\ud800"}"#,
            400,
            "'title' holds a lone surrogate, which is not text",
        ),
        ("POST /api/v1/notes", "[1]", 400, object),
        ("POST /api/v1/notes", "\"a\"", 400, object),
        (
            "PUT /api/v1/notes/n-1",
            r#"{"title":" "}"#,
            400,
            "'title' cannot be blank",
        ),
        (
            "PUT /api/v1/notes/n-1",
            r#"{"content":"c"}"#,
            409,
            "Note 'n-1' has no 'title' field; give it one",
        ),
        (
            "PUT /api/v1/notes/set",
            r#"{"title":"a"}"#,
            409,
            "the key note:set holds something other than a note; another program wrote it",
        ),
        (
            "GET /api/v1/notes/set",
            "",
            409,
            "the key note:set holds something other than a note; another program wrote it",
        ),
    ] {
        let reply = client.json(line, body);
        assert_eq!(
            (reply.status, reply.error().as_str()),
            (status, error),
            "{line} {body}"
        );
    }
    assert_eq!(server.redis(&["EXISTS", "note:set"]), "1");
    assert_eq!(
        server.redis(&["SCARD", "notes:ids"]),
        "1",
        "nothing was made"
    );
    let note = client
        .json("PUT /api/v1/notes/n-1", r#"{"title":"T"}"#)
        .value();
    assert_eq!(
        (&note["title"], &note["content"]),
        (&json!("T"), &json!("C"))
    );
}

#[test]
fn a_change_of_a_note_without_content_gives_it_an_empty_one() {
    let server = TestServer::start();
    server.write("n-1", &["title", "T", "tags", "x"]);
    let reply = server
        .client()
        .json(&format!("PUT {NOTE}"), r#"{"title":"U"}"#);
    let note = reply.value();
    let expected = json!({
        "id": "n-1", "title": "U", "content": "", "updated_at": note["updated_at"], "tags": "x",
    });
    assert_eq!((reply.status, note), (200, expected));
    assert_eq!(server.redis(&["HEXISTS", "note:n-1", "content"]), "1");
}

#[test]
fn what_is_no_note_but_has_the_key_of_one_can_be_deleted() {
    let server = TestServer::start();
    server.redis(&["SADD", "note:set", "x"]);
    server.redis(&["SET", "note:text", "x"]);
    server.redis(&["SADD", "notes:ids", "text", "gone"]);
    let mut client = server.client();
    for id in ["set", "text"] {
        let line = format!("DELETE /api/v1/notes/{id}");
        let reply = client.request(&line, &[], "");
        let expected = json!({ "message": format!("Note '{id}' deleted successfully") });
        assert_eq!((reply.status, reply.value()), (200, expected));
        assert_eq!(client.request(&line, &[], "").status, 404);
    }
    let reply = client.request("DELETE /api/v1/notes/gone", &[], "");
    assert_eq!(reply.status, 404, "an id alone is no note");
    assert_eq!(server.redis(&["DBSIZE"]), "1");
    assert_eq!(server.redis(&["SMEMBERS", "notes:ids"]), "gone");
}

#[test]
fn an_id_of_another_writer_may_be_any_text() {
    let server = TestServer::start();
    let mut client = server.client();
    for (id, sent) in [("a b?", "a%20b%3F"), ("é%", "%C3%A9%25"), ("..", "..")] {
        server.write(id, &["title", id]);
        let line = format!("/api/v1/notes/{sent}");
        let note = client.request(&format!("GET {line}"), &[], "").value();
        assert_eq!((&note["id"], &note["title"]), (&json!(id), &json!(id)));
        assert_eq!(
            client
                .json(&format!("PUT {line}"), r#"{"title":"U"}"#)
                .status,
            200
        );
        assert_eq!(
            client.request(&format!("DELETE {line}"), &[], "").status,
            200
        );
    }
    assert_eq!(server.redis(&["DBSIZE"]), "0");
}
