//! Its start, its end, its log, and whom it lets in.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;

use rustix::process::Signal;

use super::Served;
use crate::support::http_client::HttpClient;
use crate::support::{Sandbox, eventually};

#[test]
fn it_prints_its_address_and_ends_well_at_either_signal() {
    let sandbox = Sandbox::with_redis();
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Served::start(&sandbox, &[]);
        assert!(server.address.ip().is_loopback());
        assert_eq!(server.get("/health").status, 200);
        server.signal(signal);
        let (status, rest) = server.end();
        assert_eq!((status.code(), rest.as_str()), (Some(0), ""), "{signal:?}");
        assert_eq!(server.log().lines().count(), 1, "{}", server.log());
    }
}

/// Sends all of a request but its body, and then the server the signal, and waits until it takes no more
/// connections.
fn waiting_for_its_body(server: &Served, signal: Signal) -> HttpClient {
    let mut client = server.client();
    client.send(
        "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: 13\r\n\r\n",
    );
    client.await_continue();
    server.signal(signal);
    eventually("nobody listens any more", || {
        HttpClient::try_connect(server.address).is_err()
    });
    client
}

#[test]
fn what_is_under_way_at_a_signal_is_finished_and_nothing_more_is_taken() {
    let sandbox = Sandbox::with_redis();
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Served::start(&sandbox, &[]);
        let mut idle = server.client();
        assert_eq!(idle.request("GET /", &[], "").status, 200);
        let mut client = waiting_for_its_body(&server, signal);
        client.send(r#"{"title":"a"}"#);
        let reply = client.reply_to("POST");
        let shown = (reply.status, reply.header("connection"));
        assert_eq!(shown, (201, Some("close")));
        assert_eq!(server.end().0.code(), Some(0));
        let id = reply.value()["id"].as_str().unwrap().to_owned();
        assert_eq!(sandbox.field(&id, "title"), "a");
    }
}

#[test]
fn a_second_signal_ends_it_whatever_is_under_way() {
    let sandbox = Sandbox::with_redis();
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Served::start(&sandbox, &[]);
        let _client = waiting_for_its_body(&server, signal);
        server.signal(signal);
        assert_eq!(server.end().0.signal(), Some(signal.as_raw()));
    }
}

#[test]
fn each_request_is_logged_in_a_line() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let reply = server.get("/api/v1/notes/x?y=1");
    let log = server.logged("\n");
    let fields: Vec<&str> = log.trim_end().split(' ').collect();
    let [time, client, method, target, status, bytes, duration] = fields[..] else {
        panic!("{log}");
    };
    assert!(time.starts_with("20") && time.ends_with("+00:00"), "{log}");
    assert!(client.starts_with("127.0.0.1:"), "{log}");
    assert_eq!(
        (method, target, status),
        ("GET", "/api/v1/notes/x?y=1", "404")
    );
    assert_eq!(bytes, reply.body.len().to_string());
    assert!(duration.ends_with("ms"), "{log}");
}

#[test]
fn q_silences_the_log_and_debug_says_more() {
    let sandbox = Sandbox::with_redis();
    let mut quiet = Served::start(&sandbox, &["-q"]);
    assert_eq!(quiet.get("/nowhere").status, 404);
    quiet.signal(Signal::TERM);
    assert_eq!(quiet.end().0.code(), Some(0));
    assert_eq!(quiet.log(), "");

    sandbox.file(".env", "DEBUG=True\nSECRET_KEY=change-me\n");
    let server = Served::start(&sandbox, &[]);
    let reply = server
        .client()
        .json("POST /api/v1/notes", r#"{"title":"a"}"#);
    assert_eq!(reply.status, 201);
    let log = server.logged("\n");
    assert!(
        log.ends_with(" host=localhost type=application/json length=13\n"),
        "{log}"
    );
}

#[test]
fn a_client_cannot_put_control_characters_into_the_log() {
    let sandbox = Sandbox::with_redis();
    let mut command = sandbox.command(["serve", "--port", "0"]);
    command.env("DEBUG", "True");
    let mut server = Served::run(command);
    for bytes in [
        &b"GET /\x1b[2J\x07 HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
        b"G\x1b[31mT / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Type: \x1b]0;x\x07\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x1b[1mb\r\n\r\n",
        b"GET /%0a%1b[0m HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let mut client = server.client();
        client.send(bytes);
        client.finish_sending();
        client.rest();
    }
    assert_eq!(server.get("/health").status, 200);
    server.signal(Signal::TERM);
    server.end();
    let log = server.log();
    assert!(
        log.contains("/health") && log.contains("/%0a%1b[0m"),
        "{log}"
    );
    let is_bad = |character: char| character.is_control() && character != '\n';
    assert!(!log.contains(is_bad), "{log:?}");
    assert!(log.lines().all(|line| line.starts_with("20")), "{log}");
}

#[test]
fn a_token_lets_in_who_shows_it() {
    let sandbox = Sandbox::with_redis();
    sandbox.file("token", "s3cret-of-many-letters\n");
    let server = Served::start(&sandbox, &["--token-file", "token"]);
    let mut client = server.client();
    for headers in [&[][..], &["Authorization: Bearer wrong"]] {
        let reply = client.request("GET /api/v1/notes", headers, "");
        let shown = (reply.status, reply.header("www-authenticate"));
        assert_eq!(shown, (401, Some("Bearer")));
    }
    let right = ["Authorization: Bearer s3cret-of-many-letters"];
    assert_eq!(client.request("GET /api/v1/notes", &right, "").status, 200);
    assert_eq!(client.request("GET /health", &[], "").status, 200);
    assert!(!server.logged(" /health 200 ").contains("s3cret"));
}

#[test]
fn a_token_file_that_holds_no_token_is_a_usage_error() {
    let sandbox = Sandbox::with_redis();
    for text in ["", " \n", "two words", "two\nlines\n"] {
        sandbox.file("token", text);
        let run = sandbox
            .notes(["serve", "--port", "0", "--token-file", "token"])
            .run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{text:?}: {run:?}"
        );
        assert!(
            run.stderr.starts_with("notes: the token in token: "),
            "{run:?}"
        );
    }
    sandbox
        .notes(["serve", "--port", "0", "--token-file", "none"])
        .gives(
            1,
            "",
            "notes: cannot read none: No such file or directory (os error 2)\n",
        );
}

#[test]
fn a_host_that_is_not_local_is_refused_on_loopback_alone() {
    let sandbox = Sandbox::with_redis();
    let foreign = |server: &Served| {
        let mut client = HttpClient::connect(([127, 0, 0, 1], server.address.port()).into());
        client.send("GET /api/v1/notes HTTP/1.1\r\nHost: notes.example\r\n\r\n");
        client.reply_to("GET").status
    };
    assert_eq!(foreign(&Served::start(&sandbox, &[])), 421);
    assert_eq!(
        foreign(&Served::start(&sandbox, &["--host", "0.0.0.0"])),
        200
    );
}

#[test]
fn what_others_can_reach_is_warned_of_in_one_line() {
    let sandbox = Sandbox::with_redis();
    let token = sandbox.file("token", "s3cret\n");
    let warning = |mode: u32, options: &[&str]| {
        fs::set_permissions(&token, Permissions::from_mode(mode)).unwrap();
        let mut server = Served::start(&sandbox, options);
        server.signal(Signal::TERM);
        server.end();
        server.log()
    };
    let with_token = ["--token-file", "token"];
    assert_eq!(
        warning(0o644, &with_token),
        "warning: other users of this machine can read the token; run: chmod 600 token\n"
    );
    assert_eq!(
        warning(0o600, &["--host", "0.0.0.0"]),
        "warning: everyone who can reach this port can read and change the notes; --token-file requires a token\n"
    );
    for options in [
        &[][..],
        &["-q", "--host", "0.0.0.0"],
        &["--token-file", "token", "--host", "0.0.0.0"],
    ] {
        assert_eq!(warning(0o600, options), "", "{options:?}");
    }
    // Not every machine has IPv6.
    if TcpListener::bind("[::1]:0").is_ok() {
        assert_eq!(warning(0o600, &["--host", "[::1]"]), "");
    }
}

#[test]
fn a_port_in_use_is_an_error_in_one_line() {
    let sandbox = Sandbox::with_redis();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    sandbox.notes(["serve", "--port", &port]).gives(
        1,
        "",
        &format!(
            "notes: cannot listen at 127.0.0.1:{port}; another --port or --host may be free: \
             Address [..] in use (os error [..])\n"
        ),
    );
}
