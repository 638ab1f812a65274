//! The tools as they are listed, and results that are as their schemas say.

use serde_json::{Value, json};

use super::Agent;
use crate::support::Sandbox;

/// The seven tools, and whether each only reads.
const TOOLS: [(&str, bool); 7] = [
    ("add", false),
    ("delete", false),
    ("edit", false),
    ("list", true),
    ("read", true),
    ("search", true),
    ("undo", false),
];

#[test]
fn each_tool_says_what_it_takes_and_gives_back() {
    let sandbox = Sandbox::with_redis();
    let agent = Agent::start(&sandbox);
    let tools = agent.tools();
    let listed: Vec<(&str, bool)> = tools
        .iter()
        .map(|tool| {
            let hints = tool.annotations.as_ref().unwrap();
            (&*tool.name, hints.read_only_hint.unwrap())
        })
        .collect();
    assert_eq!(listed, TOOLS);
    for tool in &tools {
        assert!(tool.description.as_ref().unwrap().len() > 60, "{tool:?}");
        let properties = tool.input_schema["properties"].as_object().unwrap();
        for (name, property) in properties {
            assert!(property["description"].is_string(), "{} {name}", tool.name);
            assert!(property["type"].is_string(), "{} {name}", tool.name);
        }
        assert_eq!(tool.input_schema["additionalProperties"], false);
    }

    let check = |name: &str, arguments: Value| -> Value {
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        let input = Value::Object((*tool.input_schema).clone());
        let output = Value::Object((**tool.output_schema.as_ref().unwrap()).clone());
        jsonschema::validate(&input, &arguments).unwrap();
        let result = agent.value(name, &arguments);
        if let Err(error) = jsonschema::validate(&output, &result) {
            panic!("{name}: {error}: {result}");
        }
        result
    };
    let added = check(
        "add",
        json!({ "title": " Plan ", "content": "one\ntwo", "tags": ["work"] }),
    );
    let (id, step) = (
        added["id"].as_str().unwrap(),
        added["step"].as_u64().unwrap(),
    );
    assert_eq!(added["action"], "added");
    assert_eq!(added["title"], "Plan");
    assert_eq!(sandbox.field(id, "content"), "one\ntwo\n#work");

    let read = check("read", json!({ "note": "plan" }));
    assert_eq!(read["id"], id);
    assert_eq!(read["content"], "one\ntwo\n#work");
    assert_eq!(read["etag"], added["etag"]);

    let found = check("search", json!({ "query": "two", "tags": ["work"] }));
    let head = json!({
        "id": id, "title": "Plan", "tags": ["work"], "created_at": read["created_at"],
        "updated_at": read["updated_at"], "size": 13, "etag": read["etag"], "lines": ["two", "#work"],
    });
    assert_eq!(found, json!({ "notes": [head] }));

    let listed = check("list", json!({ "limit": 1 }));
    assert_eq!(listed["more"], 0);
    assert_eq!(listed["notes"][0]["title"], "Plan");
    assert!(listed["notes"][0].get("content").is_none());

    let edited = check(
        "edit",
        json!({
            "note": id, "etag": read["etag"], "title": "Plans",
            "replace": [{ "old": "two", "new": "2" }, { "old": "one\n", "new": "" }],
            "prepend": "zero", "append": "end", "add_tags": ["new"], "remove_tags": ["work"],
        }),
    );
    assert_eq!(edited["action"], "changed");
    assert_eq!(edited["step"], step + 1);
    assert_eq!(sandbox.field(id, "content"), "zero\n2\nend\n#new");
    assert_eq!(sandbox.field(id, "title"), "Plans");

    let deleted = check("delete", json!({ "note": id, "etag": edited["etag"] }));
    let expected = json!({ "action": "deleted", "id": id, "title": "Plans", "step": step + 2 });
    assert_eq!(deleted, expected);
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");

    let undone = check("undo", json!({ "step": deleted["step"] }));
    let back = json!({ "action": "added", "id": id, "title": "Plans", "etag": edited["etag"] });
    let expected =
        json!({ "step": step + 2, "by": "mcp delete", "redo": step + 3, "notes": [back] });
    assert_eq!(undone, expected);
    assert!(agent.end().success());
}

#[test]
fn read_only_has_no_way_to_change_anything() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let before = (
        sandbox.contents(),
        std::fs::read(sandbox.journal()).unwrap(),
    );
    let agent = Agent::with(&sandbox, &["--read-only"]);
    let listed: Vec<String> = agent
        .tools()
        .iter()
        .map(|tool| tool.name.to_string())
        .collect();
    assert_eq!(listed, ["list", "read", "search"]);
    let etag = agent.etag(&id);
    assert!(agent.end().success());

    let calls = [
        ("add", json!({ "title": "U" })),
        ("edit", json!({ "note": id, "etag": etag, "append": "x" })),
        ("delete", json!({ "note": id, "etag": etag })),
        ("undo", json!({})),
        ("undo", json!({ "step": 1 })),
    ];
    let mut messages = super::beginning("2025-06-18").to_vec();
    let calls = calls.iter().zip(1..);
    messages.extend(calls.map(|((tool, arguments), id)| super::call(id, tool, arguments)));
    let (answers, run) = super::speak(&sandbox, &["--read-only"], &messages);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(answers.len(), 6);
    for answer in answers.iter().filter(|answer| answer["id"] != 0) {
        assert!(answer.get("error").is_some(), "{answer}");
    }
    let after = (
        sandbox.contents(),
        std::fs::read(sandbox.journal()).unwrap(),
    );
    assert_eq!(after, before);
}
