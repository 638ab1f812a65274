//! From settings to an open store: the one place that knows both where notes may live and how to
//! get there. It starts the private Redis where that is the choice.

use std::ffi::OsStr;
use std::io;
use std::time::Duration;

use crate::config::{self, NamedServer, Origin, Server, Settings};
use crate::private_redis::{self, PrivateRedis, Start};
use crate::store::{self, Address, AddressError, Endpoint, Store};

/// How long the private Redis may take to start: long enough to read a large file of notes.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What an error says of the private Redis where it would name the setting that chose a server.
const PRIVATELY: &str = "your private Redis";

/// Why there is no open store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting makes no sense.
    #[error(transparent)]
    Settings(#[from] config::Error),
    /// The URL is none.
    #[error("{origin} is {source}")]
    Url {
        /// Which setting it is.
        origin: Origin,
        /// Why.
        source: AddressError,
    },
    /// The private Redis cannot be used.
    #[error(transparent)]
    Private(#[from] private_redis::Error),
    /// The private Redis is not running, and was not to be started.
    #[error(
        "your private Redis is not running; it starts with the next note, or by `notes redis start`"
    )]
    NotRunning,
    /// Redis cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Whether the private Redis may be started.
pub enum Starting<'a> {
    /// It is started if it is not running, and this learns of it.
    Allowed(&'a mut dyn FnMut(&PrivateRedis)),
    /// It is not.
    Forbidden,
}

/// Opens the store that the settings choose. `search_path` is where server programs are looked for.
pub fn open(
    settings: &Settings,
    search_path: Option<&OsStr>,
    starting: Starting<'_>,
) -> Result<Store, Error> {
    let timeout = settings.timeout.value;
    match &settings.server {
        Server::Named(server) => Ok(Store::open(&named(server)?, timeout)?),
        Server::Private => open_private(&private(settings, search_path)?, timeout, starting),
    }
}

/// Which server and database the settings choose, as [`Store::server_name`] says it. Nothing is asked
/// of the server.
pub fn server_name(settings: &Settings, search_path: Option<&OsStr>) -> Result<String, Error> {
    Ok(match &settings.server {
        Server::Named(server) => named(server)?.server(),
        Server::Private => private_address(&private(settings, search_path)?).server(),
    })
}

/// The user's private Redis, running or not.
pub fn private(settings: &Settings, search_path: Option<&OsStr>) -> Result<PrivateRedis, Error> {
    Ok(PrivateRedis::new(&settings.data_dir()?.value, search_path)?)
}

/// What the log of the private Redis says of its end; nothing where another server is in use.
#[must_use]
pub fn last_words(settings: &Settings, search_path: Option<&OsStr>) -> Option<String> {
    match settings.server {
        Server::Named(_) => None,
        Server::Private => private(settings, search_path).ok()?.log_tail(),
    }
}

/// The address of a private Redis.
#[must_use]
pub fn private_address(redis: &PrivateRedis) -> Address {
    Address {
        endpoint: Endpoint::Unix(redis.socket().to_owned()),
        db: None,
        username: None,
        password: None,
        origin: PRIVATELY.to_owned(),
    }
}

/// The address of a server that a setting names.
pub fn named(server: &NamedServer) -> Result<Address, Error> {
    let origin = server.origin();
    let mut address = match &server.address {
        config::Address::Url(url) => Address::parse(url.value.expose(), origin.to_string())
            .map_err(|source| Error::Url {
                origin: origin.clone(),
                source,
            })?,
        config::Address::HostPort { host, port } => Address {
            endpoint: Endpoint::Tcp {
                host: host.value.clone(),
                port: port.value,
            },
            db: None,
            username: None,
            password: None,
            origin: origin.to_string(),
        },
    };
    address.db = address.db.or(server.db.as_ref().map(|db| db.value));
    if address.password.is_none() {
        address.password = server.password.as_ref().map(|text| text.value.clone());
        let username = server.username.as_ref().map(|text| text.value.clone());
        address.username = address.username.or(username);
    }
    Ok(address)
}

fn open_private(
    redis: &PrivateRedis,
    timeout: Duration,
    starting: Starting<'_>,
) -> Result<Store, Error> {
    let address = private_address(redis);
    match (ready(&address, timeout), starting) {
        (Err(error), Starting::Allowed(started)) if is_for_start(&error) => {
            if let Start::Started { .. } = redis.ensure_running(TIMEOUT)? {
                started(redis);
            }
            Ok(ready(&address, timeout)?)
        }
        (Err(error), Starting::Forbidden) if is_down(&error) => Err(Error::NotRunning),
        (store, _) => Ok(store?),
    }
}

fn ready(address: &Address, timeout: Duration) -> Result<Store, store::Error> {
    let mut store = Store::open(address, timeout)?;
    // A server that has just been started by someone else may still be reading its file.
    store.ping()?;
    Ok(store)
}

/// Whether starting the server, or waiting for it, is the remedy, or else tells what is.
fn is_for_start(error: &store::Error) -> bool {
    is_down(error) || matches!(error, store::Error::Unreachable { .. })
}

/// Whether nothing listens.
fn is_down(error: &store::Error) -> bool {
    match error {
        store::Error::Loading | store::Error::Lost { .. } => true,
        store::Error::Unreachable { source, .. } => matches!(
            source.kind(),
            io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::ConnectionRefused
        ),
        _ => false,
    }
}
