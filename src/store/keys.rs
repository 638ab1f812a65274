//! The names of the keys in Redis, and the commands about one of them: the one place that spells them.

use redis::{Cmd, cmd};

/// The set of every note's id.
pub(crate) const IDS: &str = "notes:ids";

/// What the key of a note begins with; its id follows.
pub(super) const NOTE: &str = "note:";

pub(crate) fn note(id: &str) -> String {
    [NOTE, id].concat()
}

/// What a command is about: what an error about the type of its key says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot<'a> {
    Ids,
    /// With its id.
    Note(&'a str),
}

pub(super) fn on_ids(command: &str) -> Cmd {
    cmd(command).arg(IDS).take()
}

pub(super) fn on_note(command: &str, id: &str) -> Cmd {
    cmd(command).arg(note(id)).take()
}
