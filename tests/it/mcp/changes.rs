//! Changes by the tools: each on a condition, each undone.

use serde_json::{Value, json};

use super::Agent;
use crate::support::Sandbox;

#[test]
fn a_stale_etag_changes_nothing_and_the_error_says_what_is_there_now() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "old");
    let agent = Agent::start(&sandbox);
    let stale = agent.etag(&id);
    sandbox.notes(["edit", &id, "-c", "new by the user"]).run();
    let before = (
        sandbox.contents(),
        std::fs::read(sandbox.journal()).unwrap(),
    );
    for (tool, arguments) in [
        ("edit", json!({ "note": id, "etag": stale, "append": "x" })),
        ("edit", json!({ "note": id, "etag": "", "title": "U" })),
        ("delete", json!({ "note": id, "etag": stale })),
    ] {
        let error = agent.error(tool, &arguments);
        let (message, now) = error.split_once('\n').unwrap();
        assert_eq!(
            message,
            format!(
                "note {id} no longer has this etag; nothing was changed. This is the note now; if the change is \
                 still right, call again with its etag:"
            )
        );
        let now: Value = serde_json::from_str(now).unwrap();
        assert_eq!(now["content"], "new by the user");
        assert_eq!(now["etag"], agent.etag(&id));
    }
    let after = (
        sandbox.contents(),
        std::fs::read(sandbox.journal()).unwrap(),
    );
    assert_eq!(after, before);
    // The HTTP API puts the same between quotes.
    let etag = format!("\"{}\"", agent.etag(&id));
    agent.value("edit", &json!({ "note": id, "etag": etag, "append": "x" }));
    assert_eq!(sandbox.field(&id, "content"), "new by the user\nx");
}

#[test]
fn two_hundred_changes_undone_one_by_one_give_the_store_back() {
    let sandbox = Sandbox::with_redis();
    for number in 0..10 {
        let (title, content) = (format!("note {number}"), "a line\n".repeat(number));
        sandbox.foreign(
            &format!("id {number}"),
            &[("title", &title), ("content", &content), ("tags", "x,y")],
        );
    }
    let before = sandbox.contents();
    let agent = Agent::start(&sandbox);
    let mut ids: Vec<String> = (0..10).map(|number| format!("id {number}")).collect();
    let mut random: u64 = 7;
    for number in 0..200 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let at = usize::try_from(random >> 33).unwrap() % ids.len();
        let id = ids[at].clone();
        let kind = if ids.len() < 5 { 0 } else { (random >> 40) % 4 };
        let change = match kind {
            0 => agent.value("add", &json!({ "title": format!("new {number}"), "content": "x\ty\r\n" })),
            1 => agent.value("edit", &json!({ "note": id, "etag": agent.etag(&id), "append": format!("{number}\n") })),
            2 => agent.value("edit", &json!({ "note": id, "etag": agent.etag(&id), "title": format!("t{number}"), "add_tags": [format!("t{number}")] })),
            _ => agent.value("delete", &json!({ "note": id, "etag": agent.etag(&id) })),
        };
        match kind {
            0 => ids.push(change["id"].as_str().unwrap().to_owned()),
            3 => drop(ids.remove(at)),
            _ => {}
        }
        assert!(change["step"].is_u64(), "{change}");
    }
    assert_ne!(sandbox.contents(), before);
    for number in (1..=200).rev() {
        let undone = agent.value("undo", &json!({}));
        assert_eq!(undone["step"], number);
        assert_eq!(undone["notes"].as_array().unwrap().len(), 1);
    }
    assert_eq!(sandbox.contents(), before);
    let error = agent.error("undo", &json!({}));
    assert_eq!(error, "no change by these tools is left to undo");
}

#[test]
fn undo_leaves_the_changes_of_the_user_alone_and_can_be_undone() {
    let sandbox = Sandbox::with_redis();
    let agent = Agent::start(&sandbox);
    let added = agent.value("add", &json!({ "title": "T" }));
    let id = sandbox.add("by the user", "");
    let error = agent.error("undo", &json!({ "step": 2 }));
    assert_eq!(
        error,
        "step 2 was made by `notes add`, not by these tools; the user can run `notes undo 2`"
    );
    let undone = agent.value("undo", &json!({}));
    assert_eq!((&undone["step"], &undone["redo"]), (&json!(1), &json!(3)));
    let left = sandbox.redis_cli(&["SMEMBERS", "notes:ids"]);
    assert_eq!(left, id);
    let redone = agent.value("undo", &json!({ "step": 3 }));
    assert_eq!(redone["by"], "mcp undo");
    assert_eq!(agent.etag("T"), added["etag"].as_str().unwrap());
    let error = agent.error("undo", &json!({ "step": 99 }));
    assert!(error.starts_with("no step 99"), "{error}");

    // What someone else has changed since stays.
    sandbox.notes(["edit", "T", "--append", "x"]).run();
    let error = agent.error("undo", &json!({ "step": 1 }));
    assert!(
        error.contains("was changed meanwhile. Someone else has changed it since"),
        "{error}"
    );
    let log = sandbox.notes(["log"]).run().stdout;
    let by: Vec<&str> = log
        .lines()
        .filter_map(|line| line.split('\t').nth(2))
        .collect();
    assert_eq!(by, ["edit", "mcp undo 3", "mcp undo 1", "add", "mcp add"]);
}

#[test]
fn a_call_that_cannot_be_done_says_what_to_do_and_changes_nothing() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "a b a");
    sandbox.add("Twin", "");
    sandbox.add("twin", "");
    let agent = Agent::start(&sandbox);
    let etag = agent.etag(&id);
    let before = sandbox.contents();
    let edit = |part: Value| {
        let mut arguments = json!({ "note": id, "etag": etag });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(part.as_object().unwrap().clone());
        arguments
    };
    for (tool, arguments, message) in [
        (
            "edit",
            edit(json!({ "replace": [{ "old": "b", "new": "" }, { "old": "a", "new": "x" }] })),
            "occurs 2 times in the content, not once; nothing was written. Give a longer text",
        ),
        (
            "edit",
            edit(json!({ "replace": [{ "old": "A", "new": "x" }] })),
            "occurs 0 times in the content; nothing was written. `read` the note",
        ),
        ("edit", edit(json!({})), "nothing to change: give title"),
        (
            "edit",
            edit(json!({ "content": "x" })),
            "unknown field `content`",
        ),
        ("edit", edit(json!({ "title": " " })), "the title is blank"),
        (
            "edit",
            edit(json!({ "title": "a\nb" })),
            "a title is one line",
        ),
        ("edit", edit(json!({ "append": "\0" })), "without NUL"),
        (
            "edit",
            edit(json!({ "add_tags": ["a b"] })),
            "`a b` cannot be a tag",
        ),
        (
            "edit",
            json!({ "note": id, "append": "x" }),
            "missing field `etag`",
        ),
        ("delete", json!({ "note": id }), "missing field `etag`"),
        (
            "delete",
            json!({ "note": "nope", "etag": etag }),
            "no note 'nope'; `search` and `list` show what there is",
        ),
        (
            "read",
            json!({ "note": "win" }),
            "no note 'win'; these have such a title: '",
        ),
        (
            "read",
            json!({ "note": "TWIN" }),
            "'TWIN' is the title of 2 notes: ",
        ),
        ("add", json!({ "title": "" }), "the title is blank"),
        (
            "add",
            json!({ "title": "U", "content": "x".repeat(16 << 20) }),
            "more than 16 MiB",
        ),
        ("search", json!({}), "nothing to search for"),
        ("search", json!({ "regex": "(" }), "unclosed group"),
        (
            "list",
            json!({ "since": "soon" }),
            "'soon' is not a date or time",
        ),
        ("list", json!({ "cursor": "x" }), "this cursor is none"),
    ] {
        let error = agent.error(tool, &arguments);
        assert!(error.contains(message), "{tool} {message}: {error}");
    }
    assert_eq!(sandbox.contents(), before);
    // An edit that changes nothing is no step.
    let same = agent.value("edit", &edit(json!({ "title": "T" })));
    assert_eq!(
        same,
        json!({ "action": "unchanged", "id": id, "title": "T", "etag": etag })
    );
    assert_eq!(sandbox.contents(), before);
}

#[test]
fn a_change_that_cannot_be_recorded_says_so() {
    let sandbox = Sandbox::with_redis();
    let mut command = sandbox.command(["mcp"]);
    command.env("NOTES_JOURNAL", "off");
    let agent = Agent::run(command);
    let added = agent.value("add", &json!({ "title": "T" }));
    assert_eq!(added.get("step"), None);
    assert_eq!(
        added["warning"],
        "the change was made, but not recorded, so that it cannot be undone: the journal is off"
    );
    let error = agent.error("undo", &json!({}));
    assert_eq!(error, "the journal is off, so nothing can be undone");
}
