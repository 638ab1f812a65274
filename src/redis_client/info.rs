//! The state of a server: its kind, and how safe data is there.
//!
//! Read from INFO (<https://redis.io/docs/latest/commands/info/>) and, where that does not say,
//! from CONFIG GET. An ACL often forbids both; a fact that is not known is `None`.

use std::mem;
use std::time::{Duration, Instant};

use redis::{Value, cmd, from_redis_value};

use super::connection::Connection;
use super::error::Error;
use super::replication::{Replication, facts};
use super::slots;

/// The facts that a server gives about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Server {
    /// `Redis`, `Valkey`, `KeyDB` or `Dragonfly`.
    pub kind: &'static str,
    pub pid: Option<u32>,
    pub version: Option<String>,
    /// True if every write goes to an append-only file.
    pub append_only: Option<bool>,
    /// True if snapshots are saved from time to time.
    pub snapshots: Option<bool>,
    /// True if the last write to disk, of either kind, succeeded.
    pub last_save_succeeded: Option<bool>,
    /// The keys that it drops when its memory is full; none by `noeviction`.
    pub eviction_policy: Option<String>,
    /// The memory it may use, in bytes; 0 is no limit.
    pub memory_limit: Option<u64>,
    /// True if it takes no writes from clients.
    pub read_only: Option<bool>,
    pub replication: Option<Replication>,
    /// The primaries of a cluster.
    pub primaries: Vec<Primary>,
}

/// A primary of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Primary {
    pub(crate) address: String,
    /// The number of slots that it serves.
    pub(crate) slots: usize,
    pub(crate) replication: Option<Replication>,
}

impl Connection {
    /// Measures how long the server takes to answer a PING.
    pub(crate) fn ping(&mut self) -> Result<Duration, Error> {
        let start = Instant::now();
        self.check()?;
        Ok(start.elapsed())
    }

    /// Asks the server for its state. That of a cluster holds for all its primaries.
    pub(crate) fn server(&mut self) -> Result<Server, Error> {
        let mut all: Option<Server> = None;
        for (address, slots) in self.servers() {
            let mut server = self.server_at(&address)?;
            if let Some(slots) = slots {
                server.primaries.push(Primary {
                    address,
                    slots,
                    replication: server.replication.take(),
                });
            }
            all = Some(match all {
                Some(all) => all.and(server),
                None => server,
            });
        }
        Ok(all.unwrap_or_default())
    }

    fn server_at(&mut self, address: &str) -> Result<Server, Error> {
        let info = cmd("INFO").arg("everything").take();
        let save = cmd("CONFIG").arg("GET").arg("save").take();
        let [info, save] = self.send_to(address, &[info, save])?;
        let info: Vec<u8> = from_redis_value(info).unwrap_or_default();
        let save: Option<Vec<Vec<u8>>> = from_redis_value(save).ok();
        let save = save.and_then(|pair| Some(!pair.get(1)?.is_empty()));
        Ok(Server::from_info(&String::from_utf8_lossy(&info), save))
    }

    /// Stops the server. Nothing is lost if it has each change on disk before it replies.
    pub(crate) fn shut_down(mut self) -> Result<(), Error> {
        // NOSAVE concerns snapshots alone.
        let shutdown = cmd("SHUTDOWN").arg("NOSAVE").take();
        match self.call::<Value>(&shutdown) {
            Err(Error::Lost { .. }) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(Error::unexpected("SHUTDOWN", false)),
        }
    }
}

impl Server {
    /// Returns the eviction policy if it may drop keys without an expiry: only the `allkeys`
    /// policies do, and only where there is a limit
    /// (<https://redis.io/docs/latest/develop/reference/eviction/>).
    pub(crate) fn evicting_policy(&self) -> Option<&str> {
        self.eviction_policy
            .as_deref()
            .filter(|policy| policy.starts_with("allkeys-") && self.memory_limit != Some(0))
    }

    /// Returns how many slots of a cluster no node serves.
    pub(crate) fn unserved_slots(&self) -> usize {
        let served: usize = self.primaries.iter().map(|it| it.slots).sum();
        match served {
            0 => 0,
            served => slots::COUNT.saturating_sub(served),
        }
    }

    /// Merges two servers' facts; a risk on either counts.
    fn and(mut self, mut other: Self) -> Self {
        if other.evicting_policy().is_some() {
            mem::swap(&mut self.eviction_policy, &mut other.eviction_policy);
            mem::swap(&mut self.memory_limit, &mut other.memory_limit);
        }
        self.primaries.append(&mut other.primaries);
        Self {
            append_only: both(self.append_only, other.append_only),
            snapshots: both(self.snapshots, other.snapshots),
            last_save_succeeded: both(self.last_save_succeeded, other.last_save_succeeded),
            ..self
        }
    }

    fn from_info(info: &str, snapshots: Option<bool>) -> Self {
        let facts = facts(info);
        let fact = |name: &str| facts.get(name).copied();
        let is = |name: &str, value: &str| fact(name).map(|fact| fact == value);
        let (kind, version) = if let Some(version) = fact("valkey_version") {
            ("Valkey", Some(version))
        } else if let Some(version) = fact("dragonfly_version") {
            ("Dragonfly", Some(version))
        } else {
            ("Redis", fact("redis_version"))
        };
        let saved = [
            is("aof_last_write_status", "ok"),
            is("rdb_last_bgsave_status", "ok"),
        ];
        Self {
            kind,
            pid: fact("process_id").and_then(|pid| pid.parse().ok()),
            version: version.map(str::to_owned),
            append_only: is("aof_enabled", "1"),
            snapshots,
            last_save_succeeded: saved.into_iter().flatten().reduce(|a, b| a && b),
            eviction_policy: fact("maxmemory_policy").map(str::to_owned),
            memory_limit: fact("maxmemory").and_then(|bytes| bytes.parse().ok()),
            read_only: fact("role").map(|role| {
                role != "master" && fact("slave_read_only").is_none_or(|flag| flag == "1")
            }),
            replication: Replication::from_facts(&facts),
            primaries: Vec::new(),
        }
    }
}

/// Returns true if both are; `None` if one is not known.
fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    Some(one? && other?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_primary_with_a_file_says() {
        let info = "# Server\r\nredis_version:7.0.15\r\naof_enabled:1\r\naof_last_write_status:ok\r\n\
                    rdb_last_bgsave_status:ok\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n\
                    role:master\r\n";
        let server = Server::from_info(info, Some(false));
        assert_eq!(
            (server.kind, server.version.as_deref()),
            ("Redis", Some("7.0.15"))
        );
        assert_eq!(server.append_only, Some(true));
        assert_eq!(server.snapshots, Some(false));
        assert_eq!(server.last_save_succeeded, Some(true));
        assert_eq!(server.eviction_policy.as_deref(), Some("noeviction"));
        assert_eq!(server.memory_limit, Some(0));
        assert_eq!(server.read_only, Some(false));
    }

    #[test]
    fn tells_a_replica_and_a_failed_save() {
        let info = "valkey_version:8.1.0\nredis_version:7.2.4\nrole:slave\nslave_read_only:1\n\
                    rdb_last_bgsave_status:err\n";
        let server = Server::from_info(info, None);
        assert_eq!(
            (server.kind, server.version.as_deref()),
            ("Valkey", Some("8.1.0"))
        );
        assert_eq!(server.read_only, Some(true));
        assert_eq!(server.last_save_succeeded, Some(false));
    }

    #[test]
    fn what_was_not_said_is_not_known() {
        let expected = Server {
            kind: "Redis",
            ..Server::default()
        };
        assert_eq!(Server::from_info("", None), expected);
    }
}
