//! `notes edit --replace` and `--prepend`: edits that a script can trust.

use crate::support::Sandbox;

#[test]
fn a_text_that_occurs_exactly_once_is_replaced() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("a", "one two\none three");
    for (arguments, content) in [
        (&["--replace", "two", "2"][..], "one 2\none three"),
        (&["--replace", "2\none", "-x"], "one -x three"),
        (&["--replace", " -x", ""], "one three"),
        (&["--replace", "one", "1", "--replace", "1 three", "z"], "z"),
        (&["--prepend", "-first"], "-first\nz"),
        (
            &[
                "--replace",
                "z",
                "y",
                "--prepend",
                "a",
                "--append",
                "b",
                "-t",
                "T",
            ],
            "a\n-first\ny\nb",
        ),
        (&["-c", "", "--prepend", "p"], "p"),
    ] {
        let arguments = [&["edit", &id, "-q"], arguments].concat();
        sandbox.notes(arguments).gives(0, &format!("{id}\n"), "");
        assert_eq!(sandbox.field(&id, "content"), content);
    }
    assert_eq!(sandbox.field(&id, "title"), "T");
}

#[test]
fn a_text_that_occurs_never_or_several_times_is_a_conflict_with_the_count() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T zzz", "aaa b");
    for (old, all, message) in [
        ("z", false, "'z' occurs 0 times in the content"),
        ("z", true, "'z' occurs 0 times in the content"),
        ("a", false, "'a' occurs 3 times in the content, not once"),
        ("aa", false, "'aa' occurs 2 times in the content, not once"),
    ] {
        let mut arguments = vec!["edit", &id, "--append", "x", "--replace", old, "new"];
        arguments.extend(all.then_some("--all"));
        let message = format!("note {id}: {message}; nothing was written");
        sandbox
            .notes(&arguments)
            .gives(6, "", &format!("notes: {message}\n"));
        arguments.push("--json");
        let run = sandbox.notes(&arguments).run();
        let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!(error["error"]["code"], "conflict");
        assert_eq!(error["error"]["message"], message);
        assert_eq!(error["error"]["id"], id);
    }
    assert_eq!(sandbox.field(&id, "content"), "aaa b");
    sandbox
        .notes(["edit", &id, "-q", "--replace", "a", "bc", "--all"])
        .gives(0, &format!("{id}\n"), "");
    assert_eq!(sandbox.field(&id, "content"), "bcbcbc b");
}

#[test]
fn one_note_that_does_not_fit_leaves_all_of_them_as_they_are() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", "x"), sandbox.add("b", "y"));
    let run = sandbox.notes(["edit", &a, &b, "--replace", "x", "z"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run:?}");
    assert_eq!(sandbox.field(&a, "content"), "x");
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    for arguments in [
        &["--replace", "c"][..],
        &["--replace", "c", "d", "-c", "e"],
        &["--replace", "c", "d", "-f", "-"],
        &["--replace", "", "d"],
        &["--all", "--append", "x"],
        &["--create", "-t", "x"],
        &["--resume", "--prepend", "x"],
    ] {
        let run = sandbox.notes([&["edit", &id], arguments].concat()).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert_eq!(sandbox.field(&id, "content"), "c");
    }
}

#[test]
fn a_replacement_keeps_what_others_write_at_the_same_time() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "0 1 2 3 4 5 6 7");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (sandbox, id) = (&sandbox, &id);
            scope.spawn(move || {
                let old = number.to_string();
                let new = format!("<{number}>");
                let run = sandbox.notes(["edit", id, "--replace", &old, &new]).run();
                assert_eq!(run.code, 0, "{run:?}");
            });
        }
    });
    assert_eq!(
        sandbox.field(&id, "content"),
        "<0> <1> <2> <3> <4> <5> <6> <7>"
    );
}

#[test]
fn a_replacement_does_not_make_a_note_too_large() {
    let sandbox = Sandbox::with_redis();
    let content = "x".repeat(1 << 20);
    let run = sandbox.notes(["add", "T", "-f", "-"]).stdin(content).run();
    let id = run.stdout.trim_end();
    let new = "y".repeat(100_000);
    sandbox
        .notes(["edit", id, "--all", "--replace", "x", &new])
        .gives(
            2,
            "",
            &format!(
                "notes: note {id} would have more than 16 MiB, the most that a note holds; nothing was written\n"
            ),
        );
}
