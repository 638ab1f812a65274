//! Sentinel: a primary, two replicas and three sentinels; and what replicas confirm.

mod failover;
mod group;
mod topology;

use serde_json::json;

use self::group::Group;
use crate::http::Served;
use crate::support::network::listen;
use crate::support::redis_server::RedisServer;
use crate::support::{Notes, Sandbox, eventually};

#[test]
fn the_group_may_be_left_out_where_there_is_one_and_sentinels_be_away() {
    let group = Group::small(&["main"]);
    let host = &group.sentinels[0].host;
    for url in [
        format!("redis://{host}:26379"),
        format!("redis://{host}:26379/0"),
        format!("redis://{host}/main"),
        format!("redis+sentinel://{host}"),
        format!("sentinel://127.0.0.1:1,{host}/main/0"),
        format!("redis://ann:secret@{host}/main"),
    ] {
        let run = group.notes(&["list"]).env("REDIS_URL", &url).run();
        if url.contains("ann:") {
            // The login is for the server.
            assert_eq!(run.code, 4, "{url}: {run:?}");
        } else {
            assert_eq!((run.code, &*run.stderr), (0, ""), "{url}");
        }
    }
}

#[test]
fn the_log_has_the_steps_of_a_group_that_was_left_out() {
    let group = Group::small(&["main"]);
    let host = &group.sentinels[0].host;
    let steps = |url: &str| {
        let run = group
            .notes(&["log", "--json=step"])
            .env("REDIS_URL", url)
            .run();
        assert_eq!((run.code, &*run.stderr), (0, ""), "{url}");
        run.json().as_array().unwrap().len()
    };
    for hosts in [format!("{host}:26379"), format!("127.0.0.1:1,{host}")] {
        let url = format!("redis://{hosts}");
        let run = group.notes(&["add", "T"]).env("REDIS_URL", &url).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(steps(&url), 1, "{url}");
        assert_eq!(steps(&format!("{url}/main")), 1, "{url}");
        for other in [format!("{url}/1"), format!("{url}/spare")] {
            assert_eq!(steps(&other), 0, "{other}");
        }
    }
}

#[test]
fn what_sentinels_do_not_know_is_told_with_what_they_know() {
    let group = Group::small(&["main", "spare"]);
    let host = &group.sentinels[0].host;
    let fails = |url: &str, stderr: &str| {
        let run = group.notes(&["list"]).env("REDIS_URL", url);
        run.gives(7, "", &format!("notes: {stderr}\n"));
    };
    let sentinel = format!("{host}:26379 (REDIS_URL in the environment)");
    fails(
        &format!("redis://{host}:26379"),
        &format!(
            "Sentinel at {sentinel} has several groups: main, spare; put the name of one into the URL, \
             as in redis://host:26379/spare"
        ),
    );
    fails(
        &format!("redis://127.0.0.1:1,{host}/other"),
        &format!("Sentinel at {sentinel} has no group other; it has: main, spare"),
    );
    let server = &group.servers[0].0;
    fails(
        &format!("redis://{server}:6379/main"),
        &format!(
            "a Redis server answers at {server}:6379 (REDIS_URL in the environment), and no Sentinel; a \
             URL for a server has one host, and after it at most the number of a database"
        ),
    );
    fails(
        "redis://127.0.0.1:1,127.0.0.1:2/main",
        "no Redis answers at 127.0.0.1:2 (REDIS_URL in the environment); start it, or name another: \
         Connection refused [..]",
    );
}

#[test]
fn every_command_works_through_sentinels_before_and_after_a_failover() {
    works_before_and_after_a_failover(Group::whole());
}

#[test]
#[cfg_attr(not(feature = "tls"), ignore = "this `notes` is built without TLS")]
fn every_command_works_over_tls_through_sentinels_before_and_after_a_failover() {
    let group = Group::over_tls();
    let list = || group.notes(&["list"]);
    for (run, reason) in [
        (
            list().without("REDIS_TLS_CA"),
            "name the certificate of its CA by --tls-ca",
        ),
        (
            list().without("REDIS_TLS_CERT").without("REDIS_TLS_KEY"),
            "it requires a client certificate; name one by --tls-cert and --tls-key",
        ),
    ] {
        let run = run.run();
        assert_eq!(run.code, 7, "{run:?}");
        assert!(
            run.stderr.starts_with("notes: no TLS connection to 127."),
            "{run:?}"
        );
        assert!(run.stderr.contains(reason), "{run:?}");
    }
    let files = [
        "--cacert",
        "ca.pem",
        "--cert",
        "client.pem",
        "--key",
        "client.key",
    ];
    let by_flags = group
        .sandbox
        .notes([&["list", "-u", &group.url()], &files[..]].concat());
    by_flags.gives(0, "", "");
    works_before_and_after_a_failover(group);
}

fn works_before_and_after_a_failover(mut group: Group) {
    let kept = group.add("kept").stdout.trim_end().to_owned();
    let gone = group.add("gone").stdout.trim_end().to_owned();
    let rm = group.notes(&["rm", "--yes", &gone]).run();
    assert_eq!((rm.code, &*rm.stdout), (0, &*format!("{gone}\n")), "{rm:?}");
    let health = group.notes(&["health", "--json"]).run().json();
    let primary = group.sentinels[0].primary();
    assert_eq!(health["server"]["address"], format!("{primary}:6379"));
    let sentinels: Vec<_> = group
        .hosts()
        .split(',')
        .map(|it| format!("{it}:26379"))
        .collect();
    assert_eq!(
        health["sentinel"],
        json!({ "group": "main", "sentinels": sentinels })
    );
    assert_eq!(
        health["replication"]["replicas"].as_array().unwrap().len(),
        2
    );
    eventually("the replicas have the notes", || {
        let count = |(_, it): &(String, RedisServer)| it.command(&["SCARD", "notes:ids"]);
        group.servers.iter().all(|server| count(server) == "1")
    });

    let killed = group.kill_primary();
    // Begun while there is no primary, it waits for the next one.
    let patient = ["show", &kept, "--field", "title", "--timeout", "30"];
    group.notes(&patient).gives(0, "kept\n", "");
    let text = group.notes(&["health"]).run().stdout;
    assert!(!text.contains(&format!("address     {killed}:")), "{text}");
    let line = format!("sentinel    group main, by {}\n", sentinels.join(","));
    assert!(text.contains(&line), "{text}");
    // The journal is that of the group: what was done to the old primary is undone on the new one.
    let undo = group.notes(&["undo", "--timeout", "30"]).run();
    assert_eq!(
        (undo.code, &*undo.stdout),
        (0, &*format!("{gone}\n")),
        "{undo:?}"
    );
    let edit = group.notes(&["edit", &kept, "--append", "more"]).run();
    assert_eq!(
        (edit.code, &*edit.stdout),
        (0, &*format!("{kept}\n")),
        "{edit:?}"
    );
    group
        .notes(&["redis", "cli", "SCARD", "notes:ids"])
        .gives(0, "2\n", "");
}

#[test]
fn the_password_is_that_of_the_servers() {
    let group = Group::small(&["main"]);
    let (host, redis) = &group.servers[0];
    redis.command(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let url = format!("redis://:hunter2@{}/main", group.hosts());
    let list = group.notes(&["list", "-u", &url]);
    list.gives(0, "", "");
    let run = group.notes(&["list"]).run();
    assert_eq!(run.code, 4, "{run:?}");
    let start = format!(
        "notes: refused by Redis at {host}:6379 (the primary of main, by Sentinel, REDIS_URL in the \
         environment): it wants a password"
    );
    assert!(run.stderr.starts_with(&start), "{run:?}");
}

#[test]
fn sentinels_may_have_a_password_of_their_own() {
    const VARIABLE: &str = "REDIS_SENTINEL_PASSWORD";
    let group = Group::small(&["main"]);
    let (sentinel, (host, redis)) = (&group.sentinels[0], &group.servers[0]);
    let own = ["ACL", "SETUSER", "default", "resetpass", ">own"];
    assert_eq!(sentinel.command(&own), "OK\n");
    let refused = |run: Notes, by: &str, reason: &str| {
        let stderr = format!("notes: refused by Redis at {by}:{reason}\n");
        run.gives(4, "", &stderr);
    };
    // Whichever is asked last, the one that answers is told of.
    let url = format!("redis://{},127.0.0.1:1/main", sentinel.host);
    let list = || group.notes(&["list"]).env("REDIS_URL", &url);
    let by = format!("{}:26379 (REDIS_URL in the environment)", sentinel.host);
    let missing = " the Sentinel wants a password; set REDIS_SENTINEL_PASSWORD";
    refused(list(), &by, missing);
    let wrong = " wrong password for the Sentinel; set REDIS_SENTINEL_PASSWORD to its own";
    refused(list().env(VARIABLE, "other"), &by, wrong);
    list().env(VARIABLE, "own").gives(0, "", "");

    redis.command(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let primary = format!("{host}:6379 (the primary of main, by Sentinel, [..])");
    let missing = " it wants a password; put it into the URL, or set REDIS_PASSWORD where the server is named";
    refused(list().env(VARIABLE, "own"), &primary, missing);
    refused(list().env("REDIS_PASSWORD", "hunter2"), &by, wrong);
    let both = |run: Notes| run.env(VARIABLE, "own").env("REDIS_PASSWORD", "hunter2");
    both(list()).gives(0, "", "");
    let ping = group.notes(&["redis", "cli", "PING"]);
    both(ping).gives(0, "PONG\n", "");
    let with_password = url.replace("redis://", "redis://:hunter2@");
    let by_flag = group.sandbox.notes(["list", "-u", &with_password]);
    by_flag.env(VARIABLE, "own").gives(0, "", "");

    // Nobody's password but its own goes to sentinels that a file of somebody else names.
    let strange = |more: &str| {
        let text = format!("REDIS_URL={with_password}\n{more}");
        group.sandbox.file(".env", text);
        group.sandbox.notes(["list"])
    };
    let by = format!("{}:26379 (REDIS_URL in ./.env)", sentinel.host);
    refused(strange("").env(VARIABLE, "own"), &by, wrong);
    strange("REDIS_SENTINEL_PASSWORD=own\n").gives(0, "", "");

    // One that sentinels do not ask for does no harm.
    let none = ["ACL", "SETUSER", "default", "nopass"];
    let login = ["-a", "own", "--no-auth-warning"];
    assert_eq!(sentinel.command(&[&login[..], &none].concat()), "OK\n");
    both(list()).gives(0, "", "");
}

#[test]
fn a_change_waits_for_replicas_and_says_if_too_few_confirm_it() {
    let [primary, replica] = [(); 2].map(|()| Sandbox::with_redis());
    let host = listen(primary.redis());
    replica.redis_cli(&["REPLICAOF", &host, "6379"]);
    eventually("the replica has a copy", || {
        let info = primary.redis_cli(&["INFO", "replication"]);
        info.contains("state=online")
    });
    let add = |count: &str, timeout: &str| {
        let add = primary.notes(["add", "T", "--timeout", timeout]);
        add.env("NOTES_WAIT_REPLICAS", count).run()
    };
    for made in ["1", "2", "3"] {
        let run = add("1", "20");
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(replica.redis_cli(&["SCARD", "notes:ids"]), made);
    }
    let run = add("2", "3");
    assert_eq!((run.code, &*run.stdout), (7, ""), "{run:?}");
    let reason = "but 1 of the 2 replicas in NOTES_WAIT_REPLICAS confirmed it in time";
    assert!(run.stderr.contains(reason), "{run:?}");
    assert_eq!(primary.redis_cli(&["SCARD", "notes:ids"]), "4");
    // It is made, and so can be undone.
    assert_eq!(primary.notes(["undo"]).run().code, 0);
    assert_eq!(primary.redis_cli(&["SCARD", "notes:ids"]), "3");
    let run = add("many", "5");
    let reason = "NOTES_WAIT_REPLICAS in the environment must be a number of replicas, from 0 up";
    assert_eq!(
        (run.code, &*run.stderr),
        (2, &*format!("notes: {reason}\n"))
    );
}

#[test]
fn serve_leaves_a_server_that_has_become_a_replica() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    server.add("before");
    sandbox.redis_cli(&["REPLICAOF", "127.0.0.1", "1"]);
    let add = || {
        let mut client = server.client();
        client.json("POST /api/v1/notes", r#"{"title":"a"}"#).status
    };
    let received = || {
        let info = sandbox.redis_cli(&["INFO", "stats"]);
        let line = info
            .lines()
            .find_map(|it| it.strip_prefix("total_connections_received:"));
        line.unwrap().trim().parse::<u32>().unwrap()
    };
    assert_eq!(add(), 503);
    let before = received();
    assert_eq!(add(), 503);
    // One is that of redis-cli.
    assert_eq!(received(), before + 2, "{}", server.log());
}
