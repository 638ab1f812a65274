//! The user's editor, run on a draft.
//!
//! It decides what may become of the text: an editor that fails, or leaves the text empty, not
//! UTF-8, or as it was, changes nothing. What a text means is not known here.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::exit::Exit;
use crate::terminal::drafts::Draft;
use crate::terminal::interrupt::{Held, SIGINT};

/// The editor where the user has named none: POSIX has it everywhere.
pub(crate) const USUAL: &str = "vi";

/// What came of a session in the editor.
#[derive(Debug)]
pub(crate) enum Outcome {
    Unchanged(Draft),
    Empty,
    Changed(String, Draft),
}

/// Why there is no new text. What the user wrote is kept in the draft wherever there was any.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    pub(crate) exit: Exit,
    message: String,
    source: Option<io::Error>,
}

impl Error {
    fn new(message: String) -> Self {
        Self {
            exit: Exit::Failed,
            message,
            source: None,
        }
    }

    fn because(source: io::Error, message: String) -> Self {
        Self {
            source: Some(source),
            ..Self::new(message)
        }
    }
}

/// Runs an editor on a draft, and waits for its end.
///
/// `command` is split into words as a shell does, unless it is the path of a file as it stands.
pub(crate) fn edit(command: &str, draft: Draft) -> Result<Outcome, Error> {
    let unusable = format!("cannot read or keep the draft {}", draft.path().display());
    let in_draft = |source| Error::because(source, unusable.clone());
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
            Error {
                exit: Exit::Interrupted,
                ..Error::new(format!("interrupted; nothing was written{kept}"))
            }
        } else {
            Error::new(format!(
                "the editor `{command}` failed ({status}); nothing was written{kept}"
            ))
        });
    }
    if !changed {
        return Ok(Outcome::Unchanged(draft));
    }
    match String::from_utf8(left) {
        Ok(text) if text.trim().is_empty() => Ok(Outcome::Empty),
        Ok(text) => Ok(Outcome::Changed(text, draft)),
        Err(_) => {
            let kept = draft.keep().map_err(in_draft)?;
            let text = "the text is not UTF-8; nothing was written; it is kept in";
            Err(Error::new(format!("{text} {}", kept.display())))
        }
    }
}

fn run(command: &str, file: &Path) -> Result<ExitStatus, Error> {
    let not_started = |source| {
        let remedy = "set NOTES_EDITOR to one that is installed";
        Error::because(
            source,
            format!("cannot run the editor `{command}`; {remedy}"),
        )
    };
    let mut words = words(command)?.into_iter();
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
    shell_words::split(command).map_err(|_| {
        Error::new(format!(
            "the editor `{command}` is no command: its quotes do not match; set NOTES_EDITOR"
        ))
    })
}
