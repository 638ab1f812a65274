//! Many who write to one note at the same time.

use std::collections::BTreeSet;
use std::thread;

use super::thorough;
use crate::support::Sandbox;

const WRITERS: usize = 8;

#[test]
fn lines_that_eight_processes_append_are_all_there_once() {
    let rounds = if thorough() { 1_000 } else { 15 };
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (sandbox, id) = (&sandbox, &id);
            scope.spawn(move || {
                for round in 0..rounds {
                    let line = format!("{writer}-{round}");
                    sandbox.notes(["edit", id, "-q", "--append", &line]).gives(
                        0,
                        &format!("{id}\n"),
                        "",
                    );
                }
            });
        }
    });
    let content = sandbox.field(&id, "content");
    let lines: Vec<&str> = content.lines().collect();
    let different: BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(lines.len(), WRITERS * rounds, "some are doubled or lost");
    assert_eq!(different.len(), lines.len(), "some are doubled");
    println!(
        "write edit --append  {WRITERS} processes, {rounds} rounds: {} lines; 0 lost, 0 doubled",
        lines.len()
    );
}
