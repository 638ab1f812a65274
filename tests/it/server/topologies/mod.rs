//! The main path of every command, the same on every topology: one server, servers that Sentinel
//! watches, a cluster. The tests of each are beside what starts its servers.

mod changing;
pub(crate) mod failover;
mod health;
mod moving;
mod reading;
mod serving;
pub(crate) mod watching;

use crate::support::redis_server::RedisServer;
use crate::support::{Notes, Sandbox, contents_of};

/// So many that every node of a cluster has some.
const COUNT: usize = 300;

/// Servers that hold notes together. They save to disk, so that `health` has nothing to warn of.
pub(crate) trait Topology {
    fn url(&self) -> String;

    /// The servers that take changes.
    fn primaries(&self) -> Vec<&RedisServer>;

    /// What `redis-cli` prints for a command to the server that has its key.
    fn cli(&self, arguments: &[&str]) -> String {
        self.primaries()[0].command(arguments)
    }

    /// What `notes health` prints between the number of notes and the end.
    fn health(&self) -> String;
}

/// Runs every command on these servers, which may hold nothing yet.
pub(crate) fn every_command_works(topology: &dyn Topology) {
    for works in [
        reading::works,
        changing::works,
        moving::works,
        health::works,
        serving::works,
    ] {
        for primary in topology.primaries() {
            assert_eq!(primary.command(&["FLUSHALL"]), "OK");
        }
        works(&Store {
            topology,
            sandbox: Sandbox::with_url(topology.url()),
        });
    }
}

/// The servers of a topology, without notes, and an empty home directory.
struct Store<'a> {
    topology: &'a dyn Topology,
    sandbox: Sandbox,
}

impl Store<'_> {
    fn notes(&self, arguments: &[&str]) -> Notes {
        self.sandbox.notes(arguments)
    }

    /// Puts all the notes there.
    fn fill(&self) {
        let import = self.notes(&["import", "-", "-q"]).stdin(lines());
        import.gives(0, &ids(), "");
        for primary in self.topology.primaries() {
            let keys: usize = primary.command(&["DBSIZE"]).parse().unwrap();
            assert!(keys > COUNT / 5, "{keys} of the keys are on one");
        }
    }

    fn contents(&self) -> String {
        contents_of(self.topology.primaries())
    }

    fn field(&self, id: &str, name: &str) -> String {
        let key = format!("note:{id}");
        self.topology.cli(&["HGET", &key, name])
    }

    fn count(&self) -> String {
        self.topology.cli(&["SCARD", "notes:ids"])
    }
}

fn id(number: usize) -> String {
    format!("n{number:03}-note")
}

/// The ids of all notes, the oldest first, one a line.
fn ids() -> String {
    (0..COUNT).map(|number| id(number) + "\n").collect()
}

/// When a note was made, and last changed.
fn time(number: usize) -> String {
    let (hour, minute) = (number / 60, number % 60);
    format!("2024-01-15T{hour:02}:{minute:02}:00+00:00")
}

/// All notes as JSONL, the oldest first. Every third has a tag, every hundredth another.
fn lines() -> String {
    let line = |number| {
        let (id, time) = (id(number), time(number));
        let third = if number % 3 == 0 { " #third" } else { "" };
        let rare = if number % 100 == 0 { " #rare" } else { "" };
        format!(
            "{{\"id\":\"{id}\",\"title\":\"Note {number}\",\"content\":\"text {number}{third}{rare}\",\
             \"created_at\":\"{time}\",\"updated_at\":\"{time}\"}}\n"
        )
    };
    (0..COUNT).map(line).collect()
}

impl Topology for RedisServer {
    fn url(&self) -> String {
        self.url()
    }

    fn primaries(&self) -> Vec<&RedisServer> {
        vec![self]
    }

    fn health(&self) -> String {
        String::from(
            "saved       append-only file: yes, snapshots: no\n\
             eviction    off (noeviction)\n\
             writable    yes\n\
             changes     told by the server\n\
             role        primary, without replicas\n",
        )
    }
}

#[test]
fn the_events_of_a_single_server_give_the_store() {
    let server = RedisServer::start();
    let url = server.url();
    watching::events_give_the_store(server, &url, |_, _| ());
}

#[test]
fn every_command_works_on_a_single_server() {
    every_command_works(&RedisServer::start_with(&["--appendonly", "yes"]));
}
