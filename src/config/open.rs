//! From settings to an open store: the one place that knows both where notes may live and how to
//! get there. It starts the private Redis where that is the choice.

use std::ffi::OsStr;
use std::time::Duration;

use crate::config::{self, Settings};
use crate::exit::Exit;
use crate::private_redis::{self, PrivateRedis};
use crate::store::{self, Address, Store};

/// How long the private Redis may take to start or to stop: long enough to read, or to write, a
/// large file of notes.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// Why there is no open store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A setting, or a URL, makes no sense.
    #[error(transparent)]
    Settings(#[from] config::Error),
    #[error(transparent)]
    Private(#[from] private_redis::Error),
    #[error(
        "your private Redis is not running; it starts with the next note, or by `notes redis start`"
    )]
    NotRunning,
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// What a run ends with for it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Store(error) => error.exit(),
            Self::Private(_) | Self::NotRunning => Exit::OutOfReach,
            Self::Settings(_) => Exit::Usage,
        }
    }
}

/// Starts the private Redis if it is not running, and has the function told; without one it is not
/// started.
pub(crate) type Starting<'a> = Option<&'a dyn Fn(&PrivateRedis)>;

/// Opens the store that the settings choose; server programs are looked for in `search_path`.
pub(crate) fn open(
    settings: &Settings,
    search_path: Option<&OsStr>,
    starting: Starting<'_>,
) -> Result<Store, Error> {
    let timeout = settings.timeout;
    match &settings.server {
        Some(server) => Ok(Store::open(&server.address.clone()?, timeout)?),
        None => open_private(&private(settings, search_path)?, timeout, starting),
    }
}

/// The address of the Redis that the settings choose. Nothing is asked of the server.
pub(crate) fn address(settings: &Settings, search_path: Option<&OsStr>) -> Result<Address, Error> {
    Ok(match &settings.server {
        Some(server) => server.address.clone()?,
        None => private(settings, search_path)?.address(),
    })
}

pub(crate) fn private(
    settings: &Settings,
    search_path: Option<&OsStr>,
) -> Result<PrivateRedis, Error> {
    Ok(PrivateRedis::new(settings.data_dir()?, search_path)?)
}

/// What the log of the private Redis says of its end; nothing where another server is in use.
pub(crate) fn last_words(settings: &Settings, search_path: Option<&OsStr>) -> Option<String> {
    match settings.server {
        Some(_) => None,
        None => match private(settings, search_path).ok()?.last_words() {
            Ok(words) => words,
            Err(full) => Some(full.to_string()),
        },
    }
}

fn open_private(
    redis: &PrivateRedis,
    timeout: Duration,
    starting: Starting<'_>,
) -> Result<Store, Error> {
    use store::Error::{Busy, Lost, Unreachable};
    let address = redis.address();
    match (Store::open(&address, timeout), starting) {
        // What cannot be reached for another reason is told by what starts the server.
        (Err(Busy(_) | Lost { .. } | Unreachable { .. }), Some(started)) => {
            if redis.ensure_running(TIMEOUT)?.is_some() {
                started(redis);
            }
            Ok(Store::open(&address, timeout)?)
        }
        (Err(Lost { .. } | Unreachable { .. }), None) if redis.status()?.is_none() => {
            Err(Error::NotRunning)
        }
        (store, _) => Ok(store?),
    }
}
