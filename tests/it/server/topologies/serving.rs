//! `serve`: each request of the API.

use serde_json::{Value, json};

use super::{COUNT, Store, id};
use crate::http::Served;

pub(super) fn works(store: &Store<'_>) {
    store.fill();
    let filled = store.contents();
    let server = Served::start(&store.sandbox, &[]);
    let mut client = server.client();
    let mut ask = |line: &str, body: &str| {
        let reply = client.json(line, body);
        (reply.status, reply.value())
    };
    let (status, health) = ask("GET /health", "");
    assert_eq!((status, &health["redis"]), (200, &json!("ok")));
    let (status, all) = ask("GET /api/v1/notes", "");
    assert_eq!((status, &all["count"]), (200, &json!(COUNT)));
    let listed: Vec<_> = (all["notes"].as_array().unwrap().iter())
        .map(|note| note["id"].as_str().unwrap().to_owned())
        .collect();
    let newest_first: Vec<_> = (0..COUNT).rev().map(id).collect();
    assert_eq!(listed, newest_first);
    for note in all["notes"].as_array().unwrap() {
        let path = path(note);
        assert_eq!(ask(&format!("GET {path}"), ""), (200, note.clone()));
    }

    let mut made = Vec::new();
    for number in 0..20 {
        let body = json!({ "title": format!("New {number}"), "content": "c" });
        let (status, note) = ask("POST /api/v1/notes", &body.to_string());
        assert_eq!((status, &note["title"]), (201, &body["title"]));
        made.push(note);
    }
    for note in &made {
        let (path, id) = (path(note), note["id"].as_str().unwrap());
        let (status, changed) = ask(&format!("PUT {path}"), r#"{"content":"new"}"#);
        let mut expected = note.clone();
        expected["content"] = json!("new");
        expected["updated_at"] = changed["updated_at"].clone();
        assert_eq!((status, &changed), (200, &expected));
        assert_eq!(store.field(id, "content"), "new");
        assert_eq!(ask(&format!("GET {path}"), ""), (200, changed));

        let deleted = json!({ "message": format!("Note '{id}' deleted successfully") });
        assert_eq!(ask(&format!("DELETE {path}"), ""), (200, deleted));
        let gone = json!({ "error": format!("Note '{id}' not found") });
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(ask(&format!("{method} {path}"), ""), (404, gone.clone()));
        }
    }
    assert_eq!(store.contents(), filled);
    // What was done over HTTP is undone as what commands do.
    let last = made.last().unwrap()["id"].as_str().unwrap();
    store
        .notes(&["undo", "-q"])
        .gives(0, &format!("{last}\n"), "");
    assert_eq!(store.field(last, "content"), "new");
}

fn path(note: &Value) -> String {
    format!("/api/v1/notes/{}", note["id"].as_str().unwrap())
}
