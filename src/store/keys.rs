//! The names of the keys in Redis, and the commands about one of them: the one place that spells them.

use redis::{Cmd, cmd};

/// The set of every note's id.
pub(crate) const IDS: &str = "notes:ids";

/// The prefix of the key of a note; its id follows.
pub(crate) const NOTE: &str = "note:";

pub(crate) fn note(id: &str) -> String {
    [NOTE, id].concat()
}

pub(super) fn on_ids(command: &str) -> Cmd {
    cmd(command).arg(IDS).take()
}

pub(super) fn on_note(command: &str, id: &str) -> Cmd {
    cmd(command).arg(note(id)).take()
}
