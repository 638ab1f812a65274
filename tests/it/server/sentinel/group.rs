//! Redis servers and the sentinels that watch them, all of them real processes.

use std::fs;
use std::process::{Child, Command, Stdio};

use rcgen::CertificateParams;
use tempfile::TempDir;

use crate::support::certificates::{Authority, Files};
use crate::support::network::{listen, loopback};
use crate::support::redis_server::{RedisServer, client, server};
use crate::support::{Notes, Run, Sandbox, eventually};

/// Servers by the addresses at which they listen, and the sentinels that watch them.
pub(super) struct Group {
    pub(super) sandbox: Sandbox,
    pub(super) servers: Vec<(String, RedisServer)>,
    pub(super) sentinels: Vec<Sentinel>,
    /// What a client shows, where all of them speak TLS and require it.
    files: Option<Files>,
}

pub(super) struct Sentinel {
    pub(super) host: String,
    child: Child,
    files: Option<Files>,
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
    pub(super) fn start(groups: &[&str], primary: &str, authority: Option<&Authority>) -> Self {
        let host = loopback();
        let directory = tempfile::tempdir().unwrap();
        let mut config =
            format!("bind {host}\nprotected-mode no\nlogfile log\nsentinel announce-ip {host}\n");
        let files = authority.map(|authority| certificate(authority, &host));
        match &files {
            None => config.push_str("port 26379\n"),
            Some(files) => {
                let settings = files.settings();
                let settings = settings.map(|(name, value)| format!("{name} {value}\n"));
                config.push_str(&settings.concat());
                config.push_str("tls-replication yes\nport 0\ntls-port 26379\n");
            }
        }
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
            files,
            _directory: directory,
        };
        eventually("the sentinel answers", || {
            sentinel.command(&["PING"]) == "PONG\n"
        });
        // They look for each other every two seconds otherwise, and for a new primary every ten. Before
        // 7.0 they go on to do so.
        for period in ["publish-period", "info-period"] {
            sentinel.command(&["SENTINEL", "DEBUG", period, "100"]);
        }
        sentinel
    }

    pub(super) fn command(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(client());
        command.args(["-h", &self.host, "-p", "26379"]);
        if let Some(files) = &self.files {
            command.arg("--tls").arg("--cacert").arg(&files.ca);
            command.arg("--cert").arg(&files.certificate);
            command.arg("--key").arg(&files.key);
        }
        let output = command.args(arguments).output().unwrap();
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
            sentinels: vec![Sentinel::start(groups, &host, None)],
            servers: vec![(host, redis)],
            files: None,
        }
    }

    /// A primary with two replicas, and three sentinels that all know each other.
    pub(super) fn whole() -> Self {
        Self::with(Sandbox::bare(), None)
    }

    /// The same, where everybody has to show a certificate.
    pub(super) fn over_tls() -> Self {
        let sandbox = Sandbox::bare();
        let authority = Authority::new(sandbox.home());
        Self::with(sandbox, Some(&authority))
    }

    fn with(sandbox: Sandbox, authority: Option<&Authority>) -> Self {
        let mut servers: Vec<(String, RedisServer)> = Vec::new();
        for _ in 0..3 {
            let redis = RedisServer::start();
            let host = listen(&redis);
            if let Some(authority) = authority {
                require_tls(&redis, &certificate(authority, &host));
            }
            if let Some((primary, _)) = servers.first() {
                redis.command(&["REPLICAOF", primary, "6379"]);
                eventually("the replica has a copy", || {
                    let info = redis.command(&["INFO", "replication"]);
                    info.contains("master_link_status:up")
                });
            }
            servers.push((host, redis));
        }
        // Not before the replicas: a sentinel looks for new ones every ten seconds only.
        let primary = &servers[0].0;
        let group = Self {
            sentinels: [(); 3]
                .map(|()| Sentinel::start(&["main"], primary, authority))
                .into(),
            sandbox,
            servers,
            files: authority.map(|it| it.issue("client", &CertificateParams::default())),
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
        let scheme = self.files.as_ref().map_or("redis", |_| "rediss");
        format!("{scheme}://{}/main/0", self.hosts())
    }

    pub(super) fn notes(&self, arguments: &[&str]) -> Notes {
        let notes = self.sandbox.notes(arguments).env("REDIS_URL", self.url());
        match &self.files {
            None => notes,
            Some(files) => notes
                .env("REDIS_TLS_CA", &files.ca)
                .env("REDIS_TLS_CERT", &files.certificate)
                .env("REDIS_TLS_KEY", &files.key),
        }
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

fn certificate(authority: &Authority, host: &str) -> Files {
    authority.issue(host, &CertificateParams::new([host.to_owned()]).unwrap())
}

/// Has a server speak nothing but TLS, with replicas too.
fn require_tls(server: &RedisServer, files: &Files) {
    let set = |setting: &str, value: &str| {
        assert_eq!(server.command(&["CONFIG", "SET", setting, value]), "OK");
    };
    for (setting, value) in files.settings() {
        set(setting, &value);
    }
    set("tls-replication", "yes");
    set("port", "0");
    set("tls-port", "6379");
}
