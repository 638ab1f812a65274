//! Every command, on servers that Sentinel watches.

use super::group::Group;
use crate::server::topologies::watching::events_give_the_store;
use crate::server::topologies::{Topology, every_command_works};
use crate::support::redis_server::RedisServer;

impl Topology for Group {
    fn url(&self) -> String {
        self.url()
    }

    fn primaries(&self) -> Vec<&RedisServer> {
        let servers = self.servers.iter().map(|(_, server)| server);
        let is_primary = |server: &&RedisServer| server.command(&["ROLE"]).starts_with("master");
        servers.filter(is_primary).collect()
    }

    fn health(&self) -> String {
        let sentinels: Vec<_> = (self.hosts().split(','))
            .map(|host| format!("{host}:26379"))
            .collect();
        format!(
            "saved       append-only file: yes, snapshots: no\n\
             eviction    off (noeviction)\n\
             writable    yes\n\
             changes     told by the server\n\
             role        primary of 2 replicas\n\
             replica     [..]:6379 online, [..]\n\
             replica     [..]:6379 online, [..]\n\
             sentinel    group main, by {}\n",
            sentinels.join(",")
        )
    }
}

#[test]
fn every_command_works_through_sentinels() {
    let group = Group::whole();
    for (_, server) in &group.servers {
        server.command(&["CONFIG", "SET", "appendonly", "yes"]);
    }
    every_command_works(&group);
}

#[test]
fn the_events_of_servers_that_sentinel_watches_give_the_store() {
    let group = Group::whole();
    let url = group.url();
    events_give_the_store(group, &url, |group, cut| {
        if cut == 4 {
            group.kill_primary();
        }
    });
}
