//! Which server the settings name, and the login for it. Whether a URL is a good one is for the
//! module that connects to say.
//!
//! Two rules keep a `.env` that a stranger left in the working directory from collecting passwords.
//! The user, password and database are taken from the source that names the server, and from no
//! other; and `REDISCLI_AUTH` of the environment is not sent to a server that such a file names.

use std::net::Ipv6Addr;

use super::source::{Origin, Setting, Source};
use super::{Result, bad_value};
use crate::secret::Secret;

const DEFAULT_HOST: &str = "localhost";
const DEFAULT_PORT: u16 = 6379;

/// Where the notes are; in the private Redis if nobody named a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    Private,
    Named(NamedServer),
}

/// A server, and what its source says of the login for a URL that says nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedServer {
    pub(crate) address: Address,
    origin: Origin,
    pub(crate) db: Option<u32>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
}

/// How a server is named. A URL goes before a host and a port of the same source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// Not empty, and perhaps wrong.
    Url(Secret),
    /// A host name, an IPv4 address, or an IPv6 address without brackets; a port that is not 0.
    HostPort { host: String, port: u16 },
}

impl NamedServer {
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// The server that a source names.
pub(super) fn named_in(
    source: &Source<'_>,
    environment: &Source<'_>,
) -> Result<Option<NamedServer>> {
    let Some((address, origin)) = address(source)? else {
        return Ok(None);
    };
    let mut password = secret(source, "REDIS_PASSWORD")?;
    if password.is_none() {
        password = secret(source, "REDISCLI_AUTH")?;
    }
    if password.is_none() && source.is_the_users() {
        password = secret(environment, "REDISCLI_AUTH")?;
    }
    let db = source.text("REDIS_DB")?;
    Ok(Some(NamedServer {
        address,
        origin,
        db: db.as_ref().map(database).transpose()?,
        username: source.text("REDIS_USERNAME")?.map(|user| user.value),
        password,
    }))
}

fn secret(source: &Source<'_>, variable: &str) -> Result<Option<Secret>> {
    let setting = source.text(variable)?;
    Ok(setting.map(|setting| Secret::from(setting.value)))
}

fn address(source: &Source<'_>) -> Result<Option<(Address, Origin)>> {
    if let Some(Setting { value, origin }) = source.text("REDIS_URL")? {
        return Ok(Some((Address::Url(Secret::from(value)), origin)));
    }
    let host = source.text("REDIS_HOST")?;
    let port = source.text("REDIS_PORT")?;
    let Some(origin) = host.as_ref().or(port.as_ref()).map(|it| it.origin.clone()) else {
        return Ok(None);
    };
    let (link_host, port) = match &port {
        Some(port) => link(port)?,
        None => (None, DEFAULT_PORT),
    };
    let host = match (host.map(|host| host.value), link_host) {
        (Some(host), _) => bare_host(&host, &origin)?,
        (None, Some(host)) => bare_host(host, &origin)?,
        (None, None) => DEFAULT_HOST.to_owned(),
    };
    Ok(Some((Address::HostPort { host, port }, origin)))
}

/// Reads `6379`, or `tcp://10.0.0.1:6379` as Kubernetes and Docker set it for a service or a link
/// named `redis`.
fn link(setting: &Setting<String>) -> Result<(Option<&str>, u16)> {
    let Setting { value, origin } = setting;
    let (host, port) = match value.trim().strip_prefix("tcp://") {
        None => (None, value.trim()),
        Some(link) => match link.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() => (Some(host), port),
            _ => return Err(bad_value(origin, "a port, or tcp://ADDRESS:PORT")),
        },
    };
    match port.parse() {
        Ok(port) if port > 0 => Ok((host, port)),
        _ => Err(bad_value(origin, "a port number from 1 to 65535")),
    }
}

/// Takes the brackets off an IPv6 address, and refuses what is more than a host.
fn bare_host(text: &str, origin: &Origin) -> Result<String> {
    let text = text.trim();
    let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let host = bracketed.unwrap_or(text);
    let is_in_name =
        |c: char| !matches!(c, ':' | '/' | '@' | '[' | ']' | '%') && !c.is_whitespace();
    let is_name = bracketed.is_none() && !host.is_empty() && host.chars().all(is_in_name);
    if !is_name && !is_ipv6(host) {
        let expected =
            "a host name or an address alone; a URL is for REDIS_URL, a port for REDIS_PORT";
        return Err(bad_value(origin, expected));
    }
    Ok(host.to_owned())
}

/// An address, with or without the zone of a link-local one (`fe80::1%eth0`).
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, "-"));
    let is_zone = !zone.is_empty() && zone.chars().all(|c| c.is_ascii_graphic() && c != '/');
    is_zone && address.parse::<Ipv6Addr>().is_ok()
}

fn database(setting: &Setting<String>) -> Result<u32> {
    let number = setting.value.trim().parse();
    number.map_err(|_| bad_value(&setting.origin, "a whole number from 0 up"))
}
