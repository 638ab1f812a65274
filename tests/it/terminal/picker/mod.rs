//! Picking notes from a list where no NOTE is given: on a pseudo-terminal, as a person does it.

mod look;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::terminal::Terminal;
use crate::support::{Sandbox, eventually};

const WIDE: (u16, u16) = (100, 20);
const NARROW: (u16, u16) = (40, 12);

const UP: &str = "\u{1b}[A";
const DOWN: &str = "\u{1b}[B";
const ESCAPE: &str = "\u{1b}";
const CTRL_C: &str = "\u{3}";
const ALT_P: &str = "\u{1b}p";

/// The sequence that begins the use of the whole screen.
const ON_SCREEN: &str = "\u{1b}[?1049h";

/// Three notes, of which the last is the newest; their ids.
fn three_notes(sandbox: &Sandbox) -> [String; 3] {
    [
        sandbox.add("Buy milk", "two litres #shop"),
        sandbox.add("Meeting", "Tuesday at ten"),
        sandbox.add("Party", "bring lemonade\nand chairs"),
    ]
}

/// Waits until all notes are in the list, and returns what was drawn before.
fn see_all(terminal: &mut Terminal, count: usize) -> String {
    terminal.see(&format!(" {count}/{count}"))
}

/// The process on the terminal.
fn pid(sandbox: &Sandbox) -> Pid {
    let pid = fs::read_to_string(sandbox.home().join("pid")).unwrap();
    Pid::from_raw(pid.trim().parse().unwrap()).unwrap()
}

/// What the program printed once it had left the screen, and its exit code.
fn end(terminal: Terminal) -> (String, i32) {
    let (_, text, code) = terminal.end_of_screen(WIDE);
    (text, code)
}

/// The lines on the screen at last, without the white space at their ends, and the exit code.
fn screen(terminal: Terminal, size: (u16, u16)) -> (Vec<String>, i32) {
    let (screen, _, code) = terminal.end_of_screen(size);
    let lines = screen.screen().contents();
    (
        lines
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect(),
        code,
    )
}

#[test]
fn a_note_is_picked_by_typing_what_it_holds() {
    let sandbox = Sandbox::with_redis();
    let ids = three_notes(&sandbox);
    for (typed, id) in [
        ("milk", &ids[0]),
        ("#shop", &ids[0]),
        ("mtng", &ids[1]),
        ("tuesday ten", &ids[1]),
        ("chairs", &ids[2]),
    ] {
        let mut terminal = sandbox.full_screen(WIDE, &["show", "--field", "id"], &[]);
        see_all(&mut terminal, 3);
        // As fast as a paste: Enter waits for what was typed before it.
        terminal.type_keys(&format!("{typed}\r"));
        assert_eq!(end(terminal), (format!("{id}\n"), 0), "{typed}");
    }
}

#[test]
fn a_note_is_picked_composed_and_decomposed() {
    let sandbox = Sandbox::with_redis();
    let (nfd, nfc) = ("Cafe\u{301} menu", "Caf\u{e9} menu");
    sandbox.add("Cafeteria", "");
    for (title, typed) in [(nfd, "Caf\u{e9}"), (nfc, "cafe\u{301}")] {
        let id = sandbox.add(title, "");
        let mut terminal = sandbox.full_screen(WIDE, &["show", "--field", "id"], &[]);
        see_all(&mut terminal, 2);
        terminal.type_keys(&format!("{typed}\r"));
        assert_eq!(end(terminal), (format!("{id}\n"), 0), "{title}");
        sandbox.notes(["rm", "--yes", &id]).run();
    }
}

#[test]
fn the_list_begins_with_the_note_changed_last() {
    let sandbox = Sandbox::with_redis();
    let ids = three_notes(&sandbox);
    sandbox.notes(["edit", &ids[1], "--append", "x"]).run();
    for (keys, id) in [
        ("\r", &ids[1]),
        ("\u{1b}[B\r", &ids[2]),
        ("\u{1b}[B\u{1b}[B\r", &ids[0]),
    ] {
        let mut terminal = sandbox.full_screen(WIDE, &["show", "--json=id"], &[]);
        see_all(&mut terminal, 3);
        terminal.type_keys(keys);
        let (text, code) = end(terminal);
        assert!(text.contains(id.as_str()) && code == 0, "{keys:?} {text}");
    }
}

#[test]
fn tab_picks_several_and_one_for_the_editor() {
    let sandbox = Sandbox::with_redis();
    let [milk, meeting, party] = three_notes(&sandbox);
    let keys = format!("\t{DOWN}\t{UP}\r");
    let mut terminal = sandbox.full_screen(WIDE, &["show", "--field", "id"], &[]);
    see_all(&mut terminal, 3);
    terminal.type_keys(&keys);
    let (text, code) = end(terminal);
    let mut shown: Vec<&str> = text.lines().collect();
    let mut expected = [milk.as_str(), party.as_str()];
    shown.sort_unstable();
    expected.sort_unstable();
    assert_eq!((shown.as_slice(), code), (expected.as_slice(), 0));

    let editor = sandbox.script("editor", "echo New >\"$1\"");
    let variables = [("EDITOR", editor.to_str().unwrap())];
    let mut terminal = sandbox.full_screen(WIDE, &["edit"], &variables);
    see_all(&mut terminal, 3);
    terminal.type_keys(&format!("\t{DOWN}\t\r"));
    let (text, code) = end(terminal);
    assert_eq!(code, 0, "{text}");
    assert_eq!(sandbox.field(&meeting, "title"), "New");
    assert_eq!(sandbox.field(&party, "title"), "Party");

    let mut terminal = sandbox.full_screen(WIDE, &["rm"], &[]);
    see_all(&mut terminal, 3);
    terminal.type_keys("\t\t\r");
    terminal.see("Delete these 2 notes?");
    terminal.type_keys("y\r");
    assert_eq!(terminal.end().1, 0);
    assert_eq!(sandbox.redis_cli(&["SMEMBERS", "notes:ids"]), milk);
}

#[test]
fn several_are_taken_in_the_order_of_the_list() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    let mut terminal = sandbox.full_screen(WIDE, &["show", "--json=title"], &[("PAGER", "cat")]);
    see_all(&mut terminal, 3);
    // From the last upwards, and one twice.
    terminal.type_keys(&format!("\u{1b}[F\u{1b}[Z\u{1b}[Z\u{1b}[Z{DOWN}\t\r"));
    let (text, code) = end(terminal);
    let titles: Vec<&str> = text.split('"').skip(3).step_by(4).collect();
    assert_eq!(
        (titles.as_slice(), code),
        (&["Party", "Buy milk"][..], 0),
        "{text}"
    );
}

#[test]
fn enter_without_a_note_that_is_found_leaves_the_picker_open() {
    let sandbox = Sandbox::with_redis();
    let [milk, ..] = three_notes(&sandbox);
    let mut terminal = sandbox.full_screen(WIDE, &["show", "--field", "id"], &[]);
    see_all(&mut terminal, 3);
    terminal.type_keys("milkx\r");
    terminal.see(" 0/3");
    terminal.type_keys("\u{8}\r");
    assert_eq!(end(terminal), (format!("{milk}\n"), 0));
}

#[test]
fn a_note_is_picked_by_typing_chinese_japanese_or_an_emoji() {
    let sandbox = Sandbox::with_redis();
    let shopping = sandbox.add("買い物リスト", "牛乳、パン");
    let party = sandbox.add("Party 🎉", "");
    for (typed, id) in [("牛乳", &shopping), ("🎉", &party)] {
        let mut terminal = sandbox.full_screen(NARROW, &["show", "--field", "id"], &[]);
        see_all(&mut terminal, 2);
        terminal.type_keys(typed);
        terminal.see(" 1/2");
        terminal.type_keys("\r");
        assert_eq!(end(terminal), (format!("{id}\n"), 0), "{typed}");
    }
}

#[test]
fn escape_and_ctrl_c_leave_with_130_and_the_terminal_as_it_was() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    for key in [ESCAPE, CTRL_C] {
        for arguments in [&["show"][..], &["edit"], &["rm"], &["rm", "--yes"]] {
            let mut terminal = sandbox.full_screen(WIDE, arguments, &[]);
            see_all(&mut terminal, 3);
            terminal.type_keys(key);
            let said = "notes: no note was picked\n".to_owned();
            assert_eq!(end(terminal), (said, 130), "{key:?} {arguments:?}");
        }
    }
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "3");
}

#[test]
fn a_signal_to_end_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    for signal in [Signal::TERM, Signal::INT] {
        let mut terminal = sandbox.full_screen(WIDE, &["show"], &[]);
        see_all(&mut terminal, 3);
        kill_process(pid(&sandbox), signal).unwrap();
        assert_eq!(end(terminal).1, 130, "{signal:?}");
    }
}

#[test]
fn the_first_sigterm_ends_the_picker_also_in_the_middle_of_a_key() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    let mut terminal = sandbox.full_screen(WIDE, &["show"], &[]);
    see_all(&mut terminal, 3);
    // The beginning of an arrow key is read until the key is whole.
    terminal.type_keys("\u{1b}[");
    kill_process(pid(&sandbox), Signal::TERM).unwrap();
    let (text, code) = end(terminal);
    // The signal may be faster than the key.
    assert!(matches!(code, 143 | 130), "{code} {text}");
}

#[test]
fn a_terminal_that_goes_away_ends_the_picker() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    for keys in ["", "\u{1b}["] {
        for command in ["show", "rm", "edit"] {
            let script = format!("exec \"$notes\" {command}");
            let mut terminal = sandbox.on_lost_terminal(&script);
            terminal.see(" 3/3");
            terminal.type_keys(keys);
            let code = terminal.lose();
            // As by SIGHUP, unless it noticed first that it cannot draw.
            assert!(matches!(code, 129 | 1), "{command}: {code}");
        }
    }
}

#[test]
fn a_picker_that_was_stopped_draws_itself_again() {
    let sandbox = Sandbox::with_redis();
    let [.., party] = three_notes(&sandbox);
    let mut terminal = sandbox.full_screen(WIDE, &["show", "--field", "id"], &[]);
    see_all(&mut terminal, 3);
    let pid = pid(&sandbox);
    // SIGTSTP is for a shell that has job control.
    kill_process(pid, Signal::STOP).unwrap();
    let process = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    eventually("it stops", || {
        let stat = fs::read_to_string(process.join("stat")).unwrap();
        stat.contains(") T ")
    });
    // A shell has its own modes.
    let tty = fs::read_link(process.join("fd/0")).unwrap();
    let tty = File::open(tty).unwrap();
    let stty = Command::new("stty").arg("sane").stdin(tty).status();
    assert!(stty.unwrap().success());
    kill_process(pid, Signal::CONT).unwrap();
    terminal.see(ON_SCREEN);
    see_all(&mut terminal, 3);
    terminal.type_keys("\r");
    assert_eq!(end(terminal), (format!("{party}\n"), 0));
}

#[test]
fn a_terminal_without_a_size_shows_no_picker() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    let terminal = sandbox.full_screen((0, 0), &["show"], &[]);
    let text = "the terminal has no size; `stty rows 24 columns 80` gives it one";
    let said = format!("notes: cannot open the picker; name the NOTE instead: {text}\n");
    assert_eq!(terminal.end(), (said, 1));
}

#[test]
fn a_redis_that_fails_while_it_is_read_ends_the_picker() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["SADD", "notes:ids", "abcd-1"]);
    sandbox.redis_cli(&[
        "ACL", "SETUSER", "u", "on", "nopass", "~*", "+@all", "-hget",
    ]);
    let url = sandbox.redis().url();
    let variables = [
        ("REDIS_USERNAME", "u"),
        ("REDIS_PASSWORD", "x"),
        ("REDIS_URL", url.as_str()),
    ];
    let terminal = sandbox.full_screen(WIDE, &["show"], &variables);
    let (text, code) = end(terminal);
    assert_eq!(code, 4, "{text}");
    assert!(text.starts_with("notes: refused by Redis"), "{text}");
}

#[test]
fn there_is_no_picker_without_a_terminal_or_without_notes() {
    let sandbox = Sandbox::with_redis();
    for arguments in [
        &["show"][..],
        &["edit"],
        &["edit", "-c", "x"],
        &["rm"],
        &["rm", "--yes"],
        &["rm", "--dry-run"],
    ] {
        let said = "the following required arguments were not provided: <NOTE>...";
        let stderr = format!("notes: {said}; `notes {} -h` tells more\n", arguments[0]);
        sandbox.notes(arguments).gives(2, "", &stderr);
        let (text, code) = sandbox.terminal(arguments, &[("TERM", "dumb")]).end();
        assert_eq!((text, code), (stderr, 2));
        let (text, code) = sandbox.terminal(arguments, &[]).end();
        let none = "notes: there are no notes yet; `notes add` makes one\n";
        assert_eq!((text.as_str(), code), (none, 3), "{arguments:?}");
    }
}

#[test]
fn notes_picker_names_another_program() {
    let sandbox = Sandbox::with_redis();
    let [milk, ..] = three_notes(&sandbox);
    let script = sandbox.script("pick", "grep \"$1\"");
    let script = script.to_str().unwrap();
    let run = |arguments: &[&str], picker: &str| {
        let variables = [("NOTES_PICKER", picker)];
        sandbox.terminal(arguments, &variables).end()
    };
    let by_script = format!("{script} 'Buy milk'");
    assert_eq!(
        run(&["show", "--field", "id"], &by_script),
        (format!("{milk}\n"), 0)
    );
    let (text, code) = run(&["rm", "--yes"], "cat");
    assert_eq!(code, 0, "{text}");
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "0");
    sandbox.add("T", "");
    for (picker, said, expected) in [
        ("false", "no note was picked", 130),
        ("sh -c 'exit 130'", "no note was picked", 130),
        (
            "sh -c 'exit 3'",
            "the picker `sh -c 'exit 3'` failed (exit status: 3)",
            1,
        ),
        (
            "no-such-picker",
            "cannot run the picker `no-such-picker`; set NOTES_PICKER to one that is installed, \
          or to nothing for the built-in one: No such file or directory (os error 2)",
            1,
        ),
    ] {
        let (text, code) = run(&["show"], picker);
        assert_eq!((text, code), (format!("notes: {said}\n"), expected));
    }
}

#[test]
fn a_strangers_env_file_names_no_picker() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    let evil = sandbox.script("evil", "touch was-run; head -n 1");
    let setting = format!("NOTES_PICKER={}\n", evil.display());
    sandbox.file(".env", &setting);
    let mut terminal = sandbox.full_screen(WIDE, &["show", "--field", "id"], &[]);
    see_all(&mut terminal, 1);
    terminal.type_keys("\r");
    assert_eq!(end(terminal), (format!("{id}\n"), 0));
    assert!(!sandbox.home().join("was-run").exists());
    sandbox.file(".config/notes/.env", &setting);
    let screen = sandbox.screen(&["show", "--field", "id"], &[]);
    assert_eq!(screen, format!("{id}\n"));
    assert!(sandbox.home().join("was-run").exists());
}
