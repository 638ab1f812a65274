//! The names of the keys in Redis, and the commands about one of them: the one place that spells them.

use redis::{Cmd, cmd};

/// The set of every note's id.
pub(crate) const IDS: &str = "notes:ids";

pub(crate) fn note(id: &str) -> String {
    ["note:", id].concat()
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
    let key = note(id);
    // A list has 100,000 of them, each with one more argument: its memory is asked for once.
    let mut cmd = Cmd::with_capacity(3, command.len() + key.len() + 16);
    cmd.arg(command).arg(key);
    cmd
}

pub(super) fn is_member(id: &str) -> Cmd {
    on_ids("SISMEMBER").arg(id).take()
}
