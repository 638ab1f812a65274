//! A client's session, and two servers over one Redis.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Served;
use crate::support::Sandbox;
use crate::support::committed::repository;

#[test]
fn a_session_gets_the_answers_of_the_contract() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let mut client = server.client();
    let mut ask = |line: &str, body: &str| {
        let reply = client.json(line, body);
        (reply.status, reply.value())
    };
    let (status, health) = ask("GET /health", "");
    let timestamp = &health["timestamp"];
    assert_eq!(
        (status, &health),
        (
            200,
            &json!({ "status": "ok", "redis": "ok", "timestamp": timestamp })
        )
    );
    assert!(timestamp.as_str().unwrap().ends_with("+00:00"));
    let nothing = json!({ "count": 0, "notes": [] });
    assert_eq!(ask("GET /api/v1/notes", ""), (200, nothing));

    let body = r#"{"title":" First \n","content":"Some\ntext ","id":"mine","x":1}"#;
    let (status, first) = ask("POST /api/v1/notes", body);
    let (id, created) = (&first["id"], &first["created_at"]);
    let expected = json!({
        "id": id, "title": "First", "content": "Some\ntext", "created_at": created, "updated_at": created,
    });
    assert_eq!((status, &first), (201, &expected));
    let (status, second) = ask("POST /api/v1/notes", r#"{"title":"Second"}"#);
    assert_eq!((status, &second["content"]), (201, &json!("")));
    let path = format!("/api/v1/notes/{}", id.as_str().unwrap());
    assert_eq!(ask(&format!("GET {path}"), ""), (200, first.clone()));
    let all = json!({ "count": 2, "notes": [&second, &first] });
    assert_eq!(ask("GET /api/v1/notes?page=2", ""), (200, all));

    let (status, changed) = ask(&format!("PUT {path}"), r#"{"content":"New","id":"x"}"#);
    let mut expected = first.clone();
    expected["content"] = json!("New");
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!((status, &changed), (200, &expected));
    assert_ne!(changed["updated_at"], first["updated_at"]);
    assert_eq!(ask(&format!("GET {path}"), ""), (200, changed));

    let message = format!("Note '{}' deleted successfully", id.as_str().unwrap());
    let gone = format!("Note '{}' not found", id.as_str().unwrap());
    let deleted = json!({ "message": message });
    assert_eq!(ask(&format!("DELETE {path}"), ""), (200, deleted));
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(
            ask(&format!("{method} {path}"), ""),
            (404, json!({ "error": gone }))
        );
    }
    let rest = json!({ "count": 1, "notes": [second] });
    assert_eq!(ask("GET /api/v1/notes", ""), (200, rest));
}

#[test]
fn bad_requests_get_the_errors_of_the_contract() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let id = server.add("T");
    let note = format!("PUT /api/v1/notes/{id}");
    let notes = "POST /api/v1/notes";
    let mut client = server.client();
    let no_title = "'title' field is required and cannot be blank";
    for (line, body, error) in [
        (notes, "", "JSON body is required"),
        (notes, "not JSON", "JSON body is required"),
        (notes, "{}", "JSON body is required"),
        (notes, r#"{"content":"c"}"#, no_title),
        (notes, r#"{"title":" \t"}"#, no_title),
        (&note, "", "JSON body is required"),
        (&note, r#"{"title":""}"#, "'title' cannot be blank"),
    ] {
        let reply = client.json(line, body);
        assert_eq!((reply.status, reply.error().as_str()), (400, error));
    }
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let reply = client.request(notes, &form, r#"{"title":"a"}"#);
    assert_eq!(
        (reply.status, reply.error().as_str()),
        (400, "JSON body is required")
    );
    assert_eq!(client.request("GET /nowhere", &[], "").status, 404);
    assert_eq!(client.request("GET /api/v1/notes/", &[], "").status, 404);
    let reply = client.request("DELETE /api/v1/notes", &[], "");
    let allow = Some("GET, HEAD, OPTIONS, POST");
    assert_eq!((reply.status, reply.header("allow")), (405, allow));
    let reply = client.request("OPTIONS /api/v1/notes", &[], "");
    assert_eq!((reply.status, reply.header("allow")), (200, allow));
    assert_eq!(reply.body, b"");
}

#[test]
fn the_index_leads_to_the_description_which_is_the_committed_one() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let index = server.get("/").value();
    assert_eq!(index["version"], env!("CARGO_PKG_VERSION"));
    let description = server.get("/openapi.json").value();
    let text = std::fs::read(repository().join("src/http/openapi.json")).unwrap();
    assert_eq!(description, serde_json::from_slice::<Value>(&text).unwrap());
    for path in description["paths"].as_object().unwrap().keys() {
        let path = path.replace("{id}", "some");
        let reply = server.client().request(&format!("OPTIONS {path}"), &[], "");
        assert_eq!(reply.status, 200, "{path}");
    }
}

#[test]
fn notes_that_another_server_wrote_are_listed_fetched_updated_and_deleted() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let id = "0b7cf0f9-5a47-4a15-9a0e-6ff0d14a4b12";
    let time = "2024-01-15T10:30:00+00:00";
    let fields = [
        ("id", id),
        ("title", "Théirs"),
        ("content", ""),
        ("created_at", time),
        ("updated_at", time),
        ("tags", "a,b"),
    ];
    sandbox.foreign(id, &fields);
    let note: Value = fields
        .iter()
        .copied()
        .map(|(name, value)| (name, json!(value)))
        .collect();
    let path = format!("/api/v1/notes/{id}");
    assert_eq!(server.get(&path).value(), note);
    assert_eq!(
        server.get("/api/v1/notes").value(),
        json!({ "count": 1, "notes": [note] })
    );

    let reply = server
        .client()
        .json(&format!("PUT {path}"), r#"{"title":"Ours"}"#);
    assert_eq!((reply.status, &reply.value()["tags"]), (200, &json!("a,b")));
    assert_eq!(sandbox.field(id, "title"), "Ours");
    assert_eq!(sandbox.field(id, "created_at"), time);
    assert_eq!(sandbox.field(id, "tags"), "a,b");
    assert_eq!(
        server.client().json(&format!("DELETE {path}"), "").status,
        200
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn notes_are_written_as_another_server_reads_them() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let reply = server
        .client()
        .json("POST /api/v1/notes", r#"{"title":"T","content":"é"}"#);
    let note = reply.value();
    let id = note["id"].as_str().unwrap();
    let key = format!("note:{id}");
    let keys = sandbox.redis_cli(&["KEYS", "*"]);
    let keys: BTreeSet<&str> = keys.lines().collect();
    assert_eq!(keys, BTreeSet::from(["notes:ids", key.as_str()]));
    assert_eq!(sandbox.redis_cli(&["SMEMBERS", "notes:ids"]), id);
    let hash = sandbox.redis_cli(&["HGETALL", &key]);
    let lines: Vec<&str> = hash.lines().collect();
    let fields: Value = lines
        .chunks(2)
        .map(|pair| (pair[0], json!(pair[1])))
        .collect();
    assert_eq!(fields, note);
    assert_eq!(lines.len(), 10);
    // The other server deletes it, and it is gone here.
    sandbox.redis_cli(&["DEL", &key]);
    sandbox.redis_cli(&["SREM", "notes:ids", id]);
    assert_eq!(server.get(&format!("/api/v1/notes/{id}")).status, 404);
    assert_eq!(server.get("/api/v1/notes").value()["count"], 0);
}

#[test]
fn the_commands_and_the_api_see_the_same_notes() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let id = sandbox.add("By a command", "c");
    let note = server.get(&format!("/api/v1/notes/{id}")).value();
    assert_eq!(sandbox.notes(["show", &id, "--json"]).run().json(), note);
    let id = server.add("Over HTTP");
    sandbox
        .notes(["show", &id, "--field", "title"])
        .gives(0, "Over HTTP\n", "");
    assert_eq!(sandbox.notes(["rm", "--yes", &id]).run().code, 0);
    assert_eq!(server.get(&format!("/api/v1/notes/{id}")).status, 404);
}
