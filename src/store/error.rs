//! What can go wrong between `notes` and Redis, told apart where somebody acts on the difference.
//!
//! Decided on error codes, never on the wording of a message: the codes are part of the Redis
//! protocol (<https://redis.io/docs/latest/develop/reference/protocol-spec/>), the wording is not.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::{RedisError, ServerError};

use super::address::Address;
use super::keys::{self, Slot};
use super::tls;
use crate::exit::Exit;
use crate::input::LARGEST_NOTE;

/// The most characters of the name of a note that a message shows.
const SHOWN: usize = 80;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{message}")]
    Unreachable {
        message: String,
        #[source]
        source: io::Error,
    },
    #[error(
        "Redis at {server} gave no answer within {} s; a longer --timeout waits longer{}",
        timeout.as_secs_f64(), doubt(*in_doubt)
    )]
    TooSlow {
        server: String,
        timeout: Duration,
        /// Whether a change was sent, and may have been made.
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
    #[error("the key {key} holds something other than {expected}; another program wrote it")]
    WrongType { key: String, expected: &'static str },
    #[error("{message}")]
    NoSuchNote { note: String, message: String },
    #[error("{message}")]
    Ambiguous { note: String, message: String },
    /// The note is no longer what was read.
    #[error("note {id} was changed by someone else meanwhile", id = shown(id))]
    Conflict { id: String },
    /// The note was there when it was read, and is not any more.
    #[error("note {id} was deleted by someone else meanwhile", id = shown(id))]
    Vanished { id: String },
    #[error(
        "the {field} of note {id} is not UTF-8 text and would be altered; nothing was written",
        id = shown(id)
    )]
    NotText { id: String, field: String },
    #[error(
        "note {id} would have more than {} MiB, the most that a note holds; nothing was written",
        LARGEST_NOTE >> 20, id = shown(id)
    )]
    TooLarge { id: String },
    /// A cluster refused a part of a change, and what was made before could not be changed back.
    #[error("{0}; a part of the change was made, and could not be changed back")]
    Partial(Box<Self>),
    /// Any other error of Redis.
    #[error("Redis answered with an error: {0}")]
    Server(String),
    /// What answers is not Redis, or not as Redis does.
    #[error("{0}")]
    NotRedis(String),
}

/// The beginning of the name of a note, for a message. A pipe may hold names of any length.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

fn doubt(in_doubt: bool) -> &'static str {
    if in_doubt {
        "; the change may or may not have been made"
    } else {
        ""
    }
}

impl Error {
    /// What a run ends with for it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. }
            | Self::TooSlow { .. }
            | Self::Lost { .. }
            | Self::NotRedis(_)
            | Self::NoPrimary(_)
            | Self::NotConfirmed { .. }
            | Self::Busy(_) => Exit::OutOfReach,
            Self::TooLarge { .. } => Exit::Usage,
            Self::Refused { .. } => Exit::Refused,
            Self::NoSuchNote { .. } => Exit::NoSuchNote,
            Self::Ambiguous { .. } => Exit::Ambiguous,
            Self::Conflict { .. } | Self::Vanished { .. } => Exit::Conflict,
            Self::Partial(error) => error.exit(),
            Self::NoChanges(_)
            | Self::WrongType { .. }
            | Self::NotText { .. }
            | Self::Server(_) => Exit::Failed,
        }
    }

    /// The note that it is about, as it was asked for.
    pub(crate) fn note(&self) -> Option<&str> {
        match self {
            Self::NoSuchNote { note: id, .. }
            | Self::Ambiguous { note: id, .. }
            | Self::Conflict { id }
            | Self::Vanished { id }
            | Self::NotText { id, .. }
            | Self::TooLarge { id } => Some(id),
            Self::Partial(error) => error.note(),
            _ => None,
        }
    }

    /// Whether a change was asked for and it is not known if it was made. Of every other error it is
    /// certain that nothing was changed: Redis refuses a transaction or script before it begins.
    pub(crate) fn in_doubt(&self) -> bool {
        match self {
            Self::TooSlow { in_doubt, .. } | Self::Lost { in_doubt, .. } => *in_doubt,
            // Made, and perhaps lost again.
            Self::NotRedis(_) | Self::NotConfirmed { .. } | Self::Partial(_) => true,
            _ => false,
        }
    }

    /// Whether it may be over in a moment, as when another server takes the place of one that failed.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TooSlow { .. } | Self::Lost { .. } | Self::Busy(_)
        )
    }

    pub(crate) fn no_such_note(note: impl Into<String>) -> Self {
        let note = note.into();
        let name = shown(&note);
        let message = format!("no note {name}; `notes list` shows what there is");
        Self::NoSuchNote { note, message }
    }

    pub(super) fn too_slow(server: &str, timeout: Duration, in_doubt: bool) -> Self {
        Self::TooSlow {
            server: server.to_owned(),
            timeout,
            in_doubt,
        }
    }

    pub(super) fn unreachable(server: &str, address: &Address, error: &RedisError) -> Self {
        let source = io_error(error);
        // A server that was reached, but not by TLS, needs another remedy.
        let was_reached = address.is_tls()
            && !matches!(
                source.kind(),
                io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable
            );
        let message = if let Some(reason) = tls::reason(error, &address.tls) {
            format!("no TLS connection to {server}: {reason}")
        } else if was_reached {
            format!(
                "no TLS connection to {server}; it must speak TLS and have a certificate that this system trusts"
            )
        } else {
            format!("no Redis answers at {server}; start it, or name another")
        };
        Self::Unreachable { message, source }
    }

    pub(super) fn refused(server: &str, reason: impl Into<String>) -> Self {
        Self::Refused {
            server: server.to_owned(),
            reason: reason.into(),
        }
    }

    /// `is_told` is whether sentinels or a cluster told the address, and will tell another.
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

    /// An answer that the command does not give.
    pub(super) fn unexpected(command: &str) -> Self {
        Self::NotRedis(format!(
            "Redis gave an answer to {command} that makes no sense"
        ))
    }

    /// The kind of a server's error reply; `slot` is what the command was about.
    pub(super) fn from_reply(reply: &ServerError, server: &str, slot: Option<Slot<'_>>) -> Self {
        let said = reply.details().unwrap_or_default();
        match (reply.code(), slot) {
            ("NOAUTH", _) => Self::refused(
                server,
                "it wants a password; put it into the URL, or set REDIS_PASSWORD where the server is named",
            ),
            ("WRONGPASS", _) => Self::refused(server, "wrong user or password"),
            ("NOPERM", _) => Self::refused(
                server,
                format!("its ACL forbids this user the command: {said}"),
            ),
            ("DENIED", _) => Self::refused(server, said),
            ("READONLY", _) => Self::NoChanges(
                "Redis takes no changes: it is read-only (a replica?); use its primary".into(),
            ),
            ("OOM", _) => Self::NoChanges(
                "Redis is out of memory and takes no changes; free some or raise its maxmemory"
                    .into(),
            ),
            ("MISCONF", _) => Self::NoChanges(format!(
                "Redis takes no changes because it cannot save them to its disk: {said}"
            )),
            ("NOREPLICAS", _) => Self::NoChanges(
                "Redis takes no changes while too few replicas are connected; start them, or lower \
                 min-replicas-to-write"
                    .into(),
            ),
            ("MOVED" | "ASK" | "CROSSSLOT", _) => Self::refused(
                server,
                "it is a node of a cluster and does not tell this user so; allow the user HELLO and \
                 CLUSTER",
            ),
            ("LOADING", _) => Self::loading(),
            ("BUSY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN", _) => Self::busy(said),
            ("WRONGTYPE", Some(Slot::Ids)) => Self::WrongType {
                key: keys::IDS.to_owned(),
                expected: "the set of ids",
            },
            ("WRONGTYPE", Some(Slot::Note(id))) => Self::WrongType {
                key: keys::note(id),
                expected: "a note",
            },
            // The one error of its kind, and it has no code of its own.
            ("ERR", _) if said == "max number of clients reached" => Self::busy(said),
            (code, _) => Self::Server(format!("{code} {said}")),
        }
    }

    pub(super) fn loading() -> Self {
        Self::Busy("Redis is still loading its data; try again in a moment".into())
    }

    fn busy(said: &str) -> Self {
        Self::Busy(format!("Redis is busy and gives no answer now: {said}"))
    }
}

/// The error of the system within one of the redis crate.
fn io_error(error: &RedisError) -> io::Error {
    let source = StdError::source(error)
        .and_then(|source| source.downcast_ref::<Arc<dyn StdError + Send + Sync>>())
        .and_then(|source| source.downcast_ref::<io::Error>());
    match source.map(|source| (source.raw_os_error(), source.kind())) {
        Some((Some(code), _)) => io::Error::from_raw_os_error(code),
        Some((None, kind)) => io::Error::new(kind, error.to_string()),
        None => io::Error::other(error.to_string()),
    }
}
