//! `notes show`

use crate::support::Sandbox;

#[test]
fn in_a_pipe_it_is_plain_text_with_every_field() {
    let sandbox = Sandbox::with_redis();
    let time = "2024-01-15T10:30:00.123456+00:00";
    sandbox.foreign(
        "abcd-1",
        &[
            ("id", "abcd-1"),
            ("title", "T"),
            ("content", "one\ntwo"),
            ("created_at", time),
            ("updated_at", time),
            ("tags", "x"),
        ],
    );
    sandbox.notes(["show", "abcd"]).gives(
        0,
        &format!("T\nid: abcd-1\ncreated: {time}\nupdated: {time}\ntags: x\n\none\ntwo\n"),
        "",
    );
}

#[test]
fn a_note_is_named_by_id_prefix_or_as_the_latest() {
    let sandbox = Sandbox::with_redis();
    let old = sandbox.add("old", "");
    let new = sandbox.add("new", "");
    for (name, title) in [
        (old.as_str(), "old\n"),
        (&old[..8], "old\n"),
        (&new.to_uppercase(), "new\n"),
        ("@", "new\n"),
    ] {
        sandbox
            .notes(["show", name, "--field", "title"])
            .gives(0, title, "");
    }
    sandbox.notes(["edit", &old, "-c", "changed", "-q"]).run();
    sandbox
        .notes(["show", "@", "--field", "title"])
        .gives(0, "old\n", "");
}

#[test]
fn a_field_alone_or_its_bytes_alone() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "no line end");
    let show = |arguments: &[&str]| {
        sandbox
            .notes([&["show", &id], arguments].concat())
            .run()
            .stdout
    };
    assert_eq!(show(&["--field", "content"]), "no line end\n");
    assert_eq!(show(&["--field", "content", "--raw"]), "no line end");
    assert_eq!(show(&["--raw"]), "T\nno line end");
    sandbox.notes(["show", &id, "--field", "nope"]).gives(
        2,
        "",
        &format!("notes: note {id} has no field nope; it has id, title, content, created_at, updated_at\n"),
    );
}

#[test]
fn json_is_one_object_a_note() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", ""), sandbox.add("b", ""));
    sandbox.notes(["show", &a, &b, "--json=title"]).gives(
        0,
        "{\"title\":\"a\"}\n{\"title\":\"b\"}\n",
        "",
    );
}

#[test]
fn several_notes_are_shown_although_one_is_missing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("here", "");
    sandbox
        .notes(["show", "00000000", &id, "--field", "title"])
        .gives(
            3,
            "here\n",
            "notes: no note '00000000'; `notes list` shows what there is\n",
        );
}

#[test]
fn an_id_whose_note_is_gone_is_no_note() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    sandbox.notes(["show", "ghost"]).gives(
        3,
        "",
        "notes: no note 'ghost'; `notes list` shows what there is\n",
    );
}

#[test]
fn raw_and_json_exclude_each_other() {
    let sandbox = Sandbox::with_redis();
    for option in ["--raw", "--field=title"] {
        let run = sandbox.notes(["show", "@", "--json", option]).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    }
}

#[test]
fn a_note_is_named_by_its_title_by_how_lately_it_was_changed_or_from_standard_input() {
    let sandbox = Sandbox::with_redis();
    let (old, new) = (sandbox.add("Buy milk", ""), sandbox.add("Other", ""));
    let ids = |arguments: &[&str], stdin: &str| {
        let arguments = [&["show", "--field", "id"], arguments].concat();
        let run = sandbox.notes(arguments).stdin(stdin).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        run.stdout
    };
    assert_eq!(ids(&["buy MILK"], ""), format!("{old}\n"));
    assert_eq!(ids(&["@2", "@"], ""), format!("{old}\n{new}\n"));
    let lines = format!("{new}\tOther\tx\r\n\n {old}\n{new}\n");
    assert_eq!(ids(&["-"], &lines), format!("{new}\n{old}\n"));
    assert_eq!(ids(&["-"], ""), "");
    assert_eq!(ids(&["-"], &format!("\u{feff}{old}\n")), format!("{old}\n"));
    let listed = sandbox.notes(["list"]).run().stdout;
    assert_eq!(ids(&["-"], &listed), format!("{new}\n{old}\n"));
    sandbox
        .notes(["show", "@3"])
        .gives(3, "", "notes: no note @3: there are only 2 notes\n");
    sandbox.notes(["show", "milk"]).gives(
        3,
        "",
        &format!(
            "notes: no note 'milk'; near it:\n  {}  Buy milk  just now\n",
            &old[..8]
        ),
    );
    sandbox.notes(["show", "by milk", "--json"]).gives(
        3,
        "",
        "{\"error\":{\"code\":\"not_found\",\"message\":\"no note 'by milk'; near it: Buy milk\",\"id\":\"by milk\"}}\n",
    );
    for command in ["show", "rm", "edit"] {
        let quoted = "a title of several words is quoted: 'Buy milk'";
        let stderr = format!("notes: no note 'buy'; {quoted}\n");
        let mut notes = vec![command, "buy", "milk"];
        notes.extend(match command {
            "rm" => &["--yes"][..],
            "edit" => &["-c", "x"],
            _ => &[],
        });
        sandbox.notes(notes).gives(3, "", &stderr);
    }
    let twin = sandbox.add("other", "");
    assert_eq!(ids(&["other"], ""), format!("{twin}\n"));
    sandbox.notes(["show", "OTHER"]).gives(
        5,
        "",
        &format!(
            "notes: 'OTHER' is the title of 2 notes:\n  {}  other  just now\n  {}  Other  just now\n",
            &twin[..8],
            &new[..8],
        ),
    );
}

#[test]
fn a_title_goes_before_the_beginning_of_another_id() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("2024-a", &[("title", "Alpha")]);
    sandbox.foreign("2024-b", &[("title", "Beta")]);
    let id = sandbox.add("2024", "");
    for name in ["2024", &id] {
        sandbox
            .notes(["show", name, "--field", "id"])
            .gives(0, &format!("{id}\n"), "");
    }
    sandbox
        .notes(["rm", "--yes", "-q", "2024"])
        .gives(0, &format!("{id}\n"), "");
    sandbox.notes(["show", "2024"]).gives(
        5,
        "",
        "notes: '2024' is the beginning of 2 ids:\n  2024-a  Alpha\n  2024-b  Beta\n",
    );
}

#[test]
fn a_title_is_found_composed_and_decomposed() {
    let sandbox = Sandbox::with_redis();
    let (nfd, nfc) = ("Cafe\u{301} menu", "Caf\u{e9} menu");
    let id = sandbox.add(nfd, "");
    for name in [nfd, nfc, "CAF\u{c9} MENU"] {
        let shown = format!("{nfd}\n");
        sandbox
            .notes(["show", name, "--field", "title"])
            .gives(0, &shown, "");
    }
    assert_eq!(sandbox.field(&id, "title"), nfd, "it is stored as it was");
}

#[test]
fn an_error_about_a_name_is_one_short_line() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    sandbox.notes(["show", "a\nb\u{1b}[2Jc"]).gives(
        3,
        "",
        "notes: no note 'a^Jb^[[2Jc'; `notes list` shows what there is\n",
    );
    let name = "x".repeat(3_000_000);
    let said = format!(
        "notes: no note '{}…'; `notes list` shows what there is\n",
        &name[..80]
    );
    sandbox.notes(["show", "-"]).stdin(name).gives(3, "", &said);
    sandbox
        .notes(["show", "@2"])
        .gives(3, "", "notes: no note @2: there is only 1 note\n");
    sandbox.notes(["show", ""]).gives(
        3,
        "",
        "notes: an empty NOTE names no note; `notes list` shows what there is\n",
    );
}

#[test]
fn titles_like_those_that_are_missing_are_looked_for_a_few_times_only() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("Buy milk", "");
    let reads = |missing: usize| {
        sandbox.redis_cli(&["CONFIG", "RESETSTAT"]);
        let names: Vec<String> = (0..missing).map(|at| format!("Buy milk {at}")).collect();
        let run = sandbox.notes(["show", "-"]).stdin(names.join("\n")).run();
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run:?}");
        assert_eq!(
            run.stderr.matches("notes: no note 'Buy milk ").count(),
            missing
        );
        let count = run.stderr.matches("; near it:\n").count();
        let stats = sandbox.redis_cli(&["INFO", "commandstats"]);
        let calls = stats
            .lines()
            .find_map(|line| line.strip_prefix("cmdstat_hget:calls="));
        (count, calls.unwrap().split(',').next().unwrap().to_owned())
    };
    let few = reads(10);
    assert_eq!(few.0, 10);
    assert_eq!(reads(300), few);
}
