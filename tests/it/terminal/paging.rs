//! The pager: for what is longer than the terminal is high, and for nothing else.

use std::fs;

use crate::support::Sandbox;

/// A pager that says so, and keeps what it read in the file `paged`.
fn pager(sandbox: &Sandbox) -> String {
    let script = sandbox.script("pager", "echo paged; cat >\"$HOME/paged\"");
    script.to_str().unwrap().to_owned()
}

/// A Redis with this many notes; the title of each is its number.
fn notes(count: usize) -> Sandbox {
    let sandbox = Sandbox::with_redis();
    let mut lines = String::new();
    for number in 0..count {
        let time = format!("2024-01-01T00:{:02}:{:02}+00:00", number / 60, number % 60);
        let note = serde_json::json!({
            "id": format!("note-{number}"),
            "title": number.to_string(),
            "content": format!("#t{number} x\n- [ ] do it"),
            "created_at": time,
            "updated_at": time,
        });
        lines.push_str(&note.to_string());
        lines.push('\n');
    }
    let run = sandbox.notes(["import", "-q", "-"]).stdin(lines).run();
    assert_eq!(run.code, 0, "{run:?}");
    sandbox
}

#[test]
fn a_list_a_search_tags_the_log_and_long_help_go_through_the_pager_if_they_are_long() {
    let sandbox = notes(200);
    for number in 0..30 {
        sandbox.add(&format!("added {number}"), "");
    }
    let pager = pager(&sandbox);
    let kept = sandbox.home().join("paged");
    for (arguments, rows) in [
        (&["list"][..], 231),
        (&["list", "--ids"], 230),
        (&["search", "content:x"], 400),
        (&["tags"], 201),
        (&["log"], 32),
        (&["tasks"], 400),
    ] {
        let screen = sandbox.full_screen((80, 24), arguments, &[("PAGER", &pager)]);
        assert_eq!(screen.end(), ("paged\n".to_owned(), 0), "{arguments:?}");
        let text = fs::read_to_string(&kept).unwrap();
        assert_eq!(text.lines().count(), rows, "{arguments:?}");
        // The same goes to the terminal where there is no pager.
        let direct = sandbox.full_screen((80, 24), arguments, &[("PAGER", "cat")]);
        assert_eq!(direct.end(), (text, 0), "{arguments:?}");
    }
    for arguments in [&["help", "list"][..], &["list", "--help"]] {
        let screen = sandbox.full_screen((40, 15), arguments, &[("NOTES_PAGER", &pager)]);
        assert_eq!(screen.end(), ("paged\n".to_owned(), 0), "{arguments:?}");
    }
    // Of 24 rows one is the prompt's and one the header's.
    for (arguments, is_paged) in [
        (&["list", "-n", "22"][..], false),
        (&["list", "-n", "23"], true),
        (&["-h"], false),
        (&["list", "-h"], false),
    ] {
        let terminal = sandbox.full_screen((80, 24), arguments, &[("PAGER", &pager)]);
        let text = terminal.end().0;
        assert_eq!(text == "paged\n", is_paged, "{arguments:?}: {text}");
    }
    let terminal = sandbox.full_screen((80, 24), &["list"], &[("PAGER", &pager), ("TERM", "dumb")]);
    assert_eq!(terminal.end().0.lines().count(), 231);
    let run = sandbox.notes(["list"]).env("PAGER", &pager).run();
    assert_eq!(run.stdout.lines().count(), 230, "{run:?}");
}

#[test]
fn the_pager_shows_the_beginning_of_a_list_before_its_end_is_read() {
    // More than its pipe and the buffers before that hold.
    let sandbox = notes(3_000);
    let pager = sandbox.script(
        "pager",
        "head -n 3; echo seen; read key </dev/tty; echo left",
    );
    let variables = [("PAGER", pager.to_str().unwrap()), ("NO_COLOR", "1")];
    let mut terminal = sandbox.full_screen((80, 24), &["list"], &variables);
    let seen = terminal.see("seen");
    assert!(seen.starts_with("ID "), "{seen}");
    terminal.type_keys("\r");
    // Leaving the pager early is no failure, and nothing more is printed.
    let (text, code) = terminal.end();
    assert!(
        text.ends_with("left\n") && text.lines().count() < 5,
        "{text}"
    );
    assert_eq!(code, 0);
}

#[test]
fn an_error_is_shown_once_the_pager_is_left() {
    let sandbox = Sandbox::with_redis();
    let long = sandbox.add("long", &"line\n".repeat(20_000));
    for script in ["cat >/dev/null; echo left", "head -n 1; echo left"] {
        let pager = sandbox.script("pager", script);
        let variables = [("PAGER", pager.to_str().unwrap())];
        let (text, code) = sandbox
            .terminal(&["show", &long, "nope-nope"], &variables)
            .end();
        let (_, after) = text.split_once("left\n").unwrap();
        assert!(after.starts_with("notes: no note 'nope-nope'"), "{text}");
        assert_eq!(code, 3, "{text}");
    }
}

#[test]
fn long_text_goes_through_the_pager() {
    let sandbox = Sandbox::with_redis();
    let long = sandbox.add("long", &"line\n".repeat(200));
    let short = sandbox.add("short", "line");
    let pager = sandbox.script("pager", "echo paged; cat >/dev/null");
    for (name, value) in [
        ("NOTES_PAGER", pager.to_str().unwrap()),
        ("PAGER", pager.to_str().unwrap()),
    ] {
        let screen = sandbox.screen(&["show", &long], &[(name, value)]);
        assert_eq!(screen, "paged\n", "{name}");
        let screen = sandbox.screen(&["show", &short], &[(name, value)]);
        assert!(!screen.contains("paged"), "{screen}");
    }
    let screen = sandbox.screen(&["show", &long], &[("PAGER", "no-such-pager")]);
    assert!(
        screen.contains("line\nline"),
        "a missing pager is no reason to show nothing"
    );
}

#[test]
fn a_long_line_that_wraps_goes_through_the_pager() {
    let sandbox = Sandbox::with_redis();
    let pager = sandbox.script("pager", "echo paged; cat >/dev/null");
    let variables = [("PAGER", pager.to_str().unwrap())];
    for (content, is_paged) in [
        ("word ".repeat(8000), true),
        // Of 24 rows five are above the content, and one is the prompt's.
        ("x".repeat(18 * 80), false),
        ("x".repeat(18 * 80 + 1), true),
        // A wide character does not fit into the last column of a row.
        ("x日".repeat(477), false),
        ("x日".repeat(478), true),
        ("🎉".repeat(18 * 40), false),
        ("🎉".repeat(18 * 40 + 1), true),
        ("\tx".repeat(18 * 10 - 1), false),
        ("\tx".repeat(18 * 10), true),
        ("e\u{301}".repeat(18 * 80), false),
    ] {
        let id = sandbox.add("T", &content);
        let screen = sandbox.screen(&["show", &id, "--color=always"], &variables);
        let begin: String = content.chars().take(9).collect();
        assert_eq!(screen == "paged\n", is_paged, "{begin}: {screen}");
    }
}

#[test]
fn a_pager_that_fails_is_no_reason_to_show_nothing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("long", &"line\n".repeat(200));
    let script = sandbox.script("pager", "cat >/dev/null; exit 3");
    let killed = sandbox.script("killed", "kill -SEGV $$");
    for pager in [
        "false",
        script.to_str().unwrap(),
        killed.to_str().unwrap(),
        "sh -c 'echo wrong option; exit 1'",
    ] {
        let screen = sandbox.screen(&["show", &id], &[("PAGER", pager)]);
        assert_eq!(screen.matches("line\n").count(), 200, "{pager}: {screen}");
    }
}

#[test]
fn a_pager_that_ctrl_c_ends_has_shown_enough() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("long", &"line\n".repeat(200));
    for at_the_end in ["exit 2", "trap - INT; kill -INT $$"] {
        // As `less -K` does it.
        let script =
            format!("trap '{at_the_end}' INT; echo ready; cat >/dev/null; read key </dev/tty");
        let pager = sandbox.script("pager", &script);
        let mut terminal = sandbox.terminal(&["show", &id], &[("PAGER", pager.to_str().unwrap())]);
        terminal.see("ready");
        terminal.type_keys("\u{3}");
        assert_eq!(terminal.end(), ("\n".to_owned(), 0), "{at_the_end}");
    }
}

#[test]
fn a_terminal_that_goes_away_ends_the_pager_and_notes() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("long", &"line\n".repeat(200));
    let pager = sandbox.script("pager", "cat >/dev/null; echo paged; read key </dev/tty");
    let script = format!("PAGER='{}' exec \"$notes\" show {id}", pager.display());
    let mut terminal = sandbox.on_lost_terminal(&script);
    terminal.see("paged");
    // The pager has failed, and the text cannot be shown either.
    assert_eq!(terminal.lose(), 1);
}
