//! The question before notes are deleted or many are changed, on a pseudo-terminal.

use std::fs;

use crate::support::Sandbox;

/// A note, its id, and the environment of a script that knows it.
fn one_note() -> (Sandbox, String) {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    (sandbox, id)
}

fn count(sandbox: &Sandbox) -> String {
    sandbox.redis_cli(&["SCARD", "notes:ids"])
}

#[test]
fn a_line_of_y_or_yes_is_yes_and_all_else_is_no() {
    for (keys, code) in [
        ("y\r", 0),
        ("YES\r", 0),
        (" yes \r", 0),
        ("\r", 1),
        ("n\r", 1),
        ("history\r", 1),
        ("try\r", 1),
        ("yarn build\r", 1),
        ("\u{1b}\r", 1),
        ("\u{1b}y\r", 1),
    ] {
        let (sandbox, id) = one_note();
        let mut terminal = sandbox.terminal(&["rm", &id], &[]);
        terminal.see(&format!("Delete {} T? [y/N] ", &id[..8]));
        terminal.type_keys(keys);
        let (text, ended) = terminal.end();
        assert_eq!(ended, code, "{keys:?} {text}");
        assert_eq!(count(&sandbox), code.to_string(), "{keys:?}");
    }
}

#[test]
fn the_end_of_input_is_no_even_after_a_y() {
    for keys in ["\u{4}", "y\u{4}\u{4}"] {
        let (sandbox, id) = one_note();
        let mut terminal = sandbox.terminal(&["rm", &id], &[]);
        terminal.see("[y/N] ");
        terminal.type_keys(keys);
        assert_eq!(terminal.end(), ("\n".to_owned(), 1), "{keys:?}");
        assert_eq!(count(&sandbox), "1");
    }
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    for typed in ["history\n", "yarn build\n", "yes\n", "y\n", "y"] {
        let (sandbox, id) = one_note();
        let script = "stty echo; mkfifo go; echo ready; read go <go; exec \"$notes\" rm \"$id\"";
        let mut terminal = sandbox.script_on_terminal(script, &[("id", &id)]);
        terminal.see("ready");
        terminal.type_keys(typed);
        // Its echo says that the terminal has it.
        terminal.see(typed.trim_end());
        fs::write(sandbox.home().join("go"), "\n").unwrap();
        terminal.see("[y/N] ");
        terminal.type_keys("\r");
        let (text, code) = terminal.end();
        assert_eq!(code, 1, "{typed:?} {text}");
        assert_eq!(count(&sandbox), "1", "{typed:?}");
    }
}

#[test]
fn nothing_of_the_answer_is_left_for_the_shell_and_nothing_after_it_is_taken() {
    for (answer, code) in [("yes", 0), ("no", 1), ("yarn", 1)] {
        let (sandbox, id) = one_note();
        let script = "\"$notes\" rm \"$id\" >/dev/null; echo \"code $?\"; \
                      IFS= read -r line; echo \"then <$line>\"";
        let mut terminal = sandbox.script_on_terminal(script, &[("id", &id)]);
        terminal.see("[y/N] ");
        terminal.type_keys(&format!("{answer}\rls\r"));
        terminal.see(&format!("code {code}\r\n"));
        assert_eq!(terminal.end(), ("then <ls>\n".to_owned(), 0), "{answer}");
    }
}

#[test]
fn a_dumb_terminal_gets_no_escape_sequence() {
    let (sandbox, id) = one_note();
    for (keys, code) in [("\r", 1), ("yes\r", 0)] {
        let mut terminal = sandbox.terminal(&["rm", &id], &[("TERM", "dumb")]);
        let before = terminal.see("[y/N] ");
        terminal.type_keys(keys);
        let (after, ended) = terminal.end();
        assert_eq!(ended, code);
        assert!(!(before + &after).contains('\u{1b}'), "{after:?}");
    }
}

#[test]
fn ctrl_c_exits_130_and_leaves_the_terminal_as_it_was() {
    let (sandbox, id) = one_note();
    let script = "trap : INT; stty -a >before; \"$notes\" rm \"$id\"; code=$?; \
                  stty -a >after; cmp before after && exit $code";
    let mut terminal = sandbox.script_on_terminal(script, &[("id", &id)]);
    let before = terminal.see("[y/N] ");
    assert!(!before.contains('\u{1b}'), "{before:?}");
    terminal.type_keys("\u{3}");
    let (text, code) = terminal.end();
    assert_eq!((text.trim(), code), ("", 130));
    assert_eq!(count(&sandbox), "1");
}

#[test]
fn ids_from_a_pipe_leave_the_terminal_for_the_answer() {
    let sandbox = Sandbox::with_redis();
    for title in ["one", "two", "three"] {
        sandbox.add(title, "");
    }
    let change = "\"$notes\" list --ids | \"$notes\" edit - --append x";
    for (keys, code, content) in [("\r", 1, ""), ("yes\r", 0, "x")] {
        let mut terminal = sandbox.script_on_terminal(change, &[]);
        terminal.see("Change these 3 notes? [y/N] ");
        terminal.type_keys(keys);
        assert_eq!(terminal.end().1, code);
        let shown = sandbox.notes(["show", "three", "--field", "content"]).run();
        assert_eq!(shown.stdout, format!("{content}\n"));
    }
    let delete = "\"$notes\" list --ids | \"$notes\" rm -";
    for (keys, code, left) in [("n\r", 1, "3"), ("yes\r", 0, "0")] {
        let mut terminal = sandbox.script_on_terminal(delete, &[]);
        terminal.see("Delete these 3 notes? [y/N] ");
        terminal.type_keys(keys);
        let (text, ended) = terminal.end();
        assert_eq!(ended, code, "{text}");
        assert_eq!(count(&sandbox), left);
    }
}

#[test]
fn a_pipe_without_ids_is_no_answer() {
    let (sandbox, id) = one_note();
    let script = "yes | \"$notes\" rm \"$id\"";
    let terminal = sandbox.script_on_terminal(script, &[("id", &id)]);
    let said = "notes: not deleted: without a terminal to ask on, pass --yes\n";
    assert_eq!(terminal.end(), (said.to_owned(), 2));
    assert_eq!(count(&sandbox), "1");
}

#[test]
fn a_terminal_that_goes_away_is_no() {
    let (sandbox, id) = one_note();
    let mut terminal = sandbox.on_lost_terminal(&format!("exec \"$notes\" rm {id}"));
    terminal.see("[y/N] ");
    assert_eq!(terminal.lose(), 1);
    assert_eq!(count(&sandbox), "1");
}
