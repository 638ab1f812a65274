//! Starts that work: one server, durable, private.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use super::home::{Home, TIMEOUT, name_of, started};
use crate::private_redis::{LONGEST_SOCKET_PATH, PrivateRedis};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn sixteen_threads_at_once_start_one_server() {
    let home = Home::new();
    let redis = home.redis();
    let barrier = Barrier::new(16);
    let starts: Vec<_> = thread::scope(|scope| {
        let starters: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let start = redis.ensure_running(TIMEOUT).unwrap();
                    // After `ensure_running` the server can be used at once.
                    assert!(home.ask(&["INCR", "callers"]).parse::<u8>().is_ok());
                    start
                })
            })
            .collect();
        starters
            .into_iter()
            .map(|starter| starter.join().unwrap())
            .collect()
    });
    let new = starts.iter().filter(|start| start.is_some());
    assert_eq!(new.count(), 1, "{starts:?}");
    assert_eq!(home.servers().len(), 1);
    assert_eq!(home.ask(&["GET", "callers"]), "16");
}

#[test]
fn what_was_written_is_there_after_every_kill_9() {
    let home = Home::new();
    let redis = home.redis();
    for round in 1..=10 {
        let pid = started(redis.ensure_running(TIMEOUT).unwrap());
        assert_eq!(home.servers(), [pid]);
        assert_eq!(
            home.ask(&["RPUSH", "rounds", "one more"]),
            round.to_string()
        );
        home.kill_servers();
        assert!(redis.socket().exists(), "a killed server leaves its socket");
    }
    started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(home.ask(&["LLEN", "rounds"]), "10");
}

#[test]
fn a_socket_and_a_pid_file_that_were_left_behind_are_no_hindrance() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    drop(UnixListener::bind(redis.socket()).unwrap());
    // The process of that id lives, and is no server.
    let pid_file = redis.dir().join("redis.pid");
    fs::write(&pid_file, std::process::id().to_string()).unwrap();
    let pid = started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(home.ask(&["PING"]), "PONG");
    let named = fs::read_to_string(&pid_file).unwrap();
    assert_eq!(named.trim(), pid.as_raw_nonzero().to_string());
}

#[test]
fn a_running_server_is_left_as_it_is() {
    let home = Home::new();
    started(home.redis().ensure_running(TIMEOUT).unwrap());
    // Even where no program could be found any more.
    let redis = home.redis_with(&[]);
    assert_eq!(redis.ensure_running(TIMEOUT).unwrap(), None);
    assert_eq!(home.servers().len(), 1);
}

#[test]
fn only_the_user_gets_in_and_only_through_the_socket() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    fs::set_permissions(redis.dir(), fs::Permissions::from_mode(0o755)).unwrap();
    started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(mode(redis.dir()), 0o700);
    assert_eq!(mode(redis.socket()), 0o700);
    assert_eq!(home.ask(&["CONFIG", "GET", "port"]), "port\n0");
}

#[test]
fn a_command_is_answered_only_when_it_is_on_the_disk() {
    let home = Home::new();
    home.redis().ensure_running(TIMEOUT).unwrap();
    for (option, value) in [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("maxmemory-policy", "noeviction"),
        ("save", ""),
    ] {
        let answer = home.ask(&["CONFIG", "GET", option]);
        assert_eq!(answer, format!("{option}\n{value}").trim_end());
    }
}

#[test]
fn any_name_will_do_for_the_directory() {
    for name in ["a b'c\"d\\e", " $HOME; # ", "l\u{ed}ne\nbreak %s"] {
        let home = Home::named(OsStr::new(name));
        started(home.redis().ensure_running(TIMEOUT).unwrap());
        assert_eq!(home.ask(&["SET", "k", "v"]), "OK", "{name:?}");
        home.kill_servers();
        started(home.redis().ensure_running(TIMEOUT).unwrap());
        assert_eq!(home.ask(&["GET", "k"]), "v", "{name:?}");
    }
}

#[test]
fn the_longest_path_that_is_taken_works() {
    let home = Home::new();
    let around = home.root().join("x").as_os_str().len() - 1 + "/redis/notes.sock".len();
    let longest = home.root().join(name_of(LONGEST_SOCKET_PATH - around));
    let home_of_longest = Home::named(longest.as_os_str());
    let redis = PrivateRedis::new(&longest, &std::env::var_os("PATH").unwrap()).unwrap();
    assert_eq!(redis.socket().as_os_str().len(), LONGEST_SOCKET_PATH);
    started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(home_of_longest.ask(&["PING"]), "PONG");
}
