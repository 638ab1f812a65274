//! The errors of the store: those about notes, and those of the connection.

use super::keys;
use crate::exit::Exit;
use crate::note::text::quoted;
use crate::note::{TemporaryFileError, Unfit};
use crate::redis_client;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Redis(#[from] redis_client::Error),
    #[error("the key {key} holds something other than {expected}; another program wrote it")]
    WrongType { key: String, expected: &'static str },
    /// The note differs from what was read.
    #[error("note {id} was changed by someone else", id = quoted(id))]
    Conflict { id: String },
    /// The note was deleted after it was read.
    #[error("note {id} was deleted by someone else", id = quoted(id))]
    Vanished { id: String },
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    TemporaryFile(#[from] TemporaryFileError),
    /// A cluster refused a part of a change, and the part made before could not be changed back.
    #[error("{0}; a part of the change was made, and could not be changed back")]
    Partial(Box<Self>),
}

impl Error {
    /// Returns the exit code of a run that fails with this.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Redis(error) => error.exit(),
            Self::Partial(error) => error.exit(),
            Self::Unfit(error) => error.exit(),
            Self::Conflict { .. } | Self::Vanished { .. } => Exit::Conflict,
            Self::WrongType { .. } | Self::TemporaryFile(_) => Exit::Failed,
        }
    }

    /// Returns the note that it is about.
    pub(crate) fn note_id(&self) -> Option<&str> {
        match self {
            Self::Conflict { id } | Self::Vanished { id } | Self::Unfit(Unfit { id, .. }) => {
                Some(id)
            }
            Self::Partial(error) => error.note_id(),
            Self::Redis(_) | Self::WrongType { .. } | Self::TemporaryFile(_) => None,
        }
    }

    /// Returns true if a change was sent and may have been made, in part or as a whole. After every
    /// other error nothing was changed: Redis refuses a transaction or script before it begins.
    pub(crate) fn in_doubt(&self) -> bool {
        match self {
            Self::Redis(error) => error.in_doubt(),
            Self::Partial(_) => true,
            _ => false,
        }
    }

    /// The error of a command about the set of ids: adds the key that has the wrong type.
    pub(super) fn about_ids(error: redis_client::Error) -> Self {
        match error {
            redis_client::Error::WrongType(_) => Self::WrongType {
                key: keys::IDS.to_owned(),
                expected: "the set of ids",
            },
            error => error.into(),
        }
    }

    /// The error of a command about a note: adds the key that has the wrong type.
    pub(super) fn about_note(id: &str, error: redis_client::Error) -> Self {
        match error {
            redis_client::Error::WrongType(_) => Self::WrongType {
                key: keys::of_note(id),
                expected: "a note",
            },
            error => error.into(),
        }
    }

    /// The error for a reply that the command does not give; `may_change` is true if it changes
    /// something.
    pub(super) fn unexpected(command: &str, may_change: bool) -> Self {
        redis_client::Error::unexpected(command, may_change).into()
    }
}
