//! The exit codes: the one table that the program, its manual and its tests read.

use std::process::ExitCode;

/// How a run of `notes` ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for was done.
    Done,
    /// It failed, or a question was answered with No.
    Failed,
    /// The command line, or the text given, cannot be used.
    Usage,
    /// There is no such note, or no such step to undo.
    NoSuchNote,
    /// Redis refused: wrong password, or an ACL forbids it.
    Refused,
    /// The beginning of an id fits several notes.
    Ambiguous,
    /// The note changed meanwhile.
    Conflict,
    /// Redis is out of reach, or too slow.
    OutOfReach,
    /// Interrupted by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// Every way to end, in the order of the codes.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::NoSuchNote,
        Self::Refused,
        Self::Ambiguous,
        Self::Conflict,
        Self::OutOfReach,
        Self::Interrupted,
    ];

    /// The number that the process exits with.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.row().0
    }

    /// The word for it in a JSON error.
    pub(crate) const fn word(self) -> &'static str {
        self.row().1
    }

    /// What it means, for the manual.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (u8, &'static str, &'static str) {
        match self {
            Self::Done => (0, "done", "done"),
            Self::Failed => (1, "failed", "failed, or a question was answered with No"),
            Self::Usage => (
                2,
                "usage",
                "usage: the command line, a setting or the text given cannot be used",
            ),
            Self::NoSuchNote => (3, "not_found", "no such note, or nothing to undo"),
            Self::Refused => (
                4,
                "refused",
                "refused by Redis: wrong password, or an ACL forbids it",
            ),
            Self::Ambiguous => (
                5,
                "ambiguous",
                "ambiguous: the beginning of an id fits several notes",
            ),
            Self::Conflict => (
                6,
                "conflict",
                "conflict: the note was changed or deleted meanwhile",
            ),
            Self::OutOfReach => (7, "unreachable", "Redis is out of reach, or too slow"),
            // 128 + SIGINT, as shells count a program that the signal ended.
            Self::Interrupted => (130, "interrupted", "interrupted by Ctrl-C"),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
