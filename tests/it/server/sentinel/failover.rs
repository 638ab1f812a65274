//! What is lost when a primary is killed under load: `-- --nocapture` prints it.

use super::group::Group;
use crate::http::Served;
use crate::server::topologies::failover::Load;
use crate::support::eventually;
use crate::support::redis_server::RedisServer;

/// Kills the primary under `serve` while four clients add notes. Returns how many of those that were
/// acknowledged are lost, where so many replicas have to confirm each, and have to be there for any.
fn lost_in_a_failover(wait_replicas: &str, min_replicas: &str) -> usize {
    let mut group = Group::whole();
    for (_, redis) in &group.servers {
        let set = ["CONFIG", "SET", "min-replicas-to-write", min_replicas];
        assert_eq!(redis.command(&set), "OK");
    }
    let mut command = group.sandbox.command(["serve", "--port", "0"]);
    command.env("REDIS_URL", group.url());
    command.env("NOTES_WAIT_REPLICAS", wait_replicas);
    let server = Served::run(command);
    let before = server.add("before");
    eventually("both replicas have it", || {
        let count = |(_, it): &(String, RedisServer)| it.command(&["SCARD", "notes:ids"]);
        group.servers.iter().all(|server| count(server) == "1")
    });
    let load = Load::across(&server, || drop(group.kill_primary()));
    let name = format!("wait {wait_replicas}, min {min_replicas}");
    let lost = load.lost(&name, &server, &before);
    let deep = group.notes(&["health", "--deep", "--json"]).run().json();
    let problems = deep["deep"]["problems"].as_array().unwrap();
    let kinds: Vec<_> = problems.iter().map(|problem| &problem["kind"]).collect();
    assert_eq!(kinds, ["not_saved"], "{deep}");
    lost
}

#[test]
fn serve_goes_on_by_itself_after_a_failover_and_nothing_is_half_there() {
    // Replication is asynchronous: what was added last may be lost.
    lost_in_a_failover("0", "0");
}

#[test]
fn nothing_that_a_replica_confirmed_is_lost_in_a_failover() {
    assert_eq!(lost_in_a_failover("1", "0"), 0);
}

#[test]
fn nothing_is_lost_in_a_failover_where_the_primary_wants_a_replica_too() {
    assert_eq!(lost_in_a_failover("1", "1"), 0);
}
