//! `watch` while everything changes and everything fails: its events, one after the other, give the store as
//! it is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::Topology;
use crate::faults::thorough;
use crate::support::redis_server::RedisServer;
use crate::support::watch::Watch;
use crate::support::{Sandbox, eventually};

/// The ids of notes that every writer changes. Those with braces are in one slot of a cluster.
const IDS: [&str; 8] = [
    "11111111-1111-4111-8111-111111111111",
    "22222222-2222-4222-8222-222222222222",
    "33333333-3333-4333-8333-333333333333",
    "plain",
    "{x}1",
    "{x}2",
    "{x}3",
    "é",
];

/// How much is done: writers, changes of each, and cuts of the connection of the watcher. Then changes one by
/// one.
struct Extent {
    writers: usize,
    changes: usize,
    cuts: usize,
    one_by_one: usize,
}

/// Has writers make random changes while the watcher is cut off, its server stopped, and `disturb` is called
/// with the number of each cut. Then compares what the events give with the store.
pub(crate) fn events_give_the_store<T: Topology>(
    mut topology: T,
    url: &str,
    mut disturb: impl FnMut(&mut T, usize),
) {
    let extent = if thorough() {
        Extent {
            writers: 8,
            changes: 1_000,
            cuts: 200,
            one_by_one: 1_000,
        }
    } else {
        Extent {
            writers: 3,
            changes: 40,
            cuts: 8,
            one_by_one: 40,
        }
    };
    let sandbox = Sandbox::with_url(url.to_owned());
    let watch = Watch::start(&sandbox, &["--initial", "--timeout", "0.5"]);
    let made = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..extent.writers {
            let writer = Writer::new(url, number);
            let made = &made;
            scope.spawn(move || writer.work(extent.changes, made));
        }
        let all = extent.writers * extent.changes;
        for cut in 0..extent.cuts {
            let due = (cut + 1) * all / (extent.cuts + 1);
            eventually("changes are made", || made.load(Ordering::SeqCst) >= due);
            cut_off(&topology, cut);
            if cut % 4 == 3 {
                // There is none during a failover.
                let primaries = topology.primaries().into_iter();
                primaries
                    .take(1)
                    .for_each(|it| stop_for_a_while(it, &sandbox));
            }
            disturb(&mut topology, cut);
        }
    });
    let agrees = || stored(&sandbox).is_some_and(|stored| stored == watch.replayed());
    eventually("the events give the store", agrees);
    // A change that is not told would be found at the next cut.
    let mut writer = Writer::new(url, extent.writers);
    for number in 0..extent.one_by_one {
        writer.change(number);
        eventually("the events give the store", agrees);
    }
    let last = sandbox.add("last", "");
    eventually("the last event", || watch.replayed().contains_key(&last));
    assert!(agrees());
}

/// Kills the connections over which servers tell of changes, or, at every third cut, all there are.
fn cut_off(topology: &impl Topology, cut: usize) {
    for server in topology.primaries() {
        if cut % 3 == 2 {
            server.command(&["CLIENT", "KILL", "TYPE", "normal"]);
            continue;
        }
        let clients = server.command(&["CLIENT", "LIST"]);
        for client in clients.lines().filter(|line| line.contains("flags=t")) {
            let id = client.split([' ', '=']).nth(1).unwrap();
            server.command(&["CLIENT", "KILL", "ID", id]);
        }
    }
}

/// Stops a server for longer than the watcher waits for an answer.
fn stop_for_a_while(server: &RedisServer, sandbox: &Sandbox) {
    let info = server.command(&["INFO", "server"]);
    let pid = info.lines().find_map(|it| it.strip_prefix("process_id:"));
    let pid = Pid::from_raw(pid.unwrap().trim().parse().unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    sandbox.notes(["list", "--timeout", "0.9"]).run();
    kill_process(pid, Signal::CONT).unwrap();
}

/// All notes, by their ids.
fn stored(sandbox: &Sandbox) -> Option<BTreeMap<String, Value>> {
    let list = sandbox.notes(["list", "--json", "--timeout", "20"]).run();
    let notes: Vec<Value> = serde_json::from_str(&list.stdout).ok()?;
    let id = |note: &Value| note["id"].as_str().unwrap().to_owned();
    Some(notes.into_iter().map(|note| (id(&note), note)).collect())
}

/// A program that changes notes at random, always in the same order.
struct Writer {
    sandbox: Sandbox,
    random: u64,
}

impl Writer {
    fn new(url: &str, number: usize) -> Self {
        Self {
            sandbox: Sandbox::with_url(url.to_owned()),
            random: 0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1),
        }
    }

    fn work(mut self, changes: usize, made: &AtomicUsize) {
        for number in 0..changes {
            // It may fail: a server is stopped, or a note is gone.
            self.change(number);
            made.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A number below a limit, by xorshift.
    fn below(&mut self, limit: usize) -> usize {
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            let random = self.random;
            self.random ^= if left {
                random << shift
            } else {
                random >> shift
            };
        }
        usize::try_from(self.random >> 33).unwrap() % limit
    }

    fn change(&mut self, number: usize) {
        let id = IDS[self.below(IDS.len())];
        let key = format!("note:{id}");
        let text = format!("{number} {}", self.below(1_000_000));
        match self.below(32) {
            0..4 => self.notes(&["add", &text, "-c", &text]),
            4..8 => self.notes(&["edit", id, "--append", &text]),
            8..10 => self.notes(&["edit", "@", "-t", &text]),
            10..12 => self.notes(&["rm", "--yes", id]),
            12..14 => self.notes(&["rm", "--yes", "@"]),
            14..17 => self.notes(&["undo"]),
            17..19 => self.import(&text),
            19..23 => self.redis(&["HSET", &key, "content", &text]),
            23 => self.redis(&["DEL", &key]),
            24..26 => self.redis(&["SADD", "notes:ids", id]),
            26 => self.redis(&["SREM", "notes:ids", id]),
            27 => self.redis(&["PEXPIRE", &key, "30"]),
            28 => self.redis(&["RENAME", &key, "note:{x}1"]),
            29 => self.redis(&["RENAME", "note:{x}1", "note:{x}2"]),
            30 => self.redis(&["HDEL", &key, "title"]),
            _ if self.below(4) == 0 => self.redis(&["FLUSHDB"]),
            _ => self.redis(&[
                "EVAL",
                "return redis.call('HSET', KEYS[1], 'x', '\\255')",
                "1",
                &key,
            ]),
        }
    }

    fn notes(&self, arguments: &[&str]) {
        let _ = self.sandbox.notes(arguments).run();
    }

    /// Runs redis-cli, which SIGPIPE ends if its connection is cut just before it writes.
    fn redis(&self, command: &[&str]) {
        let arguments = [&["redis", "cli"], command].concat();
        let _ = self.sandbox.notes(arguments).output();
    }

    fn import(&self, text: &str) {
        let line =
            |id| serde_json::json!({ "id": id, "title": text, "content": id }).to_string() + "\n";
        let lines: String = IDS.into_iter().map(line).collect();
        let import = ["import", "-q", "--on-conflict", "replace", "-"];
        let _ = self.sandbox.notes(import).stdin(lines).run();
    }
}
