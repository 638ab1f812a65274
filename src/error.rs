//! Errors as the user sees them: one line on standard error, and the exit code of their kind.
//!
//! The one place that knows which error of which layer ends a run with which code.

use std::io::{self, Write as _};

use crate::config::open;
use crate::exit::Exit;
use crate::notebook::UndoError;
use crate::output::{Json, OutputOptions};
use crate::output::{SelectionError, json};
use crate::terminal::editor;
use crate::{config, private_redis, store};

/// The command line, or the text given, cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(String);

impl Usage {
    /// Says what is wrong and what to do.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// An error, and what is known of its reason from elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("{error:#}: {reason}")]
struct Explained {
    error: anyhow::Error,
    reason: String,
}

/// The error with a reason at its end.
#[must_use]
pub fn explained(error: anyhow::Error, reason: &str) -> anyhow::Error {
    let reason = reason.to_owned();
    Explained { error, reason }.into()
}

/// Whether the connection ended while an answer was waited for.
#[must_use]
pub fn is_lost(error: &anyhow::Error) -> bool {
    of_the_store(error).is_some_and(|error| matches!(error, store::Error::Lost { .. }))
}

/// Whether a change was asked for and it is not known if it was made.
#[must_use]
pub fn is_in_doubt(error: &anyhow::Error) -> bool {
    of_the_store(error).is_some_and(store::Error::in_doubt)
}

fn of_the_store(error: &anyhow::Error) -> Option<&store::Error> {
    error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(open::Error::Store(error)) => Some(error),
        _ => cause.downcast_ref(),
    })
}

/// What a run ends with for an error.
#[must_use]
pub fn exit_of(error: &anyhow::Error) -> Exit {
    error.chain().find_map(kind).unwrap_or(Exit::Failed)
}

fn kind(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if let Some(Explained { error, .. }) = cause.downcast_ref() {
        return Some(exit_of(error));
    }
    if let Some(error) = cause.downcast_ref::<open::Error>() {
        return Some(match error {
            open::Error::Settings(_) | open::Error::Url { .. } => Exit::Usage,
            open::Error::Private(_) | open::Error::NotRunning => Exit::OutOfReach,
            open::Error::Store(error) => error.exit(),
        });
    }
    if let Some(error) = cause.downcast_ref::<store::Error>() {
        return Some(error.exit());
    }
    if let Some(error) = cause.downcast_ref::<UndoError>() {
        return Some(match error {
            UndoError::Nothing { .. }
            | UndoError::NoSuchStep { .. }
            | UndoError::Elsewhere { .. } => Exit::NoSuchNote,
            UndoError::Overtaken { .. } => Exit::Conflict,
            UndoError::Journal(_) => Exit::Failed,
            UndoError::Store(error) => error.exit(),
        });
    }
    if cause.is::<private_redis::Error>() {
        return Some(Exit::OutOfReach);
    }
    if cause.is::<Usage>() || cause.is::<config::Error>() || cause.is::<SelectionError>() {
        return Some(Exit::Usage);
    }
    match cause.downcast_ref::<editor::Error>() {
        Some(editor::Error::Interrupted { .. }) => Some(Exit::Interrupted),
        _ => None,
    }
}

/// Whether the reader of standard output has gone away, as `head` does: that is no error.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Writes an error to standard error: a line, or an object where output is JSON.
pub fn report(error: &anyhow::Error, options: &OutputOptions) {
    let message = format!("{error:#}");
    let stream = &options.stderr;
    // Nothing is left to tell the user when standard error is gone.
    let _ = match options.json {
        Json::Off => writeln!(io::stderr(), "notes: {}", stream.one_line(&message)),
        Json::On(_) => json::write_error(
            &mut io::stderr(),
            exit_of(error).word(),
            &message,
            subject(error),
            stream,
        ),
    };
}

/// The note that an error is about.
fn subject(error: &anyhow::Error) -> Option<&str> {
    error.chain().find_map(|cause| {
        if let Some(UndoError::Overtaken { notes, .. }) = cause.downcast_ref() {
            return notes.first().map(|(id, _)| id.as_str());
        }
        cause.downcast_ref::<store::Error>()?.note()
    })
}
