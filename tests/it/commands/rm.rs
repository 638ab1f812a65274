//! `notes rm` without a terminal; the question is in `terminal`.

use crate::support::Sandbox;

#[test]
fn without_a_terminal_it_wants_yes() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "");
    sandbox.notes(["rm", &id]).gives(
        2,
        "",
        "notes: not deleted: without a terminal to ask on, pass --yes\n",
    );
    sandbox.notes(["rm", &id, "--yes"]).gives(
        0,
        &format!("{id}\n"),
        &format!("deleted {} T\n`notes undo` brings it back\n", &id[..8]),
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn it_deletes_what_it_finds_and_says_what_it_did_not() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", ""), sandbox.add("b", ""));
    sandbox
        .notes(["rm", "--yes", &a, "00000000", &b, &a])
        .gives(
            3,
            &format!("{a}\n{b}\n"),
            &format!(
                "notes: no note '00000000'; `notes list` shows what there is\n\
             deleted {} a\ndeleted {} b\n`notes undo` brings them back\n",
                &a[..8],
                &b[..8]
            ),
        );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn a_name_that_fits_several_deletes_none() {
    let sandbox = Sandbox::with_redis();
    for id in ["abcd-1", "abcd-2", "other"] {
        sandbox.foreign(id, &[("title", id)]);
    }
    sandbox.notes(["rm", "--yes", "other", "abcd"]).gives(
        5,
        "",
        "notes: 'abcd' is the beginning of 2 ids:\n  abcd-1  abcd-1\n  abcd-2  abcd-2\n",
    );
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "3");
}

#[test]
fn a_dry_run_says_what_would_go_and_deletes_nothing() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", ""), sandbox.add("b", ""));
    sandbox.notes(["rm", "--dry-run", &a, &b]).gives(
        0,
        &format!("{a}\n{b}\n"),
        &format!("would delete {} a\nwould delete {} b\n", &a[..8], &b[..8]),
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "3");
}

#[test]
fn json_prints_the_notes_that_are_gone() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "precious");
    let run = sandbox.notes(["rm", "--yes", "--json", "-q", &id]).run();
    assert_eq!(run.json()["content"], "precious");
}

#[test]
fn an_id_without_a_note_can_be_deleted() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost"]);
    sandbox
        .notes(["rm", "--yes", "-q", "ghost"])
        .gives(0, "ghost\n", "");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn a_key_that_holds_something_else_is_left_alone() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["SET", "note:string", "x"]);
    sandbox.notes(["rm", "--yes", "string"]).gives(
        1,
        "",
        "notes: the key note:string holds something other than a note; another program wrote it\n",
    );
    assert_eq!(sandbox.redis_cli(&["GET", "note:string"]), "x");
}

#[test]
fn ids_on_standard_input_are_deleted_as_one_step() {
    let sandbox = Sandbox::with_redis();
    let (a, b) = (sandbox.add("a", ""), sandbox.add("b", ""));
    let ids = format!("{a}\n{b}\n");
    sandbox.notes(["rm", "-"]).stdin(ids.as_str()).gives(
        2,
        "",
        "notes: not deleted: without a terminal to ask on, pass --yes\n",
    );
    sandbox
        .notes(["rm", "-qy", "-"])
        .stdin(ids.as_str())
        .gives(0, &ids, "");
    sandbox.notes(["rm", "-qy", "-"]).stdin("").gives(0, "", "");
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "2");
}
