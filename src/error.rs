//! Errors as the user sees them: one line on standard error, and an exit code.

use std::io::{self, Write as _};

use crate::exit::Exit;
use crate::note::Unfit;
use crate::output::{Json, OutputOptions, SelectionError, candidates, json, sanitize};
use crate::store::UndoError;
use crate::{config, connect, find, private_redis, redis_client, store, terminal, timestamp};

/// An error of a command, with its exit code.
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

    /// Another error, with a reason appended.
    pub(crate) fn explained(error: &anyhow::Error, reason: &str) -> Self {
        Self {
            exit: exit_of(error),
            note: note_of(error).map(str::to_owned),
            message: format!("{error:#}: {reason}"),
        }
    }
}

/// Returns true if the connection closed before the reply.
pub(crate) fn is_lost(error: &anyhow::Error) -> bool {
    use redis_client::Error::Lost;
    matches!(store_error(error), Some(store::Error::Redis(Lost { .. })))
}

/// Returns `perhaps `, to go before "not stored", if the change may have been made.
pub(crate) fn perhaps(error: &anyhow::Error) -> &'static str {
    match store_error(error) {
        Some(error) if error.in_doubt() => "perhaps ",
        _ => "",
    }
}

fn store_error(error: &anyhow::Error) -> Option<&store::Error> {
    error.chain().find_map(|cause| {
        if let Some(connect::Error::Store(error)) = cause.downcast_ref() {
            return Some(error);
        }
        if let Some(UndoError::Store(error)) = cause.downcast_ref() {
            return Some(error);
        }
        cause.downcast_ref()
    })
}

/// The exit code for an error, and the note that it is about.
type Verdict<'a> = (Exit, Option<&'a str>);

/// The typed errors, each with its verdict. A new type of error gets a line here; without one it is a
/// plain failure.
#[rustfmt::skip]
const VERDICTS: [for<'a> fn(&'a Cause) -> Option<Verdict<'a>>; 10] = [
    |cause| cause.downcast_ref().map(|error: &Error| (error.exit, error.note.as_deref())),
    |cause| cause.downcast_ref().map(|error: &store::Error| (error.exit(), error.note_id())),
    |cause| cause.downcast_ref().map(|error: &find::Error| (error.exit(), Some(error.asked_for()))),
    |cause| cause.downcast_ref().map(|error: &Unfit| (error.exit(), Some(error.id.as_str()))),
    |cause| cause.downcast_ref().map(|error: &UndoError| (error.exit(), error.note_id())),
    |cause| cause.downcast_ref().map(|error: &connect::Error| (error.exit(), None)),
    |cause| cause.downcast_ref().map(|error: &terminal::Error| (error.exit, None)),
    |cause| cause.downcast_ref().map(|_: &private_redis::Error| (Exit::OutOfReach, None)),
    |cause| cause.downcast_ref().map(|_: &config::Error| (Exit::Usage, None)),
    |cause| cause.downcast_ref().map(|_: &SelectionError| (Exit::Usage, None)),
];

type Cause = dyn std::error::Error + 'static;

/// Returns the verdicts on an error and its causes, outermost first.
fn verdicts(error: &anyhow::Error) -> impl Iterator<Item = Verdict<'_>> {
    error
        .chain()
        .filter_map(|cause| VERDICTS.iter().find_map(|judge| judge(cause)))
}

/// Returns the exit code for an error.
pub(crate) fn exit_of(error: &anyhow::Error) -> Exit {
    verdicts(error)
        .next()
        .map_or(Exit::Failed, |(exit, _)| exit)
}

fn note_of(error: &anyhow::Error) -> Option<&str> {
    verdicts(error).find_map(|(_, note)| note)
}

/// Writes an error to standard error: one line, whatever it quotes, with a line for each note that may
/// have been meant, or an object where output is JSON.
pub(crate) fn report(error: &anyhow::Error, options: &OutputOptions) {
    let message = format!("{error:#}");
    let stream = &options.stderr;
    if options.json == Json::Off
        && let Some((reason, notes)) = error
            .chain()
            .find_map(|cause| cause.downcast_ref())
            .map(find::Error::candidates)
        && !notes.is_empty()
    {
        let mut text = format!("notes: {}:\n", sanitize::one_line(reason)).into_bytes();
        let written = candidates::write(&mut text, notes, find::LISTED, timestamp::now(), stream);
        written.expect("writing to memory cannot fail");
        let _ = io::stderr().write_all(&text);
        return;
    }
    // A failure to write to standard error cannot be reported.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_is_found_whichever_command_lost_it() {
        let lost = || {
            store::Error::from(redis_client::Error::Lost {
                server: "here".into(),
                in_doubt: true,
            })
        };
        for error in [
            lost().into(),
            anyhow::Error::from(lost()).context("3 of 5 notes"),
            connect::Error::Store(lost()).into(),
            UndoError::Store(lost()).into(),
        ] {
            assert!(is_lost(&error), "{error:?}");
            assert_eq!(perhaps(&error), "perhaps ", "{error:?}");
        }
    }
}
