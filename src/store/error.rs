//! What can go wrong between `notes` and Redis, told apart by what the user can do about it.
//!
//! Decided on error codes, never on the wording of a message: the codes are part of the Redis
//! protocol (<https://redis.io/docs/latest/develop/reference/protocol-spec/>), the wording is not.

use std::time::Duration;
use std::{fmt, io};

use redis::ServerError;

use super::address::Address;
use super::keys::Slot;
use crate::exit::Exit;

/// Whether a command can have taken effect although no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Redis was never asked to change anything.
    None,
    /// A change was sent; whether Redis made it is not known.
    Unknown,
}

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be made.
    #[error("no Redis answers at {place}; start it, or name another")]
    Unreachable {
        /// The server.
        place: Place,
        /// Why the connection failed.
        #[source]
        source: io::Error,
    },
    /// The server was reached, but no TLS connection could be made.
    #[error(
        "no TLS connection to {place}; it must speak TLS and have a certificate that this system trusts"
    )]
    Untrusted {
        /// The server.
        place: Place,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// No answer came before the deadline.
    #[error(
        "Redis at {place} gave no answer within {} s; a longer --timeout waits longer{}",
        timeout.as_secs_f64(), doubt(*effect)
    )]
    TooSlow {
        /// The server.
        place: Place,
        /// The deadline that passed.
        timeout: Duration,
        /// Whether a change may have been made all the same.
        effect: Effect,
    },
    /// The connection ended before the answer.
    #[error("Redis at {place} closed the connection{}", doubt(*effect))]
    Lost {
        /// The server.
        place: Place,
        /// Whether a change may have been made all the same.
        effect: Effect,
    },
    /// What answers does not speak the Redis protocol.
    #[error("what answers at {place} is not Redis")]
    NotRedis {
        /// The server.
        place: Place,
    },
    /// Redis wants other credentials, or forbids the command to this user.
    #[error("refused by Redis at {place}: {reason}")]
    Refused {
        /// The server.
        place: Place,
        /// The remedy, and what Redis said.
        reason: String,
    },
    /// The server is a replica, or otherwise takes no writes.
    #[error("Redis takes no changes: it is read-only (a replica?); use its primary")]
    ReadOnly,
    /// The server is at its `maxmemory`.
    #[error("Redis is out of memory and takes no changes; free some or raise its maxmemory")]
    OutOfMemory,
    /// The server refuses writes because it cannot save them to disk.
    #[error("Redis takes no changes because it cannot save them to its disk: {message}")]
    Unsaved {
        /// What Redis said.
        message: String,
    },
    /// The server is reading its data from disk.
    #[error("Redis is still loading its data; try again in a moment")]
    Loading,
    /// The server is busy with a script or cut off from its primary.
    #[error("Redis is busy and gives no answer now: {message}")]
    Busy {
        /// What Redis said.
        message: String,
    },
    /// A key of the layout holds something else.
    #[error("the key {key} holds something other than {expected}; another program wrote it")]
    WrongType {
        /// The key.
        key: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// There is no such note.
    #[error("no note {reference}; `notes list` shows what there is")]
    NoSuchNote {
        /// What was asked for: an id, a prefix or `@`.
        reference: String,
    },
    /// A prefix of fewer characters than a NOTE needs.
    #[error("no note {reference}; the beginning of an id needs at least {least} characters")]
    PrefixTooShort {
        /// What was asked for.
        reference: String,
        /// How many characters are needed.
        least: usize,
    },
    /// There are no notes at all.
    #[error("there is no note yet; `notes add` makes one")]
    NoNotes,
    /// Several ids begin with the prefix.
    #[error("{reference} is the beginning of {count} ids: {}", some_of(candidates, *count))]
    Ambiguous {
        /// What was asked for.
        reference: String,
        /// How many ids begin with it.
        count: usize,
        /// Some of them.
        candidates: Vec<String>,
    },
    /// The note is no longer what was read.
    #[error("note {id} was changed by someone else meanwhile")]
    Conflict {
        /// The note.
        id: String,
    },
    /// The note was there when it was read, and is not any more.
    #[error("note {id} was deleted by someone else meanwhile")]
    Vanished {
        /// The note.
        id: String,
    },
    /// The text of a field is not UTF-8, and writing it back would alter it.
    #[error("the {field} of note {id} is not UTF-8 text and would be altered; nothing was written")]
    NotText {
        /// The note.
        id: String,
        /// The field.
        field: String,
    },
    /// Any other error of Redis.
    #[error("Redis answered with an error: {code} {message}")]
    Server {
        /// The code, the first word of the error.
        code: String,
        /// The rest.
        message: String,
    },
    /// Redis answered with something that the command does not answer.
    #[error("Redis gave an answer to {command} that makes no sense")]
    Answer {
        /// The command.
        command: &'static str,
    },
}

fn doubt(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "",
        Effect::Unknown => "; the change may or may not have been made",
    }
}

fn some_of(candidates: &[String], count: usize) -> String {
    let mut text = candidates.join(", ");
    if count > candidates.len() {
        text.push_str(", …");
    }
    text
}

impl Error {
    /// What a run ends with for it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::TooSlow { .. }
            | Self::Lost { .. }
            | Self::NotRedis { .. }
            | Self::Loading
            | Self::Busy { .. } => Exit::OutOfReach,
            Self::Refused { .. } => Exit::Refused,
            Self::NoSuchNote { .. } | Self::PrefixTooShort { .. } | Self::NoNotes => {
                Exit::NoSuchNote
            }
            Self::Ambiguous { .. } => Exit::Ambiguous,
            Self::Conflict { .. } | Self::Vanished { .. } => Exit::Conflict,
            Self::ReadOnly
            | Self::OutOfMemory
            | Self::Unsaved { .. }
            | Self::WrongType { .. }
            | Self::NotText { .. }
            | Self::Server { .. }
            | Self::Answer { .. } => Exit::Failed,
        }
    }

    /// The note that it is about, as it was asked for.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::NoSuchNote { reference: id }
            | Self::PrefixTooShort { reference: id, .. }
            | Self::Ambiguous { reference: id, .. }
            | Self::Conflict { id }
            | Self::Vanished { id }
            | Self::NotText { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether a change was asked for and it is not known if it was made.
    #[must_use]
    pub fn in_doubt(&self) -> bool {
        matches!(
            self,
            Self::TooSlow {
                effect: Effect::Unknown,
                ..
            } | Self::Lost {
                effect: Effect::Unknown,
                ..
            }
        )
    }

    /// Whether it is certain that no change was made by the one command or transaction that failed
    /// with this.
    #[must_use]
    pub fn changed_nothing(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Refused { .. }
            | Self::ReadOnly
            | Self::OutOfMemory
            | Self::Unsaved { .. }
            | Self::Loading
            | Self::Busy { .. }
            | Self::NoSuchNote { .. }
            | Self::PrefixTooShort { .. }
            | Self::NoNotes
            | Self::Ambiguous { .. }
            | Self::Conflict { .. }
            | Self::Vanished { .. }
            | Self::NotText { .. } => true,
            Self::TooSlow { effect, .. } | Self::Lost { effect, .. } => *effect == Effect::None,
            // A transaction goes on after a command that found the wrong type.
            Self::WrongType { .. }
            | Self::NotRedis { .. }
            | Self::Server { .. }
            | Self::Answer { .. } => false,
        }
    }

    /// The kind of a server's error reply; `slot` is what the command was about.
    pub(super) fn from_reply(reply: &ServerError, place: &Place, slot: Option<Slot<'_>>) -> Self {
        let message = reply.details().unwrap_or_default().to_owned();
        match (reply.code(), slot) {
            ("NOAUTH", _) => {
                place.refused("it wants a password; set REDIS_PASSWORD or put it into the URL")
            }
            ("WRONGPASS", _) => place.refused("wrong user or password"),
            ("NOPERM", _) => {
                place.refused(format!("its ACL forbids this user the command: {message}"))
            }
            ("DENIED", _) => place.refused(message),
            ("READONLY", _) => Self::ReadOnly,
            ("OOM", _) => Self::OutOfMemory,
            ("MISCONF", _) => Self::Unsaved { message },
            ("LOADING", _) => Self::Loading,
            ("BUSY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN", _) => Self::Busy { message },
            ("WRONGTYPE", Some(slot)) => slot.into(),
            // The one error of its kind, and it has no code of its own.
            ("ERR", _) if message == "max number of clients reached" => Self::Busy { message },
            (code, _) => Self::Server {
                code: code.to_owned(),
                message,
            },
        }
    }
}

impl From<Slot<'_>> for Error {
    fn from(slot: Slot<'_>) -> Self {
        Self::WrongType {
            key: slot.key.to_owned(),
            expected: slot.holds,
        }
    }
}

/// The server that an error is about. Displayed: its address, and which setting named it.
#[derive(Clone, Debug)]
pub struct Place {
    address: String,
    origin: String,
}

impl Place {
    pub(super) fn of(address: &Address) -> Self {
        Self {
            address: address.to_string(),
            origin: address.origin.clone(),
        }
    }

    pub(super) fn refused(&self, reason: impl Into<String>) -> Error {
        Error::Refused {
            place: self.clone(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.origin)
    }
}
