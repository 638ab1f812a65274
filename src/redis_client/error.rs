//! The errors between `notes` and Redis, one variant for each kind that a caller treats differently.
//!
//! Decided on error codes, never on the wording of a message: the codes are part of the Redis
//! protocol (<https://redis.io/docs/latest/develop/reference/protocol-spec/>), the wording is not.

use std::io;
use std::time::Duration;

use redis::ServerError;

use crate::exit::Exit;

/// A failure of a connection, or an error reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{message}")]
    Unreachable {
        message: String,
        #[source]
        source: io::Error,
    },
    #[error(
        "Redis at {server} gave no answer within {} s{advice}{}",
        timeout.as_secs_f64(), doubt(*in_doubt)
    )]
    TooSlow {
        server: String,
        timeout: Duration,
        /// See [`Advice`].
        advice: &'static str,
        /// True if a change was sent and may have been made.
        in_doubt: bool,
    },
    #[error("Redis at {server} closed the connection{}", doubt(*in_doubt))]
    Lost { server: String, in_doubt: bool },
    /// The server is loading its data, busy with a script, cut off or full of clients.
    #[error("{0}")]
    Busy(String),
    /// A change is made, but may be lost if the primary fails.
    #[error(
        "changed on the primary, Redis at {server}, but {confirmed} of the {wanted} replicas in \
         NOTES_WAIT_REPLICAS confirmed it in time; `notes health` tells how far they are"
    )]
    NotConfirmed {
        server: String,
        confirmed: u32,
        wanted: u32,
    },
    /// Sentinel answers, or should, and names no primary.
    #[error("{0}")]
    NoPrimary(String),
    /// Redis wants other credentials, or forbids the command to this user.
    #[error("refused by Redis at {server}: {reason}")]
    Refused { server: String, reason: String },
    /// The server takes no changes: it is a replica, out of memory, or cannot save.
    #[error("{0}")]
    NoChanges(String),
    /// A command was sent about a key that holds a value of another type.
    #[error("Redis answered with an error: {0}")]
    WrongType(String),
    /// Any other error of Redis.
    #[error("Redis answered with an error: {0}")]
    Server(String),
    /// Another kind of server, an answer that Redis does not give, or one that `notes` cannot speak to.
    #[error("{message}{}", doubt(*in_doubt))]
    NotRedis { message: String, in_doubt: bool },
}

/// The ends of messages that name settings of the program, such as an option of its command line. This
/// module does not know them; without one the message ends earlier.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "two are about TLS"))]
pub(crate) struct Advice {
    /// How to wait longer.
    pub(crate) timeout: &'static str,
    /// How to trust the certificate of the server.
    pub(crate) ca: &'static str,
    /// How to show a certificate of one's own.
    pub(crate) certificate: &'static str,
}

fn doubt(in_doubt: bool) -> &'static str {
    if in_doubt {
        "; the change may or may not have been made"
    } else {
        ""
    }
}

impl Error {
    /// Returns the exit code of a run that fails with this.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. }
            | Self::TooSlow { .. }
            | Self::Lost { .. }
            | Self::NotRedis { .. }
            | Self::NoPrimary(_)
            | Self::NotConfirmed { .. }
            | Self::Busy(_) => Exit::OutOfReach,
            Self::Refused { .. } => Exit::Refused,
            Self::NoChanges(_) | Self::WrongType(_) | Self::Server(_) => Exit::Failed,
        }
    }

    /// Returns true if a change was sent and may have been made, in part or as a whole. After every
    /// other error nothing was changed: Redis refuses a transaction or script before it begins.
    pub(crate) fn in_doubt(&self) -> bool {
        match self {
            Self::TooSlow { in_doubt, .. }
            | Self::Lost { in_doubt, .. }
            | Self::NotRedis { in_doubt, .. } => *in_doubt,
            // Returned only once a change is made.
            Self::NotConfirmed { .. } => true,
            _ => false,
        }
    }

    /// Returns true if a retry may succeed, as during a failover.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TooSlow { .. } | Self::Lost { .. } | Self::Busy(_)
        )
    }

    pub(super) fn refused(server: &str, reason: impl Into<String>) -> Self {
        Self::Refused {
            server: server.to_owned(),
            reason: reason.into(),
        }
    }

    /// `is_told` is true if sentinels or a cluster gave the address, and will give another.
    pub(super) fn replica(server: &str, primary: &str, is_told: bool) -> Self {
        let remedy = if is_told {
            "try again"
        } else {
            "name that server, by REDIS_URL or by REDIS_HOST and REDIS_PORT"
        };
        Self::NoChanges(format!(
            "Redis at {server} takes no changes: it is a replica of {primary}; {remedy}"
        ))
    }

    /// Returns the error for a reply that the command does not have. `may_change` is true if the
    /// command may change something.
    pub(crate) fn unexpected(command: &str, may_change: bool) -> Self {
        Self::NotRedis {
            message: format!("Redis gave an answer to {command} that makes no sense"),
            in_doubt: may_change,
        }
    }

    /// Returns the error for an error reply.
    pub(super) fn from_reply(reply: &ServerError, server: &str) -> Self {
        let said = reply.details().unwrap_or_default();
        match reply.code() {
            "NOAUTH" => Self::refused(
                server,
                "it wants a password; put it into the URL, or set REDIS_PASSWORD where the server is named",
            ),
            "WRONGPASS" => Self::refused(server, "wrong user or password"),
            "NOPERM" => Self::refused(
                server,
                format!("its ACL forbids this user the command: {said}; ACL SETUSER allows it"),
            ),
            "DENIED" => Self::refused(server, said),
            "READONLY" => Self::NoChanges(
                "Redis takes no changes: it is read-only (a replica?); use its primary".into(),
            ),
            "OOM" => Self::NoChanges(
                "Redis is out of memory and takes no changes; free some or raise its maxmemory"
                    .into(),
            ),
            "MISCONF" => Self::NoChanges(format!(
                "Redis takes no changes because it cannot save them to its disk: {said}"
            )),
            "NOREPLICAS" => Self::NoChanges(
                "Redis takes no changes while too few replicas are connected; start them, or lower \
                 min-replicas-to-write"
                    .into(),
            ),
            "MOVED" | "ASK" | "CROSSSLOT" => Self::refused(
                server,
                "it is a node of a cluster and does not tell this user so; allow the user HELLO and \
                 CLUSTER",
            ),
            "LOADING" => Self::loading(),
            "BUSY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" => Self::busy(said),
            "WRONGTYPE" => Self::WrongType(format!("WRONGTYPE {}", without_arguments(said))),
            // These two have no code of their own.
            "ERR" if said == "max number of clients reached" => Self::busy(said),
            code => match unknown_command(reply) {
                Some(command) => Self::refused(
                    server,
                    format!(
                        "it does not know the command {command}, which `notes` needs; if \
                         rename-command in its configuration takes it away, remove that line"
                    ),
                ),
                None => Self::Server(format!("{code} {}", without_arguments(said))),
            },
        }
    }

    pub(crate) fn loading() -> Self {
        Self::Busy("Redis is still loading its data; try again in a moment".into())
    }

    fn busy(said: &str) -> Self {
        Self::Busy(format!("Redis is busy and gives no answer now: {said}"))
    }
}

/// Returns the command that the server does not know, if its error reply says so.
pub(super) fn unknown_command(reply: &ServerError) -> Option<&str> {
    let rest = reply.details()?.strip_prefix("unknown command ")?;
    let rest = rest.trim_start_matches(['\'', '`', '"']);
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next()
}

/// Returns the text of an error reply without the arguments that it quotes, such as a password.
fn without_arguments(said: &str) -> &str {
    let line = said.lines().next().unwrap_or_default();
    line.split(", with args").next().unwrap_or_default()
}
