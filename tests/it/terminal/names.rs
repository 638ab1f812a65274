//! NOTE as a person types it: a part of a title, on a terminal alone.

use crate::support::Sandbox;

const SIZE: (u16, u16) = (80, 24);

fn notes() -> (Sandbox, [String; 3]) {
    let sandbox = Sandbox::with_redis();
    let ids = ["Buy milk", "Milk round", "Rust: a plan"].map(|title| sandbox.add(title, ""));
    (sandbox, ids)
}

#[test]
fn a_part_of_one_title_names_its_note_on_a_terminal() {
    let (sandbox, [milk, round, plan]) = notes();
    for (name, id) in [("buy m", &milk), ("ROUN", &round), ("plan rust", &plan)] {
        let screen = sandbox.screen(&["show", name, "--field", "id"], &[]);
        assert_eq!(&screen, &format!("{id}\n"), "{name}");
    }
    let editor = sandbox.script("editor", "echo New >\"$1\"");
    let variables = [("EDITOR", editor.to_str().unwrap())];
    sandbox.screen(&["edit", "Buy m"], &variables);
    assert_eq!(sandbox.field(&milk, "title"), "New");
    let mut terminal = sandbox.terminal(&["rm", "round"], &[]);
    terminal.see("Milk round? [y/N]");
    terminal.type_keys("y\r");
    assert_eq!(terminal.end().1, 0);
    // Without a question only what is named is deleted.
    let (text, code) = sandbox
        .terminal(&["rm", "--yes", "plan", "--color=never"], &[])
        .end();
    let said = format!(
        "notes: no note 'plan'; near it:\n  {}  Rust: a plan  just now\n",
        &plan[..8]
    );
    assert_eq!((text, code), (said, 3));
}

#[test]
fn a_part_of_several_titles_opens_the_picker_with_the_words_filled_in() {
    let (sandbox, [milk, round, _]) = notes();
    let mut terminal = sandbox.full_screen(SIZE, &["show", "milk", "--field", "id"], &[]);
    terminal.see("> milk");
    terminal.see(" 2/3");
    terminal.type_keys(" buy\r");
    let (_, text, code) = terminal.end_of_screen(SIZE);
    assert_eq!((text, code), (format!("{milk}\n"), 0));
    // Another NOTE stays with what was picked, and the picker can be left.
    let mut terminal = sandbox.full_screen(SIZE, &["show", "@", "milk", "--field", "title"], &[]);
    terminal.see(" 2/3");
    terminal.type_keys(" round\r");
    let (_, text, code) = terminal.end_of_screen(SIZE);
    assert_eq!((text.as_str(), code), ("Rust: a plan\nMilk round\n", 0));
    let mut terminal = sandbox.full_screen(SIZE, &["rm", "milk"], &[]);
    terminal.see(" 2/3");
    terminal.type_keys("\u{1b}");
    let (_, text, code) = terminal.end_of_screen(SIZE);
    assert_eq!((text.as_str(), code), ("notes: no note was picked\n", 130));
    assert_eq!(sandbox.field(&round, "title"), "Milk round");
    let dumb = sandbox.terminal(&["show", "milk"], &[("TERM", "dumb")]);
    let (text, code) = dumb.end();
    assert!(
        text.starts_with("notes: no note 'milk'; near it:\n"),
        "{text}"
    );
    assert_eq!((text.lines().count(), code), (3, 3), "{text}");
}

#[test]
fn nothing_is_guessed_where_the_output_is_no_terminal() {
    let (sandbox, [milk, ..]) = notes();
    let (text, code) = sandbox
        .script_on_terminal(
            "\"$notes\" show 'buy m' --color=never >out; code=$?; cat out; exit $code",
            &[],
        )
        .end();
    let said = format!(
        "notes: no note 'buy m'; near it:\n  {}  Buy milk  just now\n",
        &milk[..8]
    );
    assert_eq!((text, code), (said, 3));
}
