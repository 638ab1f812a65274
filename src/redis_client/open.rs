//! Opens a connection: to one server, to a cluster, or to the primary that Sentinel names.

use std::thread;
use std::time::{Duration, Instant};

use super::address::Address;
use super::cluster::Cluster;
use super::connection::Connection;
use super::error::Error;
use super::node::Node;
use super::sentinel::{self, Found};

/// The pause before sentinels are asked again, while they agree on a new primary.
const PAUSE: Duration = Duration::from_millis(50);

/// An open connection, and how it was found.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) is_loading: bool,
    pub(crate) address: Address,
    /// The name of the group, if sentinels gave the address.
    pub(crate) group: Option<String>,
}

/// Connects to a server or a cluster, or, if there are sentinels at the address, to the primary
/// they name. A failover may change the primary at this moment, so it retries until the timeout.
pub(crate) fn open(address: &Address, timeout: Duration) -> Result<Opened, Error> {
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
        let opened = match sentinel::find(&named, until)? {
            Found::Node(node, named) => open_cluster(address, &named, node, timeout, until),
            Found::Primary(primary, group) => open_primary(&primary, &group, timeout, until),
        };
        match opened {
            Err(error) if error.is_passing() && time_left(until) > PAUSE => thread::sleep(PAUSE),
            opened => return opened,
        }
        // The first sentinel may not know the new primary yet.
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

fn time_left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

fn open_primary(
    primary: &Address,
    group: &str,
    timeout: Duration,
    until: Instant,
) -> Result<Opened, Error> {
    // A primary that is cut off must leave time to connect to its replacement.
    let soon = Instant::now() + time_left(until) / 2;
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
