//! The commands that change notes, each with what must be before it and what it must leave.

use std::fs;

use super::Left;
use super::direct::{Direct, Snapshot};
use crate::support::Sandbox;

const TIME: &str = "2024-01-15T10:30:00.123456+00:00";

/// The notes that are there before a change.
const IDS: [&str; 2] = [
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
];

/// A writing command.
pub(super) struct Change {
    pub(super) name: &'static str,
    pub(super) arguments: &'static [&'static str],
    /// The command that it undoes, if it is an undo.
    first: Option<&'static [&'static str]>,
    left: fn(&Snapshot) -> Option<Left>,
}

/// Every writing command.
pub(super) const CHANGES: &[Change] = &[
    Change {
        name: "add",
        arguments: &["add", "new title", "-c", "new content", "-q"],
        first: None,
        left: after_add,
    },
    Change {
        name: "edit",
        arguments: &["edit", IDS[0], "-t", "new title", "-c", "new content", "-q"],
        first: None,
        left: after_edit,
    },
    Change {
        name: "edit --append",
        arguments: &["edit", IDS[0], "--append", "new content", "-q"],
        first: None,
        left: after_append,
    },
    Change {
        name: "rm",
        arguments: &["rm", "--yes", "-q", IDS[0], IDS[1]],
        first: None,
        left: after_rm,
    },
    Change {
        name: "undo",
        arguments: &["undo", "-q"],
        first: Some(&["rm", "--yes", "-q", IDS[0], IDS[1]]),
        left: after_undo,
    },
];

/// Puts the notes there that are changed.
pub(super) fn prepare(redis: &mut Direct) {
    redis.empty();
    for id in IDS {
        let fields = [
            ("id", id),
            ("title", "old title"),
            ("content", "old content"),
            ("created_at", TIME),
            ("updated_at", TIME),
            ("tags", "kept"),
        ];
        redis.put(id, &fields);
    }
}

impl Change {
    /// Brings about what must be before the change, which will be made by way of that URL.
    pub(super) fn prepare(&self, sandbox: &Sandbox, redis: &mut Direct, url: &str) {
        prepare(redis);
        if let Some(first) = self.first {
            // An undo takes the longer the more there is to look through.
            let _ = fs::remove_file(sandbox.journal());
            let mut first = sandbox.silent(first);
            assert!(first.env("REDIS_URL", url).status().unwrap().success());
        }
    }

    /// Whether it needs nothing but the notes.
    pub(super) fn stands_alone(&self) -> bool {
        self.first.is_none()
    }

    /// What the change left; half a change fails the test.
    pub(super) fn left(&self, redis: &mut Direct) -> Left {
        let left = redis.snapshot();
        assert!(left.is_sound(), "the set and the hashes: {left:?}");
        match self.left_by_note(&left) {
            Left::Part => panic!("{} left a half change: {left:?}", self.name),
            whole_or_nothing => whole_or_nothing,
        }
    }

    /// The same where a change of several notes may be made of some of them.
    pub(super) fn left_by_note(&self, left: &Snapshot) -> Left {
        for id in left.notes.keys() {
            for name in ["id", "title", "content", "created_at", "updated_at"] {
                left.field(id, name);
            }
        }
        (self.left)(left).unwrap_or_else(|| panic!("{} left half a note: {left:?}", self.name))
    }
}

fn after_add(left: &Snapshot) -> Option<Left> {
    let new: Vec<_> = (left.notes.keys())
        .filter(|id| !IDS.contains(&id.as_str()))
        .collect();
    match new[..] {
        [] => Some(Left::Nothing),
        [id] => (texts(left, id) == ["new title", "new content"]).then_some(Left::Whole),
        _ => None,
    }
}

fn after_edit(left: &Snapshot) -> Option<Left> {
    match (texts(left, IDS[0]), is_renewed(left)) {
        (["new title", "new content"], true) => Some(Left::Whole),
        (["old title", "old content"], false) => Some(Left::Nothing),
        _ => None,
    }
}

fn after_append(left: &Snapshot) -> Option<Left> {
    match (texts(left, IDS[0]), is_renewed(left)) {
        (["old title", "old content\nnew content"], true) => Some(Left::Whole),
        (["old title", "old content"], false) => Some(Left::Nothing),
        _ => None,
    }
}

fn after_rm(left: &Snapshot) -> Option<Left> {
    are_old(left).then(|| match left.notes.len() {
        0 => Left::Whole,
        count if count == IDS.len() => Left::Nothing,
        _ => Left::Part,
    })
}

fn after_undo(left: &Snapshot) -> Option<Left> {
    Some(match after_rm(left)? {
        Left::Whole => Left::Nothing,
        Left::Nothing => Left::Whole,
        Left::Part => Left::Part,
    })
}

/// Whether those of the notes that are there are as they were.
fn are_old(left: &Snapshot) -> bool {
    left.notes.keys().all(|id| {
        texts(left, id) == ["old title", "old content"] && left.field(id, "updated_at") == TIME
    })
}

fn texts<'a>(left: &'a Snapshot, id: &str) -> [&'a str; 2] {
    ["title", "content"].map(|name| left.field(id, name))
}

fn is_renewed(left: &Snapshot) -> bool {
    assert_eq!(left.field(IDS[0], "tags"), "kept");
    left.field(IDS[0], "updated_at") != TIME
}
