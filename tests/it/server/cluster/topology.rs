//! Every command, on a cluster.

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
