//! Errors as the user sees them: one line on standard error, and the exit code of their kind.

use std::error::Error as StdError;
use std::io::{self, Write as _};

use crate::exit::Exit;
use crate::output::{Json, OutputOptions, SelectionError, json, sanitize};
use crate::store::UndoError;
use crate::{config, connect, private_redis, redis_client, store, terminal};

/// An error that says by itself how a run ends.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    exit: Exit,
    /// The note that it is about.
    note: Option<String>,
    message: String,
}

impl Error {
    /// The command line, or the text given, cannot be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            note: None,
            message: message.into(),
        }
    }

    /// The note with that id is not what it has to be.
    pub(crate) fn conflict(note: String, message: String) -> Self {
        Self {
            exit: Exit::Conflict,
            note: Some(note),
            message,
        }
    }

    /// Ctrl-C ended it.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Interrupted,
            note: None,
            message: message.into(),
        }
    }

    /// Another error with a reason at its end.
    pub(crate) fn explained(error: &anyhow::Error, reason: &str) -> Self {
        Self {
            exit: exit_of(error),
            note: note_of(error).map(str::to_owned),
            message: format!("{error:#}: {reason}"),
        }
    }

    fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

/// Whether the connection ended while an answer was waited for.
pub(crate) fn is_lost(error: &anyhow::Error) -> bool {
    use redis_client::Error::Lost;
    matches!(of_the_store(error), Some(store::Error::Redis(Lost { .. })))
}

/// What goes before "not stored": `perhaps `, if the change may have been made after all.
pub(crate) fn perhaps(error: &anyhow::Error) -> &'static str {
    match of_the_store(error) {
        Some(error) if error.in_doubt() => "perhaps ",
        _ => "",
    }
}

fn of_the_store(error: &anyhow::Error) -> Option<&store::Error> {
    error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(connect::Error::Store(error)) => Some(error),
        _ => cause.downcast_ref(),
    })
}

/// What a run ends with for an error.
pub(crate) fn exit_of(error: &anyhow::Error) -> Exit {
    error.chain().find_map(exit).unwrap_or(Exit::Failed)
}

fn exit(cause: &(dyn StdError + 'static)) -> Option<Exit> {
    let own = cause.downcast_ref().map(|error: &Error| error.exit);
    own.or_else(|| cause.downcast_ref().map(store::Error::exit))
        .or_else(|| cause.downcast_ref().map(connect::Error::exit))
        .or_else(|| cause.downcast_ref().map(UndoError::exit))
        .or_else(|| {
            cause
                .downcast_ref()
                .map(|error: &terminal::Error| error.exit)
        })
        .or_else(|| {
            let of_redis = cause.is::<private_redis::Error>();
            of_redis.then_some(Exit::OutOfReach)
        })
        .or_else(|| {
            let of_usage = cause.is::<config::Error>() || cause.is::<SelectionError>();
            of_usage.then_some(Exit::Usage)
        })
}

fn note_of(error: &anyhow::Error) -> Option<&str> {
    error.chain().find_map(|cause| {
        let own = cause.downcast_ref().map(Error::note);
        own.or_else(|| cause.downcast_ref().map(UndoError::note))
            .or_else(|| cause.downcast_ref().map(store::Error::note))?
    })
}

/// Writes an error to standard error: one line, whatever it quotes, or an object where output is JSON.
pub(crate) fn report(error: &anyhow::Error, options: &OutputOptions) {
    let message = format!("{error:#}");
    let stream = &options.stderr;
    // Nothing is left to tell the user when standard error is gone.
    let _ = match options.json {
        Json::Off => writeln!(io::stderr(), "notes: {}", sanitize::one_line(&message)),
        Json::On(_) => json::write_error(
            &mut io::stderr(),
            exit_of(error).word(),
            &message,
            note_of(error),
            stream,
        ),
    };
}
