//! Where a Redis is and how to get in: the meaning of a Redis URL.
//!
//! URLs are read by the redis crate; what it leaves out or reads otherwise than `redis-cli` does is
//! settled here. This file opens no connection.

use std::fmt;
use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo as _};

use crate::secret::Secret;

/// A Redis server and database, and the credentials for it.
///
/// Displayed, it names the place alone: no user, no password.
#[derive(Clone, Debug)]
pub struct Address {
    /// Where the server listens.
    pub endpoint: Endpoint,
    /// The number of the database, from 0.
    pub db: Option<u32>,
    /// The ACL user; none is the user `default`.
    pub username: Option<String>,
    /// The password; none is no authentication.
    pub password: Option<Secret>,
    /// Which setting named this server, in words that fit into brackets after it.
    pub origin: String,
}

/// Where a Redis server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A Unix socket.
    Unix(PathBuf),
    /// Plain TCP.
    Tcp {
        /// A name or an address, IPv6 without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// TLS over TCP.
    Tls {
        /// A name or an address, IPv6 without brackets.
        host: String,
        /// The port.
        port: u16,
        /// Whether the server must prove who it is.
        identity: Identity,
    },
}

/// Whether a TLS server must prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Its certificate must be valid for its name.
    Verified,
    /// Any certificate will do: the URL ended in `#insecure`.
    Unverified,
}

/// Why a text is no Redis URL. It never holds the text, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The scheme is not one of those that name a Redis.
    #[error(
        "not a Redis URL: it must begin with redis://, rediss://, redis+unix:// or a valkey form of these"
    )]
    Scheme,
    /// The rest does not parse.
    #[error(
        "not a Redis URL: expected redis://[[user:]password@]host[:port][/database] or \
         redis+unix:///path[?db=number]; in a password write # as %23, / as %2F, ? as %3F, % as %25"
    )]
    Form,
}

impl Address {
    /// Reads a URL: `redis`, `rediss`, `redis+unix`, `unix` and the `valkey` forms.
    ///
    /// User information without a colon is a password, as `redis-cli -u` reads it.
    pub fn parse(url: &str, origin: String) -> Result<Self, AddressError> {
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").ok_or(AddressError::Scheme)?;
        let (tls, plain) = match scheme.to_ascii_lowercase().as_str() {
            "redis" | "valkey" => (None, format!("redis://{rest}")),
            "unix" | "redis+unix" | "valkey+unix" => (None, format!("redis+unix://{rest}")),
            "rediss" | "valkeys" => match rest.strip_suffix("#insecure") {
                Some(rest) => (Some(Identity::Unverified), format!("redis://{rest}")),
                None => (Some(Identity::Verified), format!("redis://{rest}")),
            },
            _ => return Err(AddressError::Scheme),
        };
        let info = plain
            .clone()
            .into_connection_info()
            .map_err(|_| AddressError::Form)?;
        let endpoint = match (info.addr().clone(), tls) {
            (ConnectionAddr::Tcp(host, port), None) => Endpoint::Tcp { host, port },
            (ConnectionAddr::Tcp(host, port), Some(identity)) => Endpoint::Tls {
                host,
                port,
                identity,
            },
            (ConnectionAddr::Unix(path), _) => Endpoint::Unix(path),
            _ => return Err(AddressError::Scheme),
        };
        let settings = info.redis_settings();
        let db = u32::try_from(settings.db()).map_err(|_| AddressError::Form)?;
        let names_db = redis::parse_redis_url(&plain).is_some_and(|url| match endpoint {
            Endpoint::Unix(_) => url.query_pairs().any(|(name, _)| name == "db"),
            Endpoint::Tcp { .. } | Endpoint::Tls { .. } => url.path().len() > 1,
        });
        let (username, password) = match (settings.username(), settings.password()) {
            (Some(lone), None) => (None, Some(lone)),
            pair => pair,
        };
        Ok(Self {
            endpoint,
            db: names_db.then_some(db),
            username: username.filter(|name| !name.is_empty()).map(str::to_owned),
            password: password.filter(|text| !text.is_empty()).map(Secret::from),
            origin,
        })
    }
}

impl Address {
    /// The server and the database in words that stay the same from run to run, such as
    /// `localhost:6379 db 0`. No user, no password; a server that goes by two names counts as two.
    #[must_use]
    pub fn server(&self) -> String {
        let endpoint = self.endpoint.to_string();
        let endpoint = match self.endpoint {
            Endpoint::Unix(_) => endpoint,
            Endpoint::Tcp { .. } | Endpoint::Tls { .. } => endpoint.to_ascii_lowercase(),
        };
        format!("{endpoint} db {}", self.db.unwrap_or_default())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Tcp { host, port } | Self::Tls { host, port, .. } if host.contains(':') => {
                write!(f, "[{host}]:{port}")
            }
            Self::Tcp { host, port } | Self::Tls { host, port, .. } => write!(f, "{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Address {
        Address::parse(url, "a test".into()).unwrap()
    }

    fn tcp(host: &str, port: u16) -> Endpoint {
        Endpoint::Tcp {
            host: host.into(),
            port,
        }
    }

    #[test]
    fn reads_every_scheme() {
        for scheme in ["redis", "valkey", "REDIS"] {
            assert_eq!(
                parse(&format!("{scheme}://h:1/2")).endpoint,
                tcp("h", 1),
                "{scheme}"
            );
        }
        for scheme in ["unix", "redis+unix", "valkey+unix"] {
            let address = parse(&format!("{scheme}:///run/r.sock?db=3"));
            assert_eq!(address.endpoint, Endpoint::Unix("/run/r.sock".into()));
            assert_eq!(address.db, Some(3));
        }
        for (url, identity) in [
            ("rediss://h", Identity::Verified),
            ("valkeys://h#insecure", Identity::Unverified),
        ] {
            assert_eq!(
                parse(url).endpoint,
                Endpoint::Tls {
                    host: "h".into(),
                    port: 6379,
                    identity
                }
            );
        }
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
