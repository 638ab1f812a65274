//! Redis away, killed and back again; and descriptors that run out.

use std::os::unix::fs::symlink;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::{fs, thread};

use rustix::process::{Signal, test_kill_process};

use super::Served;
use crate::support::fake_redis::{Said, fake_redis};
use crate::support::redis_server::RedisServer;
use crate::support::{Sandbox, eventually};

#[test]
fn it_starts_without_redis_and_serves_as_soon_as_it_comes() {
    let sandbox = Sandbox::bare();
    let socket = sandbox.home().join("socket");
    let mut command = sandbox.command(["serve", "--port", "0"]);
    command.env("REDIS_URL", format!("unix://{}", socket.display()));
    let server = Served::run(command);
    let log = server.log();
    assert!(log.starts_with("notes: no Redis answers at "), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
    let mut client = server.client();
    // The second time it was there, and was killed.
    for _ in 0..2 {
        let health = client.request("GET /health", &[], "");
        assert_eq!(
            (health.status, &health.value()["redis"]),
            (500, &"unreachable".into())
        );
        let reply = client.request("GET /api/v1/notes", &[], "");
        assert_eq!(reply.status, 503, "{}", reply.error());
        let redis = RedisServer::start();
        symlink(redis.socket(), &socket).unwrap();
        assert_eq!(client.request("GET /health", &[], "").status, 200);
        let reply = client.json("POST /api/v1/notes", r#"{"title":"a"}"#);
        assert_eq!(reply.status, 201);
        fs::remove_file(&socket).unwrap();
    }
}

#[test]
fn replies_that_do_not_end_give_503_and_hold_no_connection_for_ever() {
    let url = fake_redis(|_| Said::Drip("$1000000000\r\n"));
    let sandbox = Sandbox::with_url(url);
    let server = Served::start(&sandbox, &["--timeout", "0.3"]);
    // More than may be made at a time, one after the other.
    for path in ["/api/v1/notes"; 5].into_iter().chain(["/api/v1/notes/a"]) {
        let reply = server.get(path);
        assert_eq!(reply.status, 503, "{path}: {}", reply.error());
    }
    let reply = server
        .client()
        .json("POST /api/v1/notes", r#"{"title":"a"}"#);
    assert_eq!(reply.status, 503, "{}", reply.error());
}

#[test]
fn with_nothing_set_up_it_serves_the_private_redis_and_leaves_it_running() {
    let sandbox = Sandbox::bare();
    let mut server = Served::start(&sandbox, &[]);
    assert!(
        server.log().starts_with("started your private Redis in "),
        "{}",
        server.log()
    );
    let id = server.add("kept");
    server.signal(Signal::TERM);
    assert_eq!(server.end().0.code(), Some(0));
    assert_eq!(sandbox.private_servers().len(), 1);
    sandbox
        .notes(["show", &id, "--field", "title"])
        .gives(0, "kept\n", "");
}

#[test]
fn no_acknowledged_note_is_lost_when_redis_is_killed_under_load() {
    let sandbox = Sandbox::bare();
    let server = Served::start(&sandbox, &[]);
    let (acknowledged, done) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let count = || acknowledged.lock().unwrap().len();
    let failed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut client = server.client();
                while !done.load(Ordering::SeqCst) {
                    let reply = client.json("POST /api/v1/notes", r#"{"title":"a"}"#);
                    match reply.status {
                        201 => acknowledged
                            .lock()
                            .unwrap()
                            .push(reply.value()["id"].clone()),
                        503 => drop(failed.fetch_add(1, Ordering::SeqCst)),
                        _ => panic!("{reply:?}"),
                    }
                }
            });
        }
        for _ in 0..3 {
            let before = count();
            eventually("it goes on", || count() >= before + 50);
            sandbox.kill_private_servers();
        }
        let before = count();
        eventually("it recovers", || count() >= before + 50);
        done.store(true, Ordering::SeqCst);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    let mut client = server.client();
    for id in &acknowledged {
        let line = format!("GET /api/v1/notes/{}", id.as_str().unwrap());
        assert_eq!(client.request(&line, &[], "").status, 200, "{id}");
    }
    assert!(test_kill_process(server.pid()).is_ok());
    let listed = server.get("/api/v1/notes").value();
    // A note whose acknowledgement was cut off may be there, but no more than those.
    let count = usize::try_from(listed["count"].as_u64().unwrap()).unwrap();
    let most = acknowledged.len() + failed.load(Ordering::SeqCst);
    assert!((acknowledged.len()..=most).contains(&count), "{count}");
}

#[test]
fn more_clients_than_descriptors_are_answered_one_after_the_other() {
    let sandbox = Sandbox::with_redis();
    let mut command = sandbox.command_by("sh");
    command
        .args([
            "-c",
            "ulimit -n 64; exec \"$0\" serve --port 0 --idle-timeout 1",
        ])
        .arg(crate::support::program());
    let server = Served::run(command);
    let silent: Vec<_> = (0..100).map(|_| server.client()).collect();
    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let mut client = server.client();
                assert_eq!(client.request("GET /health", &[], "").status, 200);
            });
        }
    });
    drop(silent);
    assert_eq!(server.get("/api/v1/notes").status, 200);
}

#[cfg(target_os = "linux")]
#[test]
fn it_goes_on_while_no_descriptor_is_free_and_recovers() {
    use rustix::process::{Resource, Rlimit, getrlimit, prlimit};

    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let mut inside = server.client();
    assert_eq!(inside.request("GET /api/v1/notes", &[], "").status, 200);
    let tight = Rlimit {
        current: Some(3),
        maximum: getrlimit(Resource::Nofile).maximum,
    };
    let before = prlimit(Some(server.pid()), Resource::Nofile, tight).unwrap();
    let mut outside = server.client();
    server.logged("cannot accept connections, goes on trying: ");
    outside.send_request("GET /health", &[], "");
    for _ in 0..20 {
        assert_eq!(inside.request("GET /api/v1/notes", &[], "").status, 200);
    }
    prlimit(Some(server.pid()), Resource::Nofile, before).unwrap();
    assert_eq!(outside.reply_to("GET /health").status, 200);
    assert_eq!(server.get("/health").status, 200);
}
