//! Which server the settings name, and the login for it.
//!
//! A URL is carried and not read: whether it is a good one is for the module that connects to say.
//!
//! Two rules keep a `.env` that a stranger left in the working directory from collecting passwords.
//! The user, password and database are taken from the source that names the server, and from no
//! other; and `REDISCLI_AUTH` of the environment is not sent to a server that such a file names.

use std::net::Ipv6Addr;

use super::origin::{Origin, Setting};
use super::source::Source;
use super::{Error, Flags, bad_value};
use crate::secret::Secret;

const DEFAULT_HOST: &str = "localhost";
const DEFAULT_PORT: u16 = 6379;

/// Where the notes are.
#[expect(
    clippy::large_enum_variant,
    reason = "a run has one, so its size does not matter"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// Nobody named a server: the notes are in the user's private Redis.
    Private,
    /// This server.
    Named(NamedServer),
}

/// A server, and what its source says of the login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedServer {
    /// The server itself.
    pub address: Address,
    /// The number of the database, for a URL that gives none.
    pub db: Option<Setting<u32>>,
    /// The ACL user, for a URL that gives none.
    pub username: Option<Setting<String>>,
    /// The password, for a URL that gives none.
    pub password: Option<Setting<Secret>>,
}

/// How a server is named. A URL goes before a host and a port of the same source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// By a URL, which is not empty and may be wrong.
    Url(Setting<Secret>),
    /// By `REDIS_HOST` and `REDIS_PORT`, of which one may be the default.
    HostPort {
        /// A host name, an IPv4 address, or an IPv6 address without brackets.
        host: Setting<String>,
        /// The port, which is not 0.
        port: Setting<u16>,
    },
}

impl NamedServer {
    /// What named the server.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        match &self.address {
            Address::Url(url) => &url.origin,
            Address::HostPort { host, port } if host.origin == Origin::Default => &port.origin,
            Address::HostPort { host, .. } => &host.origin,
        }
    }
}

/// The server that the command line names; the environment may give the password.
pub(super) fn named_by_flags(
    flags: &Flags,
    environment: &Source<'_>,
) -> Result<Option<NamedServer>, Error> {
    let Some(url) = flags
        .redis_url
        .clone()
        .filter(|url| !url.expose().is_empty())
    else {
        return Ok(None);
    };
    let origin = Origin::Flag("--redis-url");
    Ok(Some(NamedServer {
        address: Address::Url(Setting { value: url, origin }),
        db: None,
        username: None,
        password: secret(environment, "REDISCLI_AUTH")?,
    }))
}

/// The server that a source names.
pub(super) fn named_in(
    source: &Source<'_>,
    environment: &Source<'_>,
) -> Result<Option<NamedServer>, Error> {
    let Some(address) = address(source)? else {
        return Ok(None);
    };
    let db = source.text("REDIS_DB")?.map(database).transpose()?;
    let username = source.text("REDIS_USERNAME")?;
    let mut password = secret(source, "REDIS_PASSWORD")?;
    if password.is_none() {
        password = secret(source, "REDISCLI_AUTH")?;
    }
    if password.is_none() && source.is_the_users() {
        password = secret(environment, "REDISCLI_AUTH")?;
    }
    Ok(Some(NamedServer {
        address,
        db,
        username,
        password,
    }))
}

fn secret(source: &Source<'_>, variable: &'static str) -> Result<Option<Setting<Secret>>, Error> {
    let setting = source.text(variable)?;
    Ok(setting.map(|setting| setting.map(Secret::from)))
}

fn address(source: &Source<'_>) -> Result<Option<Address>, Error> {
    if let Some(url) = secret(source, "REDIS_URL")? {
        return Ok(Some(Address::Url(url)));
    }
    let host = source.text("REDIS_HOST")?;
    let port = source.text("REDIS_PORT")?;
    if host.is_none() && port.is_none() {
        return Ok(None);
    }
    let (link_host, port) = match port {
        Some(text) => link(text)?,
        None => (None, Setting::default(DEFAULT_PORT)),
    };
    let host = match (host, link_host) {
        (Some(host), _) | (None, Some(host)) => bare_host(host)?,
        (None, None) => Setting::default(DEFAULT_HOST.to_owned()),
    };
    Ok(Some(Address::HostPort { host, port }))
}

/// Reads `6379`, or `tcp://10.0.0.1:6379` as Kubernetes and Docker set it for a service or a link
/// named `redis`.
fn link(text: Setting<String>) -> Result<(Option<Setting<String>>, Setting<u16>), Error> {
    let Setting { value, origin } = text;
    let (host, port) = match value.trim().strip_prefix("tcp://") {
        None => (None, value.trim()),
        Some(link) => {
            let parts = link.rsplit_once(':').filter(|(host, _)| !host.is_empty());
            let Some((host, port)) = parts else {
                return Err(bad_value(origin, "a port, or tcp://ADDRESS:PORT"));
            };
            let host = host.to_owned();
            let host = Setting {
                value: host,
                origin: origin.clone(),
            };
            (Some(host), port)
        }
    };
    match port.parse::<u16>() {
        Ok(value) if value > 0 => Ok((host, Setting { value, origin })),
        _ => Err(bad_value(origin, "a port number from 1 to 65535")),
    }
}

/// Takes the brackets off an IPv6 address, and refuses what is more than a host.
fn bare_host(host: Setting<String>) -> Result<Setting<String>, Error> {
    let Setting { value, origin } = host;
    let text = value.trim();
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let text = bracketed.unwrap_or(text);
    let is_name = |c: char| !matches!(c, ':' | '/' | '@' | '[' | ']' | '%') && !c.is_whitespace();
    let is_good = match bracketed {
        None => is_ipv6(text) || (!text.is_empty() && text.chars().all(is_name)),
        Some(_) => is_ipv6(text),
    };
    if !is_good {
        let expected =
            "a host name or an address alone; a URL is for REDIS_URL, a port for REDIS_PORT";
        return Err(bad_value(origin, expected));
    }
    let value = text.to_owned();
    Ok(Setting { value, origin })
}

/// An address, with or without the zone of a link-local one (`fe80::1%eth0`).
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, "-"));
    let is_zone = !zone.is_empty() && zone.chars().all(|c| c.is_ascii_graphic() && c != '/');
    is_zone && address.parse::<Ipv6Addr>().is_ok()
}

fn database(text: Setting<String>) -> Result<Setting<u32>, Error> {
    let Setting { value, origin } = text;
    match value.trim().parse() {
        Ok(value) => Ok(Setting { value, origin }),
        Err(_) => Err(bad_value(origin, "a whole number from 0 up")),
    }
}
