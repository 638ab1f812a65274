//! Redis servers and the sentinels that watch them, all of them real processes.

use std::fs;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::network::{listen, loopback};
use crate::support::redis_server::{RedisServer, client, server};
use crate::support::{Notes, Run, Sandbox, eventually};

/// Servers by the addresses at which they listen, and the sentinels that watch them.
pub(super) struct Group {
    pub(super) sandbox: Sandbox,
    pub(super) servers: Vec<(String, RedisServer)>,
    pub(super) sentinels: Vec<Sentinel>,
}

pub(super) struct Sentinel {
    pub(super) host: String,
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
    pub(super) fn start(groups: &[&str], primary: &str) -> Self {
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

    pub(super) fn command(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(client());
        command
            .args(["-h", &self.host, "-p", "26379"])
            .args(arguments);
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn primary(&self) -> String {
        let answer = self.command(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"]);
        answer.lines().next().unwrap_or_default().to_owned()
    }
}

impl Group {
    /// A server and one sentinel that knows it by these names.
    pub(super) fn small(groups: &[&str]) -> Self {
        let redis = RedisServer::start();
        let host = listen(&redis);
        Self {
            sandbox: Sandbox::bare(),
            sentinels: vec![Sentinel::start(groups, &host)],
            servers: vec![(host, redis)],
        }
    }

    /// A primary with two replicas, and three sentinels that all know each other.
    pub(super) fn whole() -> Self {
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

    pub(super) fn hosts(&self) -> String {
        let hosts: Vec<_> = self.sentinels.iter().map(|it| it.host.as_str()).collect();
        hosts.join(",")
    }

    pub(super) fn url(&self) -> String {
        format!("redis://{}/main/0", self.hosts())
    }

    pub(super) fn notes(&self, arguments: &[&str]) -> Notes {
        self.sandbox.notes(arguments).env("REDIS_URL", self.url())
    }

    pub(super) fn add(&self, title: &str) -> Run {
        self.notes(&["add", title]).run()
    }

    /// Kills the primary as a power cut would, and returns its address.
    pub(super) fn kill_primary(&mut self) -> String {
        let host = self.sentinels[0].primary();
        let at = self.servers.iter().position(|(it, _)| *it == host);
        let (host, redis) = self.servers.remove(at.unwrap());
        drop(redis);
        host
    }
}
