//! The exit codes: the one table that the program, its manual and its tests read.

use std::process::ExitCode;

/// How a run of `notes` ended; as a number, what the process exits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// What was asked for was done.
    Done = 0,
    /// It failed, or a question was answered with No.
    Failed = 1,
    /// The command line, or the text given, cannot be used.
    Usage = 2,
    /// There is no such note, or no such step to undo.
    NoSuchNote = 3,
    /// Redis refused: wrong password, or an ACL forbids it.
    Refused = 4,
    /// The beginning of an id fits several notes.
    Ambiguous = 5,
    /// The note changed meanwhile.
    Conflict = 6,
    /// Redis is out of reach, or too slow.
    OutOfReach = 7,
    /// Interrupted by Ctrl-C: 128 + SIGINT, as shells count a program that the signal ended.
    Interrupted = 130,
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
        self as u8
    }

    /// The word for it in a JSON error.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NoSuchNote => "not_found",
            Self::Refused => "refused",
            Self::Ambiguous => "ambiguous",
            Self::Conflict => "conflict",
            Self::OutOfReach => "unreachable",
            Self::Interrupted => "interrupted",
        }
    }

    /// What it means, for the manual.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed, or a question was answered with No",
            Self::Usage => "usage: the command line, a setting or the text given cannot be used",
            Self::NoSuchNote => "no such note, or nothing to undo",
            Self::Refused => "refused by Redis: wrong password, or an ACL forbids it",
            Self::Ambiguous => "ambiguous: a NOTE fits several notes",
            Self::Conflict => "conflict: the note was changed or deleted meanwhile",
            Self::OutOfReach => "Redis is out of reach, or too slow",
            Self::Interrupted => "interrupted by Ctrl-C",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
