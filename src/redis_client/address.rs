//! The address of a Redis and the login for it: the meaning of a Redis URL.
//!
//! The redis crate parses URLs. This file corrects it where `redis-cli` parses them differently.
//! This file opens no connection.

use std::ffi::OsString;
use std::path::PathBuf;
use std::{fmt, iter};

use redis::io::tcp::TcpSettings;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

use super::error::Advice;
use super::slots::Endpoint;
use super::tls::TlsFiles;
use crate::secret::Secret;

/// A Redis server and database, and the credentials for it.
///
/// Displayed, it names the server alone: no user, no password.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    endpoint: ConnectionAddr,
    /// More sentinels, after the one at the endpoint.
    others: Vec<ConnectionAddr>,
    /// The group of servers that sentinels know the primary of.
    pub(crate) group: Option<String>,
    /// True if the URL names sentinels. If it does not, the server that answers may still be one.
    is_sentinel: bool,
    /// True if sentinels or a cluster gave this address.
    pub(super) is_told: bool,
    /// The number of the database, from 0.
    pub db: Option<u32>,
    /// The ACL user; none is the user `default`.
    pub username: Option<String>,
    /// The password; none is no authentication.
    pub password: Option<Secret>,
    /// The password of sentinels; without one they get that of the servers.
    pub sentinel_password: Option<Secret>,
    /// The files for a TLS connection.
    pub tls: TlsFiles,
    /// The setting that named this server, in words that fit into brackets after it.
    pub origin: String,
    pub(crate) advice: Advice,
}

/// The reason why a text is not a Redis URL. It never holds the text, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    #[error(
        "not a Redis URL: it must begin with redis://, rediss://, redis+unix:// or a valkey form of these"
    )]
    Scheme,
    #[error(
        "not a Redis URL: expected redis://[[user:]password@]host[:port][/database] or \
         redis+unix:///path[?db=number&user=user&pass=password], or redis://host,host/group[/database] for Sentinel, redis://host:port,host:port for a Cluster; in a password write # as %23, / as %2F, ? as %3F, % as %25"
    )]
    Form,
}

impl Address {
    pub(crate) fn unix(socket: PathBuf, origin: String) -> Self {
        Self::new(ConnectionAddr::Unix(socket), origin)
    }

    /// IPv6 addresses without brackets.
    pub(crate) fn tcp(host: String, port: u16, origin: String) -> Self {
        Self::new(ConnectionAddr::Tcp(host, port), origin)
    }

    fn new(endpoint: ConnectionAddr, origin: String) -> Self {
        Self {
            endpoint,
            others: Vec::new(),
            group: None,
            is_sentinel: false,
            is_told: false,
            db: None,
            username: None,
            password: None,
            sentinel_password: None,
            tls: TlsFiles::default(),
            origin,
            advice: Advice::default(),
        }
    }

    /// Reads a URL: `redis`, `rediss`, `redis+unix`, `unix` and the `valkey` forms; with several
    /// hosts, a group before the database or `sentinel` in the scheme it names sentinels.
    ///
    /// User information without a colon is a password, as `redis-cli -u` reads it.
    pub(crate) fn parse(url: &str, origin: String) -> Result<Self, AddressError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(AddressError::Scheme)?;
        let (scheme, is_sentinel) = match scheme.to_ascii_lowercase().as_str() {
            "redis" | "valkey" => ("redis", false),
            "rediss" | "valkeys" => ("rediss", false),
            "sentinel" | "redis+sentinel" | "valkey+sentinel" => ("redis", true),
            "rediss+sentinel" | "valkeys+sentinel" => ("rediss", true),
            "unix" | "redis+unix" | "valkey+unix" => {
                return Self::parse_one("redis+unix", rest, origin);
            }
            _ => return Err(AddressError::Scheme),
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let hosts = authority.rfind('@').map_or(0, |at| at + 1);
        let (login, hosts) = authority.split_at(hosts);
        let (path, suffix) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        let path = path.strip_prefix('/').unwrap_or(path);
        // As redis-cli and the redis crate read `/0/`.
        let path = path.trim_end_matches('/');
        let (group, db) = match path.split_once('/') {
            _ if path.chars().all(|c| c.is_ascii_digit()) => ("", path),
            Some(group_and_db) => group_and_db,
            None => (path, ""),
        };
        if !group.chars().all(can_name_group) || (group.is_empty() && path != db) {
            return Err(AddressError::Form);
        }
        let is_sentinel = is_sentinel || !group.is_empty() || hosts.contains(',');
        let mut addresses = hosts.split(',').map(|host| {
            if is_sentinel && host.is_empty() {
                return Err(AddressError::Form);
            }
            let has_port = !host.ends_with(']') && host.contains(':');
            let port = if is_sentinel && !has_port {
                ":26379"
            } else {
                ""
            };
            Self::parse_one(
                scheme,
                &format!("{login}{host}{port}/{db}{suffix}"),
                origin.clone(),
            )
        });
        let first = addresses.next().ok_or(AddressError::Form)??;
        let others: Result<_, _> = addresses.map(|it| it.map(|it| it.endpoint)).collect();
        Ok(Self {
            others: others?,
            group: Some(group.to_owned()).filter(|group| !group.is_empty()),
            is_sentinel,
            ..first
        })
    }

    fn parse_one(scheme: &str, rest: &str, origin: String) -> Result<Self, AddressError> {
        let url =
            redis::parse_redis_url(&format!("{scheme}://{rest}")).ok_or(AddressError::Form)?;
        let is_unix = scheme == "redis+unix";
        let mut names_db = !is_unix && url.path().len() > 1;
        for (name, _) in url.query_pairs() {
            match &*name {
                "db" if is_unix => names_db = true,
                // The crate ignores these, and would use another database or user.
                "db" | "database" => return Err(AddressError::Form),
                "username" | "password" if is_unix => return Err(AddressError::Form),
                _ => {}
            }
        }
        let info = url.into_connection_info().map_err(|_| AddressError::Form)?;
        let settings = info.redis_settings();
        let db = u32::try_from(settings.db()).map_err(|_| AddressError::Form)?;
        let (username, password) = match (settings.username(), settings.password()) {
            (Some(lone), None) => (None, Some(lone)),
            pair => pair,
        };
        Ok(Self {
            db: names_db.then_some(db),
            username: username.filter(|name| !name.is_empty()).map(str::to_owned),
            password: password.filter(|text| !text.is_empty()).map(Secret::from),
            ..Self::new(info.addr().clone(), origin)
        })
    }

    pub(crate) fn is_sentinel(&self) -> bool {
        self.is_sentinel
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.endpoint, ConnectionAddr::TcpTls { .. })
    }

    /// Returns the server and the database in words that stay the same from run to run, such as
    /// `localhost:6379 db 0`. No user, no password; a server that goes by two names counts as two.
    pub(crate) fn server(&self) -> String {
        let group = self.group.as_ref().map(|group| format!("/{group}"));
        let (hosts, group) = (self.hosts(), group.unwrap_or_default());
        format!("{hosts}{group} db {}", self.db.unwrap_or_default())
    }

    /// Returns true if this address may have been recorded by that name, which is that of
    /// [`Address::server`]. If this address has no group, the name has the group that Sentinel
    /// gave.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        if name == self.server() {
            return true;
        }
        if self.group.is_some() || matches!(self.endpoint, ConnectionAddr::Unix(_)) {
            return false;
        }
        let db = format!(" db {}", self.db.unwrap_or_default());
        let group = name
            .strip_prefix(&self.hosts())
            .and_then(|rest| rest.strip_suffix(&db));
        group.is_some_and(|group| group.starts_with('/'))
    }

    fn hosts(&self) -> String {
        let mut hosts: Vec<_> = self.endpoints().map(named).collect();
        if !matches!(self.endpoint, ConnectionAddr::Unix(_)) {
            hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        }
        hosts.sort_unstable();
        hosts.join(",")
    }

    fn endpoints(&self) -> impl Iterator<Item = &ConnectionAddr> {
        iter::once(&self.endpoint).chain(&self.others)
    }

    /// Returns the user and the password to log in with, if there is either.
    pub(super) fn login(&self) -> Option<(Option<&str>, &str)> {
        let (user, password) = match &self.sentinel_password {
            Some(password) if self.is_sentinel => (None, Some(password)),
            _ => (self.username.as_deref(), self.password.as_ref()),
        };
        // An ACL user may have no password (`nopass`): Redis then takes any.
        (user.is_some() || password.is_some())
            .then(|| (user, password.map_or("", |it| it.expose())))
    }

    /// Returns the named servers as an address each: sentinels, or nodes of a cluster.
    pub(super) fn each(&self) -> Vec<Self> {
        let mut each = Vec::with_capacity(1 + self.others.len());
        for endpoint in self.endpoints() {
            each.push(Self {
                endpoint: endpoint.clone(),
                others: Vec::new(),
                is_sentinel: true,
                db: None,
                ..self.clone()
            });
        }
        each
    }

    /// Returns host and port. A Unix socket has neither; its port is 0.
    pub(super) fn endpoint(&self) -> Endpoint {
        match &self.endpoint {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                (host.clone(), *port)
            }
            _ => ("localhost".to_owned(), 0),
        }
    }

    /// Returns the address of a server that another one named, with the login and the database of
    /// this address. `what` describes it; it goes before the setting that led there.
    pub(super) fn of_node(&self, (host, port): &Endpoint, what: &str) -> Self {
        let (host, port) = (host.clone(), *port);
        let endpoint = match &self.endpoint {
            ConnectionAddr::TcpTls { insecure, .. } => ConnectionAddr::TcpTls {
                host,
                port,
                insecure: *insecure,
                tls_params: None,
            },
            _ => ConnectionAddr::Tcp(host, port),
        };
        Self {
            endpoint,
            others: Vec::new(),
            group: None,
            is_sentinel: false,
            is_told: true,
            origin: format!("{what}, {}", self.origin),
            ..self.clone()
        }
    }

    /// Returns the options by which redis-cli connects there, without the password: other users can
    /// read a command line.
    pub(crate) fn redis_cli_options(&self) -> Vec<OsString> {
        let mut options: Vec<OsString> = Vec::new();
        match &self.endpoint {
            ConnectionAddr::Unix(socket) => options.extend(["-s".into(), socket.into()]),
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                // -c follows redirections in a cluster.
                options.extend(["-c", "-h", host, "-p", &port.to_string()].map(OsString::from));
            }
            // The enum of the crate may grow.
            _ => {}
        }
        if let Some(db) = self.db {
            options.extend(["-n".into(), db.to_string().into()]);
        }
        if let Some(user) = &self.username {
            options.extend(["--user".into(), user.into()]);
        }
        if let ConnectionAddr::TcpTls { insecure, .. } = self.endpoint {
            options.push("--tls".into());
            options.extend(insecure.then(|| "--insecure".into()));
            for (option, file) in [
                ("--cacert", &self.tls.ca),
                ("--cert", &self.tls.certificate),
                ("--key", &self.tls.key),
            ] {
                options.extend(file.iter().flat_map(|file| [option.into(), file.into()]));
            }
        }
        options
    }

    /// Returns the address for the redis crate, without login and database.
    pub(super) fn connection_info(&self) -> Result<ConnectionInfo, redis::RedisError> {
        let info = self.endpoint.clone().into_connection_info()?;
        let settings = info.redis_settings().clone().set_skip_set_lib_name();
        // Requests are small and each waits for its answer: Nagle's algorithm only adds delay.
        let tcp = TcpSettings::default().set_nodelay(true);
        Ok(info.set_redis_settings(settings).set_tcp_settings(tcp))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<_> = self.endpoints().map(named).collect();
        write!(f, "{}", hosts.join(","))
    }
}

/// Returns true for the characters that Sentinel allows in the name of a group.
fn can_name_group(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_".contains(c)
}

fn named(endpoint: &ConnectionAddr) -> String {
    match endpoint {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. }
            if host.contains(':') =>
        {
            format!("[{host}]:{port}")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
