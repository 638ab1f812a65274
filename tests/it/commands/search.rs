//! QUERY in `notes list` and `notes search`.

use std::sync::{Arc, Mutex};

use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use crate::support::Sandbox;
use crate::support::fake_redis::{Said, bulks, fake_redis, only_step};

/// Notes with the ids `a`, `b` and `c`, the last of which is the newest.
fn three_notes() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    for (id, title, content, created, updated) in [
        (
            "a",
            "Plan",
            "Milk and eggs\n#home",
            "2024-01-01T10:00:00+00:00",
            "2024-03-01T10:00:00+00:00",
        ),
        (
            "b",
            "Milk round",
            "v1.2 #work/plan",
            "2024-01-02T10:00:00+00:00",
            "2024-02-01T10:00:00+00:00",
        ),
        (
            "c",
            "Other",
            "nothing #Home",
            "2024-01-03T10:00:00+00:00",
            "2024-01-03T10:00:00+00:00",
        ),
    ] {
        let fields = [
            ("id", id),
            ("title", title),
            ("content", content),
            ("created_at", created),
            ("updated_at", updated),
        ];
        sandbox.foreign(id, &fields);
    }
    sandbox
}

#[test]
fn a_query_means_the_same_to_list_and_search() {
    let sandbox = three_notes();
    for (query, ids) in [
        (vec!["milk"], "a\nb\n"),
        (vec!["Milk", "eggs"], "a\n"),
        (vec!["MILK"], ""),
        (vec!["title:milk"], "b\n"),
        (vec!["content:milk"], "a\n"),
        (vec!["milk and"], "a\n"),
        (vec!["--tag", "home"], "a\nc\n"),
        (vec!["--tag", "#Home"], "c\n"),
        (vec!["#home", "milk"], "a\n"),
        (vec!["--tag=work/plan"], "b\n"),
        (vec!["--not", "milk", "-e", "."], "c\n"),
        (vec!["milk", "--not", "#home"], "b\n"),
        (vec!["-e", r"^v\d+\.\d"], "b\n"),
        (vec!["--regex", "milk"], ""),
        (vec!["--since", "2024-02-01"], "a\nb\n"),
        (vec!["--until", "2024-02-01"], "b\nc\n"),
        (
            vec!["--since", "2024-02-01", "--until", "2024-02-01T10:00:00Z"],
            "b\n",
        ),
        (vec!["--since", "2024-01-02", "--sort", "created"], "c\nb\n"),
        (vec!["--since", "2024-02-01", "--sort", "title"], "b\na\n"),
        (vec!["--until", "2d", "-n", "1"], "a\n"),
        (vec!["milk", "-r", "-n", "1"], "b\n"),
    ] {
        for command in ["list", "search"] {
            let arguments = [vec![command, "--ids"], query.clone()].concat();
            sandbox.notes(arguments).gives(0, ids, "");
        }
    }
}

#[test]
fn in_a_pipe_a_search_prints_what_a_list_prints() {
    let sandbox = three_notes();
    for format in [
        vec![],
        vec!["--json"],
        vec!["--csv"],
        vec!["--tsv"],
        vec!["--jsonl"],
    ] {
        let run = |command| {
            let arguments = [vec![command, "milk"], format.clone()].concat();
            let run = sandbox.notes(arguments).run();
            assert_eq!((run.code, run.stderr.as_str()), (0, ""));
            run.stdout
        };
        assert_eq!(run("search"), run("list"));
    }
    sandbox
        .notes(["search", "nowhere", "--json"])
        .gives(0, "[]\n", "");
    sandbox.notes(["search", "nowhere"]).gives(0, "", "");
}

#[test]
fn exit_status_tells_a_script_whether_anything_was_found() {
    let sandbox = three_notes();
    sandbox
        .notes(["search", "--exit-status", "eggs", "--ids"])
        .gives(0, "a\n", "");
    sandbox
        .notes(["search", "--exit-status", "nowhere"])
        .gives(1, "", "");
    sandbox
        .notes(["list", "--exit-status", "--tag", "none", "--json"])
        .gives(1, "[]\n", "");
}

#[test]
fn what_cannot_be_looked_for_is_told_with_its_place() {
    let sandbox = three_notes();
    for (arguments, message) in [
        (
            vec!["search"],
            "nothing to search for: give a word, --tag, --regex, --since or --until",
        ),
        (
            vec!["search", ""],
            "an empty word finds nothing: write a word",
        ),
        (vec!["list", "title:"], "title: finds nothing: write a word"),
        (
            vec!["list", "-e", "a(b"],
            "the pattern `a(b` is wrong at character 2: unclosed group",
        ),
        (
            vec!["list", "--tag", "12"],
            "`12` cannot be a tag: a tag is letters, digits, -, _ and /, not digits alone, and does not end with /",
        ),
        (
            vec!["list", "--since", "soon"],
            "'soon' is not a date or time: write 2026-01-15, '2026-01-15 10:30', 2026-01, 10:30, 2d, \
             '3 hours ago', yesterday, 'last monday' or 'this week'",
        ),
    ] {
        sandbox
            .notes(arguments)
            .gives(2, "", &format!("notes: {message}\n"));
    }
}

#[test]
fn a_field_that_only_a_late_note_has_can_be_selected() {
    let sandbox = Sandbox::with_redis();
    let mut lines = Vec::new();
    for number in 0..600 {
        let time = format!("2024-01-01T00:00:00.{number:06}+00:00");
        let mut note = json!({
            "id": format!("{number:03}"), "title": "T", "content": "", "created_at": time, "updated_at": time,
        });
        if number == 0 {
            note["colour"] = json!("red");
        }
        lines.push(note.to_string());
    }
    let run = sandbox
        .notes(["import", "-q", "-"])
        .stdin(lines.join("\n"))
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    let json = sandbox.notes(["list", "--json=id,colour"]).run().json();
    assert_eq!(json.as_array().map(Vec::len), Some(600));
    assert_eq!(json[599]["colour"], "red");
    let error =
        "no note has a field `size`: choose from id, title, content, created_at, updated_at";
    sandbox
        .notes(["search", "T", "--not", "x", "-n", "1", "--json=size", "-r"])
        .gives(
            2,
            "",
            &format!("{{\"error\":{{\"code\":\"usage\",\"message\":\"{error}, colour\"}}}}\n"),
        );
}

#[test]
fn on_a_terminal_the_lines_that_match_stand_below_each_note() {
    let sandbox = three_notes();
    let screen = sandbox.screen(&["search", "milk"], &[("NO_COLOR", "1")]);
    let lines: Vec<&str> = screen.lines().collect();
    assert_eq!(lines.len(), 3, "{screen}");
    assert!(lines[0].starts_with("a  Plan  "), "{screen}");
    assert_eq!(lines[1], "    Milk and eggs");
    assert!(lines[2].starts_with("b  Milk round  "), "{screen}");
    let coloured = sandbox.screen(&["search", "milk"], &[]);
    assert!(
        coloured.contains("\u{1b}[1;31mMilk\u{1b}[0m and eggs"),
        "{coloured}"
    );
    let nothing = sandbox.screen(&["search", "nowhere"], &[]);
    assert_eq!(nothing.trim_end(), "no note found");
}

#[test]
fn a_search_fits_forty_columns_and_lets_no_escape_sequence_through() {
    let sandbox = Sandbox::with_redis();
    let content = format!("{}牛乳{}", "とても長い行です ".repeat(20), "🎉".repeat(40));
    sandbox.foreign(
        "id-1",
        &[
            ("title", "\u{1b}]0;owned\u{7} 牛乳 \u{1b}[2J"),
            ("content", &content),
        ],
    );
    let screen = sandbox.screen(&["search", "牛乳"], &[("COLUMNS", "40"), ("NO_COLOR", "1")]);
    assert!(
        !screen.contains('\u{1b}') && !screen.contains('\u{7}'),
        "{screen:?}"
    );
    assert_eq!(screen.lines().count(), 3, "{screen}");
    for line in screen.lines().take(2) {
        assert!(line.width() <= 40 && line.contains("牛乳"), "{line}");
    }
}

#[test]
fn the_help_explains_the_tag_that_a_shell_swallows() {
    let help = Sandbox::bare().notes(["search", "--help"]).run().stdout;
    assert!(
        help.contains("to a shell an unquoted # begins a comment"),
        "{help}"
    );
    assert!(help.contains("notes search '#work'"), "{help}");
}

#[test]
fn words_are_found_composed_and_decomposed_and_marked_where_they_stand() {
    let sandbox = Sandbox::with_redis();
    let (nfd, nfc) = ("Cafe\u{301} menu", "Caf\u{e9} menu");
    for (title, words) in [(nfd, nfc), (nfc, nfd)] {
        let id = sandbox.add("T", &format!("the {title} of today"));
        for word in [words, &format!("content:{words}")] {
            sandbox
                .notes(["search", word, "--exit-status", "--ids", "-n1"])
                .gives(0, &format!("{id}\n"), "");
        }
        let found = sandbox
            .notes(["search", words, "-n1", "--color=always"])
            .run();
        assert_eq!(found.code, 0, "{found:?}");
    }
    let screen = sandbox.screen(&["search", nfc], &[("NO_COLOR", "1")]);
    assert!(screen.contains(&format!("the {nfd} of today")), "{screen}");
}

#[test]
fn a_note_that_ceases_to_match_while_it_is_read_is_not_shown() {
    let time = "2024-01-01T10:00:00+00:00";
    let url = fake_redis(move |command| {
        let reply = match command.split(' ').next().unwrap() {
            // SSCAN may find an id twice.
            "SSCAN" => only_step(&["same", "other", "same"]),
            "HGET" => format!("${}\r\n{time}\r\n", time.len()),
            "HMGET" => bulks(&["milk", "c"]),
            // It is changed after its fields were looked at.
            _ if command.ends_with("other") => bulks(&["title", "eggs", "content", "c"]),
            _ => bulks(&["title", "milk", "content", "c", "updated_at", time]),
        };
        Said::Reply(reply)
    });
    let sandbox = Sandbox::with_url(url);
    for arguments in [
        &["search", "milk", "--ids", "-q"][..],
        &["list", "milk", "--ids", "-q"],
    ] {
        sandbox.notes(arguments).gives(0, "same\n", "");
    }
    let export = sandbox.notes(["export", "milk", "-q"]).run();
    assert_eq!(export.stdout.lines().count(), 1, "{}", export.stdout);
}

#[test]
fn a_query_asks_for_the_fields_it_looks_at_and_for_the_notes_it_finds() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let url = fake_redis(move |command| {
        let fields = [
            "title",
            "eggs",
            "content",
            "c",
            "updated_at",
            "2024-01-01T10:00:00Z",
        ];
        let value = |name: &str| fields[fields.iter().position(|it| *it == name).unwrap() + 1];
        let words: Vec<&str> = command.split(' ').collect();
        let reply = match words[..] {
            ["SSCAN", ..] => return Said::Reply(only_step(&["a"])),
            ["HGET", _, name] => format!("${}\r\n{}\r\n", value(name).len(), value(name)),
            ["HMGET", _, ref names @ ..] => {
                bulks(&names.iter().map(|name| value(name)).collect::<Vec<_>>())
            }
            _ => bulks(&fields),
        };
        log.lock().unwrap().push(command.to_owned());
        Said::Reply(reply)
    });
    let sandbox = Sandbox::with_url(url);
    let key = "HGET note:a updated_at";
    let texts = "HMGET note:a title content";
    let whole = "HGETALL note:a";
    for (arguments, commands) in [
        (&["search", "eggs"][..], vec![key, texts, whole]),
        (&["search", "ham"], vec![key, texts]),
        (&["search", "title:ham"], vec![key, "HMGET note:a title"]),
        (&["list", "content:ham"], vec![key, "HMGET note:a content"]),
        (&["list", "--since", "2024"], vec![key, whole]),
        (&["list", "--since", "2025"], vec![key]),
        (
            &["list", "--sort", "title", "--since", "2025"],
            vec!["HGET note:a title", "HMGET note:a updated_at"],
        ),
        (&["list", "-n", "1"], vec![key, whole]),
        (&["export", "ham"], vec![key, texts]),
        (&["tags"], vec![texts]),
    ] {
        assert_eq!(sandbox.notes(arguments).run().code, 0, "{arguments:?}");
        let asked = std::mem::take(&mut *asked.lock().unwrap());
        assert_eq!(asked, commands, "{arguments:?}");
    }
}
