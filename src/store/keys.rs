//! The names of the keys in Redis, and the commands about them: the one place that spells them.

use redis::{Cmd, cmd};

use crate::redis_client::Template;

/// The set of every note's id.
pub(crate) const IDS: &str = "notes:ids";

/// The prefix of the key of a note; its id follows.
pub(crate) const NOTE: &str = "note:";

pub(crate) fn of_note(id: &str) -> String {
    [NOTE, id].concat()
}

pub(super) fn on_ids(command: &str) -> Cmd {
    cmd(command).arg(IDS).take()
}

pub(super) fn on_note(command: &str, id: &str) -> Cmd {
    cmd(command).arg(of_note(id)).take()
}

/// A command about the key of each note, and the names of fields.
pub(super) fn on_each_note(command: &str, fields: &[&str]) -> Template {
    // No name of a field is empty.
    Template::new(cmd(command).arg("").arg(fields), NOTE)
}

/// A command about the set of ids and each id.
pub(super) fn on_each_id(command: &str) -> Template {
    Template::new(cmd(command).arg(IDS).arg(""), "")
}
