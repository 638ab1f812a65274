//! Every row of the exit-code table, by a run that ends with it; 130 is in `terminal`.

use std::io::Read as _;
use std::net::{Shutdown, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use notes::exit::Exit;
use socket2::SockRef;

use crate::support::Sandbox;
use crate::support::fake_redis::{Said, fake_redis};
use crate::support::redis_server::client;

#[test]
fn the_table_has_these_codes() {
    let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
    assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 130]);
}

#[test]
fn done_is_0() {
    Sandbox::with_redis().notes(["list"]).gives(0, "", "");
}

#[test]
fn failed_is_1_when_redis_takes_no_changes() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["CONFIG", "SET", "maxmemory", "1"]);
    sandbox.notes(["add", "T"]).gives(
        1,
        "",
        "notes: Redis is out of memory and takes no changes; free some or raise its maxmemory\n",
    );
    sandbox.redis_cli(&["CONFIG", "SET", "maxmemory", "0"]);
    sandbox.redis_cli(&["REPLICAOF", "127.0.0.1", "1"]);
    sandbox.notes(["add", "T"]).gives(
        1,
        "",
        "notes: Redis at [..] (REDIS_URL in the environment) takes no changes: it is a replica of 127.0.0.1:1; name that server, by REDIS_URL or by REDIS_HOST and REDIS_PORT\n",
    );
    sandbox.redis_cli(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn usage_is_2() {
    Sandbox::bare().notes(["list", "--no-such-option"]).gives(
        2,
        "",
        "notes: unexpected argument '--no-such-option' found; [..]\n",
    );
}

#[test]
fn no_such_note_is_3() {
    let sandbox = Sandbox::with_redis();
    for (name, said) in [
        (
            "00000000",
            "no note '00000000'; `notes list` shows what there is",
        ),
        (
            "abc",
            "no note 'abc'; the beginning of an id needs at least 4 characters",
        ),
        ("@", "there are no notes yet; `notes add` makes one"),
    ] {
        for arguments in [
            vec!["show", name],
            vec!["edit", name, "-t", "x"],
            vec!["rm", "-y", name],
        ] {
            sandbox
                .notes(arguments)
                .gives(3, "", &format!("notes: {said}\n"));
        }
    }
    sandbox.notes(["show", "00000000", "--json"]).gives(
        3,
        "",
        "{\"error\":{\"code\":\"not_found\",\"message\":\"no note '00000000'; `notes list` shows what there is\",\"id\":\"00000000\"}}\n",
    );
}

#[test]
fn refused_is_4() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read"]);
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "secret"]);
    let place = format!(
        "{} (REDIS_URL in the environment)",
        sandbox.redis().socket().display()
    );
    sandbox.notes(["list"]).gives(
        4,
        "",
        &format!("notes: refused by Redis at {place}: it wants a password; put it into the URL, or set REDIS_PASSWORD where the server is named\n"),
    );
    sandbox
        .notes(["add", "T"])
        .env("REDIS_USERNAME", "reader")
        .env("REDIS_PASSWORD", "pw")
        .gives(
            4,
            "",
            &format!(
                "notes: refused by Redis at {place}: its ACL forbids this user the command: [..]\n"
            ),
        );
}

#[test]
fn ambiguous_is_5() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("abcd-1", &[("title", "1")]);
    sandbox.foreign("abcd-2", &[("title", "2")]);
    for arguments in [
        vec!["show", "abcd"],
        vec!["edit", "abcd", "-t", "x"],
        vec!["rm", "-y", "abcd"],
    ] {
        sandbox.notes(arguments).gives(
            5,
            "",
            "notes: 'abcd' is the beginning of 2 ids:\n  abcd-1  1\n  abcd-2  2\n",
        );
    }
}

#[test]
fn conflict_is_6() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let socket = sandbox.redis().socket();
    let editor = format!(
        "sh -c '{} -s {} HSET note:{id} title other >/dev/null; echo mine >$0'",
        client(),
        socket.display()
    );
    sandbox.notes(["edit", &id]).env("EDITOR", editor).gives(
        6,
        "",
        &format!("notes: nothing was stored; your text is in [..]/note.md; `notes edit {} --resume` continues with it: note {id} was changed by someone else\n", &id[..8]),
    );
}

#[test]
fn out_of_reach_is_7_for_a_server_that_is_away() {
    Sandbox::bare().notes(["list", "-u", "redis://127.0.0.1:1"]).gives(
        7,
        "",
        "notes: no Redis answers at 127.0.0.1:1 (--redis-url); start it, or name another: Connection refused (os error 111)\n",
    );
}

#[test]
fn out_of_reach_is_7_for_a_server_that_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            // Reads until the client gives up, and says nothing.
            let _ = stream.unwrap().read_to_end(&mut Vec::new());
        }
    });
    let start = Instant::now();
    Sandbox::bare().notes(["list", "-u", &url, "--timeout", "0.3"]).gives(
        7,
        "",
        "notes: Redis at [..] (--redis-url) gave no answer within 0.3 s; a longer --timeout waits longer\n",
    );
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn a_server_that_hangs_up_during_the_tls_handshake_is_out_of_reach() {
    let sandbox = Sandbox::bare();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("rediss://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            // The end of the stream and then a reset, both before the client writes: what it then
            // writes meets a broken pipe.
            let stream = stream.unwrap();
            let _ = stream.shutdown(Shutdown::Write);
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        }
    });
    for arguments in [
        &["add", "T"][..],
        &["list"],
        &["show", "abcd"],
        &["edit", "abcd", "-c", "x"],
        &["rm", "--yes", "abcd"],
        &["health"],
    ] {
        for _ in 0..5 {
            let run = sandbox.notes(arguments).env("REDIS_URL", &url).run();
            assert_eq!(run.code, 7, "{arguments:?}: {run:?}");
            assert!(
                run.stderr.contains("notes: ") || run.stdout.contains("unreachable"),
                "{arguments:?}: {run:?}"
            );
        }
    }
}

#[test]
fn out_of_reach_is_7_where_a_reply_does_not_end() {
    let url = fake_redis(|_| Said::Drip("$1000000000\r\n"));
    let sandbox = Sandbox::with_url(url);
    for arguments in [&["list"][..], &["show", "00000000"], &["export"], &["tags"]] {
        let run = sandbox
            .notes([arguments, &["--timeout", "0.3"]].concat())
            .run();
        assert_eq!(run.code, 7, "{arguments:?}");
        assert_eq!(run.stdout, "");
        let said = "gave no answer within 0.3 s; a longer --timeout waits longer\n";
        assert!(run.stderr.ends_with(said), "{}", run.stderr);
    }
}
