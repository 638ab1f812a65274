//! The user's editor, run on a draft.
//!
//! An editor that fails, or leaves a text that is not UTF-8, changes nothing. What a text means is not
//! known here.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::input;
use crate::terminal::Error;
use crate::terminal::drafts::Draft;
use crate::terminal::interrupt::{Held, SIGINT};

/// The editor where the user has named none: POSIX has it everywhere.
pub(crate) const USUAL: &str = "vi";

/// Runs an editor on a draft, waits for its end, and returns the new text unless nothing was changed.
/// When it fails, what the user wrote is kept in the draft wherever there was any.
///
/// `command` is split into words as a shell does, unless it is the path of a file as it stands.
pub(crate) fn edit(command: &str, draft: Draft) -> Result<(Option<String>, Draft), Error> {
    let path = draft.path().to_owned();
    let in_draft = |error: io::Error| {
        let path = path.display();
        Error::failed(format!("cannot read or keep the draft {path}: {error}"))
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
            Error::interrupted(format!("interrupted; nothing was written{kept}"))
        } else {
            Error::failed(format!(
                "the editor `{command}` failed ({status}); nothing was written{kept}"
            ))
        });
    }
    if !changed {
        return Ok((None, draft));
    }
    // NUL bytes of another writer may stay.
    let read = if before.contains(&0) {
        input::decode(left)
    } else {
        input::read(&*left)
    };
    match read {
        Ok(text) => Ok((Some(text), draft)),
        Err(error) => {
            let path = draft.keep().map_err(in_draft)?;
            let kept = path.display();
            let text = format!("the text {error}; nothing was written; it is kept in {kept}");
            Err(Error::failed(text))
        }
    }
}

fn run(command: &str, file: &Path) -> Result<ExitStatus, Error> {
    let not_started = |error: io::Error| {
        let remedy = "set NOTES_EDITOR to one that is installed";
        Error::failed(format!(
            "cannot run the editor `{command}`; {remedy}: {error}"
        ))
    };
    let mut editor = program(command).map_err(not_started)?;
    // Ctrl-C is the editor's while it runs.
    let _held = Held::new().map_err(not_started)?;
    editor.arg(file).status().map_err(not_started)
}

/// A program of the user's and its arguments, split as a shell does it, unless it is the path of a
/// file as it stands.
pub(super) fn program(command: &str) -> io::Result<Command> {
    if command.contains('/') && Path::new(command).is_file() {
        return Ok(Command::new(command));
    }
    let words =
        shell_words::split(command).map_err(|_| io::Error::other("its quotes do not match"))?;
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}
