//! The user's editor, run on a draft.
//!
//! An editor that fails, or leaves a text that is not UTF-8, changes nothing. What a text means is not
//! known here.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::exit::Exit;
use crate::terminal::drafts::Draft;
use crate::terminal::interrupt::{Held, SIGINT};

/// The editor where the user has named none: POSIX has it everywhere.
pub(crate) const USUAL: &str = "vi";

/// Why there is no new text. What the user wrote is kept in the draft wherever there was any.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    Interrupted(String),
    #[error("{message}")]
    Io { message: String, source: io::Error },
}

impl Error {
    /// What a run ends with for it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Interrupted(_) => Exit::Interrupted,
            Self::Failed(_) | Self::Io { .. } => Exit::Failed,
        }
    }
}

/// Runs an editor on a draft, waits for its end, and returns the new text unless nothing was changed.
///
/// `command` is split into words as a shell does, unless it is the path of a file as it stands.
pub(crate) fn edit(command: &str, draft: Draft) -> Result<(Option<String>, Draft), Error> {
    let path = draft.path().to_owned();
    let in_draft = |source| {
        let message = format!("cannot read or keep the draft {}", path.display());
        Error::Io { message, source }
    };
    let before = draft.read().map_err(in_draft)?;
    let status = run(command, draft.path())?;
    let left = draft.read().map_err(in_draft)?;
    let changed = left != before;
    if !status.success() {
        let mut kept = String::new();
        if changed {
            let path = draft.keep().map_err(in_draft)?;
            kept = format!("; your text is kept in {}", path.display());
        }
        return Err(if status.signal() == Some(SIGINT) {
            Error::Interrupted(format!("interrupted; nothing was written{kept}"))
        } else {
            Error::Failed(format!(
                "the editor `{command}` failed ({status}); nothing was written{kept}"
            ))
        });
    }
    if !changed {
        return Ok((None, draft));
    }
    if let Ok(text) = String::from_utf8(left) {
        return Ok((Some(text), draft));
    }
    let kept = draft.keep().map_err(in_draft)?;
    let text = "the text is not UTF-8; nothing was written; it is kept in";
    Err(Error::Failed(format!("{text} {}", kept.display())))
}

fn run(command: &str, file: &Path) -> Result<ExitStatus, Error> {
    let not_started = |source| {
        let remedy = "set NOTES_EDITOR to one that is installed";
        let message = format!("cannot run the editor `{command}`; {remedy}");
        Error::Io { message, source }
    };
    let mut words = words(command)
        .ok_or_else(|| {
            Error::Failed(format!(
                "the editor `{command}` is no command: its quotes do not match; set NOTES_EDITOR"
            ))
        })?
        .into_iter();
    let program = words
        .next()
        .ok_or_else(|| not_started(io::ErrorKind::NotFound.into()))?;
    // Ctrl-C is the editor's while it runs.
    let _held = Held::new().map_err(not_started)?;
    Command::new(program)
        .args(words)
        .arg(file)
        .status()
        .map_err(not_started)
}

/// A command and its arguments, split as a shell does it, unless it is the path of a file as it
/// stands; nothing if its quotes do not match.
pub(super) fn words(command: &str) -> Option<Vec<String>> {
    if command.contains('/') && Path::new(command).is_file() {
        return Some(vec![command.to_owned()]);
    }
    shell_words::split(command).ok()
}
