//! Sentinel: which server of a group is the primary now.
//!
//! Not the redis crate's `SentinelClient`: its look-ups have no timeouts, and it needs the name of
//! the group. What is asked is documented at
//! <https://redis.io/docs/latest/develop/reference/sentinel-clients/>.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use redis::cmd;

use super::address::Address;
use super::connection::Connection;
use super::error::Error;

/// How long to wait before sentinels are asked again, while they agree on a new primary.
const PAUSE: Duration = Duration::from_millis(50);

/// A connection to the server that has the notes, and how it was found.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) is_loading: bool,
    pub(super) address: Address,
    /// The name of the group, where sentinels told the address.
    pub(super) group: Option<String>,
}

/// Connects to a server, or, if there are sentinels at the address, to the primary they name. That
/// may become another one meanwhile, so it is tried again until `timeout` is over.
pub(super) fn open(address: &Address, timeout: Duration) -> Result<Opened, Error> {
    let until = Instant::now() + timeout;
    if !address.is_sentinel() {
        let (connection, greeting) = Connection::open(address, timeout, until)?;
        if !greeting.is_sentinel() {
            return Ok(Opened {
                connection,
                is_loading: greeting.is_loading,
                address: address.clone(),
                group: None,
            });
        }
    }
    let mut sentinels = address.sentinels();
    loop {
        let error = match primary(&sentinels, until) {
            Ok((primary, group)) => match open_primary(&primary, &group, timeout, until) {
                Ok(opened) => return Ok(opened),
                Err(error) => error,
            },
            Err(error) => return Err(error),
        };
        let is_passing = matches!(
            error,
            Error::Unreachable { .. } | Error::TooSlow { .. } | Error::Lost { .. } | Error::Busy(_)
        );
        if !is_passing || left(until) <= PAUSE {
            return Err(error);
        }
        thread::sleep(PAUSE);
        // The first may be the one that does not know the new primary yet.
        sentinels.rotate_left(1);
    }
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
    let (connection, greeting) = Connection::open(primary, timeout, soon)?;
    if greeting.is_replica() {
        return Err(Error::Busy(format!(
            "Sentinel names {primary} as the primary of {group}, but it is a replica; try again in a \
             moment"
        )));
    }
    Ok(Opened {
        connection,
        is_loading: greeting.is_loading,
        address: primary.clone(),
        group: Some(group.to_owned()),
    })
}

/// Asks the sentinels in turn for the primary and the name of its group.
fn primary(sentinels: &[Address], until: Instant) -> Result<(Address, String), Error> {
    let mut failure = None;
    for (index, sentinel) in sentinels.iter().enumerate() {
        // To connect, to ask for the group and for the address, and something is left for the others.
        let parts = u32::try_from(3 * (sentinels.len() - index) + 1).unwrap_or(u32::MAX);
        match ask(sentinel, left(until) / parts) {
            Ok(found) => return Ok(found),
            // What one that answers says tells more than that another is away.
            Err(_) if matches!(failure, Some(Error::NoPrimary(_) | Error::Refused { .. })) => {}
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| Error::NoPrimary("no Sentinel is named".to_owned())))
}

fn ask(sentinel: &Address, timeout: Duration) -> Result<(Address, String), Error> {
    let (mut connection, greeting) = Connection::open(sentinel, timeout, Instant::now() + timeout)?;
    let server = format!("{sentinel} ({})", sentinel.origin);
    if greeting.is_server() {
        return Err(Error::NoPrimary(format!(
            "a Redis server answers at {server}, and no Sentinel; a URL for a server has one host, and \
             after it at most the number of a database"
        )));
    }
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
    Ok((sentinel.of_primary(host, port, &group), group))
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
