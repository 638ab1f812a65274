//! Links on a terminal: their lines, and the offer to change them with a title.

use unicode_width::UnicodeWidthStr as _;

use crate::support::Sandbox;

#[test]
fn a_new_title_offers_to_change_the_links_to_the_note() {
    for (keys, content) in [("y\r", "[[New]]"), ("\r", "[[Old]]")] {
        let sandbox = Sandbox::with_redis();
        let old = sandbox.add("Old", "");
        let linking = sandbox.add("x", "[[Old]]");
        let mut terminal = sandbox.terminal(&["edit", "Old", "-t", "New"], &[]);
        terminal.see("Change the links to it in 1 note too? [y/N] ");
        assert_eq!(sandbox.field(&old, "title"), "New", "it does not wait");
        terminal.type_keys(keys);
        let (text, code) = terminal.end();
        assert_eq!(code, 0, "{text}");
        assert_eq!(sandbox.field(&linking, "content"), content);
    }
    // Without links there is no question.
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("Old", "");
    sandbox.screen(&["edit", "Old", "-t", "New"], &[]);
    assert_eq!(sandbox.field(&id, "title"), "New");
}

#[test]
fn links_are_lines_that_fit_the_terminal() {
    let sandbox = Sandbox::with_redis();
    let title = "A long title of a note that does not fit a narrow terminal \u{1b}[2J";
    let long = sandbox.add(title, "");
    let plan = sandbox.add("Plan", &format!("[[{long}]] [[Nowhere]]"));
    sandbox.add("Diary", "[[plan]]");
    for columns in ["80", "40"] {
        let variables = [("COLUMNS", columns), ("NO_COLOR", "1")];
        let screen = sandbox.screen(&["links", "Plan"], &variables);
        let lines: Vec<&str> = screen.lines().collect();
        assert_eq!(lines.len(), 3, "{screen}");
        assert!(screen.contains("to         "), "{screen}");
        assert!(screen.contains("missing    [[Nowhere]]\n"), "{screen}");
        assert!(screen.contains("  Diary  [[plan]]\n"), "{screen}");
        let broken = sandbox.screen(&["links", "--broken"], &variables);
        let line = format!("missing    {}  Plan  [[Nowhere]]\n", &plan[..8]);
        assert_eq!(broken, line);
        for line in screen.lines() {
            assert!(line.width() <= columns.parse().unwrap(), "{line}");
        }
        assert!(!screen.contains('\u{1b}'), "{screen:?}");
    }
    let coloured = sandbox.screen(&["links", "Plan"], &[]);
    assert!(coloured.contains("\u{1b}[33m"), "{coloured:?}");
    let screen = sandbox.screen(&["links", &long[..8]], &[("NO_COLOR", "1")]);
    assert!(screen.starts_with("from "), "{screen}");
}
