//! `notes list`

use crate::support::Sandbox;

/// Three notes whose orders by each key differ.
fn three_notes() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    for (id, title, created, updated) in [
        (
            "aaaa-1",
            "beta",
            "2024-01-01T00:00:00+00:00",
            "2024-01-06T00:00:00+00:00",
        ),
        (
            "bbbb-2",
            "Alpha",
            "2024-01-02T00:00:00+00:00",
            "2024-01-04T00:00:00+00:00",
        ),
        (
            "cccc-3",
            "gamma",
            "2024-01-03T00:00:00+00:00",
            "2024-01-05T00:00:00+00:00",
        ),
    ] {
        sandbox.foreign(
            id,
            &[
                ("id", id),
                ("title", title),
                ("content", "c"),
                ("created_at", created),
                ("updated_at", updated),
            ],
        );
    }
    sandbox
}

#[test]
fn in_a_pipe_a_note_is_a_line_with_tabs_and_nothing_is_cut() {
    let sandbox = Sandbox::with_redis();
    let time = "2024-01-15T10:30:00.123456+00:00";
    let long = "x".repeat(500);
    sandbox.foreign(
        "an-id-of-another-writer",
        &[
            ("id", "an-id-of-another-writer"),
            ("title", "tab\tand\\back"),
            ("content", &format!("{long}\nline")),
            ("created_at", time),
            ("updated_at", time),
        ],
    );
    sandbox.notes(["list"]).gives(
        0,
        &format!("an-id-of-another-writer\ttab\\tand\\\\back\t{time}\t{long}\\nline\n"),
        "",
    );
}

#[test]
fn the_last_changed_come_first_and_every_order_can_be_turned() {
    let sandbox = three_notes();
    for (arguments, ids) in [
        (vec![], "aaaa-1\ncccc-3\nbbbb-2\n"),
        (vec!["--reverse"], "bbbb-2\ncccc-3\naaaa-1\n"),
        (vec!["--sort", "updated"], "aaaa-1\ncccc-3\nbbbb-2\n"),
        (vec!["--sort", "created"], "cccc-3\nbbbb-2\naaaa-1\n"),
        (vec!["--sort", "title"], "bbbb-2\naaaa-1\ncccc-3\n"),
        (vec!["--sort=title", "-r", "-n", "1"], "cccc-3\n"),
        (vec!["--limit", "2"], "aaaa-1\ncccc-3\n"),
        (vec!["-n", "0"], ""),
    ] {
        let arguments = [vec!["list", "--ids"], arguments].concat();
        sandbox.notes(arguments).gives(0, ids, "");
    }
}

#[test]
fn global_options_go_before_or_after_the_command() {
    let sandbox = three_notes();
    let url = sandbox.redis().url();
    let before = ["-u", &url, "list", "--limit", "1", "--ids"];
    let after = ["list", "--ids", "--limit", "1", "-u", &url];
    for arguments in [before, after] {
        sandbox
            .notes(arguments)
            .without("REDIS_URL")
            .gives(0, "aaaa-1\n", "");
    }
}

#[test]
fn json_is_an_array_of_objects_with_the_fields_asked_for() {
    let sandbox = three_notes();
    sandbox.notes(["list", "--json=title,id", "-n1"]).gives(
        0,
        "[{\"title\":\"beta\",\"id\":\"aaaa-1\"}]\n",
        "",
    );
    let all = sandbox.notes(["list", "--json"]).run().json();
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(
        all[0],
        serde_json::json!({
            "id": "aaaa-1",
            "title": "beta",
            "content": "c",
            "created_at": "2024-01-01T00:00:00+00:00",
            "updated_at": "2024-01-06T00:00:00+00:00",
        })
    );
    sandbox.notes(["list", "--json=nope"]).gives(
        2,
        "",
        "{\"error\":{\"code\":\"usage\",\"message\":\"no note has a field `nope`: choose from id, title, content, created_at, updated_at\"}}\n",
    );
}

#[test]
fn a_limit_that_is_no_number_is_refused_in_plain_words() {
    let stderr =
        "notes: invalid value 'x' for '--limit <N>': expected a whole number from 0 up; [..]\n";
    for command in ["list", "search", "log"] {
        Sandbox::with_redis()
            .notes([command, "-n", "x"])
            .gives(2, "", stderr);
    }
}

#[test]
fn nothing_at_all_is_a_valid_list_in_every_format() {
    let sandbox = Sandbox::with_redis();
    for (format, stdout) in [
        ("--json", "[]\n"),
        ("--json=id", "[]\n"),
        ("--jsonl", ""),
        ("--csv", "id,title,content,created_at,updated_at\n"),
        ("--tsv", "id\ttitle\tcontent\tcreated_at\tupdated_at\n"),
        ("--ids", ""),
        ("--color=auto", ""),
    ] {
        sandbox.notes(["list", format]).gives(0, stdout, "");
    }
}

#[test]
fn lines_of_json_and_separated_values() {
    let sandbox = three_notes();
    sandbox.notes(["list", "--jsonl", "--json=title"]).gives(
        0,
        "{\"title\":\"beta\"}\n{\"title\":\"gamma\"}\n{\"title\":\"Alpha\"}\n",
        "",
    );
    sandbox
        .notes([
            "list",
            "--csv",
            "--json=id,title",
            "--no-headers",
            "-n",
            "1",
        ])
        .gives(0, "aaaa-1,beta\n", "");
    sandbox.notes(["list", "--tsv", "-n", "1"]).gives(
        0,
        "id\ttitle\tcontent\tcreated_at\tupdated_at\n\
         aaaa-1\tbeta\tc\t2024-01-01T00:00:00+00:00\t2024-01-06T00:00:00+00:00\n",
        "",
    );
}

#[test]
fn formats_exclude_each_other() {
    let sandbox = Sandbox::with_redis();
    for arguments in [
        vec!["list", "--csv", "--tsv"],
        vec!["list", "--ids", "--jsonl"],
        vec!["list", "--no-headers"],
        vec!["list", "-n", "-1"],
        vec!["list", "--sort", "size"],
    ] {
        let run = sandbox.notes(&arguments).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{arguments:?} {run:?}"
        );
        assert_eq!(run.stderr.lines().count(), 1, "{arguments:?} {run:?}");
    }
}

#[test]
fn the_number_of_notes_alone_is_printed() {
    let sandbox = three_notes();
    // An id without a note counts for nothing.
    sandbox.redis_cli(&["SADD", "notes:ids", "dddd-4"]);
    for (arguments, count) in [
        (&[][..], "3"),
        (&["title:a"], "3"),
        (&["title:mm"], "1"),
        (&["nothing"], "0"),
        (&["-n", "2"], "2"),
        (&["--json"], "3"),
        (&["nothing", "--json"], "0"),
    ] {
        let arguments = [&["list", "--count", "-q"], arguments].concat();
        sandbox.notes(arguments).gives(0, &format!("{count}\n"), "");
    }
    sandbox
        .notes(["search", "mm", "--count", "-q"])
        .gives(0, "1\n", "");
}

#[test]
fn formats_that_contradict_each_other_are_refused() {
    let sandbox = three_notes();
    for arguments in [
        &["--csv", "--json"][..],
        &["--tsv", "--json"],
        &["--count", "--ids"],
        &["--count", "--csv"],
        &["--count", "--json=id"],
    ] {
        let run = sandbox.notes([&["list"], arguments].concat()).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    }
    // Chosen fields are the columns.
    sandbox
        .notes(["list", "--csv", "--json=title", "-n1"])
        .gives(0, "title\n[..]\n", "");
}
