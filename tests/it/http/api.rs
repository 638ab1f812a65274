//! The description, and two servers over one Redis. What the API answers is tested in `src/http/tests`, and
//! on every topology.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Served;
use crate::support::Sandbox;
use crate::support::committed::repository;

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
