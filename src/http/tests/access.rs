//! Who may ask: the token, and the host that a request is for.

use super::*;

#[test]
fn a_token_is_asked_for_everywhere_but_for_health() {
    let server = TestServer::with(Limits::default(), Some("s3cret"));
    let mut client = server.client();
    for path in ["/", "/api/v1/notes", "/unknown", "/openapi.json"] {
        for headers in [&[][..], &["Authorization: Bearer wrong"]] {
            let reply = client.request(&format!("GET {path}"), headers, "");
            let shown = (reply.status, reply.header("www-authenticate"));
            assert_eq!(shown, (401, Some("Bearer")), "{path}");
            assert!(reply.error().contains("token"));
        }
    }
    let right = ["Authorization: bearer s3cret"];
    assert_eq!(client.request("GET /api/v1/notes", &right, "").status, 200);
    assert_eq!(client.request("GET /unknown", &right, "").status, 404);
    assert_eq!(client.request("GET /health", &[], "").status, 200);
    assert!(!server.logged().contains("s3cret"));
}

#[test]
fn a_request_for_a_foreign_host_is_refused_on_loopback() {
    let server = TestServer::start();
    let status = |head: &str| {
        let mut client = server.client();
        client.send(format!("{head}\r\n\r\n"));
        client.reply_to(head).status
    };
    let port = server.address.port();
    assert_eq!(status("GET /health HTTP/1.1\r\nHost: evil.example"), 421);
    assert_eq!(
        status(&format!(
            "GET /health HTTP/1.1\r\nHost: evil.example:{port}"
        )),
        421
    );
    assert_eq!(
        status("GET http://evil.example/health HTTP/1.1\r\nHost: localhost"),
        421
    );
    assert_eq!(
        status(&format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}")),
        200
    );
    assert_eq!(
        status("GET http://localhost/health HTTP/1.1\r\nHost: localhost"),
        200
    );
    assert_eq!(status("GET /health HTTP/1.0"), 200);
}
