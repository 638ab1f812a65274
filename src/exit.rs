//! The exit codes: the one table that the program, its manual and its tests read.

use std::process::ExitCode;

/// The result of a run of `notes`; as a number, the exit code of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command was carried out.
    Done = 0,
    /// It failed, or a question was answered with No.
    Failed = 1,
    /// The command line, or the text given, cannot be used.
    Usage = 2,
    /// There is no such note, or no such step to undo.
    NoSuchNote = 3,
    /// Redis refused: wrong password, or an ACL forbids it.
    Refused = 4,
    /// A name or the beginning of an id fits several notes.
    Ambiguous = 5,
    /// Another client changed the note first.
    Conflict = 6,
    /// Redis is out of reach, or too slow.
    OutOfReach = 7,
    /// Interrupted by Ctrl-C: 128 + SIGINT, as shells count a program that the signal ended.
    Interrupted = 130,
}

impl Exit {
    /// All results, in the order of the codes.
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

    /// Returns the exit code of the process.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the code in a JSON error.
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

    /// Describes it for the manual.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed, or a question was answered with No",
            Self::Usage => "usage: the command line, a setting or the text given cannot be used",
            Self::NoSuchNote => "no such note, or nothing to undo",
            Self::Refused => "refused by Redis: wrong password, or an ACL forbids it",
            Self::Ambiguous => "ambiguous: a NOTE fits several notes",
            Self::Conflict => {
                "conflict: the note was changed or deleted meanwhile, an edit does not fit it, or it is not what was to be imported"
            }
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
