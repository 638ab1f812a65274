//! Data of other writers that is not as it should be: shown as well as it can be, told once, left
//! alone.

use crate::support::Sandbox;

/// One of each oddity beside one good note.
fn odd() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    sandbox.add("good", "c");
    sandbox.redis_cli(&["SADD", "notes:ids", "ghost", "string", "bytes", "bare"]);
    sandbox.redis_cli(&["SET", "note:string", "x"]);
    sandbox.redis_cli(&["HSET", "note:bare", "title", "bare"]);
    let bytes = r"redis.call('HSET','note:bytes','id','bytes','title','\255','content','c',
        'created_at','x','updated_at','y')";
    sandbox.redis_cli(&["EVAL", bytes, "0"]);
    sandbox
}

#[test]
fn a_list_leaves_out_what_is_no_note_and_says_so_once() {
    let sandbox = odd();
    let run = sandbox.notes(["list", "--json=title"]).run();
    assert_eq!(run.code, 0);
    let mut titles: Vec<_> = run
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort();
    assert_eq!(titles, ["bare", "good", "\u{fffd}"]);
    assert_eq!(
        run.stderr,
        "odd data by another writer (ids without a note: 1, keys that hold something else: 1, \
         missing fields: 4, texts that are not UTF-8: 1)\n"
    );
    sandbox
        .notes(["list", "--ids", "-q"])
        .gives(0, "[..]\n[..]\n[..]\n", "");
}

#[test]
fn nothing_is_mended_on_the_quiet() {
    let sandbox = odd();
    let dump = || {
        ["ghost", "string", "bytes", "bare"].map(|id| {
            let key = format!("note:{id}");
            (
                sandbox.redis_cli(&["SISMEMBER", "notes:ids", id]),
                sandbox.redis_cli(&["TYPE", &key]),
                sandbox.redis_cli(&["HGETALL", &key]),
            )
        })
    };
    let before = dump();
    for arguments in [
        vec!["list"],
        vec!["show", "bare"],
        vec!["show", "bytes"],
        vec!["health"],
    ] {
        assert_eq!(sandbox.notes(&arguments).run().code, 0, "{arguments:?}");
    }
    assert_eq!(dump(), before);
}

#[test]
fn a_missing_field_is_absent_from_the_object_and_empty_in_a_line() {
    let sandbox = odd();
    let json = sandbox.notes(["show", "bare", "--json", "-q"]).run().json();
    assert_eq!(json, serde_json::json!({"id": "bare", "title": "bare"}));
    sandbox
        .notes(["show", "bare", "--json=id,content", "-q"])
        .gives(0, "{\"id\":\"bare\",\"content\":null}\n", "");
}

#[test]
fn a_key_that_holds_something_else_is_named() {
    let sandbox = odd();
    sandbox.notes(["show", "string"]).gives(
        1,
        "",
        "notes: the key note:string holds something other than a note; another program wrote it\n",
    );
    sandbox.redis_cli(&["DEL", "notes:ids"]);
    sandbox.redis_cli(&["SET", "notes:ids", "x"]);
    for arguments in [vec!["list"], vec!["add", "T"]] {
        sandbox.notes(arguments).gives(
            1,
            "",
            "notes: the key notes:ids holds something other than the set of ids; another program wrote it\n",
        );
    }
}
