//! Paths and methods, those that there are and all others.

use super::*;

const NOTE: &str = "/api/v1/notes/n-1";

#[test]
fn an_unknown_path_or_method_is_a_json_error() {
    let server = TestServer::start();
    server.write("n-1", &["title", "T"]);
    let mut client = server.client();
    for path in [
        "/x",
        "/health/",
        "/api/v1/notes/",
        "/api/v1/notes/n-1/",
        "/api/v1/notes/a%2Fb",
        "//",
        "/api/v1/notes/n-1%2F",
        "/api",
        "*",
    ] {
        let reply = client.request(&format!("GET {path}"), &[], "");
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.error().is_empty());
        assert_eq!(
            client.request(&format!("OPTIONS {path}"), &[], "").status,
            404,
            "{path}"
        );
    }
    for (line, allow) in [
        ("POST /", "GET, HEAD, OPTIONS"),
        ("DELETE /health", "GET, HEAD, OPTIONS"),
        ("PUT /openapi.json", "GET, HEAD, OPTIONS"),
        ("PUT /api/v1/notes", "GET, HEAD, OPTIONS, POST"),
        ("POST /api/v1/notes/n-1", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("PATCH /api/v1/notes/n-1", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("get /", "GET, HEAD, OPTIONS"),
    ] {
        let reply = client.request(line, &[], "");
        assert_eq!(
            (reply.status, reply.header("allow")),
            (405, Some(allow)),
            "{line}"
        );
        assert!(reply.error().contains(allow));
    }
}

#[test]
fn options_lists_the_methods_and_has_no_body() {
    let server = TestServer::start();
    let mut client = server.client();
    for (path, allow) in [
        ("/", "GET, HEAD, OPTIONS"),
        ("/health", "GET, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
        ("/api/v1/notes", "GET, HEAD, OPTIONS, POST"),
        ("/api/v1/notes/unknown", "DELETE, GET, HEAD, OPTIONS, PUT"),
    ] {
        let reply = client.request(&format!("OPTIONS {path}"), &[], "");
        assert_eq!(
            (reply.status, reply.header("allow")),
            (200, Some(allow)),
            "{path}"
        );
        assert_eq!(reply.header("content-length"), Some("0"));
        assert_eq!(reply.header("content-type"), None);
    }
}

#[test]
fn head_is_get_without_the_body() {
    let server = TestServer::start();
    server.write("n-1", &["title", "T"]);
    let mut client = server.client();
    for path in [
        "/",
        "/openapi.json",
        "/api/v1/notes",
        NOTE,
        "/api/v1/notes/x",
        "/x",
    ] {
        let get = client.request(&format!("GET {path}"), &[], "");
        let head = client.request(&format!("HEAD {path}"), &[], "");
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty());
        for header in ["content-length", "content-type"] {
            assert_eq!(head.header(header), get.header(header), "{path}");
        }
    }
}
