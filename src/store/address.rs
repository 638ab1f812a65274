//! Where a Redis is and how to get in: the meaning of a Redis URL.
//!
//! URLs are read by the redis crate; what it reads otherwise than `redis-cli` does is settled here.
//! This file opens no connection.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use redis::io::tcp::TcpSettings;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

use super::tls::TlsFiles;
use crate::secret::Secret;

/// A Redis server and database, and the credentials for it.
///
/// Displayed, it names the server alone: no user, no password.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    endpoint: ConnectionAddr,
    /// The number of the database, from 0.
    pub db: Option<u32>,
    /// The ACL user; none is the user `default`.
    pub username: Option<String>,
    /// The password; none is no authentication.
    pub password: Option<Secret>,
    /// What a TLS connection needs.
    pub tls: TlsFiles,
    /// Which setting named this server, in words that fit into brackets after it.
    pub origin: String,
}

/// Why a text is no Redis URL. It never holds the text, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    #[error(
        "not a Redis URL: it must begin with redis://, rediss://, redis+unix:// or a valkey form of these"
    )]
    Scheme,
    #[error(
        "not a Redis URL: expected redis://[[user:]password@]host[:port][/database] or \
         redis+unix:///path[?db=number]; in a password write # as %23, / as %2F, ? as %3F, % as %25"
    )]
    Form,
}

impl Address {
    pub(crate) fn unix(socket: PathBuf, origin: String) -> Self {
        Self::of(ConnectionAddr::Unix(socket), origin)
    }

    /// IPv6 addresses without brackets.
    pub(crate) fn tcp(host: String, port: u16, origin: String) -> Self {
        Self::of(ConnectionAddr::Tcp(host, port), origin)
    }

    fn of(endpoint: ConnectionAddr, origin: String) -> Self {
        Self {
            endpoint,
            db: None,
            username: None,
            password: None,
            tls: TlsFiles::default(),
            origin,
        }
    }

    /// Reads a URL: `redis`, `rediss`, `redis+unix`, `unix` and the `valkey` forms.
    ///
    /// User information without a colon is a password, as `redis-cli -u` reads it.
    pub(crate) fn parse(url: &str, origin: String) -> Result<Self, AddressError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(AddressError::Scheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "redis" | "valkey" => "redis",
            "rediss" | "valkeys" => "rediss",
            "unix" | "redis+unix" | "valkey+unix" => "redis+unix",
            _ => return Err(AddressError::Scheme),
        };
        let url =
            redis::parse_redis_url(&format!("{scheme}://{rest}")).ok_or(AddressError::Form)?;
        let names_db = match scheme {
            "redis+unix" => url.query_pairs().any(|(name, _)| name == "db"),
            _ => url.path().len() > 1,
        };
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
            ..Self::of(info.addr().clone(), origin)
        })
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.endpoint, ConnectionAddr::TcpTls { .. })
    }

    /// The server and the database in words that stay the same from run to run, such as
    /// `localhost:6379 db 0`. No user, no password; a server that goes by two names counts as two.
    pub(crate) fn server(&self) -> String {
        let server = match self.endpoint {
            ConnectionAddr::Unix(_) => self.to_string(),
            _ => self.to_string().to_ascii_lowercase(),
        };
        format!("{server} db {}", self.db.unwrap_or_default())
    }

    /// What makes redis-cli connect there. The password is not among it: others can read a command
    /// line.
    pub(crate) fn redis_cli_options(&self) -> Vec<OsString> {
        let mut options: Vec<OsString> = Vec::new();
        match &self.endpoint {
            ConnectionAddr::Unix(socket) => options.extend(["-s".into(), socket.into()]),
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                options.extend(["-h", host, "-p", &port.to_string()].map(OsString::from));
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

    /// What the redis crate connects to, without login and database.
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
        match &self.endpoint {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. }
                if host.contains(':') =>
            {
                write!(f, "[{host}]:{port}")
            }
            other => write!(f, "{other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Address {
        Address::parse(url, "a test".into()).unwrap()
    }

    #[test]
    fn reads_every_scheme() {
        for (url, expected) in [
            ("redis://h:1/2", "-h h -p 1 -n 2"),
            ("valkey://h:1/2", "-h h -p 1 -n 2"),
            ("REDIS://h:1/2", "-h h -p 1 -n 2"),
            ("unix:///run/r.sock?db=3", "-s /run/r.sock -n 3"),
            ("redis+unix:///run/r.sock?db=3", "-s /run/r.sock -n 3"),
            ("valkey+unix:///run/r.sock?db=3", "-s /run/r.sock -n 3"),
            ("redis://ann:pw@[::1]:7", "-h ::1 -p 7 --user ann"),
        ] {
            assert_eq!(redis_cli_options(url), expected, "{url}");
        }
        if cfg!(feature = "tls") {
            assert_eq!(redis_cli_options("rediss://h"), "-h h -p 6379 --tls");
            let insecure = redis_cli_options("valkeys://h#insecure");
            assert_eq!(insecure, "-h h -p 6379 --tls --insecure");
        }
    }

    fn redis_cli_options(url: &str) -> String {
        let options = parse(url).redis_cli_options();
        let options: Vec<_> = options
            .iter()
            .map(|option| option.to_str().unwrap())
            .collect();
        options.join(" ")
    }

    #[test]
    fn a_lone_user_is_a_password_as_redis_cli_reads_it() {
        for (url, user, password) in [
            ("redis://h", None, None),
            ("redis://secret@h", None, Some("secret")),
            ("redis://:secret@h", None, Some("secret")),
            ("redis://ann:s%23crt@h", Some("ann"), Some("s#crt")),
        ] {
            let address = parse(url);
            assert_eq!(address.username.as_deref(), user, "{url}");
            assert_eq!(
                address.password.as_ref().map(Secret::expose),
                password,
                "{url}"
            );
        }
    }

    #[test]
    fn a_database_is_set_only_where_the_url_names_one() {
        assert_eq!(parse("redis://h").db, None);
        assert_eq!(parse("redis://h/").db, None);
        assert_eq!(parse("redis://h/0").db, Some(0));
        assert_eq!(parse("redis+unix:///s").db, None);
    }

    #[test]
    fn names_server_and_database_without_the_login() {
        for (url, server) in [
            ("redis://ann:hunter2@Host", "host:6379 db 0"),
            ("redis://hunter2@[::1]:7/3", "[::1]:7 db 3"),
            (
                "redis+unix:///Run/r.sock?db=2&pass=hunter2",
                "/Run/r.sock db 2",
            ),
        ] {
            assert_eq!(parse(url).server(), server, "{url}");
        }
    }

    #[test]
    fn names_the_place_and_never_the_password() {
        assert_eq!(
            parse("redis://u:hunter2@[::1]:7").to_string(),
            "[::1]:7".to_owned()
        );
        assert!(!format!("{:?}", parse("redis://u:hunter2@h")).contains("hunter2"));
        for url in [
            "redis://u:hunter2@h:port",
            "redis://:hunter2#x@h",
            "http://hunter2@h",
            "redis://hunter2@h/x",
            "hunter2",
            "redis+unix://hunter2",
            "redis://hunter2@0.0.0.0",
        ] {
            let error = Address::parse(url, "a test".into()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}");
        }
    }
}
