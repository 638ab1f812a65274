//! `notes add`

use std::fs;

use crate::support::Sandbox;

#[test]
fn joins_the_words_of_a_title_and_prints_the_id_alone() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox
        .notes(["add", "Buy", "milk"])
        .gives(0, "[..]\n", "added [..] Buy milk\n");
    let id = run.stdout.trim_end();
    assert_eq!(id.len(), 36, "{id}");
    assert_eq!(sandbox.field(id, "title"), "Buy milk");
    assert_eq!(sandbox.field(id, "content"), "");
}

#[test]
fn quiet_says_nothing() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add", "x", "-q"]).gives(0, "[..]\n", "");
}

#[test]
fn takes_a_content_from_an_argument_a_file_or_standard_input() {
    let sandbox = Sandbox::with_redis();
    let file = sandbox.file("c.txt", "from a file\n");
    let file = file.to_str().unwrap();
    for (arguments, stdin, content) in [
        (vec!["add", "T", "-c", "-dash"], "", "-dash"),
        (vec!["add", "T", "-f", file], "", "from a file\n"),
        (vec!["add", "T", "--file", "-"], "piped\n", "piped\n"),
        (vec!["add", "T"], "not read", ""),
    ] {
        let run = sandbox.notes(&arguments).stdin(stdin).run();
        assert_eq!(run.code, 0, "{run:?}");
        let json = sandbox.notes(["show", run.stdout.trim(), "--json"]).run();
        assert_eq!(json.json()["content"], content, "{arguments:?}");
    }
}

#[test]
fn without_a_title_the_first_line_of_the_text_is_the_title() {
    let sandbox = Sandbox::with_redis();
    let file = sandbox.file("n.txt", "T\nc\n");
    for run in [
        sandbox.notes(["add"]).stdin("T\nc\n"),
        sandbox.notes(["add", "-f", "-"]).stdin("T\nc\n"),
        sandbox.notes(["add", "-f", file.to_str().unwrap()]),
    ] {
        let run = run.gives(0, "[..]\n", "added [..] T\n");
        sandbox
            .notes(["show", run.stdout.trim(), "--field", "content", "--raw"])
            .gives(0, "c\n", "");
    }
}

#[test]
fn text_that_begins_with_dashes_is_stored_as_it_is() {
    let sandbox = Sandbox::with_redis();
    for run in [
        sandbox.notes(["add", "--", "-dash"]),
        sandbox.notes(["add"]).stdin("-dash"),
    ] {
        let id = run.gives(0, "[..]\n", "added [..] -dash\n").stdout;
        assert_eq!(sandbox.field(id.trim(), "title"), "-dash");
    }
}

#[test]
fn a_piped_text_comes_back_byte_for_byte() {
    let sandbox = Sandbox::with_redis();
    for text in ["a\n\n", "a\n b \r\n\tc", "ünï\n\u{1}\u{1b}]0;x\u{7}\n"] {
        let id = sandbox.notes(["add"]).stdin(text).run().stdout;
        let shown = sandbox.notes(["show", id.trim(), "--raw"]).run();
        assert_eq!(shown.stdout, text);
    }
}

#[test]
fn an_empty_text_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::with_redis();
    for (arguments, stdin, said) in [
        (
            vec!["add"],
            "",
            "notes: empty note; give a TITLE, or a text on standard input\n",
        ),
        (
            vec!["add"],
            " \n\t\n",
            "notes: empty note; give a TITLE, or a text on standard input\n",
        ),
        (
            vec!["add", " "],
            "",
            "notes: the title is blank; a note needs one\n",
        ),
        (
            vec!["add", "-c", "x"],
            "",
            "notes: a content without a title; give one: [..]\n",
        ),
    ] {
        sandbox.notes(arguments).stdin(stdin).gives(2, "", said);
    }
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn text_that_is_not_utf_8_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add"]).stdin(b"\xff".as_slice()).gives(
        2,
        "",
        "notes: standard input is not UTF-8 text; convert it first, for example with iconv\n",
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add", "T", "-f", "no-such-file"]).gives(
        1,
        "",
        "notes: cannot read no-such-file: No such file [..]\n",
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn json_prints_the_note() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox.notes(["add", "T", "-c", "c", "--json", "-q"]).run();
    let note = run.json();
    assert_eq!(note["title"], "T");
    assert_eq!(note["content"], "c");
    assert_eq!(note["created_at"], note["updated_at"]);
    assert_eq!(run.stdout.lines().count(), 1, "compact in a pipe");
}

#[test]
fn a_piped_text_that_cannot_be_stored_is_kept_in_a_file() {
    let sandbox = Sandbox::bare();
    let run = sandbox
        .notes(["add", "-u", "redis://127.0.0.1:1"])
        .stdin("T\nprecious\n")
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run:?}");
    let drafts = sandbox.drafts();
    assert_eq!(drafts.len(), 1);
    assert!(run.stderr.contains(drafts[0].to_str().unwrap()), "{run:?}");
    assert_eq!(fs::read_to_string(&drafts[0]).unwrap(), "T\nprecious\n");
}
