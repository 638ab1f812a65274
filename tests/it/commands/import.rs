//! `notes import`: what is exported comes back to the byte, conflicts are decided as asked, and what
//! cannot be read costs itself alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use proptest::prop_assume;
use proptest::test_runner::{Config, TestRunner};

use crate::support::Sandbox;
use crate::support::any_notes::{Fields, any_notes};

pub(super) const OLD: &str = "2024-01-15T10:30:00+00:00";
pub(super) const NEW: &str = "2024-01-16T10:30:00+00:00";

/// A line of JSONL.
pub(super) fn line(id: &str, title: &str, updated_at: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"{title}\",\"updated_at\":\"{updated_at}\"}}\n")
}

/// The bytes as a string of Lua.
fn lua(bytes: &[u8]) -> String {
    let mut text = String::from("'");
    for byte in bytes {
        write!(text, "\\{byte:03}").unwrap();
    }
    text + "'"
}

fn fill(sandbox: &Sandbox, notes: &BTreeMap<String, Fields>) {
    let mut script = String::from("redis.call('FLUSHALL')\n");
    for (id, fields) in notes {
        let key = lua(format!("note:{id}").as_bytes());
        for (name, value) in fields {
            let (name, value) = (lua(name), lua(value));
            writeln!(script, "redis.call('HSET',{key},{name},{value})").unwrap();
        }
        let id = lua(id.as_bytes());
        writeln!(script, "redis.call('SADD','notes:ids',{id})").unwrap();
    }
    sandbox.redis_cli(&["EVAL", &script, "0"]);
}

#[test]
fn any_store_comes_back_to_the_byte_in_every_format() {
    let sandbox = Sandbox::with_redis();
    let run = |arguments: &[&str]| {
        let run = sandbox.notes(arguments.iter().chain(&["-q"])).run();
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run
    };
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    let tested = runner.run(&any_notes(), |notes| {
        prop_assume!(!notes.is_empty());
        fill(&sandbox, &notes);
        let before = sandbox.contents();
        for format in ["jsonl", "json", "csv", "md"] {
            let path = sandbox.home().join(format!("export.{format}"));
            let _ = fs::remove_dir_all(&path);
            let path = path.to_str().unwrap();
            run(&["export", "-o", path]);
            sandbox.redis_cli(&["FLUSHALL"]);
            run(&["import", "--dry-run", path]);
            assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
            run(&["import", path]);
            assert_eq!(sandbox.contents(), before, "{format}");
            let again = run(&["import", path, "--on-conflict", "replace"]);
            assert_eq!(again.stdout, "", "{format}");
            assert_eq!(sandbox.contents(), before, "{format}");
        }
        Ok(())
    });
    tested.unwrap();
}

/// Two notes, for a file in which one of them is the same and the other is not.
fn same_and_other() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    sandbox.foreign(
        "same",
        &[("id", "same"), ("title", "S"), ("updated_at", OLD)],
    );
    sandbox.foreign("other", &[("id", "other"), ("title", "theirs")]);
    sandbox
}

#[test]
fn an_import_is_one_step_and_says_what_it_did() {
    let sandbox = same_and_other();
    let before = sandbox.contents();
    let text = line("same", "S", OLD) + &line("other", "ours", NEW) + &line("new", "N", NEW);
    sandbox.file("n.jsonl", &text);
    sandbox.notes(["import", "n.jsonl"]).gives(
        0,
        "new\n",
        "skipped other ours: a different version is stored; `--on-conflict newer` imports this one\n\
         imported 1 note (1 created; 1 skipped; 1 unchanged); `notes undo` undoes it\n",
    );
    assert_eq!(sandbox.field("new", "title"), "N");
    assert_eq!(sandbox.field("other", "title"), "theirs");
    sandbox.notes(["import", "n.jsonl"]).gives(
        0,
        "",
        "skipped other ours: [..]\nimported 0 notes (1 skipped; 2 unchanged)\n",
    );
    sandbox.notes(["undo", "-q"]).gives(0, "new\n", "");
    assert_eq!(sandbox.contents(), before);
    let run = sandbox
        .notes(["import", "--on-conflict", "replace", "-", "--json"])
        .stdin(text.as_str())
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        run.stdout,
        "{\"id\":\"other\",\"title\":\"ours\",\"updated_at\":\"2024-01-16T10:30:00+00:00\"}\n\
         {\"id\":\"new\",\"title\":\"N\",\"updated_at\":\"2024-01-16T10:30:00+00:00\"}\n"
    );
    sandbox.notes(["undo", "-q"]).run();
    let import = sandbox.notes(["import", "-", "-q", "--json=id,tags"]);
    let import = import.stdin(text.as_str());
    import.gives(0, "{\"id\":\"new\",\"tags\":null}\n", "");
    let log = sandbox
        .notes(["log", "-n", "1", "--json=by,state"])
        .run()
        .json();
    assert_eq!(log, serde_json::json!([{"by": "import", "state": "made"}]));
    sandbox.notes(["undo", "-q"]).gives(0, "new\n", "");
    assert_eq!(sandbox.contents(), before);
}

#[test]
fn two_thousand_notes_are_one_step() {
    let sandbox = Sandbox::with_redis();
    let text: String = (0..2_500)
        .map(|i| line(&format!("n{i:04}"), "T", NEW))
        .collect();
    sandbox.file("n.jsonl", text);
    let run = sandbox.notes(["import", "n.jsonl"]).run();
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2_500));
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "2500");
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn an_import_that_fills_the_journal_says_so_and_can_be_undone_at_once() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("before", "");
    let before = sandbox.contents();
    let long = "x".repeat(1024 * 1024);
    let text: String = (0..20)
        .map(|i| line(&format!("n{i:04}"), &long, NEW))
        .collect();
    sandbox.file("n.jsonl", text);
    let run = sandbox.notes(["import", "n.jsonl"]).run();
    assert_eq!(
        run.stderr,
        "imported 20 notes (20 created); `notes undo` can undo it until the next change, and nothing \
         before it: it fills the journal\n"
    );
    assert_eq!(sandbox.notes(["undo", "-q"]).run().code, 0);
    assert_eq!(sandbox.contents(), before);
}

#[test]
fn conflicts_are_decided_as_asked() {
    let sandbox = Sandbox::with_redis();
    sandbox.file(
        "n.jsonl",
        line("a", "file", NEW) + &line("b", "file", OLD) + &line("c", "file", "?"),
    );
    let stored = || {
        for (id, time) in [("a", OLD), ("b", NEW), ("c", OLD)] {
            sandbox.foreign(
                id,
                &[
                    ("id", id),
                    ("title", "stored"),
                    ("updated_at", time),
                    ("x", "y"),
                ],
            );
        }
        sandbox.contents()
    };
    let titles = || ["a", "b", "c"].map(|id| sandbox.field(id, "title"));
    let import = |what| sandbox.notes(["import", "n.jsonl", "-q", "--on-conflict", what]);
    let before = stored();
    import("skip").gives(0, "", "");
    assert_eq!(sandbox.contents(), before);
    import("newer").gives(0, "a\n", "");
    assert_eq!(titles(), ["file", "stored", "stored"]);
    assert_eq!(sandbox.field("a", "x"), "", "the whole note is replaced");
    stored();
    import("replace").gives(0, "a\nb\nc\n", "");
    assert_eq!(titles(), ["file", "file", "file"]);
    let stderr = "notes: invalid value 'ask' for '--on-conflict <WHAT>'; [..]\n";
    import("ask").gives(2, "", stderr);
}

#[test]
fn fail_writes_nothing_if_any_note_differs() {
    let sandbox = Sandbox::with_redis();
    for id in ["a", "b"] {
        sandbox.foreign(id, &[("id", id), ("title", "stored")]);
    }
    let before = sandbox.contents();
    let text = line("new", "N", NEW) + &line("a", "file", NEW) + &line("b", "file", NEW);
    let import = |more: &[&str]| {
        let arguments = ["import", "-", "--on-conflict", "fail"];
        sandbox
            .notes(arguments.iter().chain(more))
            .stdin(text.as_str())
    };
    let said = "nothing was imported: note a is stored with another text, and so are 1 more";
    import(&[]).gives(6, "", &format!("notes: {said}\n"));
    assert_eq!(sandbox.contents(), before);
    let plan = "create\tnew\tN\nconflict\ta\tfile\nconflict\tb\tfile\n";
    import(&["--dry-run"]).gives(6, plan, &format!("notes: {said}\n"));
    let run = import(&["--json"]).run();
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["error"]["code"], "conflict");
    assert_eq!(error["error"]["id"], "a");
}

#[test]
fn a_dry_run_prints_the_plan_and_writes_nothing() {
    let sandbox = same_and_other();
    let before = sandbox.contents();
    sandbox.file(
        "n.jsonl",
        line("same", "S", OLD) + &line("other", "ours", NEW) + &line("new", "a\\tb", NEW),
    );
    let import = |more: &[&str]| sandbox.notes(["import", "n.jsonl", "-n"].iter().chain(more));
    import(&[]).gives(
        0,
        "unchanged\tsame\tS\nskip\tother\tours\ncreate\tnew\ta\\tb\n",
        "would import 1 note (1 created; 1 skipped; 1 unchanged)\n",
    );
    import(&["--on-conflict", "replace", "-q"]).gives(
        0,
        "unchanged\tsame\tS\nreplace\tother\tours\ncreate\tnew\ta\\tb\n",
        "",
    );
    let plan = import(&["--json", "-q"]).run().json();
    let expected = serde_json::json!({"action": "skip", "id": "other", "title": "ours"});
    assert_eq!(plan[1], expected);
    assert_eq!(sandbox.contents(), before);
    assert!(!sandbox.journal().exists());
}

#[test]
fn what_cannot_be_read_is_named_and_the_others_go_in() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["SET", "note:string", "x"]);
    let text =
        line("a", "T", NEW) + "nonsense\n" + &line("a", "U", NEW) + &line("string", "T", NEW);
    sandbox.file("n.jsonl", text + &line("b", "T", NEW));
    sandbox.notes(["import", "n.jsonl"]).gives(
        1,
        "a\nb\n",
        "notes: n.jsonl line 2: not valid JSON (expected ident)\n\
         notes: n.jsonl line 3: note a occurs twice\n\
         notes: the key note:string holds something other than a note; another program wrote it\n\
         imported 2 notes (2 created); `notes undo` undoes it\n",
    );
    assert_eq!(sandbox.field("a", "title"), "T");
    let stderr = "notes: standard input line 1: not valid JSON ([..])\nimported 0 notes\n";
    sandbox
        .notes(["import", "-"])
        .stdin("{nonsense")
        .gives(1, "", stderr);
}

#[test]
fn a_lost_id_and_a_lost_note_are_mended() {
    let sandbox = Sandbox::with_redis();
    let fields = [("id", "a"), ("title", "T"), ("updated_at", NEW)];
    sandbox.foreign("a", &fields);
    sandbox.redis_cli(&["DEL", "notes:ids"]);
    sandbox.redis_cli(&["SADD", "notes:ids", "b"]);
    let text = line("a", "T", NEW) + &line("b", "T", NEW);
    let import = sandbox.notes(["import", "-", "-q"]).stdin(text.as_str());
    import.gives(0, "a\nb\n", "");
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "2");
}

#[test]
fn formats_are_told_by_name_by_content_or_by_the_user() {
    let sandbox = Sandbox::with_redis();
    for (name, text, more) in [
        ("n.csv", "id,title\na,T\n", &[][..]),
        ("n.json", "[{\"id\":\"a\",\"title\":\"T\"}]", &[]),
        ("array.jsonl", "[{\"id\":\"a\",\"title\":\"T\"}]", &[]),
        ("lines.json", "{\"id\":\"a\",\"title\":\"T\"}\n", &[]),
        ("csv", "title,id\nT,a\n", &[]),
        ("excel.csv", "\u{feff}id;title\r\na;T\r\n", &[]),
        ("semicolons", "title;id\nT;a\n", &[]),
        ("json", "\n{\n\"id\":\"a\",\n\"title\":\"T\"\n}\n", &[]),
        ("n.md", "---\nid: a\ntitle: T\nfields: '[]'\n---\n", &[]),
        ("md", "---\nid: a\ntitle: T\nfields: '[]'\n---\n", &[]),
        ("n.txt", "\"id\",title\na,T\n", &["--format", "csv"]),
    ] {
        sandbox.redis_cli(&["FLUSHALL"]);
        sandbox.file(name, text);
        let run = sandbox
            .notes(["import", name, "-q"].iter().chain(more))
            .run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (0, "a\n"),
            "{name}: {run:?}"
        );
        assert_eq!(sandbox.field("a", "title"), "T");
    }
    sandbox.file("torn.jsonl", "{\"id\":\n{\"id\":\"b\",\"title\":\"T\"}\n");
    let import = sandbox.notes(["import", "torn.jsonl", "-q"]);
    let said = "notes: torn.jsonl line 1: not valid JSON (EOF while parsing a value)\n";
    import.gives(1, "b\n", said);
    sandbox.file("n.org", "* T\n");
    let said = "cannot tell the format of n.org; name it with --format: jsonl, json, csv, md, [..]";
    let import = sandbox.notes(["import", "n.org"]);
    import.gives(2, "", &format!("notes: {said}\n"));
    sandbox
        .notes(["import", "-"])
        .stdin("")
        .gives(0, "", "imported 0 notes\n");
}

#[test]
fn what_is_not_there_is_an_error() {
    let sandbox = Sandbox::with_redis();
    let said = "notes: cannot read n.json: No such file or directory (os error 2)\n";
    sandbox.notes(["import", "n.json"]).gives(1, "", said);
    fs::create_dir(sandbox.home().join("d")).unwrap();
    let none = "notes: cannot read d: it has no notes: no file ends in .csv";
    let import = sandbox.notes(["import", "d"]);
    import.gives(
        1,
        "",
        &format!("{none}, .enex, .json, .jsonl, .markdown, .md, .ndjson, .textpack, .txt\n"),
    );
    let import = sandbox.notes(["import", "d", "--format", "csv"]);
    import.gives(1, "", &format!("{none}\n"));
    let stderr = "notes: the following required arguments were not provided: <PATH>...; [..]\n";
    sandbox.notes(["import"]).gives(2, "", stderr);
}

#[test]
fn a_redis_that_refuses_leaves_what_was_there() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&[
        "ACL", "SETUSER", "half", "on", ">pw", "~*", "+@all", "-sadd",
    ]);
    let import = sandbox.notes(["import", "-"]).stdin(line("a", "T", NEW));
    import
        .env("REDIS_USERNAME", "half")
        .env("REDIS_PASSWORD", "pw")
        .gives(4, "", "notes: 0 of 1 notes were imported; importing again continues: refused by Redis at [..]\n");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}
