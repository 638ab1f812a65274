//! Opens the store that the settings choose, and starts the private Redis if that is the choice. It adds to
//! [`Settings`] what needs a server.

use std::time::Duration;

use crate::config::{self, Settings};
use crate::exit::Exit;
use crate::private_redis::{self, PrivateRedis};
use crate::redis_client::{self, Address, Advice};
use crate::store::{self, Store};

/// The longest wait for the private Redis to start or to stop: long enough to read, or to write, a
/// large file of notes.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

const ADVICE: Advice = Advice {
    timeout: "; a longer --timeout waits longer",
    ca: "; name the certificate of its CA by --tls-ca",
    certificate: "; name one by --tls-cert and --tls-key",
};

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A setting, or a URL, makes no sense.
    #[error(transparent)]
    Settings(#[from] config::Error),
    #[error(transparent)]
    Private(#[from] private_redis::Error),
    #[error(
        "your private Redis is not running; a command that needs it starts it, and so does `notes redis start`"
    )]
    NotRunning,
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// Returns the exit code of a run that fails with it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Store(error) => error.exit(),
            Self::Private(_) | Self::NotRunning => Exit::OutOfReach,
            Self::Settings(_) => Exit::Usage,
        }
    }
}

/// `Some(f)`: starts the private Redis if it is not running, then calls `f`. `None`: never starts it.
pub(crate) type Starting<'a> = Option<&'a dyn Fn(&PrivateRedis)>;

impl Settings {
    /// Opens the store that is chosen.
    pub(crate) fn open_store(&self, starting: Starting<'_>) -> Result<Store, Error> {
        use redis_client::Error::{Busy, Lost, Unreachable};
        use store::Error::Redis;
        let address = self.address()?;
        let open = || Store::open(&address, self.timeout());
        if self.server.is_some() {
            let mut store = open()?;
            store.wait_for_replicas(self.wait_replicas);
            return Ok(store);
        }
        let redis = self.private_redis()?;
        match (open(), starting) {
            // `ensure_running` reports other causes.
            (Err(Redis(Busy(_) | Lost { .. } | Unreachable { .. })), Some(started)) => {
                if redis.ensure_running(TIMEOUT)?.is_some() {
                    started(&redis);
                }
                Ok(open()?)
            }
            (Err(Redis(Lost { .. } | Unreachable { .. })), None) if redis.status()?.is_none() => {
                Err(Error::NotRunning)
            }
            (store, _) => Ok(store?),
        }
    }

    /// Returns the address of the Redis that is chosen, without asking the server.
    pub(crate) fn address(&self) -> Result<Address, Error> {
        let mut address = match &self.server {
            Some(address) => address.clone(),
            None => self.private_redis()?.address(),
        };
        address.advice = ADVICE;
        Ok(address)
    }

    pub(crate) fn private_redis(&self) -> Result<PrivateRedis, Error> {
        Ok(PrivateRedis::new(self.data_dir()?, &self.search_path)?)
    }

    /// Returns the last lines of the private Redis's log about its end; `None` if another server is in use.
    pub(crate) fn last_words(&self) -> Option<String> {
        match self.server {
            Some(_) => None,
            None => match self.private_redis().ok()?.last_words() {
                Ok(words) => words,
                Err(full) => Some(full.to_string()),
            },
        }
    }
}
