//! Every command, on a cluster.

use crate::server::topologies::watching::events_give_the_store;
use crate::server::topologies::{Topology, every_command_works};
use crate::support::cluster::Cluster;
use crate::support::redis_server::RedisServer;

impl Topology for Cluster {
    fn url(&self) -> String {
        self.url()
    }

    fn primaries(&self) -> Vec<&RedisServer> {
        self.primaries()
    }

    fn cli(&self, arguments: &[&str]) -> String {
        self.cli(arguments)
    }

    fn health(&self) -> String {
        String::from(
            "saved       append-only file: yes, snapshots: no\n\
             eviction    off (noeviction)\n\
             writable    yes\n\
             changes     told by the server\n\
             cluster     3 primaries, 16384 of 16384 slots\n\
             node        [..]:6379, 5461 slots, primary of 1 replica\n\
             replica     [..]:6379 online, [..]\n\
             node        [..]:6379, 5462 slots, primary of 1 replica\n\
             replica     [..]:6379 online, [..]\n\
             node        [..]:6379, 5461 slots, primary of 1 replica\n\
             replica     [..]:6379 online, [..]\n",
        )
    }
}

#[test]
fn every_command_works_on_a_cluster() {
    every_command_works(&Cluster::with_replicas());
}

#[test]
fn the_events_of_a_cluster_give_the_store() {
    let cluster = Cluster::with_replicas();
    let hosts: Vec<_> = cluster
        .nodes
        .iter()
        .map(|it| format!("{}:6379", it.host))
        .collect();
    let url = format!("redis://{}", hosts.join(","));
    events_give_the_store(cluster, &url, |cluster, cut| {
        let slot = cluster.slot(["notes:ids", "note:{x}1"][cut % 2]);
        let owner = cluster.owner(slot);
        if cut < 4 {
            let moved = cluster.begin_move(slot, (owner + 1) % 3);
            while moved.keys(10) > 0 {}
            cluster.end_move(&moved);
        } else if cut == 5 {
            cluster.kill(owner);
        }
    });
}
