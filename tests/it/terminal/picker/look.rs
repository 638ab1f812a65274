//! The picker on the screen: list, preview, keys and colours.

use super::{ALT_P, DOWN, ESCAPE, NARROW, UP, WIDE, end, screen, see_all, three_notes};
use crate::support::Sandbox;

#[test]
fn the_preview_is_the_whole_note_wrapped_to_its_width() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("Other", "the other text");
    let text = "word ".repeat(30);
    let long = sandbox.add("Long", &format!("{text}\nthe last\tline"));
    let preview = |keys: &str, expected: &str| -> Vec<String> {
        let mut terminal = sandbox.full_screen(WIDE, &["show"], &[]);
        see_all(&mut terminal, 2);
        terminal.type_keys(keys);
        terminal.see(expected);
        terminal.type_keys(ESCAPE);
        let (lines, _) = screen(terminal, WIDE);
        let shown = lines.iter().filter_map(|line| line.split_once('│'));
        shown.map(|(_, line)| line.trim().to_owned()).collect()
    };
    let ten = "word ".repeat(10);
    let ten = ten.trim_end();
    let all = preview("", "the last    line");
    assert_eq!(all[4..9], ["", ten, ten, ten, "the last    line"]);
    assert_eq!(all[0], "Long");
    assert_eq!(all[1], long);
    for (line, name) in [(&all[2], "updated"), (&all[3], "created")] {
        assert!(line.starts_with(&format!("{name} just now, 20")), "{line}");
    }
    let other = preview(DOWN, "the other text");
    assert_eq!(
        (other[0].as_str(), other[5].as_str()),
        ("Other", "the other text")
    );
    // Down twice, and up once.
    let scrolled = preview("\u{1b}[1;2B\u{1b}[1;2B\u{1b}[1;2A", "the last    line");
    assert_eq!(scrolled[..9], all[1..10]);
}

#[test]
fn a_title_stays_at_the_left_and_comes_before_a_content() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("Plan: learn Rust", "");
    let far = format!("{} rust and a plan", "word ".repeat(100));
    sandbox.add("Other", &far);
    sandbox.add(
        "Trucks, uses and parts",
        "letters of rust, but no pl\u{e4}n",
    );
    let mut terminal = sandbox.full_screen(NARROW, &["show"], &[]);
    see_all(&mut terminal, 3);
    terminal.type_keys("rust plan");
    terminal.see(" 2/3");
    terminal.type_keys(ESCAPE);
    let (lines, _) = screen(terminal, NARROW);
    assert_eq!(
        lines,
        [
            "> rust plan",
            "  2/3 ──────────────────────────────────",
            "▌ Plan: learn Rust",
            "  Other  …ord word rust and a plan",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "  Enter take · Tab mark · Esc leave",
        ]
    );
}

#[test]
fn a_heading_is_listed_found_and_previewed_by_its_text() {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign("abcd-1", &[("title", "# Plan"), ("content", "\nplum tree")]);
    let mut terminal = sandbox.full_screen((80, 24), &["show"], &[]);
    see_all(&mut terminal, 1);
    terminal.type_keys("plan");
    terminal.see("> plan");
    terminal.type_keys(ESCAPE);
    let (lines, _) = screen(terminal, (80, 24));
    assert!(lines[2].starts_with("▌ Plan  plum tree "), "{lines:#?}");
    let preview: Vec<&str> = lines[2..6]
        .iter()
        .filter_map(|line| line.split_once("│ "))
        .map(|(_, line)| line)
        .collect();
    assert_eq!(preview, ["Plan", "abcd-1", "plum tree"], "{lines:#?}");
}

#[test]
fn the_list_is_coloured_unless_that_is_switched_off() {
    let sandbox = Sandbox::with_redis();
    three_notes(&sandbox);
    for (option, is_coloured) in [("--color=always", true), ("--color=never", false)] {
        let mut terminal = sandbox.full_screen(WIDE, &["show", option], &[]);
        let mut seen = see_all(&mut terminal, 3);
        terminal.type_keys("milk");
        seen += &terminal.see("1/3");
        terminal.type_keys(ESCAPE);
        assert_eq!(end(terminal).1, 130);
        assert_eq!(seen.contains("\u{1b}[1;31m"), is_coloured, "{seen:?}");
    }
}

#[test]
fn a_narrow_terminal_has_the_list_alone_until_alt_p() {
    let sandbox = Sandbox::with_redis();
    for (id, title) in [
        ("abcd-3", "買い物リスト:牛乳とパンとたまごを買う"),
        ("abcd-2", "🎉🎊🥳 party planning"),
        ("abcd-1", "plain but rather long title of a note"),
    ] {
        let time = "2024-01-15T20:30:00.5+00:00";
        sandbox.foreign(
            id,
            &[
                ("title", title),
                ("content", "内容はここにあります and more of it"),
                ("created_at", time),
                ("updated_at", time),
            ],
        );
    }
    let mut terminal = sandbox.full_screen(NARROW, &["show"], &[]);
    see_all(&mut terminal, 3);
    terminal.type_keys(ESCAPE);
    let (lines, code) = screen(terminal, NARROW);
    assert_eq!(code, 130);
    assert_eq!(
        lines[2..5],
        [
            "▌ plain but rather long title of a note…",
            "  🎉🎊🥳 party planning  内容はここにあ…",
            "  買い物リスト:牛乳とパンとたまごを買う…",
        ]
    );
    let mut terminal = sandbox.full_screen(NARROW, &["show"], &[]);
    see_all(&mut terminal, 3);
    terminal.type_keys(ALT_P);
    terminal.see("内容は");
    terminal.type_keys(ESCAPE);
    let (lines, _) = screen(terminal, NARROW);
    assert_eq!(
        lines[2..10],
        [
            "▌ plain but rather…│ plain but rather",
            "  🎉🎊🥳 party pla…│ long title of a",
            "  買い物リスト:牛… │ note",
            "                   │ abcd-1",
            "                   │ updated 2 years ag…",
            "                   │ created 2 years ag…",
            "                   │",
            "                   │ 内容はここにありま",
        ]
    );
}

#[test]
fn the_keys_of_a_page_move_through_a_long_list() {
    let sandbox = Sandbox::with_redis();
    for number in (0..60).rev() {
        sandbox.add(
            &format!("note {number:02}"),
            &format!("the text of note {number:02}"),
        );
    }
    let [page_up, page_down, home, end_key] = ["\u{1b}[5~", "\u{1b}[6~", "\u{1b}[H", "\u{1b}[F"];
    // Of 24 rows three are the prompt's, the counts' and the keys'; a row is on both pages.
    for (keys, title) in [
        (page_down.to_owned(), "note 20"),
        (page_down.repeat(2), "note 40"),
        (page_down.repeat(9), "note 59"),
        (format!("{page_down}{page_down}{page_up}"), "note 20"),
        (end_key.to_owned(), "note 59"),
        (format!("{end_key}{home}{DOWN}"), "note 01"),
        (format!("{end_key}{page_up}"), "note 39"),
        (UP.to_owned(), "note 00"),
    ] {
        let size = (80, 24);
        let mut terminal = sandbox.full_screen(size, &["show"], &[]);
        see_all(&mut terminal, 60);
        terminal.type_keys(&keys);
        terminal.see(&format!("the text of {title}"));
        terminal.type_keys(ESCAPE);
        let (lines, code) = screen(terminal, size);
        let highlighted = lines.iter().filter(|line| line.starts_with('▌'));
        let highlighted: Vec<&str> = highlighted.map(|line| &line[4..11]).collect();
        assert_eq!(
            (highlighted, code),
            (vec![title], 130),
            "{keys:?}: {lines:#?}"
        );
        assert_eq!(
            lines[23],
            "  Enter take · Tab mark · Esc leave · Alt-P preview · Shift-↑↓ scroll it"
        );
    }
}

#[test]
fn a_note_cannot_send_anything_to_the_terminal() {
    let sandbox = Sandbox::with_redis();
    let evil = "\u{1b}]0;evil\u{7}\u{9b}31m\u{202e}\rX\u{8}";
    sandbox.foreign(
        "abcd-1",
        &[
            ("title", evil),
            ("content", evil),
            ("updated_at", evil),
            (evil, evil),
        ],
    );
    let mut terminal = sandbox.full_screen(WIDE, &["show", "--json=id"], &[("NO_COLOR", "1")]);
    let seen = terminal.see("31m\\u{202e}");
    assert!(!seen.contains("\u{1b}]"), "{seen:?}");
    terminal.type_keys("\r");
    let (text, code) = terminal.end();
    assert_eq!(code, 0, "{text}");
    for hostile in ["\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}", "\u{8}"] {
        assert!(!text.contains(hostile), "{hostile:?} in {text:?}");
    }
}
