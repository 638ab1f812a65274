//! Sentinel: a primary, two replicas and three sentinels, all of them real processes.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::{fs, thread};

use serde_json::json;
use tempfile::TempDir;

use crate::serve::Served;
use crate::support::network::{listen, loopback};
use crate::support::redis_server::{RedisServer, client, server};
use crate::support::{Notes, Run, Sandbox, eventually};

/// Servers by the addresses at which they listen, and the sentinels that watch them.
struct Group {
    sandbox: Sandbox,
    servers: Vec<(String, RedisServer)>,
    sentinels: Vec<Sentinel>,
}

struct Sentinel {
    host: String,
    child: Child,
    _directory: TempDir,
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        // Either fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sentinel {
    /// Starts one that watches these groups, each with the same primary.
    fn start(groups: &[&str], primary: &str) -> Self {
        let host = loopback();
        let directory = tempfile::tempdir().unwrap();
        let mut config = format!(
            "port 26379\nbind {host}\nprotected-mode no\nlogfile log\nsentinel announce-ip {host}\n"
        );
        for group in groups {
            let watched = format!(
                "sentinel monitor {group} {primary} 6379 2\n\
                 sentinel down-after-milliseconds {group} 1000\n\
                 sentinel failover-timeout {group} 4000\n"
            );
            config.push_str(&watched);
        }
        fs::write(directory.path().join("conf"), config).unwrap();
        let child = Command::new(server())
            .args(["conf", "--sentinel"])
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let sentinel = Self {
            host,
            child,
            _directory: directory,
        };
        eventually("the sentinel answers", || {
            sentinel.command(&["PING"]) == "PONG\n"
        });
        sentinel
    }

    fn command(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(client());
        command
            .args(["-h", &self.host, "-p", "26379"])
            .args(arguments);
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn primary(&self) -> String {
        let answer = self.command(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]);
        answer.lines().next().unwrap_or_default().to_owned()
    }
}

impl Group {
    /// A server and one sentinel that knows it by these names.
    fn small(groups: &[&str]) -> Self {
        let redis = RedisServer::start();
        let host = listen(&redis);
        Self {
            sandbox: Sandbox::bare(),
            sentinels: vec![Sentinel::start(groups, &host)],
            servers: vec![(host, redis)],
        }
    }

    /// A primary with two replicas, and three sentinels that all know each other.
    fn whole() -> Self {
        let redis = RedisServer::start();
        let primary = listen(&redis);
        let mut servers = vec![(primary.clone(), redis)];
        for _ in 0..2 {
            let replica = RedisServer::start();
            let host = listen(&replica);
            replica.command(&["REPLICAOF", &primary, "6379"]);
            eventually("the replica has a copy", || {
                let info = replica.command(&["INFO", "replication"]);
                info.contains("master_link_status:up")
            });
            servers.push((host, replica));
        }
        // Not before the replicas: a sentinel looks for new ones every ten seconds only.
        let group = Self {
            sandbox: Sandbox::bare(),
            servers,
            sentinels: [(); 3]
                .map(|()| Sentinel::start(&["main"], &primary))
                .into(),
        };
        for sentinel in &group.sentinels {
            eventually("the sentinels know each other and the replicas", || {
                let state = sentinel.command(&["SENTINEL", "MASTER", "main"]);
                state.contains("num-slaves\n2\n") && state.contains("num-other-sentinels\n2\n")
            });
        }
        group
    }

    fn hosts(&self) -> String {
        let hosts: Vec<_> = self.sentinels.iter().map(|it| it.host.as_str()).collect();
        hosts.join(",")
    }

    fn url(&self) -> String {
        format!("redis://{}/main/0", self.hosts())
    }

    fn notes(&self, arguments: &[&str]) -> Notes {
        self.sandbox.notes(arguments).env("REDIS_URL", self.url())
    }

    fn add(&self, title: &str) -> Run {
        self.notes(&["add", title]).run()
    }

    /// Kills the primary as a power cut would, and returns its address.
    fn kill_primary(&mut self) -> String {
        let host = self.sentinels[0].primary();
        let at = self.servers.iter().position(|(it, _)| *it == host);
        let (host, redis) = self.servers.remove(at.unwrap());
        drop(redis);
        host
    }
}

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
    let mut group = Group::whole();
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
    assert!(!text.contains(&format!("address     {killed}")), "{text}");
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
fn serve_goes_on_by_itself_and_what_was_acknowledged_before_the_failover_is_there() {
    let mut group = Group::whole();
    let mut command = group.sandbox.command(["serve", "--port", "0"]);
    command.env("REDIS_URL", group.url());
    let server = Served::run(command);
    let before: Vec<_> = (0..20)
        .map(|number| server.add(&number.to_string()))
        .collect();
    eventually("both replicas have all of it", || {
        let count = |(_, it): &(String, RedisServer)| it.command(&["SCARD", "notes:ids"]);
        group.servers.iter().all(|server| count(server) == "20")
    });
    let (done, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let add = || {
        let mut client = server.client();
        client.json("POST /api/v1/notes", r#"{"title":"a"}"#)
    };
    let in_doubt = thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut in_doubt = 0;
            while !done.load(Ordering::SeqCst) {
                let reply = add();
                match reply.status {
                    201 => drop(count.fetch_add(1, Ordering::SeqCst)),
                    503 => in_doubt += usize::from(reply.error().contains("may or may not")),
                    _ => panic!("{reply:?}"),
                }
            }
            in_doubt
        });
        for _ in 0..2 {
            let made = count.load(Ordering::SeqCst);
            eventually("notes are made", || {
                count.load(Ordering::SeqCst) > made + 20
            });
            if group.servers.len() == 3 {
                group.kill_primary();
            }
        }
        done.store(true, Ordering::SeqCst);
        writing.join().unwrap()
    });
    for id in &before {
        let path = format!("/api/v1/notes/{id}");
        assert_eq!(server.get(&path).status, 200, "{id}");
    }
    let listed = server.get("/api/v1/notes").value();
    let there = usize::try_from(listed["count"].as_u64().unwrap()).unwrap();
    // Replication is asynchronous: what was made at the very end of the old primary may be lost.
    let most = before.len() + count.load(Ordering::SeqCst) + in_doubt;
    assert!(
        (before.len() + 20..=most).contains(&there),
        "{there} of {most}"
    );
    let deep = group.notes(&["health", "--deep", "--json"]).run().json();
    let problems = deep["deep"]["problems"].as_array().unwrap();
    let kinds: Vec<_> = problems.iter().map(|problem| &problem["kind"]).collect();
    assert_eq!(kinds, ["not_saved"], "{deep}");
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
    let run = add("2", "0.5");
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
