//! `notes redis`: the private Redis by hand, and redis-cli on the Redis in use.

use crate::support::Sandbox;

#[test]
fn status_tells_and_starts_nothing() {
    let sandbox = Sandbox::bare();
    let status = || sandbox.notes(["redis", "status"]);
    let socket = sandbox.private_dir().join("notes.sock");
    let socket = socket.display();
    status().gives(7, &format!("not running, {socket}\n"), "");
    assert!(!sandbox.home().join(".local").exists());
    sandbox.add("T", "");
    let pid = sandbox.private_servers()[0].as_raw_nonzero();
    status().gives(0, &format!("running, [..] [..], pid {pid}, {socket}\n"), "");
    sandbox.notes(["redis", "stop"]).run();
    status().gives(7, &format!("not running, {socket}\n"), "");
}

#[test]
fn start_and_stop_say_what_they_did_and_doing_it_twice_is_no_error() {
    let sandbox = Sandbox::bare();
    let start = || sandbox.notes(["redis", "start"]);
    let stop = || sandbox.notes(["redis", "stop"]);
    stop().gives(0, "", "your private Redis is not running\n");
    start().gives(0, "", "started your private Redis in [..] (pid [..])\n");
    start().gives(0, "", "your private Redis is already running\n");
    let id = sandbox.add("T", "");
    stop().gives(0, "", "stopped your private Redis (pid [..])\n");
    assert_eq!(sandbox.private_servers(), []);
    sandbox
        .notes(["list", "--ids", "-q"])
        .gives(0, &format!("{id}\n"), "");
}

#[test]
fn json_tells_how_it_is_after_each_of_them() {
    let sandbox = Sandbox::bare();
    let run = |action: &str| sandbox.notes(["redis", action, "--json", "-q"]).run();
    let directory = sandbox.private_dir();
    let stopped = format!(
        "{{\"state\":\"stopped\",\"pid\":null,\"kind\":null,\"version\":null,\
         \"socket\":\"{0}/notes.sock\",\"directory\":\"{0}\"}}\n",
        directory.display()
    );
    let status = run("status");
    assert_eq!((status.code, &status.stdout), (7, &stopped));
    for action in ["start", "status"] {
        let status = run(action);
        assert_eq!((status.code, status.stderr.as_str()), (0, ""));
        let status = status.json();
        assert_eq!(status["state"], "running");
        assert_eq!(
            status["pid"],
            sandbox.private_servers()[0].as_raw_nonzero().get()
        );
        assert!(status["kind"].is_string() && status["version"].is_string());
    }
    let status = run("stop");
    assert_eq!((status.code, &status.stdout), (0, &stopped));
}

#[test]
fn a_private_redis_that_is_not_in_use_is_pointed_out() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["redis", "start"]).gives(
        0,
        "",
        "started your private Redis in [..] (pid [..])\n\
         it is not in use: the notes are in the Redis of REDIS_URL in the environment\n",
    );
}

#[test]
fn cli_asks_the_redis_in_use_and_passes_its_exit_code_on() {
    let sandbox = Sandbox::bare();
    sandbox
        .notes(["redis", "cli", "-q", "SCARD", "notes:ids"])
        .gives(0, "0\n", "");
    let id = sandbox.add("two words", "");
    let key = format!("note:{id}");
    sandbox
        .notes(["redis", "cli", "HGET", &key, "title"])
        .gives(0, "two words\n", "");
    sandbox
        .notes(["redis", "cli"])
        .stdin("DBSIZE\n")
        .gives(0, "2\n", "");
    let failed = sandbox
        .notes(["redis", "cli", "-e", "NO-SUCH-COMMAND"])
        .run();
    assert_eq!((failed.code, failed.stdout.as_str()), (1, ""));
    assert!(
        failed.stderr.starts_with("ERR unknown command"),
        "{failed:?}"
    );
    let other = Sandbox::with_redis();
    other.notes(["redis", "cli", "DBSIZE"]).gives(0, "0\n", "");
    assert!(!other.private_dir().exists());
}

#[test]
fn cli_gives_the_password_to_redis_cli_out_of_sight_of_others() {
    let sandbox = Sandbox::bare();
    let client = sandbox.script("bin/redis-cli", "echo \"$@\"; echo \"$REDISCLI_AUTH\"");
    let url = "rediss://user:hunter2@db.example:7000/3";
    let run = |arguments: &[&str]| {
        sandbox
            .notes([&["redis", "cli", "-u", url], arguments].concat())
            .env("PATH", client.parent().unwrap())
    };
    run(&["GET", "a key"]).gives(
        0,
        "-c -h db.example -p 7000 -n 3 --user user --tls GET a key\nhunter2\n",
        "",
    );
    run(&["--scan", "--pattern", "note:*"]).gives(
        0,
        "-c -h db.example -p 7000 -n 3 --user user --tls --scan --pattern note:*\nhunter2\n",
        "",
    );
}
