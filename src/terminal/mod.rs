//! A person at a terminal, and the programs that work for one: editor, pager, picker, questions,
//! progress, signals.

pub(crate) mod drafts;
pub(crate) mod editor;
pub(crate) mod interrupt;
pub(crate) mod interrupt_notice;
mod own_dir;
pub(crate) mod pager;
pub(crate) mod picker;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod signals;
pub(crate) mod tty;

use crate::exit::Exit;

/// Why a program of the user's, or a picker, gave nothing.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    message: String,
    /// What a run ends with for it.
    pub(crate) exit: Exit,
}

impl Error {
    fn failed(message: impl Into<String>) -> Self {
        let (message, exit) = (message.into(), Exit::Failed);
        Self { message, exit }
    }

    /// The user ended it.
    fn interrupted(message: impl Into<String>) -> Self {
        let (message, exit) = (message.into(), Exit::Interrupted);
        Self { message, exit }
    }
}
