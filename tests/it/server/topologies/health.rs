//! `health`, `health --deep` and `health --deep --fix`; and `redis cli`.

use super::{COUNT, Store, id};

pub(super) fn works(store: &Store<'_>) {
    store.fill();
    let head = "server      [..]\n\
                address     [..]\n\
                chosen by   REDIS_URL in the environment\n\
                round trip  [..] ms\n\
                notes       300\n";
    let health = head.to_owned() + &store.topology.health();
    store
        .notes(&["health"])
        .gives(0, &format!("status      ok\n{health}"), "");
    let sound = format!("status      ok\n{health}read        300 notes in [..] s\n");
    store.notes(&["health", "--deep"]).gives(0, &sound, "");
    store
        .notes(&["redis", "cli", "SCARD", "notes:ids"])
        .gives(0, "300\n", "");

    let filled = store.contents();
    spoil(store);
    let spoiled = store.contents();
    store.notes(&["health", "--deep"]).gives(
        1,
        &format!(
            "status      60 problems\n{health}read        300 notes in [..] s\n\
             problem     ids without a note: 20 (ghost0, ghost1, ghost10, …); --fix repairs this\n\
             problem     notes that the set of ids lacks: 20 (n000-note, n001-note, n002-note, …); --fix repairs this\n\
             problem     missing fields: 20 (n280-note id, n281-note id, n282-note id, …); --fix repairs this\n"
        ),
        "",
    );
    let dry = store
        .notes(&["health", "--deep", "--fix", "--dry-run"])
        .run();
    assert_eq!((dry.code, dry.stderr.lines().count()), (1, 60), "{dry:?}");
    assert_eq!(store.contents(), spoiled);
    let fix = store.notes(&["health", "--deep", "--fix", "--yes"]).run();
    assert_eq!(fix.code, 0, "{fix:?}");
    let end = "repaired    60\nleft        nothing\n";
    assert!(fix.stdout.ends_with(end), "{fix:?}");
    assert!(
        fix.stderr.ends_with("\n`notes undo` undoes it\n"),
        "{fix:?}"
    );
    assert_eq!(store.contents(), filled);
    store.notes(&["health", "--deep"]).gives(0, &sound, "");
    let undo = store.notes(&["undo", "-q"]).run();
    assert_eq!((undo.code, undo.stderr.as_str()), (0, ""), "{undo:?}");
    assert_eq!(store.contents(), spoiled);
}

/// Leaves notes of every node as a change leaves them that is cut in its midst, and some more.
fn spoil(store: &Store<'_>) {
    let cli = |arguments: &[&str]| drop(store.topology.cli(arguments));
    for number in 0..20 {
        cli(&["SREM", "notes:ids", &id(number)]);
        cli(&["SADD", "notes:ids", &format!("ghost{number}")]);
        let key = format!("note:{}", id(COUNT - 1 - number));
        cli(&["HDEL", &key, "id"]);
    }
}
