//! Slots that move to other nodes while commands run: nobody notices.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use serde_json::json;

use crate::support::cluster::Cluster;
use crate::support::{Sandbox, eventually};

const WORKERS: usize = 4;

/// The braces make it the only part of a key that its slot depends on.
const SAME_SLOT: &str = "{moved}";

const TIME: &str = "2024-01-15T10:30:00+00:00";

#[test]
fn no_command_fails_and_nothing_is_lost_while_slots_move() {
    let cluster = Cluster::start();
    let runs = AtomicUsize::new(0);
    let kept = thread::scope(|scope| {
        let moves = scope.spawn(|| move_slots(&cluster, &runs));
        let works = |number| {
            let worker = Worker {
                sandbox: Sandbox::with_url(cluster.url()),
                number,
                runs: &runs,
            };
            worker.work(&moves)
        };
        thread::scope(|scope| {
            let works = &works;
            let workers: Vec<_> = (0..WORKERS)
                .map(|number| scope.spawn(move || works(number)))
                .collect();
            let kept = workers.into_iter().map(|worker| worker.join().unwrap());
            kept.flatten().collect::<BTreeMap<_, _>>()
        })
    });
    assert!(kept.len() > WORKERS, "{kept:?}");
    let list = ["list", "--tsv", "--no-headers", "--json=id,content"];
    let run = cluster.sandbox.notes(list).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let listed: BTreeMap<_, _> = (run.stdout.lines())
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, content)| (id.to_owned(), content.to_owned()))
        .collect();
    assert_eq!(listed, kept);
    let deep = cluster.sandbox.notes(["health", "--deep"]).run();
    assert_eq!(deep.code, 0, "{deep:?}");
}

/// Moves the slot of the ids and that of some notes from node to node, each step while commands run.
fn move_slots(cluster: &Cluster, runs: &AtomicUsize) {
    let go_on = || {
        let before = runs.load(Ordering::SeqCst);
        eventually("commands are run", || {
            runs.load(Ordering::SeqCst) >= before + 2 * WORKERS
        });
    };
    go_on();
    for key in ["notes:ids", SAME_SLOT].repeat(4) {
        let slot = cluster.slot(key);
        let moved = cluster.begin_move(slot, (cluster.owner(slot) + 1) % 3);
        go_on();
        while moved.keys(1) > 0 {}
        go_on();
        cluster.end_move(&moved);
        go_on();
    }
}

/// Somebody with a home directory, and so a journal, of their own.
struct Worker<'a> {
    sandbox: Sandbox,
    number: usize,
    runs: &'a AtomicUsize,
}

impl Worker<'_> {
    /// Changes notes until the slots have moved, and returns those that are there at last.
    fn work(&self, moves: &ScopedJoinHandle<'_, ()>) -> BTreeMap<String, String> {
        let mut kept = BTreeMap::new();
        for round in 0.. {
            if moves.is_finished() {
                break;
            }
            let id = if round % 2 == 0 {
                self.run(&["add", "T", "-c", "one"], None, "[..]\n")
            } else {
                let id = format!("{SAME_SLOT}{}-{round}", self.number);
                let note = json!({
                    "id": id, "title": "T", "content": "one", "created_at": TIME, "updated_at": TIME,
                });
                let note = format!("{note}\n");
                self.run(&["import", "-"], Some(note), &format!("{id}\n"))
            };
            let line = format!("{id}\n");
            self.run(&["edit", &id, "-c", "two"], None, &line);
            self.run(&["show", &id, "--field", "content"], None, "two\n");
            self.run(&["rm", "-y", &id], None, &line);
            self.run(&["undo"], None, &line);
            if round % 4 < 2 {
                self.run(&["undo"], None, &line);
                self.run(&["show", &id, "--field", "content"], None, "one\n");
                kept.insert(id, "one".to_owned());
            } else {
                self.run(&["rm", "-y", &id], None, &line);
            }
        }
        kept
    }

    /// Runs a command, which has to print this, and nothing on standard error.
    fn run(&self, arguments: &[&str], stdin: Option<String>, stdout: &str) -> String {
        let run = self.sandbox.notes([arguments, &["-q"]].concat());
        let run = run.stdin(stdin.unwrap_or_default());
        let run = run.gives(0, stdout, "");
        self.runs.fetch_add(1, Ordering::SeqCst);
        run.stdout.trim_end().to_owned()
    }
}
