//! The description of the API is true: real answers fit it, and all that it promises is given.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::http::handlers::DESCRIPTION;
use crate::http::router::Route;

/// The description, and which of the answers that it names have been seen.
struct Description {
    document: Value,
    seen: BTreeSet<(String, String, String)>,
}

impl Description {
    fn read() -> Self {
        Self {
            document: serde_json::from_str(DESCRIPTION).unwrap(),
            seen: BTreeSet::new(),
        }
    }

    /// Follows a reference within the document, if it is one.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(place) => self
                .document
                .pointer(place.trim_start_matches('#'))
                .unwrap(),
            None => value,
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        validator
            .validate(value)
            .map_err(|error| format!("{error}: {value}"))
    }

    /// Checks a real answer to a request of an operation.
    fn check(&mut self, method: &str, path: &str, reply: &Reply) {
        let operation = &self.document["paths"][path][method];
        let responses = operation["responses"].as_object().unwrap();
        let status = reply.status.to_string();
        let (name, response) = match responses.get(&status) {
            Some(response) => (status.as_str(), response),
            None => ("default", &responses["default"]),
        };
        let response = self.resolve(response);
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            assert!(reply.body.is_empty(), "{method} {path} {status}");
        } else {
            let fits = self.fits(schema, &reply.value());
            assert_eq!(fits, Ok(()), "{method} {path} {status}");
        }
        for (header, description) in response["headers"].as_object().into_iter().flatten() {
            let description = self.resolve(description);
            let value = reply.header(&header.to_ascii_lowercase()).unwrap();
            self.fits(&description["schema"], &json!(value)).unwrap();
        }
        assert!(
            name != "default" || [400, 405, 408, 500].contains(&reply.status),
            "{method} {path} answers with {status}, which is not described"
        );
        self.seen.insert((method.into(), path.into(), name.into()));
    }

    fn operations(&self) -> Vec<(String, String)> {
        let paths = self.document["paths"].as_object().unwrap();
        let mut operations = Vec::new();
        for (path, item) in paths {
            for method in item
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| *key != "parameters")
            {
                operations.push((method.clone(), path.clone()));
            }
        }
        operations
    }
}

const NOTE: &str = "/api/v1/notes/{id}";
const NOTES: &str = "/api/v1/notes";
const EVENTS: &str = "/api/v1/events";

fn send(server: &TestServer, method: &str, path: &str, body: &str) -> Reply {
    let line = format!("{} {path}", method.to_ascii_uppercase());
    server.client().json(&line, body)
}

#[test]
fn real_answers_fit_the_description_and_all_that_it_names_are_given() {
    let mut description = Description::read();
    let limits = Limits {
        body: 100,
        ..Limits::default()
    };
    let server = TestServer::with(limits, None);
    let long = "x".repeat(101);
    let id = server.add("T");
    server.write("other", &["content", "C", "tags", "x"]);
    server.redis(&["SET", "note:bad", "x"]);
    for (method, path, target, body) in [
        ("get", "/", "/", ""),
        ("get", "/health", "/health", ""),
        ("get", "/openapi.json", "/openapi.json", ""),
        ("get", NOTES, NOTES, ""),
        ("post", NOTES, NOTES, r#"{"title":"a"}"#),
        ("post", NOTES, NOTES, "[1]"),
        ("post", NOTES, NOTES, &long),
        ("get", NOTE, "/api/v1/notes/other", ""),
        ("get", NOTE, "/api/v1/notes/none", ""),
        ("get", NOTE, "/api/v1/notes/bad", ""),
        ("put", NOTE, &format!("{NOTES}/{id}"), r#"{"title":"b"}"#),
        ("put", NOTE, &format!("{NOTES}/{id}"), "{}"),
        ("put", NOTE, &format!("{NOTES}/{id}"), &long),
        ("put", NOTE, "/api/v1/notes/none", ""),
        ("put", NOTE, "/api/v1/notes/other", r#"{"content":"b"}"#),
        ("delete", NOTE, "/api/v1/notes/none", ""),
        ("delete", NOTE, "/api/v1/notes/bad", ""),
        ("delete", NOTE, &format!("{NOTES}/{id}"), ""),
    ] {
        description.check(method, path, &send(&server, method, target, body));
    }
    let kept = server.add("T");
    for (method, header) in [
        ("get", "If-None-Match: *"),
        ("put", "If-Match: \"other\""),
        ("delete", "If-Match: \"other\""),
    ] {
        let line = format!("{} {NOTES}/{kept}", method.to_ascii_uppercase());
        description.check(method, NOTE, &server.client().request(&line, &[header], ""));
    }
    let operations = description.operations();
    for (method, path) in &operations {
        let head = format!("{} {path} HTTP/1.1", method.to_ascii_uppercase());
        let mut client = server.client();
        client.send(format!("{head}\r\nHost: evil.example\r\n\r\n"));
        description.check(method, path, &client.reply_to(&head));
        client = server.client();
        client.send(format!(
            "{head}\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"
        ));
        description.check(method, path, &client.reply_to(&head));
    }
    server.redis(&["DEL", "notes:ids"]);
    server.redis(&["SET", "notes:ids", "x"]);
    for (method, body) in [("get", ""), ("post", r#"{"title":"a"}"#)] {
        description.check(method, NOTES, &send(&server, method, NOTES, body));
    }
    server.redis(&["SET", "note:bad", "x"]);
    let reply = send(&server, "delete", "/api/v1/notes/bad", "");
    description.check("delete", NOTE, &reply);
    *server.redis.lock().unwrap() = None;
    for (method, path) in &operations {
        description.check(
            method,
            path,
            &send(&server, method, path, r#"{"title":"a"}"#),
        );
    }
    let streaming = TestServer::start();
    description.check("get", EVENTS, &streaming.get(EVENTS));
    let server = TestServer::with(Limits::default(), Some("s3cret"));
    for (method, path) in &operations {
        description.check(method, path, &send(&server, method, path, ""));
    }
    let mut named = BTreeSet::new();
    for (method, path) in operations {
        let responses = &description.document["paths"][&path][&method]["responses"];
        let statuses = responses.as_object().unwrap().keys();
        for status in statuses.filter(|status| *status != "default") {
            named.insert((method.clone(), path.clone(), status.clone()));
        }
    }
    description.seen.retain(|(.., status)| status != "default");
    assert_eq!(
        description.seen, named,
        "every answer that is named can be had"
    );
}

#[test]
fn the_description_names_every_path_and_method_and_this_version() {
    let description = Description::read();
    assert_eq!(
        description.document["info"]["version"],
        env!("CARGO_PKG_VERSION")
    );
    for (path, item) in description.document["paths"].as_object().unwrap() {
        let route = Route::from_path(path).unwrap();
        let taken: BTreeSet<String> = route
            .allow()
            .split(", ")
            .filter(|method| !["HEAD", "OPTIONS"].contains(method))
            .map(str::to_ascii_lowercase)
            .collect();
        let described = item.as_object().unwrap().keys();
        let described: BTreeSet<String> = described
            .filter(|key| *key != "parameters")
            .cloned()
            .collect();
        assert_eq!(described, taken, "{path}");
    }
    let paths: Vec<&String> = description.document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(
        paths,
        ["/", "/health", "/openapi.json", NOTES, EVENTS, NOTE]
    );
}

#[test]
fn what_the_description_lets_a_client_send_is_taken() {
    let description = Description::read();
    let server = TestServer::start();
    let id = server.add("T");
    for (method, path, target) in [
        ("post", NOTES, NOTES.to_owned()),
        ("put", NOTE, format!("{NOTES}/{id}")),
    ] {
        let content = &description.document["paths"][path][method]["requestBody"]["content"]["application/json"];
        let examples = content["examples"].as_object().unwrap();
        for example in examples.values() {
            let body = &example["value"];
            assert_eq!(description.fits(&content["schema"], body), Ok(()));
            let reply = send(&server, method, &target, &body.to_string());
            assert!(reply.status < 300, "{reply:?}");
        }
        for body in [
            json!({}),
            json!([]),
            json!({ "title": 1 }),
            json!({ "title": "" }),
        ] {
            assert!(
                description.fits(&content["schema"], &body).is_err(),
                "{method} {body}"
            );
            let reply = send(&server, method, &target, &body.to_string());
            assert_eq!(reply.status, 400, "{method} {body}");
        }
    }
}
