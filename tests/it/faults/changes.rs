//! The commands that change notes, each with what must be before it and what it must leave.

use std::collections::BTreeSet;
use std::fs;

use redis::{Commands as _, Connection};

use super::Left;
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
    left: fn(&mut Connection) -> Option<Left>,
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

/// A connection that the faults do not touch.
pub(super) fn connection(sandbox: &Sandbox) -> Connection {
    redis::Client::open(sandbox.redis().url())
        .unwrap()
        .get_connection()
        .unwrap()
}

/// Puts the notes there that are changed.
pub(super) fn prepare(redis: &mut Connection) {
    let mut pipe = redis::pipe();
    pipe.cmd("FLUSHALL");
    for id in IDS {
        let fields = [
            ("id", id),
            ("title", "old title"),
            ("content", "old content"),
            ("created_at", TIME),
            ("updated_at", TIME),
            ("tags", "kept"),
        ];
        pipe.hset_multiple(format!("note:{id}"), &fields)
            .sadd("notes:ids", id);
    }
    pipe.exec(redis).unwrap();
}

impl Change {
    /// Brings about what must be before the change, which will be made by way of that URL.
    pub(super) fn prepare(&self, sandbox: &Sandbox, redis: &mut Connection, url: &str) {
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

    /// What the change left; a note that is half there fails the test.
    pub(super) fn left(&self, redis: &mut Connection) -> Left {
        assert_sound(redis);
        (self.left)(redis).unwrap_or_else(|| {
            let keys: Vec<String> = redis.keys("*").unwrap();
            panic!("{} left a half change: {keys:?}", self.name)
        })
    }
}

/// The set has exactly the ids of the hashes, and every hash has every field.
fn assert_sound(redis: &mut Connection) {
    let ids: BTreeSet<String> = redis.smembers("notes:ids").unwrap();
    let keys: BTreeSet<String> = redis.keys("note:*").unwrap();
    let hashes: BTreeSet<String> = ids.iter().map(|id| format!("note:{id}")).collect();
    assert_eq!(keys, hashes, "the set and the hashes are at odds");
    for key in keys {
        let fields: BTreeSet<String> = redis.hkeys(&key).unwrap();
        for field in ["id", "title", "content", "created_at", "updated_at"] {
            assert!(fields.contains(field), "{key} has no {field}");
        }
    }
}

fn after_add(redis: &mut Connection) -> Option<Left> {
    let ids: BTreeSet<String> = redis.smembers("notes:ids").unwrap();
    let new: Vec<&String> = ids
        .iter()
        .filter(|id| !IDS.contains(&id.as_str()))
        .collect();
    match new[..] {
        [] => Some(Left::Nothing),
        [id] => (texts(redis, id) == ["new title", "new content"]).then_some(Left::Whole),
        _ => None,
    }
}

fn after_edit(redis: &mut Connection) -> Option<Left> {
    let [title, content] = texts(redis, IDS[0]);
    match (title.as_str(), content.as_str(), is_renewed(redis)) {
        ("new title", "new content", true) => Some(Left::Whole),
        ("old title", "old content", false) => Some(Left::Nothing),
        _ => None,
    }
}

fn after_append(redis: &mut Connection) -> Option<Left> {
    let [title, content] = texts(redis, IDS[0]);
    match (title.as_str(), content.as_str(), is_renewed(redis)) {
        ("old title", "old content\nnew content", true) => Some(Left::Whole),
        ("old title", "old content", false) => Some(Left::Nothing),
        _ => None,
    }
}

fn after_rm(redis: &mut Connection) -> Option<Left> {
    let count: usize = redis.scard("notes:ids").unwrap();
    match count {
        0 => Some(Left::Whole),
        2 => Some(Left::Nothing),
        _ => None,
    }
}

fn after_undo(redis: &mut Connection) -> Option<Left> {
    match after_rm(redis)? {
        Left::Whole => Some(Left::Nothing),
        Left::Nothing => {
            let is_old = IDS
                .iter()
                .all(|id| texts(redis, id) == ["old title", "old content"]);
            (is_old && !is_renewed(redis)).then_some(Left::Whole)
        }
    }
}

fn texts(redis: &mut Connection, id: &str) -> [String; 2] {
    let key = format!("note:{id}");
    ["title", "content"].map(|field| redis.hget(&key, field).unwrap())
}

fn is_renewed(redis: &mut Connection) -> bool {
    let key = format!("note:{}", IDS[0]);
    let (updated, tags): (String, String) = redis.hmget(&key, &["updated_at", "tags"]).unwrap();
    assert_eq!(tags, "kept");
    updated != TIME
}
