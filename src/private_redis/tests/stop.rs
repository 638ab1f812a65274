//! Stopping and asking, which never start anything.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Signal, kill_process};

use super::home::{Home, TIMEOUT, raw, started};
use crate::private_redis::{Error, lock};

#[test]
fn a_server_that_never_was_neither_runs_nor_leaves_a_trace() {
    let home = Home::new();
    let redis = home.redis();
    assert!(redis.status().unwrap().is_none());
    assert_eq!(redis.stop(TIMEOUT).unwrap(), None);
    assert_eq!(redis.last_words().unwrap(), None);
    assert!(!home.data().exists());
}

#[test]
fn a_running_server_tells_what_it_is() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    let running = redis.status().unwrap().expect("it runs");
    assert!(!running.is_loading);
    assert_eq!(started(running.server.pid), server);
    assert!(running.server.version.unwrap().contains('.'));
    assert!(matches!(running.server.kind, "Redis" | "Valkey"));
}

#[test]
fn a_stopped_server_is_gone_when_stop_returns_and_its_data_is_not() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    home.ask(&["SET", "k", "v"]);
    assert_eq!(redis.stop(TIMEOUT).unwrap().map(raw), Some(server));
    assert!(!redis.socket().exists());
    assert!(redis.status().unwrap().is_none());
    assert_eq!(redis.stop(TIMEOUT).unwrap(), None);
    started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(home.ask(&["GET", "k"]), "v");
}

#[test]
fn a_killed_server_does_not_run() {
    let home = Home::new();
    let redis = home.redis();
    started(redis.ensure_running(TIMEOUT).unwrap());
    home.kill_servers();
    assert!(redis.socket().exists());
    assert!(redis.status().unwrap().is_none());
    assert_eq!(redis.stop(TIMEOUT).unwrap(), None);
    assert_eq!(redis.last_words().unwrap(), None);
}

#[test]
fn a_server_that_does_not_answer_is_given_up_on_in_time() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    kill_process(server, Signal::STOP).unwrap();
    let little = Duration::from_millis(200);
    let began = Instant::now();
    let pid = server.as_raw_nonzero();
    let expected = format!("try again, and if that does not help end it with `kill {pid}`");
    let is_named = |error: &Error| error.to_string().ends_with(&expected);
    assert!(is_named(&redis.stop(little).unwrap_err()));
    assert!(is_named(&redis.ensure_running(little).unwrap_err()));
    assert!(began.elapsed() < little * 10);
    assert!(is_named(&redis.status().unwrap_err()));
    assert_eq!(home.servers(), [server]);
    kill_process(server, Signal::CONT).unwrap();
    assert!(redis.stop(TIMEOUT).unwrap().is_some());
}

#[test]
fn a_server_that_wants_a_password_says_so() {
    let home = Home::new();
    let redis = home.redis();
    redis.ensure_running(TIMEOUT).unwrap();
    home.ask(&["CONFIG", "SET", "requirepass", "secret"]);
    for error in [
        redis.ensure_running(TIMEOUT).map(drop).unwrap_err(),
        redis.stop(TIMEOUT).map(drop).unwrap_err(),
    ] {
        assert!(error.to_string().contains("it wants a password"), "{error}");
    }
}

#[test]
fn a_server_that_accepts_no_connection_is_given_up_on_in_time() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    let listener = UnixListener::bind(redis.socket()).unwrap();
    socket2::SockRef::from(&listener).listen(0).unwrap();
    // The one connection that a listener with an empty queue takes; the next one waits for ever.
    let _waiting = UnixStream::connect(redis.socket()).unwrap();
    let little = Duration::from_millis(200);
    let began = Instant::now();
    for error in [
        redis.stop(little).map(drop).unwrap_err(),
        redis.ensure_running(little).map(drop).unwrap_err(),
        redis.status().map(drop).unwrap_err(),
    ] {
        assert!(
            error.to_string().contains(" did not answer within "),
            "{error}"
        );
    }
    assert!(began.elapsed() < TIMEOUT, "{:?}", began.elapsed());
}

#[test]
fn a_server_that_is_told_to_stop_and_lives_on_is_named() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    let listener = UnixListener::bind(redis.socket()).unwrap();
    fs::write(redis.dir().join("redis.pid"), "4711\n").unwrap();
    let lock = redis.dir().join("server.lock");
    let _lock = lock::try_acquire(&lock).unwrap().expect("it is free");
    thread::spawn(move || {
        for mut stream in listener.incoming().map(Result::unwrap) {
            let mut request = [0; 1024];
            while let Ok(length @ 1..) = stream.read(&mut request) {
                let info = "redis_version:7\r\nprocess_id:1";
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let reply = if request.contains("PING") {
                    "+PONG\r\n-ERR x\r\n".to_owned()
                } else if request.contains("INFO") {
                    format!("${}\r\n{info}\r\n*0\r\n", info.len())
                } else {
                    break;
                };
                stream.write_all(reply.as_bytes()).unwrap();
            }
        }
    });
    let error = redis.stop(Duration::from_millis(200)).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("did not stop within 200ms; try again, and if that does not help end it with `kill 4711`"),
        "{error}"
    );
}
