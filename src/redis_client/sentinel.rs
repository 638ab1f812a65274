//! Sentinel: asks which server of a group is the primary.
//!
//! Not the redis crate's `SentinelClient`: its look-ups have no timeouts, and it needs the name of
//! the group. The commands are documented at
//! <https://redis.io/docs/latest/develop/reference/sentinel-clients/>.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use redis::cmd;

use super::address::Address;
use super::connection::Connection;
use super::error::Error;
use super::node::Node;

/// The servers that an address with several hosts leads to.
pub(super) enum Found {
    /// A primary that sentinels name, and its group.
    Primary(Address, String),
    /// A node of a cluster, and its address.
    Node(Node, Address),
}

/// Asks each of the named servers in turn, until one gives the primary or is a node of a cluster.
pub(super) fn find(named: &[Address], until: Instant) -> Result<Found, Error> {
    let mut failure = None;
    for (index, sentinel) in named.iter().enumerate() {
        // Three exchanges: connect, ask for the group, ask for the address. The rest is for the
        // other servers.
        let parts = u32::try_from(3 * (named.len() - index) + 1).unwrap_or(u32::MAX);
        match ask(
            sentinel,
            until.saturating_duration_since(Instant::now()) / parts,
        ) {
            Ok(found) => return Ok(found),
            // The error of a server that answered says more than that of one that is away.
            Err(_) if matches!(failure, Some(Error::NoPrimary(_) | Error::Refused { .. })) => {}
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| Error::NoPrimary("no Sentinel is named".to_owned())))
}

fn ask(sentinel: &Address, timeout: Duration) -> Result<Found, Error> {
    let (node, greeting) = Node::open(sentinel, timeout, Instant::now() + timeout)?;
    let server = format!("{sentinel} ({})", sentinel.origin);
    if greeting.is_cluster() && sentinel.group.is_none() {
        return Ok(Found::Node(node, sentinel.clone()));
    }
    if greeting.is_server() {
        return Err(Error::NoPrimary(format!(
            "a Redis server answers at {server}, and no Sentinel; a URL for a server has one host, and \
             after it at most the number of a database"
        )));
    }
    let mut connection = Connection::from(node);
    let group = match &sentinel.group {
        Some(group) => group.clone(),
        None => only_group(&mut connection, &server)?,
    };
    let question = cmd("SENTINEL")
        .arg("GET-MASTER-ADDR-BY-NAME")
        .arg(&group)
        .take();
    let found: Option<(String, u16)> = connection.call(&question)?;
    let Some((host, port)) = found else {
        let names = groups(&mut connection)?.join(", ");
        return Err(Error::NoPrimary(format!(
            "Sentinel at {server} has no group {group}; it has: {names}"
        )));
    };
    let what = format!("the primary of {group}, by Sentinel");
    Ok(Found::Primary(
        sentinel.of_node(&(host, port), &what),
        group,
    ))
}

fn only_group(connection: &mut Connection, server: &str) -> Result<String, Error> {
    let mut names = groups(connection)?;
    match (names.pop(), names.is_empty()) {
        (Some(name), true) => Ok(name),
        (None, _) => Err(Error::NoPrimary(format!(
            "Sentinel at {server} watches no servers"
        ))),
        (Some(last), false) => Err(Error::NoPrimary(format!(
            "Sentinel at {server} has several groups: {}, {last}; put the name of one into the URL, as in \
             redis://host:26379/{last}",
            names.join(", ")
        ))),
    }
}

fn groups(connection: &mut Connection) -> Result<Vec<String>, Error> {
    let question = cmd("SENTINEL").arg("MASTERS").take();
    let groups: Vec<BTreeMap<String, String>> = connection.call(&question)?;
    let names = groups.into_iter().filter_map(|mut it| it.remove("name"));
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    Ok(names)
}
