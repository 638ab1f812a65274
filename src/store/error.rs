//! What can go wrong between `notes` and Redis, told apart where somebody acts on the difference.
//!
//! Decided on error codes, never on the wording of a message: the codes are part of the Redis
//! protocol (<https://redis.io/docs/latest/develop/reference/protocol-spec/>), the wording is not.

use std::io;
use std::time::Duration;

use redis::ServerError;

use super::keys::{self, Slot};
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
    #[error("note {id} was changed by someone else", id = shown(id))]
    Conflict { id: String },
    /// The note was there when it was read, and is not any more.
    #[error("note {id} was deleted by someone else", id = shown(id))]
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
    /// Another kind of server, an answer that Redis does not give, or one that `notes` cannot speak to.
    #[error("{message}{}", doubt(*in_doubt))]
    NotRedis { message: String, in_doubt: bool },
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
            | Self::NotRedis { .. }
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

    /// Returns true if a change was sent and may have been made, in part or as a whole. After every
    /// other error nothing was changed: Redis refuses a transaction or script before it begins.
    pub(crate) fn in_doubt(&self) -> bool {
        match self {
            Self::TooSlow { in_doubt, .. }
            | Self::Lost { in_doubt, .. }
            | Self::NotRedis { in_doubt, .. } => *in_doubt,
            // Both are returned only once a change is made.
            Self::NotConfirmed { .. } | Self::Partial(_) => true,
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
        let message = format!("no note '{name}'; `notes list` shows what there is");
        Self::NoSuchNote { note, message }
    }

    pub(super) fn too_slow(server: &str, timeout: Duration, in_doubt: bool) -> Self {
        Self::TooSlow {
            server: server.to_owned(),
            timeout,
            in_doubt,
        }
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

    /// The error for a reply that the command does not give; `may_change` is whether it changes
    /// something.
    pub(super) fn unexpected(command: &str, may_change: bool) -> Self {
        Self::NotRedis {
            message: format!("Redis gave an answer to {command} that makes no sense"),
            in_doubt: may_change,
        }
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
                format!("its ACL forbids this user the command: {said}; ACL SETUSER allows it"),
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
            // These two have no code of their own.
            ("ERR", _) if said == "max number of clients reached" => Self::busy(said),
            (code, _) => match unknown_command(reply) {
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

    pub(super) fn loading() -> Self {
        Self::Busy("Redis is still loading its data; try again in a moment".into())
    }

    fn busy(said: &str) -> Self {
        Self::Busy(format!("Redis is busy and gives no answer now: {said}"))
    }
}

/// The command that the server does not know, where its error reply says so.
pub(super) fn unknown_command(reply: &ServerError) -> Option<&str> {
    let rest = reply.details()?.strip_prefix("unknown command ")?;
    let rest = rest.trim_start_matches(['\'', '`', '"']);
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next()
}

/// The text of an error reply without the arguments that it quotes: the text of a note, or a password.
fn without_arguments(said: &str) -> &str {
    let line = said.lines().next().unwrap_or_default();
    line.split(", with args").next().unwrap_or_default()
}
