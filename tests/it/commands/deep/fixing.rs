//! What is mended, and what is left alone.

use super::*;

#[test]
fn a_fix_mends_what_takes_no_guess_and_touches_nothing_else() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    let run = deep(&sandbox, &["--fix", "--yes", "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(found(&run.json()), expected(|mendable| !mendable));
    assert_eq!(
        run.json()["deep"]["repaired"].as_array().unwrap().len(),
        expected(|mendable| mendable).len()
    );
    assert_eq!(
        run.stderr,
        "took the time to live from notes:ids\n\
         added the id lost to notes:ids\n\
         added the id nameless to notes:ids\n\
         took the time to live from note:fading\n\
         set the field id of note:alias to alias\n\
         set the field id of note:anonymous to anonymous\n\
         set the field id of note:nameless to nameless\n\
         removed the id ghost from notes:ids\n\
         `notes undo` undoes it\n"
    );
    let after = snapshot(&sandbox);
    let keys = |snapshot: &BTreeMap<Vec<u8>, Vec<u8>>| snapshot.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&after), keys(&before), "no key comes or goes");
    let changed: Vec<_> = before
        .iter()
        .filter(|(key, value)| after.get(*key) != Some(value))
        .map(|(key, _)| String::from_utf8_lossy(key).into_owned())
        .collect();
    assert_eq!(
        changed,
        [
            "note:alias",
            "note:anonymous",
            "note:fading",
            "note:nameless",
            "notes:ids"
        ]
    );
    for id in ["alias", "anonymous", "nameless"] {
        assert_eq!(sandbox.field(id, "id"), id);
        assert_eq!(sandbox.field(id, "title"), id);
    }
    assert_eq!(sandbox.redis_cli(&["PTTL", "note:fading"]), "-1");
    assert_eq!(sandbox.redis_cli(&["PTTL", "notes:ids"]), "-1");
    let again = deep(&sandbox, &["--json"]);
    assert_eq!(found(&again.json()), expected(|mendable| !mendable));
    assert_eq!(snapshot(&sandbox), after);
}

#[test]
fn a_fix_says_what_is_left() {
    let sandbox = safe();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    let run = deep(&sandbox, &["--fix", "--yes", "-q"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(
        run.stdout.ends_with("repaired    1\nleft        nothing\n"),
        "{run:?}"
    );
    sandbox.redis_cli(&["SADD", "notes:ids", "spook"]);
    sandbox.redis_cli(&["SET", "note:string", "x"]);
    let run = deep(&sandbox, &["--fix", "--yes", "-q"]);
    assert_eq!(run.code, 1, "{run:?}");
    let end = "repaired    1\nleft        1 problem\n\
               left        keys that hold something else: 1 (string)\n";
    assert!(run.stdout.ends_with(end), "{run:?}");
}

#[test]
fn a_fix_is_one_step_to_undo() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    deep(&sandbox, &["--fix", "--yes"]);
    let run = sandbox.notes(["undo"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    let expired = ["note:fading", "notes:ids"];
    for (key, value) in snapshot(&sandbox) {
        let key = String::from_utf8(key).unwrap();
        let was = String::from_utf8_lossy(&before[key.as_bytes()]).into_owned();
        let is = String::from_utf8_lossy(&value).into_owned();
        // A time to live is not text, and does not come back.
        let was = if expired.contains(&key.as_str()) {
            was.replacen("true", "false", 1)
        } else {
            was
        };
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&is), sorted(&was), "{key}");
    }
}

#[test]
fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    let run = deep(&sandbox, &["--fix", "--dry-run"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stderr.contains("would add the id lost to notes:ids\n"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("would remove the id ghost from notes:ids\n"),
        "{run:?}"
    );
    assert_eq!(run.stderr.lines().count(), 8, "{run:?}");
    assert_eq!(snapshot(&sandbox), before);
    assert!(
        !sandbox
            .home()
            .join(".local/share/notes/journal.jsonl")
            .exists()
    );
}

#[test]
fn without_a_terminal_a_fix_wants_yes() {
    let sandbox = faulty();
    let before = snapshot(&sandbox);
    sandbox.notes(["health", "--deep", "--fix"]).gives(
        2,
        "",
        "notes: nothing repaired: without a terminal to ask on, pass --yes or --dry-run\n",
    );
    assert_eq!(sandbox.notes(["health", "--fix", "--yes"]).run().code, 2);
    assert_eq!(sandbox.notes(["health", "--deep", "--yes"]).run().code, 2);
    assert_eq!(snapshot(&sandbox), before);
}

#[test]
fn on_a_terminal_it_asks_and_enter_is_no() {
    let sandbox = safe();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    for (keys, code, left) in [
        ("\r", 1, "1"),
        ("n\r", 1, "1"),
        ("try\r", 1, "1"),
        ("\u{3}", 130, "1"),
        ("y\r", 0, "0"),
    ] {
        let mut terminal = sandbox.terminal(&["health", "--deep", "--fix"], &[]);
        let shown = terminal.see("Repair this?");
        assert!(
            shown.contains("would remove the id ghost from notes:ids"),
            "{shown}"
        );
        assert!(shown.contains("status      1 problem"), "{shown}");
        terminal.type_keys(keys);
        let (text, ended) = terminal.end();
        assert_eq!(ended, code, "{keys:?} {text}");
        assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), left, "{keys:?}");
    }
}
