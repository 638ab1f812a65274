//! Requests for one state of a note: `ETag`, `If-Match`, `If-None-Match`.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// The tag of a note as it is.
fn tag(server: &TestServer, path: &str) -> String {
    server.get(path).header("etag").unwrap().to_owned()
}

#[test]
fn the_tag_of_a_note_changes_with_every_field_whoever_changes_it() {
    let server = TestServer::start();
    let id = server.add("T");
    let path = format!("/api/v1/notes/{id}");
    let mut tags = vec![tag(&server, &path)];
    assert_eq!(tag(&server, &path), tags[0], "it stays while the note does");
    for field in ["title", "content", "updated_at", "tags"] {
        server.redis(&["HSET", &format!("note:{id}"), field, "foreign"]);
        tags.push(tag(&server, &path));
    }
    let reply = server
        .client()
        .json(&format!("PUT {path}"), r#"{"title":"U"}"#);
    tags.push(reply.header("etag").unwrap().to_owned());
    assert_eq!(
        tag(&server, &path),
        tags[5],
        "an answer to PUT has the new one"
    );
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 6);
}

#[test]
fn a_note_that_the_client_has_is_not_sent_again() {
    let server = TestServer::start();
    let path = format!("/api/v1/notes/{}", server.add("T"));
    let tag = tag(&server, &path);
    let known = format!("If-None-Match: \"other\", {tag}");
    for method in ["GET", "HEAD"] {
        let reply = server
            .client()
            .request(&format!("{method} {path}"), &[&known], "");
        assert_eq!((reply.status, reply.body.len()), (304, 0), "{method}");
        assert_eq!(reply.header("etag"), Some(tag.as_str()));
        assert_eq!(reply.header("content-length"), None, "{method}");
    }
    let other = server
        .client()
        .request(&format!("GET {path}"), &["If-None-Match: \"other\""], "");
    assert_eq!(other.status, 200);
}

#[test]
fn a_change_for_another_state_of_the_note_is_refused_and_changes_nothing() {
    let server = TestServer::start();
    let id = server.add("T");
    let path = format!("/api/v1/notes/{id}");
    let old = format!("If-Match: {}", tag(&server, &path));
    server.redis(&["HSET", &format!("note:{id}"), "tags", "foreign"]);
    let before = server.redis(&["HGETALL", &format!("note:{id}")]);
    let json = "Content-Type: application/json";
    let put = |condition: &str| {
        let body = r#"{"title":"U"}"#;
        server
            .client()
            .request(&format!("PUT {path}"), &[json, condition], body)
    };
    let delete = |condition: &str| {
        server
            .client()
            .request(&format!("DELETE {path}"), &[condition], "")
    };
    for reply in [put(&old), delete(&old), put("If-None-Match: *")] {
        assert_eq!(reply.status, 412, "{reply:?}");
        assert!(reply.error().contains("If-Match"));
    }
    assert_eq!(server.redis(&["HGETALL", &format!("note:{id}")]), before);
    let new = format!("If-Match: {}", tag(&server, &path));
    assert_eq!(put(&new).status, 200);
    assert_eq!(
        server.redis(&["HGET", &format!("note:{id}"), "tags"]),
        "foreign"
    );
    assert_eq!(delete(&new).status, 412, "it was changed by the PUT");
    assert_eq!(delete("If-Match: *").status, 200);
    assert_eq!(server.redis(&["DBSIZE"]), "0");
    for reply in [put("If-Match: *"), delete(&new)] {
        assert_eq!(reply.status, 404, "there is no note: {reply:?}");
    }
}

#[test]
fn of_many_changes_for_one_state_of_the_note_one_is_made() {
    let server = TestServer::start();
    let path = format!("/api/v1/notes/{}", server.add("T"));
    let json = "Content-Type: application/json";
    for _ in 0..20 {
        let condition = format!("If-Match: {}", tag(&server, &path));
        let made = AtomicUsize::new(0);
        thread::scope(|scope| {
            for writer in 0..4 {
                let (server, path, condition, made) = (&server, &path, &condition, &made);
                scope.spawn(move || {
                    let body = format!(r#"{{"title":"{writer}"}}"#);
                    let line = format!("PUT {path}");
                    let reply = server.client().request(&line, &[json, condition], &body);
                    assert!([200, 412].contains(&reply.status), "{reply:?}");
                    made.fetch_add(usize::from(reply.status == 200), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
    }
}
