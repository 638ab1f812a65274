//! A person at a terminal, and the programs that show and edit text there: editor, pager, picker,
//! questions, progress, signals.

mod draft_dir;
pub(crate) mod drafts;
pub(crate) mod editor;
pub(crate) mod pager;
pub(crate) mod picker;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod signals;
pub(crate) mod stdout;
pub(crate) mod tty;

use crate::exit::Exit;

/// An editor or a picker gave no result.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    message: String,
    /// The exit code of the run.
    pub(crate) exit: Exit,
}

impl Error {
    fn failed(message: impl Into<String>) -> Self {
        let (message, exit) = (message.into(), Exit::Failed);
        Self { message, exit }
    }

    /// For a program that the user ended.
    fn interrupted(message: impl Into<String>) -> Self {
        let (message, exit) = (message.into(), Exit::Interrupted);
        Self { message, exit }
    }
}
