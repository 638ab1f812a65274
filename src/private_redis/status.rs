//! Asking the server how it is.

use std::fmt;
use std::time::Duration;

use super::PrivateRedis;
use super::deadline::Deadline;
use super::error::Error;
use super::probe::{self, Conversation, Listener, Reply};

/// How long a server may take to say how it is.
const TIMEOUT: Duration = Duration::from_secs(2);

/// How the private Redis is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It answers commands.
    Running {
        /// Its process.
        pid: u32,
        /// Its version, by the numbering of its kind.
        version: String,
        /// What it is.
        kind: Kind,
        /// For how long it has run, in whole seconds.
        uptime: Duration,
    },
    /// It runs and still reads its files; only a few commands are answered.
    Loading {
        /// Its process.
        pid: u32,
    },
    /// Nothing listens at its socket.
    NotRunning,
}

/// The kinds of server that can be the private Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Redis.
    Redis,
    /// Valkey.
    Valkey,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redis => "Redis",
            Self::Valkey => "Valkey",
        })
    }
}

/// What a server tells about itself.
pub(super) struct About {
    pub(super) pid: u32,
    version: String,
    kind: Kind,
    uptime: Duration,
}

impl About {
    /// Reads the reply to `INFO server`. Valkey gives the version of the Redis that it stands in
    /// for besides its own.
    fn parse(info: &str) -> Option<Self> {
        let field = |name: &str| {
            info.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        };
        let (kind, version) = match field("valkey_version") {
            Some(version) => (Kind::Valkey, version),
            None => (Kind::Redis, field("redis_version")?),
        };
        Some(Self {
            pid: field("process_id")?.parse().ok()?,
            version: version.to_owned(),
            kind,
            uptime: Duration::from_secs(field("uptime_in_seconds")?.parse().ok()?),
        })
    }
}

impl PrivateRedis {
    /// Tells how the server is. Starts nothing and makes nothing; takes 2 s at most.
    pub fn status(&self) -> Result<Status, Error> {
        let deadline = Deadline::after(TIMEOUT);
        let found = self.settled(deadline)?;
        match found {
            Listener::Absent | Listener::Dead => Ok(Status::NotRunning),
            Listener::Silent => Err(self.silent(deadline)),
            Listener::Loading => {
                let About { pid, .. } = self.about(&mut self.converse(deadline)?, deadline)?;
                Ok(Status::Loading { pid })
            }
            Listener::Up => {
                let about = self.about(&mut self.converse(deadline)?, deadline)?;
                Ok(Status::Running {
                    pid: about.pid,
                    version: about.version,
                    kind: about.kind,
                    uptime: about.uptime,
                })
            }
        }
    }

    /// What is at the socket, once it is more than silence: a server that has hung up is a moment
    /// from being gone.
    pub(super) fn settled(&self, deadline: Deadline) -> Result<Listener, Error> {
        loop {
            let found = probe::listener(&self.socket, deadline)?;
            if found != Listener::Silent || deadline.is_over() {
                return Ok(found);
            }
            deadline.pause();
        }
    }

    /// Connects to the server.
    pub(super) fn converse(&self, deadline: Deadline) -> Result<Conversation, Error> {
        Conversation::open(&self.socket, deadline).map_err(|source| Error::Connect {
            socket: self.socket.clone(),
            source,
        })
    }

    /// Asks the server about itself.
    pub(super) fn about(
        &self,
        conversation: &mut Conversation,
        deadline: Deadline,
    ) -> Result<About, Error> {
        match conversation.ask("INFO server") {
            Ok(Reply::Text(info)) => {
                About::parse(&info).ok_or_else(|| self.refused("an unknown reply to INFO"))
            }
            Ok(Reply::Error(reply)) => Err(self.refused(&reply)),
            Err(_) => Err(self.silent(deadline)),
        }
    }

    /// The error for an answer that is none of those expected.
    pub(super) fn refused(&self, reply: &str) -> Error {
        Error::Refused {
            socket: self.socket.clone(),
            log: self.log.path().to_owned(),
            reply: reply.escape_debug().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valkey_is_told_from_redis() {
        let redis = "# Server\r\nredis_version:7.0.15\r\nprocess_id:12\r\nuptime_in_seconds:3\r\n";
        let about = About::parse(redis).unwrap();
        assert_eq!(
            (about.kind, about.version.as_str()),
            (Kind::Redis, "7.0.15")
        );
        assert_eq!((about.pid, about.uptime), (12, Duration::from_secs(3)));
        let valkey = format!("{redis}server_name:valkey\r\nvalkey_version:8.1.1\r\n");
        let about = About::parse(&valkey).unwrap();
        assert_eq!(
            (about.kind, about.version.as_str()),
            (Kind::Valkey, "8.1.1")
        );
        assert!(About::parse("# Server\r\nredis_version:7.0.15\r\n").is_none());
    }
}
