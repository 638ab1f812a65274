//! `notes undo`: what was changed comes back, to the byte, or nothing is touched.

use crate::support::Sandbox;

/// Notes of other writers with all that Redis can hold of them, a hundred and more.
fn hundred() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::with_redis();
    let fill = r"for i = 1, 97 do
            local id = 'note-' .. (1000 + i)
            redis.call('HSET', 'note:' .. id, 'id', id, 'title', 'title ' .. i,
                'content', string.rep('line ' .. i .. '\n', i), 'created_at', '2020-01-01T00:00:00+00:00',
                'updated_at', '2020-01-01 00:00:00', 'tags', 'a,b')
            redis.call('SADD', 'notes:ids', id)
        end
        redis.call('HSET', 'note:bytes', 'title', '\255\0\n\r', 'field \254', '\0', 'content', '')
        redis.call('SADD', 'notes:ids', 'bytes', 'ghost')
        redis.call('HSET', 'note:unlisted', 'title', 'not in the set')
        for i = 1, 9000 do redis.call('HSET', 'note:wide', 'field ' .. i, 'value ' .. i) end
        redis.call('SADD', 'notes:ids', 'wide')";
    sandbox.redis_cli(&["EVAL", fill, "0"]);
    let mut ids: Vec<String> = (1..=97).map(|i| format!("note-{}", 1000 + i)).collect();
    ids.extend(["bytes", "ghost", "unlisted", "wide"].map(str::to_owned));
    (sandbox, ids)
}

fn remove(sandbox: &Sandbox, ids: &[String]) {
    let arguments = ["rm", "--yes", "-q"].map(str::to_owned);
    let run = sandbox.notes(arguments.iter().chain(ids)).run();
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_hundred_deleted_notes_come_back_byte_for_byte_in_one_step() {
    let (sandbox, ids) = hundred();
    let before = sandbox.contents();
    let dump = || sandbox.redis_cli(&["--no-raw", "DUMP", "note:bytes"]);
    let dumped = dump();
    remove(&sandbox, &ids);
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    let run = sandbox.notes(["undo"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), ids);
    assert!(
        run.stderr
            .ends_with("undid step 1 (rm): brought back 101 notes; `notes undo 2` redoes it\n")
    );
    assert_eq!(sandbox.contents(), before);
    assert_eq!(dump(), dumped, "the order of the fields too");
}

#[test]
fn add_edit_and_rm_are_undone_one_after_the_other_and_redone_by_name() {
    let sandbox = Sandbox::with_redis();
    let mut contents = vec![sandbox.contents()];
    let id = sandbox.add("T", "one");
    contents.push(sandbox.contents());
    sandbox
        .notes(["edit", &id, "-t", "U", "--append", "two"])
        .run();
    contents.push(sandbox.contents());
    remove(&sandbox, std::slice::from_ref(&id));
    for (stderr, expected) in [
        (
            "brought back [..] U\nundid step 3 (rm); `notes undo 4` redoes it\n",
            &contents[2],
        ),
        (
            "changed back [..] T\nundid step 2 (edit); `notes undo 5` redoes it\n",
            &contents[1],
        ),
        (
            "deleted [..] T\nundid step 1 (add); `notes undo 6` redoes it\n",
            &contents[0],
        ),
    ] {
        sandbox.notes(["undo"]).gives(0, &format!("{id}\n"), stderr);
        assert_eq!(&sandbox.contents(), expected);
    }
    let nothing = format!(
        "notes: nothing to undo on {} db 0\n",
        sandbox.redis().socket().display()
    );
    sandbox.notes(["undo"]).gives(3, "", &nothing);
    for (step, expected) in [
        ("6", &contents[1]),
        ("5", &contents[2]),
        ("4", &contents[0]),
    ] {
        sandbox
            .notes(["undo", step, "-q"])
            .gives(0, &format!("{id}\n"), "");
        assert_eq!(&sandbox.contents(), expected, "undo {step}");
    }
    // Everything is done again, so it can all be undone again.
    sandbox
        .notes(["undo", "-q"])
        .gives(0, &format!("{id}\n"), "");
    assert_eq!(sandbox.contents(), contents[2]);
}

#[test]
fn a_step_that_was_overtaken_is_refused_as_a_whole() {
    let (sandbox, ids) = hundred();
    remove(&sandbox, &ids);
    sandbox.foreign("note-1050", &[("title", "made again")]);
    let before = sandbox.contents();
    for dry in [&["undo"][..], &["undo", "--dry-run"], &["undo", "1"]] {
        sandbox.notes(dry).gives(
            6,
            "",
            "notes: step 1 (rm) was not undone: note note-1050 was made again meanwhile\n",
        );
        assert_eq!(sandbox.contents(), before);
    }
    sandbox.redis_cli(&["DEL", "note:note-1050"]);
    sandbox.notes(["undo"]).gives(
        6,
        "",
        "notes: step 1 (rm) was not undone: note note-1050 was changed meanwhile\n",
    );
    sandbox.redis_cli(&["SREM", "notes:ids", "note-1050"]);
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "100");
}

#[test]
fn a_change_of_another_writer_is_not_undone_with_ours() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    sandbox.notes(["edit", &id, "-t", "U"]).run();
    sandbox.redis_cli(&["HSET", &format!("note:{id}"), "tags", "theirs"]);
    let before = sandbox.contents();
    let refusal = |meanwhile: &str| {
        format!("notes: step 2 (edit) was not undone: note {id} was {meanwhile} meanwhile\n")
    };
    sandbox.notes(["undo"]).gives(6, "", &refusal("changed"));
    assert_eq!(sandbox.contents(), before);
    sandbox.redis_cli(&["FLUSHALL"]);
    sandbox.notes(["undo"]).gives(6, "", &refusal("deleted"));
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    let run = sandbox.notes(["undo", "--json"]).run();
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["error"]["code"], "conflict");
    assert_eq!(error["error"]["id"], id);
}

#[test]
fn a_dry_run_says_what_would_be_undone_and_changes_nothing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let (before, journal) = (
        sandbox.contents(),
        std::fs::read(sandbox.journal()).unwrap(),
    );
    sandbox.notes(["undo", "--dry-run"]).gives(
        0,
        &format!("{id}\n"),
        "would delete [..] T\nwould undo step 1 (add)\n",
    );
    assert_eq!(sandbox.contents(), before);
    assert_eq!(std::fs::read(sandbox.journal()).unwrap(), journal);
}

#[test]
fn json_prints_the_notes_as_they_are_now() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "old");
    sandbox.notes(["edit", &id, "-c", "new"]).run();
    let run = sandbox.notes(["undo", "--json", "-q"]).run();
    assert_eq!(run.json()["content"], "old");
    assert_eq!(run.json()["id"], id);
}

#[test]
fn steps_of_another_redis_are_not_touched() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let place = sandbox.redis().socket();
    let place = place.display();
    sandbox.notes(["undo"]).env("REDIS_DB", "3").gives(
        3,
        "",
        &format!("notes: nothing to undo on {place} db 3 (1 step was made on another Redis)\n"),
    );
    sandbox.notes(["undo", "1"]).env("REDIS_DB", "3").gives(
        3,
        "",
        &format!("notes: step 1 was made on {place} db 0, not on {place} db 3; [..]\n"),
    );
    sandbox.notes(["log"]).env("REDIS_DB", "3").gives(0, "", "");
    sandbox
        .notes(["undo", "-q"])
        .gives(0, &format!("{id}\n"), "");
}

#[test]
fn a_change_that_was_recorded_but_not_made_is_known() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    sandbox.redis_cli(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(sandbox.notes(["add", "U"]).run().code, 1);
    sandbox.redis_cli(&["CONFIG", "SET", "maxmemory", "0"]);
    let log = sandbox.notes(["log", "--json=step,state"]).run().json();
    assert_eq!(
        log,
        serde_json::json!([{"step": 2, "state": "cancelled"}, {"step": 1, "state": "made"}])
    );
    // As after a crash before the change was sent: the same entry without its cancellation.
    let journal = std::fs::read_to_string(sandbox.journal()).unwrap();
    let entries: Vec<&str> = journal.lines().take(2).collect();
    std::fs::write(sandbox.journal(), entries.join("\n")).unwrap();
    sandbox.notes(["undo"]).gives(
        0,
        "",
        "step 2 (add) was never made, or is undone already; nothing was changed\n",
    );
    sandbox
        .notes(["undo", "-q"])
        .gives(0, &format!("{id}\n"), "");
}

#[test]
fn a_step_that_is_not_there_is_3() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["undo", "7"]).gives(
        3,
        "",
        "notes: no step 7; `notes log` shows what there is\n",
    );
    sandbox.notes(["undo", "x"]).gives(
        2,
        "",
        "notes: invalid value 'x' for '[STEP]': a step is a number from `notes log`; [..]\n",
    );
}

#[test]
fn an_undo_that_redis_does_not_allow_whole_changes_nothing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    remove(&sandbox, std::slice::from_ref(&id));
    sandbox.redis_cli(&[
        "ACL", "SETUSER", "half", "on", ">pw", "~*", "+@all", "-sadd",
    ]);
    sandbox
        .notes(["undo"])
        .env("REDIS_USERNAME", "half")
        .env("REDIS_PASSWORD", "pw")
        .gives(4, "", "notes: refused by Redis at [..]\n");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    assert_eq!(sandbox.field(&id, "content"), "c");
}

#[test]
fn a_change_that_redis_refused_is_not_what_is_undone() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "old");
    sandbox.notes(["edit", &id, "-c", "new"]).run();
    sandbox.redis_cli(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    sandbox.notes(["edit", &id, "-c", "refused"]).gives(
        1,
        "",
        "notes: Redis takes no changes while too few replicas are connected[..]\n",
    );
    sandbox.redis_cli(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    sandbox.notes(["undo"]).gives(
        0,
        &format!("{id}\n"),
        "changed back [..] T\nundid step 2 (edit); [..]\n",
    );
    assert_eq!(sandbox.field(&id, "content"), "old");
}

#[test]
fn a_step_that_is_undone_already_is_named_with_its_undo_and_the_history_stays_true() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    let (journal, contents) = (
        std::fs::read(sandbox.journal()).unwrap(),
        sandbox.contents(),
    );
    for arguments in [vec!["undo", "1"], vec!["undo", "1", "--dry-run"]] {
        sandbox.notes(arguments).gives(
            3,
            "",
            "notes: step 1 (add) is undone already, by step 2; `notes undo 2` redoes it\n",
        );
    }
    assert_eq!(std::fs::read(sandbox.journal()).unwrap(), journal);
    assert_eq!(sandbox.contents(), contents);
    for step in [&["undo", "2", "-q"][..], &["undo", "-q"]] {
        sandbox.notes(step).gives(0, &format!("{id}\n"), "");
    }
    let log = sandbox.notes(["log", "--json=step,state"]).run().json();
    assert_eq!(
        log,
        serde_json::json!([
            {"step": 4, "state": "made"},
            // The last undo took back what redid step 1, so the first undo of it holds again.
            {"step": 3, "state": "undone"},
            {"step": 2, "state": "made"},
            {"step": 1, "state": "undone"},
        ])
    );
    sandbox
        .notes(["undo", "4", "-q"])
        .gives(0, &format!("{id}\n"), "");
}
