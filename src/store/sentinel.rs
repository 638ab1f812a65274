//! Sentinel: which server of a group is the primary now; and what kind of servers are named at all.
//!
//! Not the redis crate's `SentinelClient`: its look-ups have no timeouts, and it needs the name of
//! the group. What is asked is documented at
//! <https://redis.io/docs/latest/develop/reference/sentinel-clients/>.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use redis::cmd;

use super::address::Address;
use super::cluster::Cluster;
use super::connection::Connection;
use super::error::Error;
use super::node::Node;

/// How long to wait before sentinels are asked again, while they agree on a new primary.
const PAUSE: Duration = Duration::from_millis(50);

/// A connection to what has the notes, and how it was found.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) is_loading: bool,
    pub(super) address: Address,
    /// The name of the group, where sentinels told the address.
    pub(super) group: Option<String>,
}

/// What is at an address.
enum Found {
    /// A primary that sentinels name, and its group.
    Primary(Address, String),
    /// A node of a cluster, and its address.
    Node(Node, Address),
}

/// Connects to a server or a cluster, or, if there are sentinels at the address, to the primary they
/// name. That may become another one meanwhile, so it is tried again until `timeout` is over.
pub(super) fn open(address: &Address, timeout: Duration) -> Result<Opened, Error> {
    let until = Instant::now() + timeout;
    if !address.is_sentinel() {
        let (node, greeting) = Node::open(address, timeout, until)?;
        if greeting.is_cluster() && !greeting.is_loading {
            return open_cluster(address, address, node, timeout, until);
        }
        if !greeting.is_sentinel() {
            return Ok(Opened {
                connection: node.into(),
                is_loading: greeting.is_loading,
                address: address.clone(),
                group: None,
            });
        }
    }
    let mut named = address.each();
    loop {
        let opened = match find(&named, until)? {
            Found::Node(node, named) => open_cluster(address, &named, node, timeout, until),
            Found::Primary(primary, group) => open_primary(&primary, &group, timeout, until),
        };
        match opened {
            Err(error) if error.is_passing() && left(until) > PAUSE => thread::sleep(PAUSE),
            opened => return opened,
        }
        // The first may be the one that does not know the new primary yet.
        named.rotate_left(1);
    }
}

fn open_cluster(
    address: &Address,
    named: &Address,
    node: Node,
    timeout: Duration,
    until: Instant,
) -> Result<Opened, Error> {
    Ok(Opened {
        connection: Cluster::open(address, node, timeout, until)?.into(),
        is_loading: false,
        address: named.clone(),
        group: None,
    })
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

fn open_primary(
    primary: &Address,
    group: &str,
    timeout: Duration,
    until: Instant,
) -> Result<Opened, Error> {
    // One that is cut off must not take all the time in which another takes its place.
    let soon = Instant::now() + left(until) / 2;
    let (node, greeting) = Node::open(primary, timeout, soon)?;
    if greeting.is_replica() {
        return Err(Error::Busy(format!(
            "Sentinel names {primary} as the primary of {group}, but it is a replica; try again in a \
             moment"
        )));
    }
    Ok(Opened {
        connection: node.into(),
        is_loading: greeting.is_loading,
        address: primary.clone(),
        group: Some(group.to_owned()),
    })
}

/// Asks the servers that are named in turn until one tells where the notes are.
fn find(named: &[Address], until: Instant) -> Result<Found, Error> {
    let mut failure = None;
    for (index, sentinel) in named.iter().enumerate() {
        // To connect, to ask for the group and for the address, and something is left for the others.
        let parts = u32::try_from(3 * (named.len() - index) + 1).unwrap_or(u32::MAX);
        match ask(sentinel, left(until) / parts) {
            Ok(found) => return Ok(found),
            // What one that answers says tells more than that another is away.
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
    let found: Option<(String, u16)> = connection.read(&question, None)?;
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
    let groups: Vec<BTreeMap<String, String>> = connection.read(&question, None)?;
    let names = groups.into_iter().filter_map(|mut it| it.remove("name"));
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    Ok(names)
}
