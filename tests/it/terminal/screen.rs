//! What a person sees and types: tables, colours, questions, the editor, on a pseudo-terminal.

use std::fs;

use unicode_width::UnicodeWidthStr as _;

use crate::support::Sandbox;

/// The screen without the sequences that colour it.
fn plain(screen: &str) -> String {
    let mut plain = String::new();
    let mut parts = screen.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part
            .find(|c: char| c.is_ascii_alphabetic())
            .expect("a whole sequence");
        plain.push_str(&part[end + 1..]);
    }
    plain
}

#[test]
fn a_list_is_a_table_with_short_ids_and_ages() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("Buy milk", "two litres");
    let screen = plain(&sandbox.screen(&["list"], &[]));
    let lines: Vec<&str> = screen.lines().collect();
    assert_eq!(lines.len(), 2, "{screen}");
    let cells: Vec<&str> = lines[1]
        .split("  ")
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(cells, [&id[..8], "Buy milk", "just now", "two litres"]);
}

#[test]
fn a_table_fits_forty_columns_with_wide_characters() {
    let sandbox = Sandbox::with_redis();
    for title in [
        "買い物リスト:牛乳とパンとたまごを買う",
        "🎉🎊🥳 party planning 👩‍👩‍👧‍👦 family",
        "plain but rather long title of a note",
        "é̀̂ combining",
    ] {
        sandbox.add(title, "内容はここにあります and more of it");
    }
    let screen = plain(&sandbox.screen(&["list"], &[("COLUMNS", "40")]));
    assert_eq!(screen.lines().count(), 5, "{screen}");
    for line in screen.lines() {
        assert!(line.width() <= 40, "{} {line}", line.width());
    }
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    let colours = |arguments: &[&str], variables: &[(&str, &str)]| {
        sandbox.screen(arguments, variables).contains('\u{1b}')
    };
    assert!(colours(&["list"], &[]));
    assert!(colours(&["list"], &[("NO_COLOR", "")]));
    assert!(!colours(&["list"], &[("NO_COLOR", "1")]));
    assert!(!colours(&["list"], &[("TERM", "dumb")]));
    assert!(!colours(&["list", "--color=never"], &[]));
    assert!(colours(&["list", "--color=always"], &[("NO_COLOR", "1")]));
}

#[test]
fn an_escape_sequence_in_a_note_never_reaches_the_terminal() {
    let sandbox = Sandbox::with_redis();
    let evil = "\u{1b}]0;evil\u{7}\u{9b}31m\u{202e}";
    sandbox.foreign(
        "abcd-1",
        &[("title", evil), ("content", evil), ("tag", evil)],
    );
    for arguments in [
        vec!["list"],
        vec!["show", "abcd-1"],
        vec!["show", "abcd-1", "--raw"],
        vec!["show", "abcd-1", "--field", "title"],
        vec!["show", "abcd-1", "--json"],
        vec!["list", "--json"],
        vec!["list", "--csv"],
        vec!["edit", "abcd-1", "-c", "x"],
        vec!["rm", "--dry-run", "abcd-1"],
        vec!["rm", "--yes", "abcd-1"],
    ] {
        let screen = plain(&sandbox.screen(&arguments, &[("NO_COLOR", "1"), ("PAGER", "cat")]));
        assert!(
            !screen
                .chars()
                .any(|c| c.is_control() && c != '\n' && c != '\t' || c == '\u{202e}'),
            "{arguments:?}: {screen:?}"
        );
        assert!(
            !screen.contains("]0;evil\u{7}"),
            "{arguments:?}: {screen:?}"
        );
    }
}

#[test]
fn a_change_says_what_it_did_and_prints_ids_where_they_can_be_used() {
    let sandbox = Sandbox::with_redis();
    let redo = |step| format!("undid step {step}; `notes undo {}` redoes it", step + 1);
    for (arguments, said) in [
        (&["add", "Buy milk"][..], "added ID Buy milk".to_owned()),
        (&["edit", "@", "-c", "x"], "changed ID Buy milk".to_owned()),
        (
            &["undo"],
            format!(
                "changed back ID Buy milk\n{}",
                redo(2).replace("step 2", "step 2 (edit)")
            ),
        ),
        (&["rm", "-n", "@"], "would delete ID Buy milk".to_owned()),
        (
            &["rm", "-y", "@"],
            "deleted ID Buy milk\n`notes undo` brings it back".to_owned(),
        ),
        (
            &["undo", "-n"],
            "would bring back ID Buy milk\nwould undo step 4 (rm)".to_owned(),
        ),
    ] {
        let screen = sandbox.screen(arguments, &[]);
        let short = screen
            .split(' ')
            .find(|word| word.len() == 8 && word.chars().all(|c| c.is_ascii_hexdigit()));
        let screen = screen.replace(short.expect("a short id"), "ID");
        assert_eq!(screen, format!("{said}\n"), "{arguments:?}");
        if arguments[0] != "undo" {
            assert_eq!(
                sandbox.screen(&[&["-q"], &["undo", "-n"][..]].concat(), &[]),
                ""
            );
        }
    }
    let id = sandbox.notes(["undo", "-q"]).run().stdout;
    let id = id.trim_end();
    // The message is for the terminal, the id for the pipe.
    for command in ["edit ID -c y", "rm -y ID", "undo"] {
        let command = format!("\"$notes\" {} | tr - _", command.replace("ID", id));
        let (text, code) = sandbox.script_on_terminal(&command, &[]).end();
        assert!(
            text.contains(&format!("{}\n", id.replace('-', "_"))),
            "{text}"
        );
        assert!(
            text.contains(&format!(" {} Buy milk\n", &id[..8])) && code == 0,
            "{text}"
        );
    }
}

#[test]
fn json_is_indented_on_a_terminal() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    let screen = sandbox.screen(&["list", "--json=title"], &[]);
    assert_eq!(screen, "[\n  {\n    \"title\": \"T\"\n  }\n]\n");
}

#[test]
fn ctrl_c_in_the_editor_is_the_editors() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let script = "echo partial > \"$1\"; echo ready; read line";
    let editor = sandbox.script("editor", script);
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let mut terminal = sandbox.terminal(&["edit", &id], &variables);
    terminal.see("ready");
    terminal.type_keys("\u{3}");
    let (text, code) = terminal.end();
    assert_eq!(code, 130, "{text}");
    assert_eq!(sandbox.field(&id, "title"), "T");
    let drafts = sandbox.drafts();
    assert!(text.contains(drafts[0].to_str().unwrap()), "{text}");

    let editor = sandbox.script(
        "trap",
        "trap '' INT; echo saved > \"$1\"; echo ready; read line",
    );
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let mut terminal = sandbox.terminal(&["edit", &id], &variables);
    terminal.see("ready");
    terminal.type_keys("\u{3}\r");
    let (text, code) = terminal.end();
    assert_eq!(code, 0, "{text}");
    assert_eq!(sandbox.field(&id, "title"), "saved");
}

#[test]
fn the_editor_has_the_terminal_where_ids_come_by_a_pipe() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let script = "[ -t 0 ] && [ -t 1 ] && echo on a terminal >\"$1\"; echo drawn";
    sandbox.script("vi", script);
    let command = format!("printf '%s\\n' {id} | PATH=.:$PATH \"$notes\" edit - >ids; cat ids");
    let (text, code) = sandbox.script_on_terminal(&command, &[]).end();
    assert_eq!(code, 0, "{text}");
    let short = &id[..8];
    assert_eq!(
        text,
        format!("drawn\nchanged {short} on a terminal\n{id}\n")
    );
}

#[test]
fn add_without_a_title_opens_the_editor() {
    let sandbox = Sandbox::with_redis();
    let editor = sandbox.script("editor", "printf 'From the editor\\n\\nbody\\n' > \"$1\"");
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let (text, code) = sandbox.terminal(&["add"], &variables).end();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("added"), "{text}");
    let note = sandbox.notes(["show", "@", "--json"]).run().json();
    assert_eq!(note["title"], "From the editor");
    assert_eq!(note["content"], "body");
    let (text, code) = sandbox.terminal(&["add"], &[("EDITOR", "true")]).end();
    assert_eq!(code, 1, "{text}");
    // It has ended at once; see drafts/editors.rs.
    assert!(
        text.ends_with("\nnotes: empty note; nothing was stored\n"),
        "{text}"
    );
}

#[test]
fn a_text_of_the_editor_that_is_too_large_is_kept() {
    let sandbox = Sandbox::with_redis();
    for size in [16 * 1024 * 1024, 16 * 1024 * 1024 + 1] {
        let fill = format!("head -c {size} /dev/zero | tr '\\0' x > \"$1\"");
        let editor = sandbox.script("editor", &fill);
        let variables = [("EDITOR", editor.to_str().unwrap())];
        let (text, code) = sandbox.terminal(&["add"], &variables).end();
        assert_ne!(code, 0, "{text}");
        assert!(text.contains("is larger than 16 MiB"), "{text}");
        let drafts = sandbox.drafts();
        let [draft] = drafts.as_slice() else {
            panic!("{drafts:?}");
        };
        assert_eq!(fs::metadata(draft).unwrap().len(), size);
        fs::remove_dir_all(draft.parent().unwrap()).unwrap();
    }
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn an_empty_list_says_how_to_begin() {
    let sandbox = Sandbox::with_redis();
    let screen = sandbox.screen(&["list"], &[]);
    assert_eq!(screen, "no notes yet; `notes add` makes one\n");
}

#[test]
fn a_list_of_no_notes_at_all_does_not_say_that_there_are_none() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    assert_eq!(sandbox.screen(&["list", "-n", "0"], &[]), "");
    assert_eq!(sandbox.screen(&["log", "-n", "0"], &[]), "");
}

#[test]
fn times_are_local_with_their_offset() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign(
        "abcd-1",
        &[
            ("title", "T"),
            ("created_at", "2024-01-15T20:30:00.5+00:00"),
            ("updated_at", "some\u{1b}day"),
        ],
    );
    let show = |zone: &str| sandbox.screen(&["show", "abcd-1", "--color=never"], &[("TZ", zone)]);
    let screen = show("<+0545>-5:45");
    assert!(
        screen.contains("\ncreated: 2024-01-16 02:15 +05:45 ("),
        "{screen}"
    );
    assert!(screen.contains("\nupdated: some^[day\n"), "{screen}");
    let screen = show("UTC0");
    assert!(
        screen.contains("\ncreated: 2024-01-15 20:30 +00:00 ("),
        "{screen}"
    );
}

#[test]
fn three_notes_are_shown_before_they_are_changed() {
    let sandbox = Sandbox::with_redis();
    let ids = ["one", "two", "three"].map(|title| sandbox.add(title, ""));
    let [a, b, c] = ids.each_ref().map(String::as_str);
    let mut terminal = sandbox.terminal(&["edit", a, b, c, "-c", "new"], &[]);
    let shown = terminal.see("Change these 3 notes?");
    for title in ["one", "two", "three"] {
        assert!(shown.contains(title), "{shown}");
    }
    terminal.type_keys("\r");
    assert_eq!(terminal.end().1, 1);
    assert_eq!(sandbox.field(a, "content"), "");
    let screen = sandbox.screen(&["edit", a, b, c, "-c", "new", "--yes"], &[]);
    assert!(!screen.contains('?'), "{screen}");
    assert_eq!(sandbox.field(a, "content"), "new");
    let screen = sandbox.screen(&["edit", a, b, "-c", "newer"], &[]);
    assert!(!screen.contains('?'), "two are few: {screen}");
}

#[test]
fn an_import_says_what_did_not_go_in_without_its_ids_and_its_undo_is_one_line() {
    let sandbox = Sandbox::with_redis();
    let notes = (10..40).map(|i| format!("{{\"id\":\"n{i}\",\"title\":\"T\"}}\n"));
    sandbox.file(
        "n.jsonl",
        format!("nonsense\n{}", notes.collect::<String>()),
    );
    let (screen, code) = sandbox.terminal(&["import", "n.jsonl"], &[]).end();
    assert_eq!(code, 1, "{screen}");
    let screen = plain(&screen);
    let lines: Vec<&str> = screen.lines().collect();
    let [failed, imported] = lines[..] else {
        panic!("{screen}");
    };
    assert!(failed.starts_with("notes: n.jsonl line 1: "), "{screen}");
    assert!(imported.starts_with("imported 30 notes"), "{screen}");
    let screen = plain(&sandbox.screen(&["undo"], &[]));
    let said = "undid step 1 (import): deleted 30 notes; `notes undo 2` redoes it";
    assert_eq!(screen.trim(), said);
}
