//! Tasks on a terminal.

use unicode_width::UnicodeWidthStr as _;

use crate::support::Sandbox;

#[test]
fn tasks_stand_below_the_title_of_their_note_and_fit_the_terminal() {
    let sandbox = Sandbox::with_redis();
    let long = "日本語 and a text that does not fit into forty columns \u{1b}[2J";
    let lines = [
        "- [ ] one",
        "- [x] two",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "- [ ] ",
    ];
    let id = sandbox.add("Shopping", &(lines.join("\n") + long));
    let id = &id[..8];
    for columns in ["80", "40"] {
        let variables = [("COLUMNS", columns), ("NO_COLOR", "1")];
        let screen = sandbox.screen(&["tasks", "--done"], &variables);
        let expected = format!(
            "Shopping\n  {id}:1   [ ] one\n  {id}:2   [x] two\n  {id}:10  [ ] 日本語 and a"
        );
        assert!(screen.starts_with(&expected), "{screen}");
        for line in screen.lines() {
            assert!(line.width() <= columns.parse().unwrap(), "{line}");
        }
        assert!(!screen.contains('\u{1b}'), "{screen:?}");
    }
    let coloured = sandbox.screen(&["tasks"], &[]);
    assert!(coloured.contains("\u{1b}[33m"), "{coloured:?}");
    let screen = sandbox.screen(&["tasks", "nothing"], &[]);
    assert_eq!(
        screen,
        "no open tasks; a line `- [ ] text` in a note is one\n"
    );
}
