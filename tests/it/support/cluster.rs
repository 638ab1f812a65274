//! A Redis Cluster of real servers: three primaries and, where a test wants them, a replica of each.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::network::loopback;
use super::redis_server::{RedisServer, client};
use super::{Sandbox, contents_of, eventually};

const SLOTS: [&str; 3] = ["0-5460", "5461-10922", "10923-16383"];

/// For how many milliseconds a node may be silent: on a busy machine, and once a test has killed one.
const NODE_TIMEOUTS: [&str; 2] = ["15000", "1000"];

pub(crate) struct Cluster {
    pub(crate) sandbox: Sandbox,
    pub(crate) nodes: Vec<Node>,
}

/// A server of a cluster, at port 6379 of an address of its own.
pub(crate) struct Node {
    pub(crate) host: String,
    server: RedisServer,
    options: Vec<String>,
    is_up: bool,
}

impl Node {
    /// Starts one that finds this in the file in which it keeps what it knows of the others.
    fn start(sandbox: &Sandbox, host: String, known: &str) -> Self {
        let file = sandbox.file(&format!("nodes-{host}"), known);
        let options: Vec<_> = [
            ["--port", "6379"],
            ["--bind", &host],
            ["--protected-mode", "no"],
            ["--appendonly", "yes"],
            ["--cluster-enabled", "yes"],
            ["--cluster-announce-ip", &host],
            ["--cluster-config-file", file.to_str().unwrap()],
        ]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect();
        let as_text: Vec<_> = options.iter().map(String::as_str).collect();
        Self {
            server: RedisServer::start_with(&as_text),
            host,
            options,
            is_up: true,
        }
    }

    /// What `redis-cli` prints for a command to this node, which may redirect it.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        self.server.command(arguments)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.server.socket()
    }

    fn must(&self, arguments: &[&str]) {
        let reply = self.command(arguments);
        assert_eq!(reply, "OK", "{}: {arguments:?}", self.host);
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}:6379", self.host)
    }

    pub(crate) fn id(&self) -> String {
        self.command(&["CLUSTER", "MYID"])
    }

    fn is_primary(&self) -> bool {
        self.command(&["ROLE"]).starts_with("master")
    }

    /// Whether it answers for every slot, knows so many nodes, and has a copy if it is a replica.
    fn is_ready(&self, nodes: usize) -> bool {
        let info = self.command(&["CLUSTER", "INFO"]);
        info.contains("cluster_state:ok")
            && info.contains("cluster_slots_ok:16384")
            && info.contains(&format!("cluster_known_nodes:{nodes}\r"))
            && (self.is_primary() || self.command(&["ROLE"]).contains("\nconnected\n"))
    }
}

impl Cluster {
    /// Three primaries.
    pub(crate) fn start() -> Self {
        let hosts = [(); 3].map(|()| loopback());
        let sandbox = Sandbox::with_url(format!("redis://{}:6379", hosts[0]));
        // A primary that starts takes no commands for two seconds, and a replica takes them at once. So
        // each begins as a replica of a primary that was never there, and takes its place.
        let known = |host: &str| {
            let mut known = vec!["vars currentEpoch 3 lastVoteEpoch 0".to_owned()];
            for ((at, it), slots) in hosts.iter().enumerate().zip(SLOTS) {
                let (id, absent) = (id(at), id(at + hosts.len()));
                let myself = if it == host { "myself," } else { "" };
                known.extend([
                    format!("{id} {it}:6379@16379 {myself}slave {absent} 0 0 {at} connected"),
                    format!("{absent} {it}:1@1 master - 0 0 {at} connected {slots}"),
                ]);
            }
            known.join("\n") + "\n"
        };
        let start = |host: &String| Node::start(&sandbox, host.clone(), &known(host));
        let nodes: Vec<_> = hosts.iter().map(start).collect();
        for node in &nodes {
            eventually("the replica takes commands", || {
                node.command(&["CLUSTER", "INFO"])
                    .contains("cluster_state:ok")
            });
        }
        for node in &nodes {
            node.must(&["CLUSTER", "FAILOVER", "TAKEOVER"]);
        }
        for node in &nodes {
            eventually("it knows that all are primaries", || {
                !node.command(&["CLUSTER", "NODES"]).contains("slave")
            });
            for absent in hosts.len()..2 * hosts.len() {
                node.must(&["CLUSTER", "FORGET", &id(absent)]);
            }
        }
        let cluster = Self { sandbox, nodes };
        cluster.settle();
        cluster
    }

    /// Three primaries with a replica each.
    pub(crate) fn with_replicas() -> Self {
        let mut cluster = Self::start();
        for primary in 0..cluster.nodes.len() {
            cluster.add_replica(primary);
        }
        cluster.settle();
        cluster
    }

    /// Starts a new node, to copy one of the others.
    pub(crate) fn add_replica(&mut self, primary: usize) {
        let primary = &self.nodes[primary];
        let node = Node::start(&self.sandbox, loopback(), "");
        // One would do, but it takes seconds until it has told all others.
        for other in self.up() {
            node.must(&["CLUSTER", "MEET", &other.host, "6379"]);
        }
        let id = primary.id();
        eventually("the new node knows the primary", || {
            node.command(&["CLUSTER", "REPLICATE", &id]) == "OK"
        });
        self.nodes.push(node);
    }

    /// Waits until all nodes that are up agree, and the replicas have copies.
    pub(crate) fn settle(&self) {
        for node in self.up() {
            eventually("the nodes of the cluster agree", || {
                node.is_ready(self.nodes.len())
            });
        }
    }

    /// The servers that take changes.
    pub(crate) fn primaries(&self) -> Vec<&RedisServer> {
        let primaries = self.up().filter(|node| node.is_primary());
        primaries.map(|node| &node.server).collect()
    }

    /// The URL of a node that is up.
    pub(crate) fn url(&self) -> String {
        self.up().next().expect("a node that is up").url()
    }

    fn up(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.is_up)
    }

    /// What `redis-cli -c` prints for a command: it goes to the node that has the key.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new(client())
            .args(["-c", "-u", &self.url()])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    /// The slot of a key.
    pub(crate) fn slot(&self, key: &str) -> u16 {
        self.cli(&["CLUSTER", "KEYSLOT", key]).parse().unwrap()
    }

    /// The primary that has a slot, by its number among the nodes.
    pub(crate) fn owner(&self, slot: u16) -> usize {
        let nodes = self.cli(&["CLUSTER", "NODES"]);
        let line = nodes.lines().find(|line| has_slot(line, slot));
        let line = line.expect("an owner of the slot");
        let address = line.split(' ').nth(1).unwrap();
        let host = address.split(':').next().unwrap();
        self.nodes.iter().position(|it| it.host == host).unwrap()
    }

    /// Everything that the primaries hold.
    pub(crate) fn contents(&self) -> String {
        contents_of(self.primaries())
    }

    /// Has each node send clients to another port of its address. The nodes do without it.
    pub(crate) fn announce_ports(&self, ports: impl IntoIterator<Item = u16>) {
        // They tell each other the sooner, the shorter it is.
        self.allow_silence(NODE_TIMEOUTS[1]);
        let mut addresses = Vec::new();
        for (node, port) in self.nodes.iter().zip(ports) {
            addresses.push(format!(" {}:{port}@16379", node.host));
            let port = port.to_string();
            node.must(&["CONFIG", "SET", "cluster-announce-bus-port", "16379"]);
            node.must(&["CONFIG", "SET", "cluster-announce-port", &port]);
        }
        for node in &self.nodes {
            eventually("all nodes know the ports", || {
                let nodes = node.command(&["CLUSTER", "NODES"]);
                addresses.iter().all(|it| nodes.contains(it))
            });
        }
        self.settle();
        self.allow_silence(NODE_TIMEOUTS[0]);
    }

    /// Kills a node as a power cut would, and lets the others notice it soon.
    pub(crate) fn kill(&mut self, at: usize) {
        self.nodes[at].server.kill();
        self.nodes[at].is_up = false;
        self.allow_silence(NODE_TIMEOUTS[1]);
    }

    fn allow_silence(&self, milliseconds: &str) {
        for node in self.up() {
            node.must(&["CONFIG", "SET", "cluster-node-timeout", milliseconds]);
        }
    }

    /// Starts a node that was killed again, with what it had.
    pub(crate) fn start_again(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let options: Vec<_> = node.options.iter().map(String::as_str).collect();
        node.server.start_again(&options, "+PONG");
        node.is_up = true;
        self.settle();
        self.allow_silence(NODE_TIMEOUTS[0]);
    }

    /// Begins to move a slot to another primary: from now on keys that are not at its old place are
    /// asked for at the new one.
    pub(crate) fn begin_move(&self, slot: u16, to: usize) -> SlotMove<'_> {
        let moved = SlotMove {
            from: &self.nodes[self.owner(slot)],
            to: &self.nodes[to],
            slot,
        };
        let (from, to) = (moved.from.id(), moved.to.id());
        let set = ["CLUSTER", "SETSLOT", &slot.to_string()];
        moved.to.must(&[&set[..], &["IMPORTING", &from]].concat());
        moved.from.must(&[&set[..], &["MIGRATING", &to]].concat());
        moved
    }

    /// Ends the move of a slot: all of its keys must have been moved.
    pub(crate) fn end_move(&self, moved: &SlotMove<'_>) {
        let id = moved.to.id();
        let slot = moved.slot.to_string();
        let set = ["CLUSTER", "SETSLOT", &slot, "NODE", &id];
        moved.to.must(&set);
        moved.from.must(&set);
        let owners = || self.up().map(|node| node.command(&["CLUSTER", "NODES"]));
        eventually("all nodes know the new owner", || {
            owners().all(|nodes| {
                let line = nodes.lines().find(|line| line.starts_with(&id));
                line.is_some_and(|line| has_slot(line, moved.slot))
            })
        });
    }
}

/// A slot on its way to another primary.
pub(crate) struct SlotMove<'a> {
    from: &'a Node,
    to: &'a Node,
    slot: u16,
}

impl SlotMove<'_> {
    /// Moves at most so many keys, and returns how many there were.
    pub(crate) fn keys(&self, at_most: usize) -> usize {
        let (slot, count) = (self.slot.to_string(), at_most.to_string());
        let get = ["CLUSTER", "GETKEYSINSLOT", &slot, &count];
        let keys = self.from.command(&get);
        for key in keys.lines() {
            let host = self.to.host.as_str();
            let reply = (self.from).command(&["MIGRATE", host, "6379", key, "0", "5000"]);
            assert!(["OK", "NOKEY"].contains(&reply.as_str()), "{reply}");
        }
        keys.lines().count()
    }
}

/// The name of a node, for its number.
fn id(number: usize) -> String {
    format!("{number:040x}")
}

/// Whether a line of CLUSTER NODES has a slot: at its end are numbers, and ranges of them.
fn has_slot(line: &str, slot: u16) -> bool {
    let number = |text: &str| text.parse::<u16>().ok();
    line.split(' ').skip(8).any(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        number(first).is_some_and(|it| it <= slot) && number(last).is_some_and(|it| slot <= it)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_takes_keys_on_every_node_and_moves_slots() {
        let cluster = Cluster::start();
        let mut on = [0; 3];
        for number in 0..60 {
            let key = format!("k{number}");
            assert_eq!(cluster.cli(&["SADD", &key, "v"]), "1");
            on[cluster.owner(cluster.slot(&key))] += 1;
        }
        assert!(on.iter().all(|count| *count > 5), "{on:?}");
        let before = cluster.contents();
        assert_eq!(before.lines().count(), 60);

        let keys = ["{k}1", "{k}2", "{k}3"];
        for key in keys {
            cluster.cli(&["SADD", key, "v"]);
        }
        let slot = cluster.slot("k");
        let from = cluster.owner(slot);
        let to = (from + 1) % 3;
        let moved = cluster.begin_move(slot, to);
        assert_eq!(moved.keys(2), 2);
        let here = |key: &&str| cluster.nodes[from].command(&["EXISTS", key]) == "1";
        assert_eq!(keys.iter().filter(|key| here(key)).count(), 1);
        let asks = |key: &&str| {
            cluster.nodes[from]
                .command(&["EXISTS", key])
                .starts_with("ASK ")
        };
        assert_eq!(keys.iter().filter(|key| asks(key)).count(), 2);
        for key in keys {
            assert_eq!(cluster.cli(&["SCARD", key]), "1", "redis-cli follows ASK");
        }
        assert_eq!(moved.keys(2), 1);
        cluster.end_move(&moved);
        assert_eq!(cluster.owner(slot), to);
        assert_eq!(cluster.contents().lines().count(), 63);
    }

    #[test]
    fn a_node_that_was_killed_has_its_keys_when_it_is_started_again() {
        let mut cluster = Cluster::start();
        cluster.cli(&["SADD", "k", "v"]);
        let owner = cluster.owner(cluster.slot("k"));
        cluster.kill(owner);
        let other = &cluster.nodes[(owner + 1) % 3];
        eventually("the others miss it", || {
            other
                .command(&["CLUSTER", "INFO"])
                .contains("cluster_state:fail")
        });
        cluster.start_again(owner);
        assert_eq!(cluster.contents(), "\"k v = \"\n");
    }

    #[test]
    fn the_replica_of_a_node_that_was_killed_takes_its_place() {
        let mut cluster = Cluster::with_replicas();
        cluster.cli(&["SADD", "k", "v"]);
        let slot = cluster.slot("k");
        let owner = cluster.owner(slot);
        let replica = owner + 3;
        eventually("the replica has a copy", || {
            cluster.nodes[replica].command(&["DBSIZE"]) == "1"
        });
        cluster.kill(owner);
        eventually("the replica is the primary", || {
            cluster.owner(slot) == replica
        });
        eventually("it takes commands", || cluster.cli(&["SCARD", "k"]) == "1");
        cluster.add_replica(replica);
        cluster.settle();
        assert!(!cluster.nodes[6].is_primary());
        assert_eq!(cluster.contents(), "\"k v = \"\n");
    }
}
