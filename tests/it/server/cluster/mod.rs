//! A cluster: slots that move, nodes that are killed, connections that are cut. That every command
//! works on it is shown by `topology`.

mod failover;
mod slots;
mod topology;

use crate::support::Run;
use crate::support::cluster::Cluster;

#[test]
fn any_node_will_do_a_replica_too() {
    let cluster = Cluster::with_replicas();
    let id = cluster.sandbox.add("T", "c");
    for node in &cluster.nodes {
        let url = node.url();
        let show = ["show", &id, "--field", "content", "-u", &url];
        cluster.sandbox.notes(show).gives(0, "c\n", "");
        let add = cluster.sandbox.notes(["add", "-q", "T", "-u", &url]);
        add.gives(0, "[..]\n", "");
        let undo = cluster.sandbox.notes(["undo", "-q", "-u", &url]);
        undo.gives(0, "[..]\n", "");
    }
    assert_eq!(cluster.cli(&["SMEMBERS", "notes:ids"]), id);
}

#[test]
fn of_several_nodes_that_are_named_any_will_do() {
    let cluster = Cluster::start();
    let id = cluster.sandbox.add("T", "c");
    let node = &cluster.nodes[1];
    let url = format!("redis://127.0.0.1:1,{}:6379", node.host);
    let show = ["show", &id, "--field", "content", "-u", &url];
    cluster.sandbox.notes(show).gives(0, "c\n", "");
    let cli = ["-u", &url, "redis", "cli", "SCARD", "notes:ids"];
    cluster.sandbox.notes(cli).gives(0, "1\n", "");
    assert_eq!(node.command(&["CONFIG", "SET", "requirepass", "pw"]), "OK");
    for url in [&url, &url.replace("//", "//wrong@")] {
        let run = cluster.sandbox.notes(["list", "-u", url]).run();
        assert_eq!(run.code, 4, "{run:?}");
        assert!(run.stderr.contains("put it into the URL"), "{run:?}");
    }
}

#[test]
fn two_thousand_notes_are_one_step() {
    let cluster = Cluster::start();
    let line = |number| format!("{{\"id\":\"n{number:04}\",\"title\":\"T\"}}\n");
    let lines: Vec<_> = (0..2_500).map(line).collect();
    let import = cluster.sandbox.notes(["import", "-q", "-"]);
    let run = import.stdin(lines.concat()).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 2_500);
    let made = cluster.contents();
    let quietly = |run: Run| assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let rm = cluster.sandbox.notes(["rm", "-qy", "-"]);
    quietly(rm.stdin(run.stdout).run());
    assert_eq!(cluster.contents(), "");
    quietly(cluster.sandbox.notes(["undo", "-q"]).run());
    assert_eq!(cluster.contents(), made);
    quietly(cluster.sandbox.notes(["undo", "-q"]).run());
    assert_eq!(cluster.contents(), "");
}

#[test]
fn what_a_cut_change_leaves_is_repaired_without_a_guess() {
    let cluster = Cluster::start();
    let kept = cluster.sandbox.add("kept", "");
    for (left, left_behind) in [
        // The note is written, and its id is not in the set yet.
        (&["SREM", "notes:ids", &kept][..], "added the id"),
        // The note is deleted, and its id is in the set still.
        (&["SADD", "notes:ids", "gone"], "removed the id"),
    ] {
        let before = cluster.contents();
        assert_eq!(cluster.cli(left), "1");
        let fix = ["health", "--deep", "--fix", "--yes"];
        let run = cluster.sandbox.notes(fix).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.starts_with(left_behind), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
        assert_eq!(cluster.contents(), before);
    }
}
