//! The user's editor, run on a draft.
//!
//! It decides what may become of the text: an editor that fails, or leaves the text empty, not
//! UTF-8, or as it was, changes nothing. What a text means is not known here.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::terminal::drafts::Draft;
use crate::terminal::interrupt::{Held, SIGINT};

/// The editor where the user has named none: POSIX has it everywhere.
pub const USUAL: &str = "vi";

/// What came of a session in the editor.
#[derive(Debug)]
pub enum Outcome {
    /// The text is as it was.
    Unchanged(Draft),
    /// Nothing but white space is left.
    Empty,
    /// There is a new text, which is also still in the draft.
    Changed(String, Draft),
}

/// Why there is no new text. What the user wrote is kept in the draft wherever there was any.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The draft could not be read or kept.
    #[error("cannot read or keep the draft {}", path.display())]
    Draft {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The setting is no command.
    #[error("the editor `{command}` is no command: its quotes do not match; set NOTES_EDITOR")]
    Unreadable {
        /// The setting.
        command: String,
    },
    /// The editor could not be started.
    #[error("cannot run the editor `{command}`; set NOTES_EDITOR to one that is installed")]
    NotStarted {
        /// The setting.
        command: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The editor said that it failed.
    #[error("the editor `{command}` failed ({status}); nothing was written{}", kept_in(kept.as_ref()))]
    Failed {
        /// The setting.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// Where the text is, if it was changed.
        kept: Option<PathBuf>,
    },
    /// The editor was interrupted.
    #[error("interrupted; nothing was written{}", kept_in(kept.as_ref()))]
    Interrupted {
        /// Where the text is, if it was changed.
        kept: Option<PathBuf>,
    },
    /// The text is not UTF-8.
    #[error("the text is not UTF-8; nothing was written; it is kept in {}", kept.display())]
    NotText {
        /// Where the text is.
        kept: PathBuf,
    },
}

fn kept_in(kept: Option<&PathBuf>) -> String {
    kept.map(|path| format!("; your text is kept in {}", path.display()))
        .unwrap_or_default()
}

/// Runs an editor on a draft, and waits for its end.
///
/// `command` is split into words as a shell does, unless it is the path of a file as it stands.
pub fn edit(command: &str, draft: Draft) -> Result<Outcome, Error> {
    let path = draft.path().to_owned();
    let in_draft = |source| Error::Draft {
        path: path.clone(),
        source,
    };
    let before = draft.read().map_err(in_draft)?;
    let status = run(command, draft.path())?;
    let left = draft.read().map_err(in_draft)?;
    let changed = left != before;
    if !status.success() {
        let kept = if changed {
            Some(draft.keep().map_err(in_draft)?)
        } else {
            None
        };
        return Err(if status.signal() == Some(SIGINT) {
            Error::Interrupted { kept }
        } else {
            Error::Failed {
                command: command.to_owned(),
                status,
                kept,
            }
        });
    }
    if !changed {
        return Ok(Outcome::Unchanged(draft));
    }
    match String::from_utf8(left) {
        Ok(text) if text.trim().is_empty() => Ok(Outcome::Empty),
        Ok(text) => Ok(Outcome::Changed(text, draft)),
        Err(_) => Err(Error::NotText {
            kept: draft.keep().map_err(in_draft)?,
        }),
    }
}

fn run(command: &str, file: &Path) -> Result<ExitStatus, Error> {
    let mut words = words(command)?.into_iter();
    let not_started = |source| Error::NotStarted {
        command: command.to_owned(),
        source,
    };
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

fn words(command: &str) -> Result<Vec<String>, Error> {
    if command.contains('/') && Path::new(command).is_file() {
        return Ok(vec![command.to_owned()]);
    }
    shell_words::split(command).map_err(|_| Error::Unreadable {
        command: command.to_owned(),
    })
}
