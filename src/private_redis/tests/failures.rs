//! Starts that fail: each with the error that says what to do, none with a server left over.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use super::home::{Home, TIMEOUT, name_of, started};
use crate::private_redis::{LONGEST_SOCKET_PATH, PrivateRedis, client, lock, probe, programs};

/// A patience that is meant to run out.
const LITTLE: Duration = Duration::from_millis(300);

#[test]
fn a_path_too_long_for_a_socket_is_refused_before_anything_is_made() {
    let data = Path::new("/tmp").join(name_of(120));
    let error = PrivateRedis::new(&data, "".as_ref()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(
            "redis/notes.sock, which has 142 bytes where the system allows 107; set NOTES_DATA_DIR"
        ),
        "{text}"
    );
    assert!(!data.exists());
    // One byte more than what is taken.
    let data = Path::new("/").join(name_of(
        LONGEST_SOCKET_PATH - "//redis/notes.sock".len() + 1,
    ));
    assert!(PrivateRedis::new(&data, "".as_ref()).is_err());
}

#[test]
fn without_a_server_the_error_says_how_to_get_one_and_nothing_is_made() {
    let home = Home::new();
    let redis = home.redis_with(&[("dnf", "#!/bin/sh\n")]);
    let error = redis.ensure_running(TIMEOUT).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("dnf install valkey`, or set REDIS_URL"),
        "{text}"
    );
    assert!(!home.data().exists());
    let bin = home.root().join("bin");
    let text = client(bin.as_os_str()).unwrap_err().to_string();
    assert!(
        text.starts_with("there is no redis-cli or valkey-cli on PATH; install one with `"),
        "{text}"
    );
}

#[test]
fn a_redis_on_localhost_is_seen_and_no_other_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answering = std::thread::spawn(move || {
        for reply in [
            "+PONG\r\n-ERR x\r\n",
            "-NOAUTH x\r\n-NOAUTH x\r\n",
            "220 smtp\r\n",
        ] {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 64]).unwrap();
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    assert!(probe::answers_on_localhost(port));
    assert!(probe::answers_on_localhost(port));
    assert!(!probe::answers_on_localhost(port));
    answering.join().unwrap();
}

#[test]
fn a_server_that_ends_at_once_is_quoted() {
    let home = Home::new();
    let redis = home.redis_with(&[(
        "redis-server",
        "#!/bin/sh\n\
         echo '1:M 23 Nov 2026 18:07:07.619 # Bad file format' >> redis.log\n\
         echo 'libfoo.so: not found' >&2\n\
         exit 3\n",
    )]);
    fs::create_dir_all(redis.dir()).unwrap();
    fs::write(&redis.log, "1:M 22 Nov 2026 18:07:07.619 # of yesterday\n").unwrap();
    let error = redis.ensure_running(TIMEOUT).unwrap_err();
    let expected = format!(
        "the private Redis ended as it started (exit status: 3); its log {} ends: Bad file format; \
         libfoo.so: not found",
        redis.log.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_damaged_file_is_told_with_the_copy_to_make_first() {
    let home = Home::new();
    let redis = home.redis();
    started(redis.ensure_running(TIMEOUT).unwrap());
    home.ask(&["SET", "k", "v"]);
    redis.stop(TIMEOUT).unwrap();
    let manifest = redis.dir().join("appendonlydir/appendonly.aof.manifest");
    fs::write(manifest, "no manifest\n").unwrap();
    let error = redis.ensure_running(TIMEOUT).unwrap_err();
    let text = error.to_string();
    let begin = "the private Redis cannot read its files (";
    assert!(text.starts_with(begin), "{text}");
    let copy = format!(
        "before all else copy the directory {}:",
        redis.dir().display()
    );
    assert!(
        text.contains("AOF manifest") && text.contains(&copy),
        "{text}"
    );
}

#[test]
fn a_server_that_hangs_is_ended_when_patience_runs_out() {
    let home = Home::new();
    let redis = home.redis_with(&[("valkey-server", "#!/bin/sh\n/bin/sleep 1000\n")]);
    let began = Instant::now();
    let error = redis.ensure_running(LITTLE).unwrap_err();
    let text = error.to_string();
    let expected = "the private Redis did not come up within 300ms and was ended; its log ";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with(" does not say why"), "{text}");
    assert!(began.elapsed() < LITTLE * 10);
    // It is killed with it, but is not ours to wait for.
    let are_gone = || home.servers().is_empty().then_some(());
    let gone = lock::Deadline::after(TIMEOUT).poll(are_gone);
    assert!(gone.is_some(), "what it has started runs on");
    // And nothing is in the way of a better one.
    started(home.redis().ensure_running(TIMEOUT).unwrap());
}

#[test]
fn a_server_that_cannot_be_run_is_named() {
    let home = Home::new();
    let redis = home.redis_with(&[("redis-server", "#!/no/such/interpreter\n")]);
    let error = redis.ensure_running(TIMEOUT).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("/bin/redis-server; reinstall it"),
        "{error}"
    );
}

#[test]
fn whatever_has_the_place_of_the_socket_is_kept() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    let refused = || {
        let error = redis.ensure_running(TIMEOUT).unwrap_err();
        let expected = format!("{} is in the way", redis.socket().display());
        error.to_string().starts_with(&expected)
    };
    fs::write(redis.socket(), "precious").unwrap();
    assert!(refused());
    assert_eq!(fs::read(redis.socket()).unwrap(), b"precious");
    fs::remove_file(redis.socket()).unwrap();
    fs::create_dir(redis.socket()).unwrap();
    assert!(refused());
    fs::remove_dir(redis.socket()).unwrap();
    symlink("nowhere", redis.socket()).unwrap();
    assert!(refused());
    assert!(redis.socket().is_symlink());
    assert_eq!(home.servers(), []);
}

#[test]
fn a_directory_that_cannot_be_made_is_named_with_the_way_out() {
    let home = Home::new();
    let file = home.root().join("file");
    fs::write(&file, "").unwrap();
    // Permissions do not bind root; /proc takes no directories from anybody.
    for data in [
        file.as_path(),
        &file.join("below"),
        Path::new("/proc/notes-test"),
    ] {
        let redis = PrivateRedis::new(data, &std::env::var_os("PATH").unwrap()).unwrap();
        let error = redis.ensure_running(TIMEOUT).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&redis.dir().display().to_string())
                && text.contains("NOTES_DATA_DIR")
                && text.contains("REDIS_URL"),
            "{text}"
        );
    }
    fs::create_dir(home.data()).unwrap();
    fs::write(home.data().join("redis"), "a file").unwrap();
    let error = home.redis().ensure_running(TIMEOUT).unwrap_err();
    assert!(
        error.to_string().starts_with("cannot make or write "),
        "{error}"
    );
}

#[test]
fn a_start_that_hangs_elsewhere_is_named() {
    let home = Home::new();
    let redis = home.redis();
    fs::create_dir_all(redis.dir()).unwrap();
    let lock = redis.dir().join("redis.lock");
    let _held = lock::try_acquire(&lock).unwrap().expect("it is free");
    for error in [
        redis.ensure_running(LITTLE).map(drop).unwrap_err(),
        redis.stop(LITTLE).map(drop).unwrap_err(),
    ] {
        let expected = "has been starting or stopping the private Redis for 300ms (it holds /";
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(home.servers(), []);
}

#[test]
fn a_living_server_without_its_socket_is_not_doubled() {
    let home = Home::new();
    let redis = home.redis();
    let server = started(redis.ensure_running(TIMEOUT).unwrap());
    fs::remove_file(redis.socket()).unwrap();
    for error in [
        redis.ensure_running(LITTLE).map(drop).unwrap_err(),
        redis.stop(LITTLE).map(drop).unwrap_err(),
    ] {
        let expected = u32::try_from(server.as_raw_nonzero().get()).unwrap();
        let text = error.to_string();
        assert!(text.contains(" within 300ms; try again"), "{text}");
        assert!(error.to_string().contains(&format!("`kill {expected}`")));
    }
    assert_eq!(home.servers(), [server]);
}

/// A limit on the size of files stands in for a disk that is full: either cuts a write short, and
/// this one needs no privileges.
#[test]
fn a_server_that_ended_for_want_of_room_says_so_and_keeps_what_it_had() {
    let home = Home::new();
    let real = programs::server(&home.redis().search_path).unwrap();
    let limited = format!(
        "#!/bin/sh\ntrap '' XFSZ\nulimit -f 100\nexec {} \"$@\"\n",
        real.display()
    );
    let redis = home.redis_with(&[("redis-server", &limited)]);
    started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(redis.last_words().unwrap(), None);
    let text = "x".repeat(3000);
    let kept = (0..1000)
        .take_while(|key| home.ask(&["SET", &key.to_string(), &text]) == "OK")
        .count();
    assert!((1..1000).contains(&kept), "{kept}");
    let full = redis.last_words().unwrap_err().to_string();
    assert!(full.contains("is full; make room"), "{full}");
    redis.stop(TIMEOUT).unwrap();
    started(redis.ensure_running(TIMEOUT).unwrap());
    assert_eq!(home.ask(&["DBSIZE"]), kept.to_string());
}
