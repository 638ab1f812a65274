//! Stopping and asking, which never start anything.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Signal, kill_process};

use super::home::{Home, TIMEOUT, raw, started};
use crate::private_redis::lock::{self, Attempt};
use crate::private_redis::{Error, Kind, Start, Status, Stop};

#[test]
fn a_server_that_never_was_neither_runs_nor_leaves_a_trace() {
    let home = Home::new();
    let redis = home.redis();
    assert_eq!(redis.status().unwrap(), Status::NotRunning);
    assert_eq!(redis.stop(TIMEOUT).unwrap(), Stop::NotRunning);
    assert_eq!(redis.log_tail(), None);
    assert!(!home.data().exists());
}

#[test]
fn a_running_server_tells_what_it_is() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    let Status::Running {
        pid,
        version,
        kind,
        uptime,
    } = redis.status().unwrap()
    else {
        panic!("it runs");
    };
    assert_eq!(raw(pid), server);
    assert!(version.contains('.'), "{version}");
    assert!(matches!(kind, Kind::Redis | Kind::Valkey));
    assert!(uptime < TIMEOUT);
}

#[test]
fn a_stopped_server_is_gone_when_stop_returns_and_its_data_is_not() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    home.ask(&["SET", "k", "v"]);
    let Stop::Stopped { pid } = redis.stop(TIMEOUT).unwrap() else {
        panic!("it ran");
    };
    assert_eq!(raw(pid), server);
    assert!(!redis.socket().exists());
    assert_eq!(redis.status().unwrap(), Status::NotRunning);
    assert_eq!(redis.stop(TIMEOUT).unwrap(), Stop::NotRunning);
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
    assert_eq!(redis.status().unwrap(), Status::NotRunning);
    assert_eq!(redis.stop(TIMEOUT).unwrap(), Stop::NotRunning);
    assert_eq!(redis.log_tail(), None);
}

#[test]
fn a_server_that_does_not_answer_is_given_up_on_in_time() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    kill_process(server, Signal::STOP).unwrap();
    let little = Duration::from_millis(200);
    let began = Instant::now();
    let is_named = |error: &Error| matches!(error, Error::Silent { pid: Some(pid), .. } if raw(*pid) == server);
    assert!(is_named(&redis.stop(little).unwrap_err()));
    assert!(is_named(&redis.ensure_running(little).unwrap_err()));
    assert!(began.elapsed() < little * 10);
    assert!(is_named(&redis.status().unwrap_err()));
    assert_eq!(home.servers(), [server]);
    kill_process(server, Signal::CONT).unwrap();
    assert!(matches!(redis.stop(TIMEOUT).unwrap(), Stop::Stopped { .. }));
}

#[test]
fn a_server_that_wants_a_password_runs_but_will_not_be_stopped() {
    let home = Home::new();
    let redis = home.redis();
    redis.ensure_running(TIMEOUT).unwrap();
    home.ask(&["CONFIG", "SET", "requirepass", "secret"]);
    assert_eq!(redis.ensure_running(TIMEOUT).unwrap(), Start::Already);
    let error = redis.stop(TIMEOUT).unwrap_err();
    assert!(
        matches!(&error, Error::Refused { reply, .. } if reply.starts_with("NOAUTH")),
        "{error}"
    );
}

#[test]
fn a_server_that_is_told_to_stop_and_lives_on_is_named() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    let listener = UnixListener::bind(redis.socket()).unwrap();
    let Attempt::Taken(_life) = lock::try_take(&redis.dir().join("server.lock")).unwrap() else {
        panic!("nobody has it");
    };
    let server = thread::spawn(move || {
        for stream in listener.incoming().map(Result::unwrap) {
            for line in BufReader::new(&stream).lines().map(Result::unwrap) {
                let info = "redis_version:7\nprocess_id:4711\nuptime_in_seconds:1";
                match line.as_str() {
                    "PING" => write!(&stream, "+PONG\r\n").unwrap(),
                    "INFO server" => write!(&stream, "${}\r\n{info}\r\n", info.len()).unwrap(),
                    _ => return,
                }
            }
        }
    });
    let error = redis.stop(Duration::from_millis(200)).unwrap_err();
    assert!(
        matches!(error, Error::NotStopped { pid: 4711, .. }),
        "{error}"
    );
    server.join().unwrap();
}
